package org.strongroom.vault.cryptomator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.strongroom.core.storage.Save;

/** Names and contents with which formats have their difficulties. */
final class Contents {
	static final String LONG = "a name that gets shortened since its encrypted form is longer than two hundred and twenty characters; ".repeat(2) + ".txt";
	static final List<String> NAMES = List.of("plain.txt", "with blanks  and.dots..", LONG, LONG + "2", "\u00e4\u00f6\u00fc (NFC)", "a\u0308o\u0308u\u0308 (NFD)",
			"\ud83d\udd10 emoji \ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67", "\u6f22\u5b57", "%20?#*:|\"<>\\", "CON", ".hidden", "-rf", "\u202etxt.exe", "x".repeat(140), "x".repeat(149));

	private Contents() {
	}

	/** Sizes around what fills one and several chunks of 32 KiB. */
	static Map<String, byte[]> sizes() {
		var all = new LinkedHashMap<String, byte[]>();
		for (int size : new int[] { 0, 1, 32767, 32768, 32769, 65535, 65536, 65537, 10 * 32768, 5 << 20 })
			all.put("size " + size, bytes(size));
		return all;
	}

	static byte[] bytes(int size) {
		byte[] bytes = new byte[size];
		new Random(size).nextBytes(bytes);
		return bytes;
	}

	/** Gives a file a new content, whole or not at all. */
	static void save(Path file, byte[] content, Save save) throws IOException {
		try (var out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE, save)) {
			out.write(content);
			save.whole();
		}
	}
}
