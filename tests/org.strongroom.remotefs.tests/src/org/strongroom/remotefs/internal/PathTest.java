package org.strongroom.remotefs.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.ProviderMismatchException;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.storage.StorageAttributes;

/** Paths behave as unix paths do; the default file system of a unix is the measure. */
class PathTest {
	@TempDir
	Path temp;
	private Remote remote;

	@BeforeEach
	void open() {
		remote = new Remote(temp);
	}

	@AfterEach
	void close() {
		remote.close();
	}

	private static String result(Supplier<Object> call) {
		try {
			return String.valueOf(call.get());
		} catch (RuntimeException e) {
			return e.getClass().getSimpleName();
		}
	}

	@Test
	void pathsAreAsOnUnix() {
		List<String> texts = List.of("", "/", "a", "/a", "a/b", "/a/b", "//a//b/", "a/../b", "/../a", "../a", "a/./b", ".", "..", "/a/b/c", "b/c", "a/b/c", "./a", "/.",
				"a/..", "c/ä", "...");
		for (String one : texts) {
			Path theirs = Path.of(one);
			Path ours = remote.fileSystem.getPath(one);
			assertThat(ours.toString()).as(one).isEqualTo(theirs.toString());
			assertThat(ours.normalize().toString()).as(one).isEqualTo(theirs.normalize().toString());
			assertThat(result(ours::getParent)).as(one).isEqualTo(result(theirs::getParent));
			assertThat(result(ours::getFileName)).as(one).isEqualTo(result(theirs::getFileName));
			assertThat(result(ours::getRoot)).as(one).isEqualTo(result(theirs::getRoot));
			assertThat(ours.getNameCount()).as(one).isEqualTo(theirs.getNameCount());
			assertThat(ours.isAbsolute()).isEqualTo(theirs.isAbsolute());
			assertThat(ours.iterator()).toIterable().map(Path::toString).containsExactlyElementsOf(() -> new Texts(theirs));
			for (int i = -1; i < 5; i++) {
				int from = i;
				assertThat(result(() -> ours.getName(from))).isEqualTo(result(() -> theirs.getName(from)));
				for (int k = -1; k < 5; k++) {
					int to = k;
					assertThat(result(() -> ours.subpath(from, to))).isEqualTo(result(() -> theirs.subpath(from, to)));
				}
			}
			for (String two : texts) {
				Path t2 = Path.of(two);
				Path o2 = remote.fileSystem.getPath(two);
				String as = "'%s' and '%s'".formatted(one, two);
				assertThat(ours.resolve(o2).toString()).as(as).isEqualTo(theirs.resolve(t2).toString());
				assertThat(ours.resolveSibling(o2).toString()).as(as).isEqualTo(theirs.resolveSibling(t2).toString());
				assertThat(ours.startsWith(o2)).as(as).isEqualTo(theirs.startsWith(t2));
				assertThat(ours.endsWith(o2)).as(as).isEqualTo(theirs.endsWith(t2));
				assertThat(ours.equals(o2)).as(as).isEqualTo(theirs.equals(t2));
				assertThat(Integer.signum(ours.compareTo(o2))).as(as).isEqualTo(Integer.signum(theirs.compareTo(t2)));
				assertThat(result(() -> ours.relativize(o2))).as(as).isEqualTo(result(() -> theirs.relativize(t2)));
			}
		}
		assertThat(remote.fileSystem.getPath("/a", "", "b", "/c").toString()).isEqualTo(Path.of("/a", "", "b", "/c").toString());
		assertThatThrownBy(() -> remote.fileSystem.getPath("a\0b")).isInstanceOf(InvalidPathException.class);
		assertThatThrownBy(() -> remote.root.resolve(Path.of("x"))).isInstanceOf(ProviderMismatchException.class);
		assertThat(remote.fileSystem.getPath("a\u0308")).isNotEqualTo(remote.fileSystem.getPath("\u00e4"));
	}

	private record Texts(java.util.Iterator<Path> paths) implements java.util.Iterator<String> {
		Texts(Path path) {
			this(path.iterator());
		}

		@Override
		public boolean hasNext() {
			return paths.hasNext();
		}

		@Override
		public String next() {
			return paths.next().toString();
		}
	}

