package org.strongroom.remotefs.internal;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.Upload;
import org.strongroom.core.storage.Version;

/** A save is all or nothing, and overwrites nothing that it does not know. */
class SaveTest {
	@TempDir
	Path temp;
	private Remote remote;
	private Path file;
	private Path local;

	@BeforeEach
	void open() {
		remote = new Remote(temp);
		file = remote.root.resolve("notes.txt");
		local = temp.resolve("notes.txt");
	}

	@AfterEach
	void nothingIsLeftBehind() throws IOException {
		remote.close();
		try (Stream<Path> left = Files.list(temp)) {
			assertThat(left.map(p -> p.getFileName().toString())).allMatch(n -> !n.startsWith(".strongroom"));
		}
	}

	private Version version() throws IOException {
		return Files.readAttributes(file, StorageAttributes.class).version().orElseThrow();
	}

	private void save(Save save, String text) throws IOException {
		try (var out = Files.newOutputStream(file, CREATE, TRUNCATE_EXISTING, WRITE, save)) {
			out.write(text.getBytes());
			save.whole();
		}
	}

	@Test
	void aWholeSaveTakesPlaceAtCloseAndTellsItsVersion() throws IOException {
		Files.writeString(local, "old");
		Files.setPosixFilePermissions(local, PosixFilePermissions.fromString("rw-r-x--x"));
		Save save = Save.ifUnchanged(version());
		try (var out = Files.newOutputStream(file, CREATE, TRUNCATE_EXISTING, WRITE, save)) {
			out.write("new".getBytes());
			assertThat(local).hasContent("old");
			assertThat(Files.readString(file)).isEqualTo("old");
			save.whole();
			assertThat(save.version()).isEmpty();
		}
		assertThat(local).hasContent("new");
		assertThat(Files.readString(file)).isEqualTo("new");
		assertThat(save.version()).contains(version());
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(local))).isEqualTo("rw-r-x--x");
	}

	@Test
	void savesFollowOnEachOther() throws IOException {
		Save save = Save.createNew();
		save(save, "1");
		for (int i = 2; i < 10; i++) {
			Save next = Save.ifUnchanged(save.version().orElseThrow());
			save(next, "text " + i);
			save = next;
		}
		assertThat(local).hasContent("text 9");
	}

	@Test
	void aSaveThatIsNotWholeIsGivenUp() throws IOException {
		Files.writeString(local, "old");
		Save save = Save.overwrite();
		try (var out = Files.newOutputStream(file, CREATE, TRUNCATE_EXISTING, WRITE, save)) {
			out.write(new byte[3 * Remote.MEMORY]);
		}
		assertThat(local).hasContent("old");
		assertThat(save.version()).isEmpty();
		Save none = Save.createNew();
		Path other = remote.root.resolve("other");
		try (var channel = FileChannel.open(other, CREATE_NEW, READ, WRITE, none)) {
			channel.write(ByteBuffer.wrap(new byte[10]));
		}
		assertThat(temp.resolve("other")).doesNotExist();
		assertThat(Files.exists(other)).isFalse();
	}

	@Test
	void aConflictOverwritesNothing() throws IOException {
		Files.writeString(local, "old");
		Version version = version();
		Files.writeString(local, "somebody else's");
		assertThatThrownBy(() -> save(Save.ifUnchanged(version), "mine")).isInstanceOf(ConflictException.class);
		assertThat(local).hasContent("somebody else's");
		Files.delete(local);
		assertThatThrownBy(() -> save(Save.ifUnchanged(version), "mine")).isInstanceOf(ConflictException.class);
		assertThat(local).doesNotExist();
	}

	@Test
	void createNewFailsIfOneIsThere() throws IOException {
		Save save = Save.createNew();
		assertThatThrownBy(() -> {
			try (var out = Files.newOutputStream(file, CREATE, TRUNCATE_EXISTING, WRITE, save)) {
				out.write(1);
				save.whole();
				Files.writeString(local, "somebody else's");
			}
		}).isInstanceOf(ConflictException.class);
		assertThat(local).hasContent("somebody else's");
		remote.fileSystem.refresh(file);
		assertThatThrownBy(() -> Files.newByteChannel(file, CREATE_NEW, WRITE)).isInstanceOf(FileAlreadyExistsException.class);
	}

	@Test
	void withoutASaveTheVersionAtOpenCounts() throws IOException {
		Files.writeString(local, "old content");
		var channel = FileChannel.open(file, READ, WRITE);
		channel.write(ByteBuffer.wrap("OLD".getBytes()), 0);
		Files.writeString(local, "somebody else's");
		assertThatThrownBy(channel::close).isInstanceOf(ConflictException.class);
		assertThat(local).hasContent("somebody else's");

		var created = FileChannel.open(remote.root.resolve("new"), CREATE, WRITE);
		created.write(ByteBuffer.wrap("mine".getBytes()));
		Files.writeString(temp.resolve("new"), "theirs");
		assertThatThrownBy(created::close).isInstanceOf(ConflictException.class);
		assertThat(temp.resolve("new")).hasContent("theirs");

		Files.writeString(file, "all new");
		assertThat(local).hasContent("all new");
	}

	@Test
	void nothingWrittenSendsNothing() throws IOException {
		Files.writeString(local, "as it is");
		FileTime before = Files.getLastModifiedTime(local);
		remote.storage.forget();
		try (var channel = FileChannel.open(file, READ, WRITE)) {
			channel.read(ByteBuffer.allocate(10));
			channel.force(true);
		}
		assertThat(remote.storage.calls()).containsExactly("open", "read");
		assertThat(Files.getLastModifiedTime(local)).isEqualTo(before);
	}

	@Test
	void readAndWriteKeepsWhatIsNotTouched() throws IOException {
		var content = new byte[5 * Remote.MEMORY + 77];
		new Random(1).nextBytes(content);
		Files.write(local, content);
		try (var channel = FileChannel.open(file, READ, WRITE)) {
			for (int at : new int[] { 0, 70_000, 4 * Remote.MEMORY, content.length - 3 }) {
				content[at] ^= 1;
				channel.write(ByteBuffer.wrap(content, at, 1), at);
			}
			var back = ByteBuffer.allocate(content.length);
			assertThat(channel.read(back, 0)).isEqualTo(content.length);
			assertThat(Arrays.equals(back.array(), content)).isTrue();
		}
		assertThat(Arrays.equals(Files.readAllBytes(local), content)).isTrue();
	}

	@Test
	void aFailedWriteIsNeverCommitted() throws IOException {
		Files.writeString(local, "old");
		var channel = FileChannel.open(file, CREATE, READ, WRITE, TRUNCATE_EXISTING);
		channel.write(ByteBuffer.wrap(new byte[Remote.MEMORY / 2]));
		remote.storage.loseAt("write");
		assertThatThrownBy(() -> channel.write(ByteBuffer.wrap(new byte[2 * Remote.MEMORY]))).isInstanceOf(ConnectionException.class);
		remote.fileSystem.reconnected(Remote.localStorage());
		assertThatThrownBy(() -> channel.write(ByteBuffer.wrap(new byte[1]))).isInstanceOf(IOException.class);
		assertThatThrownBy(channel::close).isInstanceOf(ConnectionException.class);
		assertThat(channel.isOpen()).isFalse();
		assertThat(local).hasContent("old");
		// the storage in this test is this machine: nobody but the lost connection could tidy up
		deleteParts();
	}

	private void deleteParts() throws IOException {
		try (Stream<Path> all = Files.list(temp)) {
			for (Path p : (Iterable<Path>) all.filter(p -> p.toString().endsWith(".part"))::iterator)
				Files.delete(p);
		}
	}

	@Test
	void aFailedReadOfTheOldContentIsNeverCommitted() throws IOException {
		Files.write(local, new byte[200_000]);
		var channel = FileChannel.open(file, READ, WRITE);
		channel.write(ByteBuffer.wrap(new byte[] { 1 }), 0);
		remote.storage.loseAt("read");
		assertThatThrownBy(() -> channel.write(ByteBuffer.wrap(new byte[] { 1 }), 190_000)).isInstanceOf(ConnectionException.class);
		assertThatThrownBy(channel::close).isInstanceOf(ConnectionException.class);
		assertThat(Files.readAllBytes(local)).containsOnly(0);
	}

	@Test
	void aLostConnectionAtCommitIsThrownByClose() throws IOException {
		Files.writeString(local, "old");
		for (String call : new String[] { "upload", "write", "commit" }) {
			remote.fileSystem.reconnected(remote.storage);
			var storage = new WrappedStorage(Remote.localStorage());
			remote.fileSystem.reconnected(storage);
			var out = Files.newOutputStream(file);
			out.write("new".getBytes());
			storage.loseAt(call);
			assertThatThrownBy(out::close).as(call).isInstanceOf(ConnectionException.class);
			assertThat(local).hasContent("old");
		}
	}

	@Test
	void aWriteOpenAcrossAReconnectionIsCommittedOnTheNewOne() throws IOException {
		Files.write(local, new byte[300_000]);
		try (var channel = FileChannel.open(file, READ, WRITE)) {
			channel.write(ByteBuffer.wrap(new byte[] { 1 }), 0);
			remote.storage.loseAt("nothing");
			remote.fileSystem.reconnected(new WrappedStorage(Remote.localStorage()));
			channel.write(ByteBuffer.wrap(new byte[] { 2 }), 299_999);
		}
		byte[] content = Files.readAllBytes(local);
		assertThat(content[0]).isEqualTo((byte) 1);
		assertThat(content[299_999]).isEqualTo((byte) 2);
	}

	@Test
	void writesThatGetLostAreNoticed() throws IOException {
		Files.writeString(local, "old");
		var deaf = new WrappedStorage(Remote.localStorage()) {
			@Override
			public Upload upload(String path, Precondition precondition) throws IOException {
				return new WrappedUpload(super.upload(path, precondition)) {
					@Override
					public void write(long position, ByteBuffer source) throws IOException {
						if (position == 0)
							super.write(position, source);
						else
							source.position(source.limit());
					}
				};
			}
		};
		remote.fileSystem.reconnected(deaf);
		assertThatThrownBy(() -> Files.write(file, new byte[3 << 20])).isInstanceOf(ServerFaultException.class);
		assertThat(local).hasContent("old");
	}

	@Test
	void anOldContentThatIsShorterThanToldIsNotFilledUp() throws IOException {
		Files.write(local, new byte[100]);
		var liar = new WrappedStorage(Remote.localStorage()) {
			@Override
			protected FileInfo seen(FileInfo i) {
				return i.type() == FileInfo.Type.FILE ? FileInfo.of(i.type(), 1L << 62, i.modified(), i.version().orElse(null)) : i;
			}
		};
		remote.fileSystem.reconnected(liar);
		var channel = FileChannel.open(file, READ, WRITE);
		assertThatThrownBy(() -> channel.write(ByteBuffer.wrap(new byte[] { 1 }), 0)).isInstanceOf(ServerFaultException.class);
		assertThatThrownBy(channel::close).isInstanceOf(ServerFaultException.class);
		assertThat(Files.readAllBytes(local)).hasSize(100).containsOnly(0);
	}

	@Test
	void channelsThatReadAndWriteShareWhatIsNotYetCommitted() throws IOException {
		Files.writeString(local, "0123456789");
		try (var reader = FileChannel.open(file, READ); var one = FileChannel.open(file, READ, WRITE); var two = FileChannel.open(file, READ, WRITE)) {
			one.write(ByteBuffer.wrap("AB".getBytes()), 0);
			two.write(ByteBuffer.wrap("YZ".getBytes()), 8);
			var seen = ByteBuffer.allocate(20);
			assertThat(reader.read(seen, 0)).isEqualTo(10);
			assertThat(new String(seen.array(), 0, 10)).isEqualTo("AB234567YZ");
			assertThat(local).hasContent("0123456789");
			one.close();
			assertThat(local).hasContent("AB234567YZ");
			two.write(ByteBuffer.wrap("!".getBytes()), 10);
			assertThat(reader.size()).isEqualTo(11);
			two.close();
			assertThat(reader.size()).isEqualTo(11);
			assertThat(reader.read(seen.clear(), 0)).isEqualTo(11);
		}
		assertThat(local).hasContent("AB234567YZ!");
	}

	@Test
	void aFileBeingMadeIsThereForThoseWhoShareIt() throws IOException {
		try (var one = FileChannel.open(file, CREATE_NEW, READ, WRITE)) {
			one.write(ByteBuffer.wrap("12345".getBytes()));
			assertThat(Files.size(file)).isEqualTo(5);
			Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
			try (var two = FileChannel.open(file, READ)) {
				assertThat(two.size()).isEqualTo(5);
			}
			assertThatThrownBy(() -> FileChannel.open(file, CREATE_NEW, READ, WRITE)).isInstanceOf(FileAlreadyExistsException.class);
			assertThat(local).doesNotExist();
		}
		assertThat(local).hasContent("12345");
		assertThat(Files.getLastModifiedTime(local).toInstant()).isEqualTo(Instant.ofEpochSecond(1_000_000_000));
	}

	@Test
	void aTimeSetMeanwhileIsNoConflict() throws IOException {
		Files.writeString(local, "old");
		try (var channel = FileChannel.open(file, WRITE)) {
			channel.write(ByteBuffer.wrap("NEW".getBytes()));
			Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
		}
		assertThat(local).hasContent("NEW");
		assertThat(Files.getLastModifiedTime(file).toInstant()).isEqualTo(Instant.ofEpochSecond(1_000_000_000));
	}

	@Test
	void whatIsBeingWrittenGoesWithItsFile() throws IOException {
		Files.writeString(local, "old");
		try (var channel = FileChannel.open(file, READ, WRITE)) {
			channel.write(ByteBuffer.wrap("NEW".getBytes()));
			Files.move(file, remote.root.resolve("renamed"));
		}
		assertThat(local).doesNotExist();
		assertThat(temp.resolve("renamed")).hasContent("NEW");
		try (var channel = FileChannel.open(remote.root.resolve("renamed"), READ, WRITE)) {
			channel.write(ByteBuffer.wrap("???".getBytes()));
			Files.delete(remote.root.resolve("renamed"));
		}
		assertThat(temp.resolve("renamed")).doesNotExist();
	}

	@Test
	void openErrorsAreThoseOfNio() throws IOException {
		Files.createDirectory(temp.resolve("folder"));
		Files.writeString(local, "x");
		assertThatThrownBy(() -> FileChannel.open(remote.root.resolve("none"), READ)).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> FileChannel.open(remote.root.resolve("none"), WRITE)).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> FileChannel.open(remote.root.resolve("none/x"), CREATE, WRITE)).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> FileChannel.open(remote.root.resolve("folder"), READ)).isInstanceOf(FileSystemException.class).hasMessageContaining("folder");
		assertThatThrownBy(() -> FileChannel.open(remote.root.resolve("folder"), CREATE, WRITE)).isInstanceOf(FileSystemException.class);
		assertThatThrownBy(() -> FileChannel.open(file, READ, Save.overwrite())).isInstanceOf(IllegalArgumentException.class);
	}

	@Test
	void newFilesTakeTheirPermissions() throws IOException {
		Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(local))).isEqualTo("rwx------");
	}
}
