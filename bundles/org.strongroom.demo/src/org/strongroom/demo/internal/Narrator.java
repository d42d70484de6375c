package org.strongroom.demo.internal;

import java.io.PrintStream;

import org.strongroom.core.auth.Challenge;

/** Tells what happens, as plain text of at most {@value #WIDTH} columns. Control characters of what is told are made harmless. */
final class Narrator {
	/** Columns of a line, at the most. */
	static final int WIDTH = 80;
	private static final String INDENT = "   ";
	private static final int LABEL = 18;
	private static final String BOLD = "\u001b[1m";
	private static final String PLAIN = "\u001b[0m";

	private final PrintStream out;
	private final boolean colours;
	private int step;

	/** @param colours whether the reader is a terminal that knows ECMA-48's sequences */
	Narrator(PrintStream out, boolean colours) {
		this.out = out;
		this.colours = colours;
	}

	/** The title of it all. */
	void title(String text) {
		out.println(bold(text));
		out.println("=".repeat(text.length()));
		out.flush();
	}

	/** Begins the next step. */
	void step(String text) {
		out.println();
		out.println(bold("%d  %s".formatted(++step, text)));
		out.flush();
	}

	/** Running text, wrapped between words. */
	void say(String text) {
		var line = new StringBuilder(INDENT);
		for (String word : Challenge.printable(text).split("\\s+")) {
			if (line.length() > INDENT.length() && line.length() + 1 + word.length() > WIDTH) {
				out.println(line);
				line.setLength(INDENT.length());
			}
			if (line.length() > INDENT.length())
				line.append(' ');
			line.append(word);
		}
		out.println(line);
		out.flush();
	}

	/** One line of a list: who or what, and what of it. */
	void line(String label, String text) {
		out.println(cut(INDENT + label + " ".repeat(Math.max(1, LABEL - label.length())) + harmless(text)));
		out.flush();
	}

	/** One line of a list; of a long text the middle is left out. */
	void name(String label, String text) {
		int room = WIDTH - INDENT.length() - LABEL;
		line(label, text.length() <= room ? text : text.substring(0, room / 2 - 2) + "..." + text.substring(text.length() - room / 2 + 2));
	}

	/** One line of a file. */
	void quote(String text) {
		out.println(cut(INDENT + "| " + harmless(text)).stripTrailing());
		out.flush();
	}

	private static String harmless(String text) {
		return Challenge.printable(text).replace('\n', ' ');
	}

	private static String cut(String line) {
		return line.codePointCount(0, line.length()) <= WIDTH ? line : line.substring(0, line.offsetByCodePoints(0, WIDTH - 3)) + "...";
	}

	private String bold(String text) {
		return colours ? BOLD + text + PLAIN : text;
	}
}
