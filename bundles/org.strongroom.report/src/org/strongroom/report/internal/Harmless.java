package org.strongroom.report.internal;

import org.strongroom.core.auth.Challenge;

/** What comes from servers, vaults and a log that somebody may have written at will. */
final class Harmless {
	/** Characters of one text in a cell: what is longer is in the log. */
	static final int LONGEST = 400;

	private Harmless() {
	}

	/** On one line, without control and format characters (those that turn the direction of writing are among them), not too long. */
	static String line(String text) {
		String cut = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "… (%,d characters)".formatted(text.length());
		return Challenge.printable(cut).replace('\n', '\uFFFD');
	}
}
