package org.strongroom.doctor.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Reads of files and folders no more than is sensible. */
final class Reading {
	/** Bytes of one file; the longest are histories and lists of recent files. */
	private static final int MOST_BYTES = 16 << 20;
	/** Names of one folder. */
	private static final int MOST_NAMES = 200_000;

	private Reading() {
	}

	/** The beginning of a file; a byte is a character, for what is looked for is ASCII. Empty if there is no such file. */
	static Optional<String> text(Path file) throws IOException {
		return text(file, MOST_BYTES);
	}

	/** @param most bytes */
	static Optional<String> text(Path file, int most) throws IOException {
		if (Files.isDirectory(file))
			return Optional.empty();
		try (var in = Files.newInputStream(file)) {
			return Optional.of(new String(in.readNBytes(most), StandardCharsets.ISO_8859_1));
		} catch (NoSuchFileException e) {
			return Optional.empty();
		}
	}

	/** What a file of the kernel says on its first line; empty if there is none or it may not be read. */
	static Optional<String> word(Path file) {
		try {
			return text(file, 4096).map(t -> t.lines().findFirst().orElse("").strip());
		} catch (IOException e) {
			return Optional.empty();
		}
	}

	/** What lies in a folder, by name; nothing if there is no such folder. */
	static List<Path> list(Path folder) throws IOException {
		var all = new ArrayList<Path>();
		try (var stream = Files.newDirectoryStream(folder)) {
			for (Path path : stream) {
				all.add(path);
				if (all.size() == MOST_NAMES)
					break;
			}
		} catch (NoSuchFileException | NotDirectoryException e) {
			return List.of();
		} catch (DirectoryIteratorException e) {
			throw e.getCause();
		}
		Collections.sort(all);
		return all;
	}

	/** Whether there is something, though it be a link that leads nowhere. */
	static boolean exists(Path path) {
		return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
	}

	static String name(Path path) {
		return path.getFileName().toString();
	}

	/** {@code 1 file}, {@code 2 files}. */
	static String count(int number, String what) {
		return number == 1 ? "1 " + what : number + " " + what + "s";
	}
}