	@Test
	void urisLeadBackToTheirPaths() {
		var random = new Random(1);
		for (int i = 0; i < 2000; i++) {
			var name = new StringBuilder("/");
			for (int k = random.nextInt(8); k >= 0; k--) {
				int c = switch (random.nextInt(4)) {
				case 0 -> 1 + random.nextInt(127);
				case 1 -> 1 + random.nextInt(0x7FF);
				case 2 -> 1 + random.nextInt(0xFFFF);
				default -> 0x10000 + random.nextInt(0xFFFFF);
				};
				name.appendCodePoint(c);
			}
			Path path = remote.fileSystem.getPath(name.toString());
			URI uri = path.toUri();
			assertThat(remote.fileSystem.provider().getPath(URI.create(uri.toASCIIString()))).isEqualTo(path);
		}
		assertThat(remote.fileSystem.getPath("x").toUri()).isEqualTo(remote.fileSystem.getPath("/x").toUri());
		assertThatThrownBy(() -> remote.fileSystem.provider().getPath(URI.create("file:///x"))).isInstanceOf(IllegalArgumentException.class);
	}

	@Test
	void globsAreAsOnUnix() {
		List<String> globs = List.of("*", "*.txt", "a?", "{a,b*}.txt", "[a-c]x", "[!a]*", "**", "/**/x", "*.{java,txt}", "\\*", "[*?]", "a[-b]", "ä*", "(a)|b", "[^a]", "x,y");
		List<String> texts = List.of("a", "a.txt", "b1.txt", "ab", "bx", "/a/b/x", "*", "?", "x.java", "a-", "ab", "ä ", "(a)|b", "^", "", "x,y", ".hidden.txt");
		for (String glob : globs) {
			PathMatcher theirs = temp.getFileSystem().getPathMatcher("glob:" + glob);
			PathMatcher ours = remote.fileSystem.getPathMatcher("glob:" + glob);
			for (String text : texts)
				assertThat(ours.matches(remote.fileSystem.getPath(text))).as("%s for %s", glob, text).isEqualTo(theirs.matches(Path.of(text)));
		}
		assertThat(remote.fileSystem.getPathMatcher("regex:a+").matches(remote.fileSystem.getPath("aaa"))).isTrue();
		assertThatThrownBy(() -> remote.fileSystem.getPathMatcher("glob:{a")).isInstanceOf(java.util.regex.PatternSyntaxException.class);
		assertThatThrownBy(() -> remote.fileSystem.getPathMatcher("other:x")).isInstanceOf(UnsupportedOperationException.class);
	}

	@Test
	void attributesByNameAndView() throws Exception {
		Files.writeString(temp.resolve("file"), "12345");
		Path file = remote.root.resolve("file");
		assertThat(Files.readAttributes(file, "size,isDirectory")).hasSize(2).containsEntry("size", 5L).containsEntry("isDirectory", false);
		assertThat(Files.readAttributes(file, "basic:*")).containsKeys("lastModifiedTime", "fileKey");
		assertThat(Files.getAttribute(file, "posix:permissions")).isEqualTo(Files.getPosixFilePermissions(temp.resolve("file")));
		assertThatThrownBy(() -> Files.readAttributes(file, "nothing")).isInstanceOf(IllegalArgumentException.class);
		assertThatThrownBy(() -> Files.readAttributes(file, "dos:*")).isInstanceOf(UnsupportedOperationException.class);
		assertThat(Files.readAttributes(file, PosixFileAttributes.class).owner().getName()).isEqualTo(Files.getOwner(temp.resolve("file")).getName());
		assertThat(Files.readAttributes(file, StorageAttributes.class).version()).isPresent();
		Files.setAttribute(file, "posix:permissions", java.util.Set.of(PosixFilePermission.OWNER_READ));
		assertThat(Files.getPosixFilePermissions(temp.resolve("file"))).containsExactly(PosixFilePermission.OWNER_READ);
		assertThat(Files.isReadable(file)).isTrue();
		assertThat(Files.isWritable(file)).isFalse();
		assertThat(Files.isExecutable(file)).isFalse();
		assertThat(Files.isHidden(remote.root.resolve(".x"))).isTrue();
		FileStore store = Files.getFileStore(file);
		assertThat(store.getTotalSpace()).isPositive();
		assertThat(store.supportsFileAttributeView(PosixFileAttributeView.class)).isTrue();
		remote.storage.forget();
		Files.getFileAttributeView(file, PosixFileAttributeView.class).setTimes(null, java.nio.file.attribute.FileTime.fromMillis(0), null);
		assertThat(remote.storage.calls()).isEmpty();
	}

	@Test
	void aClosedFileSystemSaysSo() {
		remote.fileSystem.close();
		assertThat(remote.fileSystem.isOpen()).isFalse();
		assertThatThrownBy(() -> Files.size(remote.root)).isInstanceOf(java.nio.file.ClosedFileSystemException.class);
		assertThatThrownBy(() -> remote.fileSystem.provider().getPath(remote.root.toUri())).isInstanceOf(java.nio.file.FileSystemNotFoundException.class);
		assertThat(remote.storage.isOpen()).isTrue();
	}
}
