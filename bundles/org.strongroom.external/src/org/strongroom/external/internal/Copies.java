package org.strongroom.external.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folders of this process that its readable copies lie in, one for each folder of {@link Memory}. They are locked by a file in them as long as the process lives, however it ends, and taken away at
 * the end of the last copy; what a process that was killed has left, by the next one. Thread-safe.
 */
public final class Copies {
	/** How such folders are called, after the process they belong to. */
	private static final Pattern NAME = Pattern.compile("strongroom-lent-(\\d{1,18})-[0-9a-f]{16}");
	/** How the folder of a copy is called that outlives its process, for what is in it could not be saved. */
	private static final String KEPT = "strongroom-kept-";
	private static final String ALIVE = ".alive";
	/** How exactly the system tells when a process began. */
	private static final Duration ABOUT = Duration.ofSeconds(1);
	private static final FileAttribute<?> OWN_FOLDER = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
	private static final FileAttribute<?> OWN_FILE = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

	/** Those of this process, by the folder of {@link Memory}. Guarded by itself. */
	private static final Map<Path, Copies> OURS = new HashMap<>();
	private static final AtomicInteger COUNT = new AtomicInteger();

	private final Path folder;
	/** Holds the lock; never closed, for the process has it as long as it lives. */
	private final FileChannel alive;

	private Copies(Path folder, FileChannel alive) {
		this.folder = folder;
		this.alive = alive;
	}

	/** A fresh folder for a copy, which is its owner's alone. @param size of the copy, in bytes */
	public static Path fresh(Memory memory, long size) throws IOException {
		Path base = memory.folder(size);
		synchronized (OURS) {
			Copies ours = OURS.get(base);
			if (ours == null || !Files.isDirectory(ours.folder, LinkOption.NOFOLLOW_LINKS)) {
				ours = begin(base);
				OURS.put(base, ours);
			}
			return Files.createDirectory(ours.folder.resolve(Integer.toString(COUNT.incrementAndGet())), OWN_FOLDER);
		}
	}

	private static Copies begin(Path base) throws IOException {
		Path folder = Files.createDirectory(base.resolve("strongroom-lent-%d-%s".formatted(ProcessHandle.current().pid(), random())), OWN_FOLDER);
		FileChannel alive = FileChannel.open(Files.createFile(folder.resolve(ALIVE), OWN_FILE), StandardOpenOption.WRITE);
		if (alive.tryLock() == null)
			throw new IOException("files cannot be locked in " + base);
		return new Copies(folder, alive);
	}

	private static String random() {
		byte[] random = new byte[8];
		new SecureRandom().nextBytes(random);
		return HexFormat.of().formatHex(random);
	}

	/** A folder beside those of copies, for what programs put aside. */
	public static Path temporary(Path copies) throws IOException {
		return Files.createDirectories(copies.resolveSibling("tmp"), OWN_FOLDER);
	}

	/** Takes a copy's folder away, with all that a program has put there. */
	public static void remove(Path folder) throws IOException {
		deleteAll(folder);
		tidy(folder.getParent());
	}

	/** Takes the folder away that copies were in, if there is none any more. */
	private static void tidy(Path folder) throws IOException {
		synchronized (OURS) {
			for (var ours : Map.copyOf(OURS).entrySet())
				if (ours.getValue().folder.equals(folder) && isEmpty(folder)) {
					OURS.remove(ours.getKey());
					ours.getValue().close();
				}
		}
	}

	private static boolean isEmpty(Path folder) throws IOException {
		try (var all = Files.list(folder)) {
			return all.allMatch(p -> p.endsWith(ALIVE) || p.endsWith("tmp"));
		}
	}

	private void close() throws IOException {
		try {
			deleteAll(folder);
		} finally {
			alive.close();
		}
	}

	/** Has a copy's folder outlive this process. @return where it is now */
	public static Path keep(Path folder) throws IOException {
		Path kept = folder.getParent().resolveSibling(KEPT + random());
		Files.move(folder, kept, StandardCopyOption.ATOMIC_MOVE);
		tidy(folder.getParent());
		return kept;
	}

	/** Takes away what processes that are gone have left. What cannot be taken away stays for the doctor to tell of. @return how many folders */
	public static int sweep(Memory memory) {
		int swept = 0;
		for (Path base : memory.folders())
			try (var all = Files.newDirectoryStream(base, "strongroom-lent-*")) {
				for (Path folder : all)
					if (isLeft(folder)) {
						deleteAll(folder);
						swept++;
					}
			} catch (IOException | DirectoryIteratorException e) {
				// those of others, or gone meanwhile
			}
		return swept;
	}

	private static boolean isLeft(Path folder) throws IOException {
		Matcher name = NAME.matcher(folder.getFileName().toString());
		if (!name.matches() || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) || !Memory.isOwn(folder))
			return false;
		synchronized (OURS) {
			if (OURS.values().stream().anyMatch(ours -> ours.folder.equals(folder)))
				return false; // to open and close its file would end its lock (fcntl(2))
		}
		long process = Long.parseLong(name.group(1));
		Path alive = folder.resolve(ALIVE);
		if (isLocked(alive))
			return false;
		// one that is just being made is not locked yet; a process of that number that began later is another one
		Instant made = Files.getLastModifiedTime(Files.exists(alive) ? alive : folder).toInstant();
		return ProcessHandle.of(process).flatMap(p -> p.info().startInstant()).filter(began -> !began.isAfter(made.plus(ABOUT))).isEmpty();
	}

	private static boolean isLocked(Path file) throws IOException {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS); FileLock lock = channel.tryLock()) {
			return lock == null;
		} catch (NoSuchFileException e) {
			return false;
		} catch (OverlappingFileLockException e) {
			return true;
		}
	}

	private static void deleteAll(Path folder) throws IOException {
		Files.walkFileTree(folder, new SimpleFileVisitor<>() {
			@Override
			public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
				Files.deleteIfExists(file);
				return FileVisitResult.CONTINUE;
			}

			@Override
			public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
				if (e instanceof NoSuchFileException)
					return FileVisitResult.CONTINUE; // programs take their own away, too
				throw e;
			}

			@Override
			public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
				Files.deleteIfExists(dir);
				return FileVisitResult.CONTINUE;
			}
		});
	}
}
