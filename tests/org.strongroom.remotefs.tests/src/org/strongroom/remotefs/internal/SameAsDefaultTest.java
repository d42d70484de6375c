package org.strongroom.remotefs.internal;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same random operations on the default file system and on ours give the same results and leave the same files. */
class SameAsDefaultTest {
	private static final String[] NAMES = { "a", "b", "ä\u0308 ü", "c%20\n\"" };

	@TempDir
	Path temp;

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 })
	void trees(long seed) throws IOException {
		Path theirs = Files.createDirectory(temp.resolve("theirs"));
		try (var remote = new Remote(Files.createDirectory(temp.resolve("ours")))) {
			Path ours = remote.root;
			for (int step = 0; step < 400; step++) {
				long s = seed * 1_000_003 + step;
				String expected = treeStep(new Random(s), theirs);
				String found = treeStep(new Random(s), ours);
				assertThat(found).as("seed %d step %d", seed, step).isEqualTo(expected);
			}
			assertThat(describe(remote.local)).isEqualTo(describe(theirs));
			assertThat(describe(ours)).isEqualTo(describe(theirs));
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 21, 22, 23, 24, 25, 26 })
	void channels(long seed) throws IOException {
		Path theirs = Files.createDirectory(temp.resolve("theirs"));
		try (var remote = new Remote(Files.createDirectory(temp.resolve("ours")))) {
			for (int session = 0; session < 12; session++) {
				var random = new Random(seed * 1000 + session);
				Set<OpenOption> options = switch (random.nextInt(6)) {
				case 0 -> Set.of(READ, WRITE, CREATE, TRUNCATE_EXISTING);
				case 1 -> Set.of(WRITE, CREATE);
				case 2 -> Set.of(WRITE, CREATE, APPEND);
				default -> Set.of(READ, WRITE, CREATE);
				};
				try (FileChannel a = FileChannel.open(theirs.resolve("file"), options); FileChannel b = FileChannel.open(remote.root.resolve("file"), options)) {
					for (int step = 0; step < 60; step++) {
						long s = random.nextLong();
						String expected = channelStep(new Random(s), a, options);
						assertThat(channelStep(new Random(s), b, options)).as("seed %d session %d step %d", seed, session, step).isEqualTo(expected);
					}
				}
				assertThat(remote.local.resolve("file")).as("seed %d session %d", seed, session).hasSameBinaryContentAs(theirs.resolve("file"));
			}
			try (Stream<Path> left = Files.list(remote.local)) {
				assertThat(left.map(p -> p.getFileName().toString())).containsExactly("file");
			}
		}
	}

	private static String channelStep(Random random, FileChannel c, Set<OpenOption> options) {
		return result(() -> {
			// up to twice the memory, so that blocks spill or go ahead
			long at = random.nextInt(2 * Remote.MEMORY);
			int length = random.nextInt(4) == 0 ? random.nextInt(300_000) : random.nextInt(3000);
			switch (random.nextInt(9)) {
			case 0, 1, 2 -> {
				var bytes = new byte[length];
				random.nextBytes(bytes);
				return "written " + c.write(ByteBuffer.wrap(bytes), at);
			}
			case 3 -> {
				var bytes = new byte[length];
				random.nextBytes(bytes);
				if (!options.contains(APPEND))
					c.position(at);
				return "written on " + c.write(ByteBuffer.wrap(bytes)) + " " + c.position();
			}
			case 4, 5 -> {
				var buffer = ByteBuffer.allocate(length);
				int n = c.read(buffer, at);
				return "read " + n + " " + Arrays.hashCode(buffer.array());
			}
			case 6 -> {
				c.position(at);
				var buffer = ByteBuffer.allocate(length);
				int n = c.read(buffer);
				return "read on " + n + " " + Arrays.hashCode(buffer.array()) + " " + c.position();
			}
			case 7 -> {
				if (random.nextInt(3) == 0)
					c.truncate(at);
				return "cut " + c.size() + " " + c.position();
			}
			default -> {
				c.force(true);
				return "size " + c.size();
			}
			}
		});
	}

	private interface Step {
		String run() throws IOException;
	}

	/** What came of it; of an exception the kind as far as callers tell it apart. */
	private static String result(Step step) {
		try {
			return step.run();
		} catch (NoSuchFileException e) {
			return "missing";
		} catch (java.nio.file.FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException e) {
			return e.getClass().getSimpleName();
		} catch (FileSystemException e) {
			// the default file system has no kinds of their own for these
			return "failed";
		} catch (IOException e) {
			return e.getClass() == IOException.class ? "failed" : e.getClass().getSimpleName();
		} catch (RuntimeException e) {
			return e.getClass().getSimpleName();
		}
	}

	private static Path pick(Random random, Path root) {
		Path path = root;
		for (int depth = random.nextInt(3); depth >= 0; depth--)
			path = path.resolve(NAMES[random.nextInt(NAMES.length)]);
		return path;
	}

	private static String treeStep(Random random, Path root) {
		Path path = pick(random, root);
		Path other = pick(random, root);
		boolean nofollow = random.nextBoolean();
		LinkOption[] follow = nofollow ? new LinkOption[] { LinkOption.NOFOLLOW_LINKS } : new LinkOption[0];
		var bytes = new byte[random.nextInt(5000)];
		random.nextBytes(bytes);
		boolean inFolders = Files.isDirectory(path.getParent()) && Files.isDirectory(other.getParent());
		String found = result(() -> {
			switch (random.nextInt(16)) {
			case 0, 1 -> Files.createDirectory(path);
			case 2 -> Files.write(path, bytes);
			case 3 -> Files.write(path, bytes, CREATE_NEW, WRITE);
			case 4 -> Files.write(path, bytes, CREATE, APPEND);
			case 5 -> {
				byte[] read = Files.readAllBytes(path);
				return "read " + read.length + " " + Arrays.hashCode(read);
			}
			case 6 -> {
				BasicFileAttributes a = Files.readAttributes(path, BasicFileAttributes.class, follow);
				return "attributes " + a.isDirectory() + a.isRegularFile() + a.isSymbolicLink() + (a.isRegularFile() ? a.size() : 0);
			}
			case 7 -> {
				var names = new ArrayList<String>();
				try (DirectoryStream<Path> all = Files.newDirectoryStream(path, "[!b]*")) {
					all.forEach(p -> names.add(root.relativize(p).toString()));
				}
				names.sort(null);
				return names.toString();
			}
			case 8 -> Files.delete(path);
			case 9 -> {
				if (inFolders)
					return "deleted " + Files.deleteIfExists(path);
			}
			case 10 -> Files.move(path, other);
			case 11 -> {
				if (isPlain(path, other))
					Files.move(path, other, StandardCopyOption.REPLACE_EXISTING);
			}
			case 12 -> {
				var options = new ArrayList<CopyOption>(List.of(StandardCopyOption.COPY_ATTRIBUTES));
				if (isPlain(path, other))
					options.add(StandardCopyOption.REPLACE_EXISTING);
				if (nofollow)
					options.add(LinkOption.NOFOLLOW_LINKS);
				Files.copy(path, other, options.toArray(CopyOption[]::new));
			}
			case 13 -> {
				if (random.nextInt(3) == 0)
					Files.createSymbolicLink(path, path.getFileSystem().getPath(NAMES[random.nextInt(NAMES.length)]));
			}
			case 14 -> {
				return "same " + Files.isSameFile(path, other) + " real " + root.relativize(path.toRealPath());
			}
			default -> {
				Files.setLastModifiedTime(path, FileTime.fromMillis(random.nextInt(1_000_000) * 1000L));
				Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-x-w-"));
				return "set " + Files.getLastModifiedTime(path) + Files.getPosixFilePermissions(path).size();
			}
			}
			return "done";
		});
		// below a file there is nothing: whether that is "missing" or "not a folder" is left to each system's own words
		return (found.equals("missing") && !inFolders ? "failed" : found) + " of " + Files.exists(path) + Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
	}

	/** That neither lies in the other: replacing a folder by what is in it is left to each system's own words. */
	private static boolean isPlain(Path path, Path other) {
		return !path.startsWith(other) && !other.startsWith(path);
	}

	private static TreeMap<String, String> describe(Path root) throws IOException {
		var all = new TreeMap<String, String>();
		try (Stream<Path> walk = Files.walk(root)) {
			for (Path path : (Iterable<Path>) walk::iterator) {
				var a = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
				all.put(root.relativize(path).toString(), a.isDirectory() ? "folder"
						: a.isSymbolicLink() ? "link " + Files.readSymbolicLink(path) : a.size() + " " + Arrays.hashCode(Files.readAllBytes(path)));
			}
		}
		return all;
	}
}
