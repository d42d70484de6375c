package org.strongroom.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Bookmark;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Version;
import org.strongroom.storage.local.internal.LocalProtocol;

/** What is of this machine's folders alone, and not asked of every protocol by {@link LocalContractTest}. */
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

	private void replace(String content) throws IOException {
		Files.move(Files.writeString(temp.resolve("other"), content), temp.resolve("file"), StandardCopyOption.REPLACE_EXISTING);
	}

	@Test
	void addressesNameNoServer() {
		assertThat(new LocalProtocol().check(new Bookmark("here", URI.create("file:///home/me")))).isEmpty();
		assertThat(new LocalProtocol().check(new Bookmark("there", URI.create("file://server/share")))).contains("file:///");
	}

	@Test
	void tellsAllThatTheMachineKnows() throws IOException {
		Files.writeString(temp.resolve("file"), "12345");
		Files.setLastModifiedTime(temp.resolve("file"), FileTime.from(Instant.ofEpochSecond(1000, 5000)));
		Files.setPosixFilePermissions(temp.resolve("file"), PosixFilePermissions.fromString("rwxr-x--x"));
		FileInfo info = storage.stat(file, true);
		assertThat(info.modified()).isEqualTo(Instant.ofEpochSecond(1000, 5000));
		assertThat(info.permissions()).hasValue(0751);
		assertThat(info.owner()).contains(Files.getOwner(temp).getName());
	}

	@Test
	void anotherFileOfTheSameLengthAndTimeIsAConflict() throws IOException {
		Version version = save(file, new Precondition.Absent(), "1").version().orElseThrow();
		FileTime time = Files.getLastModifiedTime(temp.resolve("file"));
		replace("3");
		Files.setLastModifiedTime(temp.resolve("file"), time);
		assertThatThrownBy(() -> save(file, new Precondition.Unchanged(version), "4")).isInstanceOf(ConflictException.class);
		assertThat(temp.resolve("file")).hasContent("3");
	}

	@Test
	void afterAnInterruptAFileIsReadOnOnlyIfItIsStillTheSame() throws IOException {
		replace("12345");
		try (Reader reader = storage.open(file)) {
			for (boolean replaced : new boolean[] { false, true }) {
				Thread.currentThread().interrupt();
				assertThatThrownBy(() -> reader.read(0, ByteBuffer.allocate(5))).isInstanceOf(InterruptedIOException.class);
				if (replaced) {
					replace("67890");
					assertThatThrownBy(() -> reader.read(0, ByteBuffer.allocate(5))).isInstanceOf(FileSystemException.class).hasMessageContaining("replaced or removed");
				} else {
					assertThat(reader.read(0, ByteBuffer.allocate(5))).isEqualTo(5);
				}
			}
		}
	}
}
