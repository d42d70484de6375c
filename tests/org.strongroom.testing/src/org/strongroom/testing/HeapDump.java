package org.strongroom.testing;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import com.sun.management.HotSpotDiagnosticMXBean;

/** What is in the heap of a JVM, as it is dumped (HPROF: arrays as they are, numbers in network order). */
public final class HeapDump {
	private static final int PIECE = 1 << 20;
	private final Map<String, byte[]> wanted = new LinkedHashMap<>();

	/** Writes all objects of this JVM that anything refers to. */
	public static void write(Path file) throws IOException {
		ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(file.toString(), true);
	}

	/** Looks for bytes. @param name what to call them */
	public HeapDump bytes(String name, byte[] bytes) {
		wanted.put(name, bytes);
		return this;
	}

	/** Looks for a text as strings and arrays of characters have it. */
	public HeapDump text(String name, String text) {
		wanted.put(name + " (bytes)", text.getBytes(UTF_8));
		wanted.put(name + " (chars)", text.getBytes(UTF_16BE));
		return this;
	}

	/** The names of what is in a dump. */
	public Set<String> find(Path dump) throws IOException {
		var found = new LinkedHashSet<String>();
		int overlap = wanted.values().stream().mapToInt(b -> b.length).max().orElse(1) - 1;
		byte[] piece = new byte[overlap + PIECE];
		int kept = 0;
		try (InputStream in = Files.newInputStream(dump)) {
			for (int n; (n = in.readNBytes(piece, kept, PIECE)) > 0;) {
				int length = kept + n;
				wanted.forEach((name, bytes) -> {
					if (!found.contains(name) && contains(piece, length, bytes))
						found.add(name);
				});
				kept = Math.min(overlap, length);
				System.arraycopy(piece, length - kept, piece, 0, kept);
			}
		}
		return found;
	}

	private static boolean contains(byte[] all, int length, byte[] part) {
		for (int i = 0; i <= length - part.length; i++) {
			if (all[i] != part[0])
				continue;
			int at = 1;
			while (at < part.length && all[i + at] == part[at])
				at++;
			if (at == part.length)
				return true;
		}
		return false;
	}
}
