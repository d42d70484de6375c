package org.strongroom.residency.internal.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

import org.strongroom.residency.internal.Owned;

/** Where a log lies: {@code audit-000001.jsonl} and so on, {@code state}, {@code secret.key}, {@code sign.key}, {@code sign.pub}, {@code sinks}. Nobody else on this machine may read them. */
record LogFolder(Path path) {
	private static final String NAME = "audit-%06d.jsonl";
	private static final java.util.regex.Pattern NAMES = java.util.regex.Pattern.compile("audit-(\\d{6,9})\\.jsonl");
	/** Which byte is locked: none of the content, which anybody may read meanwhile. */
	private static final long LOCKED = 1L << 40;
	/** A lock of a file is one of the process: within it, these keep threads apart. */
	private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

	Path file(int number) {
		return path.resolve(NAME.formatted(number));
	}

	/** The number of a file; -1 if it is none of a log. */
	static int number(Path file) {
		var matcher = NAMES.matcher(file.getFileName().toString());
		return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
	}

	Path state() {
		return path.resolve("state");
	}

	/** The files of the log, in their order. */
	List<Path> files() throws IOException {
		if (!Files.isDirectory(path))
			return List.of();
		try (Stream<Path> all = Files.list(path)) {
			return all.filter(f -> number(f) > 0).sorted(java.util.Comparator.comparingInt(LogFolder::number)).toList();
		}
	}

	static void make(Path folder) throws IOException {
		if (!Files.isDirectory(folder)) {
			Files.createDirectories(folder.toAbsolutePath().getParent());
			Files.createDirectories(folder, Owned.permissions("rwx------"));
		}
	}

	/** Opens a file of the log for reading and writing, and makes it if it is not there. */
	static FileChannel open(Path file) throws IOException {
		return FileChannel.open(file, Set.<OpenOption>of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE), Owned.permissions("rw-------"));
	}

	/** Makes a small file that others see only when it is whole. */
	static void write(Path file, byte[] content) throws IOException {
		Path fresh = file.resolveSibling(file.getFileName() + ".new");
		try (FileChannel out = FileChannel.open(fresh, Set.<OpenOption>of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE), Owned.permissions("rw-------"))) {
			ByteBuffer bytes = ByteBuffer.wrap(content);
			while (bytes.hasRemaining())
				out.write(bytes);
			out.force(true);
		}
		Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
	}

	/** Held while a thread of one process works on something that others work on, too. */
	interface Held extends AutoCloseable {
		@Override
		void close() throws IOException;
	}

	/** Waits until nobody else, in this process or another one, holds the lock of a file. */
	static Held lock(Path file, FileChannel channel) throws IOException {
		ReentrantLock within = LOCKS.computeIfAbsent(file.toAbsolutePath().normalize(), _ -> new ReentrantLock());
		within.lock();
		try {
			return held(within, channel.lock(LOCKED, 1, false));
		} catch (IOException | RuntimeException e) {
			within.unlock();
			throw e;
		}
	}

	/** The same without waiting. @return null if somebody else holds it */
	static Held tryLock(Path file, FileChannel channel) throws IOException {
		ReentrantLock within = LOCKS.computeIfAbsent(file.toAbsolutePath().normalize(), _ -> new ReentrantLock());
		if (within.isHeldByCurrentThread() || !within.tryLock())
			return null;
		FileLock lock = null;
		try {
			lock = channel.tryLock(LOCKED, 1, false);
			return lock == null ? null : held(within, lock);
		} finally {
			if (lock == null)
				within.unlock();
		}
	}

	private static Held held(ReentrantLock within, FileLock lock) {
		return () -> {
			try {
				lock.release();
			} finally {
				within.unlock();
			}
		};
	}
}
