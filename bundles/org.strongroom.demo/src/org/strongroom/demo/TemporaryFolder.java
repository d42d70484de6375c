package org.strongroom.demo;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

	/** @param prefix what its name begins with; folders of that sort whose process was killed and could not tidy up are removed */
	static TemporaryFolder create(String prefix) throws IOException {
		Path folder = Files.createTempDirectory(prefix + "-" + ProcessHandle.current().pid() + "-").toRealPath();
		sweep(folder.getParent(), Pattern.compile(Pattern.quote(prefix) + "-(\\d{1,18})-\\d+"));
		return new TemporaryFolder(folder);
	}

	private static void sweep(Path all, Pattern names) throws IOException {
		try (var folders = Files.newDirectoryStream(all)) {
			for (Path folder : folders) {
				Matcher name = names.matcher(folder.getFileName().toString());
				if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty() && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS))
					removeTree(folder);
			}
		}
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
		for (int i = 0; i < ATTEMPTS && Files.exists(path, LinkOption.NOFOLLOW_LINKS); i++)
			removeTree(path);
	}

	/** As far as it goes: what belongs to somebody else stays. */
	private static void removeTree(Path folder) {
		try {
			Files.walkFileTree(folder, new Removal());
		} catch (IOException e) {
			// Seen by whoever looks whether it is gone.
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
