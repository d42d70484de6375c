package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.strongroom.core.Home;

/**
 * Tells other processes of this machine, and later ones, that a connection may still finish what it has begun on a server: an empty file in Strongroom's home whose name says nothing, and
 * which is locked until the connection is closed or the process ends, however it does. Thread-safe.
 */
final class LifeSign implements AutoCloseable {
	/** After so long what another machine has begun counts as given up, and so does an empty file here that nobody locks. */
	static final Duration GIVEN_UP = Duration.ofDays(1);
	/** What an {@link #id} looks like, as a regular expression. */
	static final String ID = "[0-9a-f]{16}";
	private static final String FOLDER = "connections";
	/** Those of this process. It must not open the file of one a second time: to close that would end the lock of the first (fcntl(2)). */
	private static final Set<String> OURS = ConcurrentHashMap.newKeySet();

	private final String id;
	private final Path file;
	private final FileChannel locked;

	private LifeSign(String id, Path file, FileChannel locked) {
		this.id = id;
		this.file = file;
		this.locked = locked;
	}

	/** Shows one for a new connection. Those of long ago that nobody shows any more are removed. */
	static LifeSign show() throws IOException {
		Path folder = Home.folder().resolve(FOLDER);
		Files.createDirectories(folder, own("rwx------"));
		removeOld(folder);
		byte[] random = new byte[8];
		new SecureRandom().nextBytes(random);
		String id = HexFormat.of().formatHex(random);
		Files.createFile(file(id), own("rw-------"));
		return lock(id).orElseThrow(() -> new IOException("files cannot be locked here"));
	}

	private static FileAttribute<?>[] own(String permissions) {
		return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
				? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)) }
				: new FileAttribute<?>[0];
	}

	private static void removeOld(Path folder) throws IOException {
		List<Path> all;
		try (Stream<Path> files = Files.list(folder)) {
			all = files.toList();
		}
		Instant limit = Instant.now().minus(GIVEN_UP);
		for (Path old : all) {
			String name = old.getFileName().toString();
			if (name.matches(ID) && old.toFile().lastModified() < limit.toEpochMilli())
				lock(name).ifPresent(LifeSign::end);
		}
	}

	private static Path file(String id) {
		return Home.folder().resolve(FOLDER).resolve(id);
	}

	/** Whether a connection of this machine showed it, and has not ended it. */
	static boolean isOfThisMachine(String id) {
		return Files.exists(file(id));
	}

	/** Shows it instead of a connection that is gone; empty if that one may still be there. */
	static Optional<LifeSign> lock(String id) throws IOException {
		if (!OURS.add(id))
			return Optional.empty();
		Path file = file(id);
		FileChannel channel = null;
		boolean locked = false;
		try {
			channel = FileChannel.open(file, StandardOpenOption.WRITE);
			locked = channel.tryLock() != null;
			return locked ? Optional.of(new LifeSign(id, file, channel)) : Optional.empty();
		} catch (NoSuchFileException e) {
			return Optional.empty(); // it has ended just now
		} finally {
			if (!locked) {
				OURS.remove(id);
				if (channel != null)
					channel.close();
			}
		}
	}

	/** What it is called; 16 hexadecimal digits. */
	String id() {
		return id;
	}

	/** Shows it no more; others know by the file that the connection was of this machine and has left something to do. */
	@Override
	public void close() {
		try {
			locked.close();
		} catch (IOException e) {
			// The process ends some day.
		} finally {
			OURS.remove(id);
		}
	}

	/** Shows it no more, and nothing is left to do. */
	void end() {
		close();
		try {
			Files.deleteIfExists(file);
		} catch (IOException e) {
			// An empty file is left, which is removed later.
		}
	}
}
