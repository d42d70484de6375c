package org.strongroom.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.transfer.Transfer.Existing;

class TransferOnThisMachineTest {
	@TempDir
	Path folder;

	private final Collected progress = new Collected();

	private Path file(String name, String content) throws IOException {
		Path file = folder.resolve(name);
		Files.createDirectories(file.getParent());
		return Files.writeString(file, content);
	}

	/** Names of all there is below a folder, links marked. */
	private static List<String> tree(Path top) throws IOException {
		try (Stream<Path> all = Files.walk(top)) {
			return all.filter(p -> !p.equals(top)).map(p -> top.relativize(p) + (Files.isSymbolicLink(p) ? "@" : "")).sorted().toList();
		}
	}

	@Test
	void aTreeIsCopiedWithLinksAsLinks() throws IOException {
		file("a/one.txt", "one");
		file("a/deep/er/two.txt", "two");
		file("a/empty", "");
		Files.createDirectories(folder.resolve("a/nothing in it"));
		Files.createSymbolicLink(folder.resolve("a/link"), Path.of("deep/er"));
		Files.createSymbolicLink(folder.resolve("a/dangling"), Path.of("nowhere"));
		Transfer.copy(folder.resolve("a"), folder.resolve("b"), Existing.FAIL, progress);
		assertThat(progress.failures()).isEmpty();
		assertThat(tree(folder.resolve("b"))).isEqualTo(tree(folder.resolve("a"))).contains("link@", "dangling@");
		assertThat(folder.resolve("b/deep/er/two.txt")).hasContent("two");
		assertThat(Files.readSymbolicLink(folder.resolve("b/link"))).isEqualTo(Path.of("deep/er"));
		assertThat(progress.bytes).hasValue(6);
	}

	@Test
	void manyFilesAndALargeOneArriveWhole() throws IOException {
		byte[] large = new byte[5_000_001];
		new Random(1).nextBytes(large);
		Files.createDirectories(folder.resolve("a"));
		Files.write(folder.resolve("a/large"), large);
		for (int i = 0; i < 300; i++)
			file("a/" + i % 7 + "/" + i, "number " + i);
		Transfer.copy(folder.resolve("a"), folder.resolve("b"), Existing.REPLACE, progress);
		assertThat(progress.failures()).isEmpty();
		assertThat(tree(folder.resolve("b"))).isEqualTo(tree(folder.resolve("a")));
		assertThat(folder.resolve("b/large")).hasBinaryContent(large);
		assertThat(folder.resolve("b/5/299")).hasContent("number 299");
	}

	@Test
	void existingFilesAreReportedOrReplaced() throws IOException {
		file("a/x", "new");
		file("b/x", "old");
		file("b/y", "mine");
		Transfer.copy(folder.resolve("a"), folder.resolve("b"), Existing.FAIL, progress);
		assertThat(progress.failures()).containsOnlyKeys("a");
		assertThat(folder.resolve("b/x")).hasContent("old");
		var second = new Collected();
		Transfer.copy(folder.resolve("a"), folder.resolve("b"), Existing.REPLACE, second);
		assertThat(second.failures()).isEmpty();
		assertThat(folder.resolve("b/x")).hasContent("new");
		assertThat(folder.resolve("b/y")).hasContent("mine");
	}

	@Test
	void whatWasCutOffGoesOn() throws IOException {
		for (String name : List.of("whole", "half", "older", "missing"))
			Files.setLastModifiedTime(file("a/" + name, "new content"), FileTime.fromMillis(1_000_000_500_000L));
		// of the same length, and stamped with whole seconds as servers do
		Files.setLastModifiedTime(file("b/whole", "NEW CONTENT"), FileTime.fromMillis(1_000_000_500_000L));
		file("b/half", "new");
		Files.setLastModifiedTime(file("b/older", "old content"), FileTime.fromMillis(1_000_000_499_000L));
		Transfer.copy(folder.resolve("a"), folder.resolve("b"), Existing.UPDATE, progress);
		assertThat(progress.failures()).isEmpty();
		assertThat(folder.resolve("b/whole")).hasContent("NEW CONTENT");
		for (String name : List.of("half", "older", "missing"))
			assertThat(folder.resolve("b").resolve(name)).hasContent("new content");
		assertThat(progress.bytes).as("what there is to be moved").hasValue(4 * 11);
	}

