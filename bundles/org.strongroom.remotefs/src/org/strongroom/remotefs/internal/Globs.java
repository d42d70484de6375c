package org.strongroom.remotefs.internal;

import java.util.regex.PatternSyntaxException;

/** Glob patterns as {@link java.nio.file.FileSystem#getPathMatcher} describes them, as regular expressions. */
final class Globs {
	private static final String SPECIAL = "\\^$.|?*+()[]{}";

	private Globs() {
	}

	static String toRegex(String glob) {
		var regex = new StringBuilder();
		boolean group = false;
		for (int i = 0; i < glob.length(); i++) {
			char c = glob.charAt(i);
			switch (c) {
			case '\\' -> {
				if (++i == glob.length())
					throw new PatternSyntaxException("nothing after \\", glob, i - 1);
				literal(regex, glob.charAt(i));
			}
			case '*' -> {
				boolean across = i + 1 < glob.length() && glob.charAt(i + 1) == '*';
				regex.append(across ? ".*" : "[^/]*");
				if (across)
					i++;
			}
			case '?' -> regex.append("[^/]");
			case '[' -> i = bracket(glob, i, regex);
			case '{' -> {
				if (group)
					throw new PatternSyntaxException("a group in a group", glob, i);
				regex.append("(?:(?:");
				group = true;
			}
			case '}' -> {
				regex.append(group ? "))" : "\\}");
				group = false;
			}
			case ',' -> regex.append(group ? ")|(?:" : ",");
			default -> literal(regex, c);
			}
		}
		if (group)
			throw new PatternSyntaxException("missing }", glob, glob.length() - 1);
		return regex.toString();
	}

	/** @return the place of the closing bracket */
	private static int bracket(String glob, int start, StringBuilder regex) {
		int i = start + 1;
		regex.append("(?!/)[");
		if (i < glob.length() && glob.charAt(i) == '!') {
			regex.append('^');
			i++;
		}
		if (i < glob.length() && glob.charAt(i) == '-') {
			regex.append("\\-");
			i++;
		}
		for (boolean first = true; i < glob.length(); i++, first = false) {
			char c = glob.charAt(i);
			if (c == ']' && !first) {
				regex.append(']');
				return i;
			}
			if (c == '/')
				throw new PatternSyntaxException("/ in brackets", glob, i);
			if (c == '-' && i + 1 < glob.length() && glob.charAt(i + 1) != ']')
				regex.append('-');
			else if (c == '-' || c == '&' || c == '~' || SPECIAL.indexOf(c) >= 0)
				regex.append('\\').append(c);
			else
				regex.append(c);
		}
		throw new PatternSyntaxException("missing ]", glob, glob.length() - 1);
	}

	private static void literal(StringBuilder regex, char c) {
		if (SPECIAL.indexOf(c) >= 0)
			regex.append('\\');
		regex.append(c);
	}
}
