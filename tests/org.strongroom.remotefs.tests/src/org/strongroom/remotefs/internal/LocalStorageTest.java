package org.strongroom.remotefs.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Bookmark;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Entry;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Version;
import org.strongroom.storage.local.internal.LocalProtocol;

class LocalStorageTest {
	@TempDir
	Path temp;
	private Storage storage;
	private String file;

	@BeforeEach
	void connect() throws IOException {
		storage = new LocalProtocol().connect(new Bookmark("here", URI.create("file:///")), null);
		file = temp + "/file";
	}

	private FileInfo save(String path, Precondition precondition, String content) throws IOException {
		try (var upload = storage.upload(path, precondition)) {
			upload.write(0, ByteBuffer.wrap(content.getBytes()));
			return upload.commit(content.length());
		}
	}

	private List<String> left() throws IOException {
		try (Stream<Path> all = Files.list(temp)) {
			return all.map(p -> p.getFileName().toString()).sorted().toList();
		}
	}

	@Test
	void addressesNameNoServer() {
		assertThat(new LocalProtocol().check(new Bookmark("here", URI.create("file:///home/me")))).isEmpty();
		assertThat(new LocalProtocol().check(new Bookmark("there", URI.create("file://server/share")))).contains("file:///");
	}

	@Test
	void describesWhatIsThere() throws IOException {
		Files.writeString(temp.resolve("file"), "12345");
		Files.setLastModifiedTime(temp.resolve("file"), FileTime.from(Instant.ofEpochSecond(1000, 5000)));
		Files.setPosixFilePermissions(temp.resolve("file"), PosixFilePermissions.fromString("rwxr-x--x"));
		Files.createSymbolicLink(temp.resolve("link"), Path.of("file"));
		FileInfo info = storage.stat(file, true);
		assertThat(info.type()).isEqualTo(Type.FILE);
		assertThat(info.size()).isEqualTo(5);
		assertThat(info.modified()).isEqualTo(Instant.ofEpochSecond(1000, 5000));
		assertThat(info.permissions()).hasValue(0751);
		assertThat(info.owner()).contains(Files.getOwner(temp).getName());
		assertThat(storage.stat(temp + "/link", false).type()).isEqualTo(Type.SYMLINK);
		assertThat(storage.stat(temp + "/link", true)).isEqualTo(info);
		assertThat(storage.stat("/", true).type()).isEqualTo(Type.DIRECTORY);
		assertThatThrownBy(() -> storage.stat(temp + "/none", true)).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> storage.stat(file + "/below", true)).isInstanceOf(NoSuchFileException.class);
	}

	@Test
	void listsAllOnce() throws IOException {
		for (int i = 0; i < 1234; i++)
			Files.createFile(temp.resolve("f" + i));
		var names = new ArrayList<String>();
		try (var listing = storage.list(temp.toString())) {
			for (List<Entry> batch; !(batch = listing.next()).isEmpty();)
				batch.forEach(e -> names.add(e.name()));
		}
		assertThat(names).hasSize(1234).doesNotHaveDuplicates();
		assertThatThrownBy(() -> storage.list(temp + "/f1")).isInstanceOf(NotDirectoryException.class);
		assertThatThrownBy(() -> storage.list(temp + "/none")).isInstanceOf(NoSuchFileException.class);
	}

	@Test
	void aSaveIsSeenWhenItIsCommittedAndNotBefore() throws IOException {
		Files.writeString(temp.resolve("file"), "old");
		Files.setPosixFilePermissions(temp.resolve("file"), PosixFilePermissions.fromString("rw-rw-r--"));
		FileInfo before = storage.stat(file, true);
		try (var upload = storage.upload(file, new Precondition.Unchanged(before.version().orElseThrow()))) {
			upload.write(3, ByteBuffer.wrap("new too long".getBytes()));
			upload.write(0, ByteBuffer.wrap("all".getBytes()));
			assertThat(temp.resolve("file")).hasContent("old");
			assertThat(left()).hasSize(2).anyMatch(n -> n.matches("\\.strongroom-[0-9a-f]+\\.part"));
			var back = ByteBuffer.allocate(6);
			assertThat(upload.isReadable()).isTrue();
			assertThat(upload.read(0, back)).isEqualTo(6);
			assertThat(new String(back.array())).isEqualTo("allnew");
			assertThat(upload.commit(6)).isEqualTo(storage.stat(file, true));
		}
		assertThat(temp.resolve("file")).hasContent("allnew");
		assertThat(storage.stat(file, true).version()).isNotEqualTo(before.version());
		assertThat(storage.stat(file, true).permissions()).hasValue(0664);
		assertThat(left()).containsExactly("file");
	}

	@Test
	void whatIsNotCommittedIsTidiedUp() throws IOException {
		Files.writeString(temp.resolve("file"), "old");
		try (var upload = storage.upload(file, new Precondition.Any())) {
			upload.write(0, ByteBuffer.wrap("new".getBytes()));
		}
		try (var upload = storage.upload(file, new Precondition.Any())) {
			upload.write(0, ByteBuffer.wrap("new".getBytes()));
			assertThatThrownBy(() -> upload.commit(4)).isInstanceOf(ServerFaultException.class);
		}
		assertThat(temp.resolve("file")).hasContent("old");
		assertThat(left()).containsExactly("file");
	}

	@Test
	void preconditionsHoldOrNothingHappens() throws IOException {
		Version version = save(file, new Precondition.Absent(), "1").version().orElseThrow();
		assertThatThrownBy(() -> save(file, new Precondition.Absent(), "2")).isInstanceOf(ConflictException.class);
		// the same length at the same time is another file nevertheless
		FileTime time = Files.getLastModifiedTime(temp.resolve("file"));
		Files.writeString(temp.resolve("other"), "3");
		Files.setLastModifiedTime(temp.resolve("other"), time);
		Files.move(temp.resolve("other"), temp.resolve("file"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
		assertThatThrownBy(() -> save(file, new Precondition.Unchanged(version), "4")).isInstanceOf(ConflictException.class);
		assertThat(temp.resolve("file")).hasContent("3");
		Files.delete(temp.resolve("file"));
		assertThatThrownBy(() -> save(file, new Precondition.Unchanged(version), "5")).isInstanceOf(ConflictException.class);
		assertThat(left()).isEmpty();
	}

	@Test
	void whatALinkLeadsToIsReplaced() throws IOException {
		Files.createDirectory(temp.resolve("folder"));
		Files.writeString(temp.resolve("folder/file"), "old");
		Files.createSymbolicLink(temp.resolve("link"), Path.of("folder/file"));
		save(temp + "/link", new Precondition.Any(), "new");
		assertThat(Files.isSymbolicLink(temp.resolve("link"))).isTrue();
		assertThat(temp.resolve("folder/file")).hasContent("new");
		Files.createSymbolicLink(temp.resolve("loop"), Path.of("loop"));
		assertThatThrownBy(() -> storage.upload(temp + "/loop", new Precondition.Any())).isInstanceOf(FileSystemException.class);
	}

	@Test
	void errorsAreThoseOfNio() throws IOException {
		storage.createDirectory(temp + "/folder");
		save(temp + "/folder/file", new Precondition.Any(), "x");
		save(file, new Precondition.Any(), "y");
		assertThatThrownBy(() -> storage.createDirectory(temp + "/folder")).isInstanceOf(FileAlreadyExistsException.class);
		assertThatThrownBy(() -> storage.deleteDirectory(temp + "/folder")).isInstanceOf(DirectoryNotEmptyException.class);
		assertThatThrownBy(() -> storage.deleteDirectory(file)).isInstanceOf(NotDirectoryException.class);
		assertThatThrownBy(() -> storage.delete(temp + "/folder")).isInstanceOf(FileSystemException.class);
		assertThatThrownBy(() -> storage.open(temp + "/folder")).isInstanceOf(FileSystemException.class);
		assertThatThrownBy(() -> storage.upload(temp + "/none/file", new Precondition.Any())).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> storage.rename(file, temp + "/folder/file", false)).isInstanceOf(FileAlreadyExistsException.class);
		assertThatThrownBy(() -> storage.rename(file, temp + "/folder", true)).isInstanceOf(FileAlreadyExistsException.class);
		storage.rename(file, temp + "/folder/file", true);
		assertThat(temp.resolve("folder/file")).hasContent("y");
		storage.delete(temp + "/folder/file");
		storage.deleteDirectory(temp + "/folder");
		assertThat(left()).isEmpty();
	}

	@Test
	void afterCloseEveryCallSaysSo() throws IOException {
		assertThat(storage.home()).startsWith("/");
		assertThat(storage.space("/").orElseThrow().total()).isPositive();
		storage.close();
		assertThat(storage.isOpen()).isFalse();
		assertThatThrownBy(() -> storage.stat("/", true)).isInstanceOf(ConnectionException.class);
		assertThatThrownBy(() -> storage.list("/")).isInstanceOf(ConnectionException.class);
	}
}
