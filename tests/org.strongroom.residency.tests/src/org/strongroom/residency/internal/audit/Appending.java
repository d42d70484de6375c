package org.strongroom.residency.internal.audit;

import java.io.IOException;
import java.nio.file.Path;

/** A process of its own that appends to a log. */
final class Appending {
	private Appending() {
	}

	public static void main(String... arguments) throws IOException {
		try (Journal journal = Logs.journal(Path.of(arguments[0]))) {
			int rounds = Integer.parseInt(arguments[1]);
			for (int i = 0; i < rounds; i++)
				Logs.append(journal, i, 2, i == rounds - 1);
		}
	}
}
