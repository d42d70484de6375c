package org.strongroom.external.internal;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The folders of this machine whose files are in memory alone. */
public final class Memory {
	/** The person's own folder while they are logged in (XDG Base Directory Specification). */
	private static final String RUNTIME = "XDG_RUNTIME_DIR";
	/** Shared memory of POSIX, as a file system (shm_overview(7)). */
	private static final String SHARED = "/dev/shm";
	/** File systems of Linux that lie on no disk (tmpfs(5)). */
	private static final Set<String> TYPES = Set.of("tmpfs", "ramfs");
	private static final Set<PosixFilePermission> OTHERS = EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_EXECUTE,
			PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_EXECUTE);
	private final List<Path> folders;

	private Memory(List<Path> folders) {
		this.folders = List.copyOf(folders);
	}

	/** Those of this machine, the best first; none where it has none. */
	public static Memory ofThisMachine() {
		return of(System.getenv(), Path.of(SHARED));
	}

	/** @param shared is for everybody */
	static Memory of(Map<String, String> environment, Path shared) {
		var folders = new ArrayList<Path>();
		String runtime = environment.get(RUNTIME);
		if (runtime != null && runtime.startsWith("/") && isInMemory(Path.of(runtime)) && isOwn(Path.of(runtime)) && isClosed(Path.of(runtime)))
			folders.add(Path.of(runtime).normalize());
		if (isInMemory(shared))
			folders.add(shared);
		return new Memory(folders);
	}

	/** All of them. */
	List<Path> folders() {
		return folders;
	}

	/**
	 * One that has room.
	 *
	 * @param size in bytes
	 * @throws FileSystemException if there is none
	 */
	Path folder(long size) throws IOException {
		check();
		for (Path folder : folders)
			if (Files.getFileStore(folder).getUsableSpace() > size)
				return folder;
		throw new FileSystemException(null, null, "There is no room in memory for %,d bytes: no other program can open this, for a readable copy is written to no disk.".formatted(size));
	}

	/** @throws FileSystemException if this machine has none */
	public void check() throws FileSystemException {
		if (folders.isEmpty())
			throw new FileSystemException(null, null,
					"No other program can open files here: this machine has no folder that is in memory alone ($XDG_RUNTIME_DIR or /dev/shm, as tmpfs), and a readable copy is written to no disk.");
	}

	private static boolean isInMemory(Path folder) {
		try {
			return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && Files.isWritable(folder) && TYPES.contains(Files.getFileStore(folder).type());
		} catch (IOException e) {
			return false;
		}
	}

	/** Whether it belongs to whoever runs this process. */
	static boolean isOwn(Path path) {
		try {
			return Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
		} catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
			return false;
		}
	}

	private static boolean isClosed(Path folder) {
		try {
			return Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS).stream().noneMatch(OTHERS::contains);
		} catch (IOException | UnsupportedOperationException e) {
			return false;
		}
	}
}
