package org.strongroom.cli.internal;

import java.util.ArrayList;
import java.util.List;

/** A line split into words as a POSIX shell does it (IEEE Std 1003.1, Shell Command Language, section 2.2 "Quoting"), without any expansion. */
final class Words {
	private Words() {
	}

	/**
	 * The words of a line; none for an empty line and for a comment.
	 *
	 * @throws IllegalArgumentException if a quotation does not end
	 */
	static List<String> of(String line) {
		var words = new ArrayList<String>();
		StringBuilder word = null;
		for (int i = 0; i < line.length(); i++) {
			char c = line.charAt(i);
			switch (c) {
			case ' ', '\t', '\r', '\n' -> {
				if (word != null)
					words.add(word.toString());
				word = null;
			}
			case '#' -> {
				if (word == null)
					return words;
				word.append(c);
			}
			case '\'' -> {
				int end = line.indexOf('\'', i + 1);
				if (end < 0)
					throw new IllegalArgumentException("A quotation that begins with ' does not end.");
				word = (word == null ? new StringBuilder() : word).append(line, i + 1, end);
				i = end;
			}
			case '"' -> {
				word = word == null ? new StringBuilder() : word;
				i = quoted(line, i + 1, word);
			}
			case '\\' -> {
				if (i + 1 == line.length())
					throw new IllegalArgumentException("There is nothing behind the last \\.");
				word = (word == null ? new StringBuilder() : word).append(line.charAt(++i));
			}
			default -> word = (word == null ? new StringBuilder() : word).append(c);
			}
		}
		if (word != null)
			words.add(word.toString());
		return words;
	}

	/** Within double quotes a backslash is one, unless {@code $ ` " \} follows. @return the place of the closing quote */
	private static int quoted(String line, int begin, StringBuilder word) {
		for (int i = begin; i < line.length(); i++) {
			char c = line.charAt(i);
			if (c == '"')
				return i;
			if (c == '\\' && i + 1 < line.length() && "$`\"\\".indexOf(line.charAt(i + 1)) >= 0)
				c = line.charAt(++i);
			word.append(c);
		}
		throw new IllegalArgumentException("A quotation that begins with \" does not end.");
	}
}
