package org.strongroom.testing;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Looks on the disk for words that must not be there. */
public final class Traces {
	private Traces() {
	}

	/** All files and folders below one whose names or bytes (UTF-8 or UTF-16, in any case) have one of the words; each with the word. */
	public static List<String> of(Path folder, String... words) throws IOException {
		var found = new ArrayList<String>();
		List<Path> files;
		try (Stream<Path> all = Files.walk(folder)) {
			files = all.toList();
		}
		for (Path file : files) {
			String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
			String content = content(file);
			for (String word : words) {
				String w = word.toLowerCase(Locale.ROOT);
				if (name.contains(w) || has(content, w, StandardCharsets.UTF_8) || has(content, w, StandardCharsets.UTF_16LE))
					found.add(folder.relativize(file) + ": " + word);
			}
		}
		return found;
	}

	private static String content(Path file) throws IOException {
		try {
			return Files.isRegularFile(file) ? new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT) : "";
		} catch (NoSuchFileException e) {
			// it has gone meanwhile
			return "";
		}
	}

	private static boolean has(String content, String word, Charset charset) {
		return content.contains(new String(word.getBytes(charset), StandardCharsets.ISO_8859_1));
	}
}
