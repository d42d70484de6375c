package org.strongroom.demo;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** A fresh folder that this account alone can look into; gone after {@link #close()}, or when the Java process ends. */
final class TemporaryFolder implements AutoCloseable {
	/** Somebody may be writing into it while it is being removed. */
	private static final int ATTEMPTS = 5;

	private final Path path;
	private final Thread cleaner = new Thread(this::remove, "Remove a temporary folder");

	private TemporaryFolder(Path path) {
		this.path = path;
		Runtime.getRuntime().addShutdownHook(cleaner);
	}

	/** @param prefix what its name begins with */
	static TemporaryFolder create(String prefix) throws IOException {
		return new TemporaryFolder(Files.createTempDirectory(prefix).toRealPath());
	}

	Path path() {
		return path;
	}

	@Override
	public void close() {
		remove();
		try {
			Runtime.getRuntime().removeShutdownHook(cleaner);
		} catch (IllegalStateException e) {
			// The process is ending: the hook is running, or has.
		}
	}

	private synchronized void remove() {
		for (int i = 0; i < ATTEMPTS && Files.exists(path, LinkOption.NOFOLLOW_LINKS); i++) {
			try {
				Files.walkFileTree(path, new Removal());
			} catch (IOException e) {
				// Something new has come into it meanwhile: once more.
			}
		}
	}

	private static final class Removal extends SimpleFileVisitor<Path> {
		@Override
		public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
			Files.deleteIfExists(file);
			return FileVisitResult.CONTINUE;
		}

		@Override
		public FileVisitResult visitFileFailed(Path file, IOException e) {
			return FileVisitResult.CONTINUE;
		}

		@Override
		public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
			Files.deleteIfExists(folder);
			return FileVisitResult.CONTINUE;
		}
	}
}