	@Test
	void aReplacedFileKeepsItsPermissions() throws IOException {
		Path old = file("b", "old");
		Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-r-----"));
		Transfer.copy(file("a", "new"), old, Existing.REPLACE, progress);
		assertThat(progress.failures()).isEmpty();
		assertThat(old).hasContent("new");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(old))).isEqualTo("rw-r-----");
	}

	@Test
	void filesAndFoldersDoNotReplaceEachOther() throws IOException {
		file("a/thing/inner", "1");
		file("a/other", "2");
		file("b/thing", "file");
		file("b/other/inner", "folder");
		Transfer.copy(folder.resolve("a"), folder.resolve("b"), Existing.REPLACE, progress);
		assertThat(progress.failures()).containsOnlyKeys("thing", "other");
		assertThat(folder.resolve("b/thing")).hasContent("file");
		assertThat(folder.resolve("b/other/inner")).hasContent("folder");
	}

	@Test
	void nothingIsWrittenThroughLinksInTheTarget() throws IOException {
		file("outside/x", "outside");
		file("a/sub/y", "new");
		file("a/x", "new");
		Files.createDirectories(folder.resolve("b"));
		Files.createSymbolicLink(folder.resolve("b/sub"), folder.resolve("outside"));
		Files.createSymbolicLink(folder.resolve("b/x"), folder.resolve("outside/x"));
		Transfer.copy(folder.resolve("a"), folder.resolve("b"), Existing.REPLACE, progress);
		assertThat(progress.failures()).containsOnlyKeys("sub");
		assertThat(progress.failures().get("sub")).contains("link");
		assertThat(tree(folder.resolve("outside"))).containsExactly("x");
		assertThat(folder.resolve("outside/x")).hasContent("outside");
		assertThat(Files.isRegularFile(folder.resolve("b/x"), LinkOption.NOFOLLOW_LINKS)).isTrue();
		assertThat(folder.resolve("b/x")).hasContent("new");
	}

	@Test
	void aLinkPlantedForAFolderWhileItIsBeingFilledLeadsNothingOut() throws IOException {
		assumeTrue(FileSystems.getDefault().getSeparator().equals("/"));
		Files.createDirectories(folder.resolve("outside"));
		Path held = Files.createDirectories(folder.resolve("b/sub"));
		try (Target top = Target.open(folder.resolve("b")); Target sub = top.enter("sub")) {
			Files.move(held, folder.resolve("elsewhere"));
			Files.createSymbolicLink(held, folder.resolve("outside"));
			sub.write("x", Existing.REPLACE, java.util.Optional.empty(), out -> out.write(java.nio.ByteBuffer.wrap(new byte[] { 1 })));
		}
		assertThat(tree(folder.resolve("outside"))).isEmpty();
		assertThat(folder.resolve("elsewhere/x")).hasBinaryContent(new byte[] { 1 });
	}

	@Test
	void cancellingLeavesNothingHalf() throws IOException {
		Files.createDirectories(folder.resolve("a"));
		Files.write(folder.resolve("a/large"), new byte[20_000_000]);
		file("b/large", "old");
		var cancelling = new Collected(bytes -> bytes > 1_000_000);
		assertThatThrownBy(() -> Transfer.copy(folder.resolve("a"), folder.resolve("b"), Existing.REPLACE, cancelling)).isInstanceOf(InterruptedIOException.class);
		assertThat(folder.resolve("b/large")).hasContent("old");
		assertThat(tree(folder.resolve("b"))).containsExactly("large");
		assertThat(cancelling.failures()).isEmpty();
	}

	@Test
	void anInterruptEndsItToo() throws IOException {
		Files.createDirectories(folder.resolve("a"));
		for (int i = 0; i < 20; i++)
			Files.write(folder.resolve("a/" + i), new byte[2_000_000]);
		Thread.currentThread().interrupt();
		assertThatThrownBy(() -> Transfer.copy(folder.resolve("a"), folder.resolve("b"), Existing.REPLACE, progress)).isInstanceOf(IOException.class);
		assertThat(Thread.interrupted()).isTrue();
		try (Stream<Path> parts = Files.exists(folder.resolve("b")) ? Files.list(folder.resolve("b")) : Stream.empty()) {
			assertThat(parts.filter(p -> p.toString().endsWith(".part"))).isEmpty();
		}
	}

	@Test
	void aStreamThatBreaksLeavesTheOldFile() throws IOException {
		Path old = file("b", "old");
		ReadableByteChannel broken = Channels.newChannel(new java.io.InputStream() {
			private int given;

			@Override
			public int read() throws IOException {
				if (given++ > 2_000_000)
					throw new IOException("broken");
				return 'x';
			}
		});
		assertThatThrownBy(() -> Transfer.write(broken, old, Existing.REPLACE, progress)).hasMessage("broken");
		assertThat(old).hasContent("old");
		assertThat(tree(folder)).containsExactly("b");
	}

	@Test
	void aFolderIsNotPutIntoItself() throws IOException {
		file("a/x", "x");
		Transfer.copy(folder.resolve("a"), folder.resolve("a/b"), Existing.REPLACE, progress);
		assertThat(progress.failures().get("a")).contains("into itself");
		Files.createSymbolicLink(folder.resolve("l"), folder.resolve("a"));
		var second = new Collected();
		Transfer.copy(folder.resolve("a"), folder.resolve("l/b"), Existing.REPLACE, second);
		assertThat(second.failures().get("a")).contains("into itself");
		assertThat(tree(folder.resolve("a"))).containsExactly("x");
	}

	@Test
	void nothingIsCopiedOrMovedOntoItself() throws IOException {
		Path file = file("x", "x");
		Files.createSymbolicLink(folder.resolve("l"), file);
		assertThatThrownBy(() -> Transfer.copyFile(file, folder.resolve("./x"), Existing.REPLACE, progress)).hasMessageContaining("same");
		assertThatThrownBy(() -> Transfer.copyFile(file, folder.resolve("l"), Existing.REPLACE, progress)).hasMessageContaining("same");
		Transfer.move(file, folder.resolve("x"), Existing.REPLACE, progress);
		assertThat(progress.failures()).containsOnlyKeys("x");
		assertThat(file).hasContent("x");
	}

	@Test
	void movingIsARename() throws IOException {
		Path file = file("a/x", "x");
		Object key = Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class).fileKey();
		Transfer.move(folder.resolve("a"), folder.resolve("b"), Existing.FAIL, progress);
		assertThat(progress.failures()).isEmpty();
		assertThat(folder.resolve("a")).doesNotExist();
		assertThat(Files.readAttributes(folder.resolve("b/x"), java.nio.file.attribute.BasicFileAttributes.class).fileKey()).isEqualTo(key);
	}

	@Test
	void movingReplacesFilesButNoFullFolder() throws IOException {
		file("a/x", "new");
		file("b/y", "old");
		Transfer.move(folder.resolve("a"), folder.resolve("b"), Existing.REPLACE, progress);
		assertThat(progress.failures().get("a")).contains("not empty");
		Transfer.move(folder.resolve("a/x"), folder.resolve("b/y"), Existing.REPLACE, new Collected());
		assertThat(folder.resolve("b/y")).hasContent("new");
		assertThat(folder.resolve("a/x")).doesNotExist();
	}

	@Test
	void movingByCopyKeepsTheTimeAndRemovesWhatWasCopied() throws IOException {
		Path file = file("a/x", "x");
		file("a/sub/y", "y");
		FileTime time = FileTime.fromMillis(1_000_000_000_000L);
		Files.setLastModifiedTime(file, time);
		new TreeCopy(Existing.FAIL, progress, true).run(folder.resolve("a"), folder.resolve("b"));
		assertThat(progress.failures()).isEmpty();
		assertThat(folder.resolve("a")).doesNotExist();
		assertThat(Files.getLastModifiedTime(folder.resolve("b/x"))).isEqualTo(time);
		assertThat(folder.resolve("b/sub/y")).hasContent("y");
	}

	@Test
	void movingByCopyKeepsWhatCouldNotBeCopied() throws IOException {
		file("a/x", "x");
		file("a/sub/y", "y");
		Path deepest = folder.resolve("a/sub");
		for (int i = 0; i < Transfer.DEEPEST; i++)
			deepest = deepest.resolve("d");
		Files.createDirectories(deepest);
		Files.writeString(deepest.resolve("z"), "z");
		new TreeCopy(Existing.FAIL, progress, true).run(folder.resolve("a"), folder.resolve("b"));
		assertThat(progress.failures()).hasSize(1);
		assertThat(deepest.resolve("z")).hasContent("z");
		assertThat(folder.resolve("a/x")).doesNotExist();
		assertThat(folder.resolve("b/sub/y")).hasContent("y");
	}

	@Test
	void copyingALinkAsAFileCopiesItsContent() throws IOException {
		Files.createSymbolicLink(folder.resolve("l"), file("x", "content"));
		Transfer.copyFile(folder.resolve("l"), folder.resolve("copy"), Existing.FAIL, progress);
		assertThat(Files.isSymbolicLink(folder.resolve("copy"))).isFalse();
		assertThat(folder.resolve("copy")).hasContent("content");
		assertThatThrownBy(() -> Transfer.copyFile(folder.resolve("l"), folder.resolve("copy"), Existing.FAIL, progress)).isInstanceOf(FileAlreadyExistsException.class);
	}

	@Test
	void deletingRemovesLinksNotWhatTheyLeadTo() throws IOException {
		file("keep/x", "x");
		file("a/deep/y", "y");
		Files.createSymbolicLink(folder.resolve("a/deep/link"), folder.resolve("keep"));
		Transfer.delete(folder.resolve("a"), progress);
		assertThat(progress.failures()).isEmpty();
		assertThat(tree(folder)).containsExactly("keep", "keep/x");
		Transfer.delete(folder.resolve("a"), progress);
		assertThat(progress.failures()).containsOnlyKeys("a");
	}

	@Test
	void aFolderThatIsNotThereIsNotMade() throws IOException {
		Transfer.copy(file("x", "x"), folder.resolve("no/such/x"), Existing.REPLACE, progress);
		assertThat(progress.failures().get("x")).contains("no such");
		assertThat(folder.resolve("no")).doesNotExist();
		assertThatThrownBy(() -> Transfer.copyFile(folder.resolve("x"), folder.resolve("no/such/x"), Existing.REPLACE, progress)).isInstanceOf(NoSuchFileException.class);
	}

	@Test
	void readingAndWritingStreams() throws IOException {
		Path file = file("x", "content");
		var out = new java.io.ByteArrayOutputStream();
		Transfer.read(file, Channels.newChannel(out), progress);
		assertThat(out.toString()).isEqualTo("content");
		assertThatThrownBy(() -> Transfer.read(folder, Channels.newChannel(out), progress)).hasMessageContaining("folder");
		Transfer.write(Channels.newChannel(new java.io.ByteArrayInputStream(new byte[3_000_000])), folder.resolve("y"), Existing.FAIL, progress);
		assertThat(folder.resolve("y")).hasSize(3_000_000);
	}

	@Test
	void readingAPart() throws IOException {
		Path file = file("x", "x".repeat(600_000) + "content" + "y".repeat(600_000));
		var out = new java.io.ByteArrayOutputStream();
		Transfer.read(file, 600_000, 7, Channels.newChannel(out), progress);
		assertThat(out.toString()).isEqualTo("content");
		out.reset();
		Transfer.read(file, 600_007, Long.MAX_VALUE, Channels.newChannel(out), progress);
		assertThat(out.toString()).isEqualTo("y".repeat(600_000));
		out.reset();
		Transfer.read(file, 2_000_000, 7, Channels.newChannel(out), progress);
		assertThat(out.size()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "..", "a/b", "/etc/passwd", "../x", "a\0b" })
	void namesThatAreNoneAreRefused(String name) {
		assertThatThrownBy(() -> Transfer.child(folder, name)).isInstanceOf(FileSystemException.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "...", " leading", "trailing ", "a\nb", "-rf", "\uD83D\uDE00", "a\\b" })
	void oddNamesAreNames(String name) throws IOException {
		assumeTrue(FileSystems.getDefault().getSeparator().equals("/"));
		Path child = Transfer.child(folder, name);
		assertThat(child.getParent()).isEqualTo(folder);
		assertThat(child.getFileName().toString()).isEqualTo(name);
	}

	@ParameterizedTest
	@CsvSource({ "notes.txt,true", "a\\b,false", "C:x,false", "CON,false", "con.txt,false", "nul .x,false", "x.,false", "a?b,false", "COMB,true" })
	void namesOnWindows(String name, boolean safe) {
		assertThat(Names.isSafeOnWindows(name)).isEqualTo(safe);
	}

	@ParameterizedTest
	@CsvSource({ "x,0,false", "a/b,0,false", "../x,1,false", "../../x,1,true", "../x,0,true", "/etc/passwd,5,true", "a/../../x,1,true", "a/..,3,true", ".,0,false", "'',0,true",
			"./../x,1,false", "C:\\x,4,true" })
	void linksThatLeadOut(String leadsTo, int depth, boolean out) {
		assertThat(TreeCopy.leadsOut(leadsTo, depth)).isEqualTo(out);
	}
}
