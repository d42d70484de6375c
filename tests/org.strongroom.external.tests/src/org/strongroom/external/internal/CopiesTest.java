package org.strongroom.external.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopiesTest {
	private static final Path SHARED = Path.of("/dev/shm");
	private static final Path NOWHERE = Path.of("/nowhere");
	@TempDir
	Path onDisk;
	private Path runtime;
	private Memory memory;

	@BeforeEach
	void make() throws IOException {
		assumeTrue(Files.isDirectory(SHARED) && Files.getFileStore(SHARED).type().equals("tmpfs"), "this machine has no /dev/shm");
		runtime = Files.createTempDirectory(SHARED, "test", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		memory = Memory.of(Map.of("XDG_RUNTIME_DIR", runtime.toString()), NOWHERE);
	}

	@AfterEach
	void remove() throws IOException {
		if (runtime != null)
			try (var all = Files.walk(runtime)) {
				for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList())
					Files.delete(path);
			}
	}

	@Test
	void theOwnFolderComesFirstIfItIsInMemoryAndClosed() throws IOException {
		assertThat(Memory.of(Map.of("XDG_RUNTIME_DIR", runtime.toString()), SHARED).folders()).containsExactly(runtime, SHARED);
		Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwxr-xr-x"));
		assertThat(Memory.of(Map.of("XDG_RUNTIME_DIR", runtime.toString()), SHARED).folders()).containsExactly(SHARED);
		assertThat(Memory.of(Map.of("XDG_RUNTIME_DIR", "relative"), SHARED).folders()).containsExactly(SHARED);
		assertThat(Memory.of(Map.of(), SHARED).folders()).containsExactly(SHARED);
	}

	@Test
	void aDiskIsNoMemory() throws IOException {
		assumeTrue(!Files.getFileStore(onDisk).type().equals("tmpfs"), "what is temporary is in memory here");
		Memory none = Memory.of(Map.of("XDG_RUNTIME_DIR", onDisk.toString()), onDisk);
		assertThat(none.folders()).isEmpty();
		assertThatThrownBy(none::check).isInstanceOf(FileSystemException.class).hasMessageContaining("in memory alone");
		assertThatThrownBy(() -> Copies.fresh(none, 1)).isInstanceOf(FileSystemException.class);
	}

	@Test
	void whatDoesNotFitIsRefusedBefore() {
		assertThatThrownBy(() -> Copies.fresh(memory, Long.MAX_VALUE)).isInstanceOf(FileSystemException.class).hasMessageContaining("no room in memory");
		assertThat(runtime).isEmptyDirectory();
	}

	private Path left(long process, String random) throws IOException {
		Path folder = Files.createDirectory(runtime.resolve("strongroom-lent-%d-%s".formatted(process, random)));
		Files.createFile(folder.resolve(".alive"));
		Files.writeString(Files.createDirectory(folder.resolve("1")).resolve("notes.txt"), "left");
		return folder;
	}

	@Test
	void whatIsLeftByThoseThatAreGoneIsTakenAway() throws Exception {
		Process gone = new ProcessBuilder("true").start();
		assertThat(gone.waitFor()).isZero();
		Path left = left(gone.pid(), "0123456789abcdef");
		Files.createSymbolicLink(left.resolve("1/link"), Files.createFile(onDisk.resolve("kept")));
		// the number of a process that began after the folder was made
		Path older = left(ProcessHandle.current().pid(), "0123456789abcde0");
		Files.setLastModifiedTime(older.resolve(".alive"), FileTime.fromMillis(1_000_000_000_000L));
		Path beingMade = left(ProcessHandle.current().pid(), "0123456789abcde1");
		Path others = Files.createDirectory(runtime.resolve("strongroom-lent-1-x"));
		Path ours = Copies.fresh(memory, 1);
		assertThat(Copies.sweep(memory)).isEqualTo(2);
		assertThat(left).doesNotExist();
		assertThat(older).doesNotExist();
		assertThat(beingMade).exists();
		assertThat(others).exists();
		assertThat(ours).exists();
		assertThat(onDisk.resolve("kept")).exists();
		Copies.remove(ours);
		assertThat(ours.getParent()).doesNotExist();
	}
}
