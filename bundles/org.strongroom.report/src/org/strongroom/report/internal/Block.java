package org.strongroom.report.internal;

import java.util.List;
import java.util.Map;

/** A part of a report as it is read, whatever it is written as. Texts are as they are, whoever they come from: who writes them makes them harmless. */
public sealed interface Block {
	/** The first thing on the first page. */
	record Title(String text, String below) implements Block {
	}

	/** What a heading is over. */
	enum Level {
		/** A part that begins a page, where there are pages. */
		PAGE,
		/** A part. */
		PART,
		/** A piece of a part. */
		PIECE
	}

	/** The first words of what follows. */
	record Heading(String text, Level level) implements Block {
	}

	/** Some words. */
	record Words(String text) implements Block {
	}

	/** How something is. */
	enum Tone {
		GOOD, NOTABLE, BAD
	}

	/** A sentence that says how something is. @param about one or two words */
	record Finding(Tone tone, String about, String text) implements Block {
	}

	/** Values by name. */
	record Facts(Map<String, String> values) implements Block {
	}

	/** A column. @param weight of its width among the others */
	record Column(String name, int weight) {
	}

	/**
	 * A table.
	 *
	 * @param caption what it is of
	 * @param rows as many cells as there are columns
	 * @param none what is said instead if there are no rows
	 */
	record Rows(String caption, List<Column> columns, List<List<String>> rows, String none) implements Block {
	}

	/** A text that stands as it is, line by line. */
	record Source(String text) implements Block {
	}
}
