package org.strongroom.cli.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Standard error: one line for each thing that went wrong. Safe for several threads. */
final class Errors {
	private final OutputStream raw;
	private String last = "";

	Errors(OutputStream raw) {
		this.raw = raw;
	}

	/** @param message one line, already without control characters */
	synchronized void line(String message) {
		last = message;
		write("strongroom: " + message + "\n");
	}

	/** The same, unless the last line has told it. */
	synchronized void unlessTold(String message) {
		if (!last.contains(message))
			line(message);
	}

	/** Something that is no error: the prompt of the shell. */
	synchronized void write(String text) {
		try {
			raw.write(text.getBytes(StandardCharsets.UTF_8));
			raw.flush();
		} catch (IOException e) {
			// There is nobody left to tell; the exit code still does.
		}
	}
}
