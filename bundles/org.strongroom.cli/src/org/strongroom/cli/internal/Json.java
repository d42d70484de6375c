package org.strongroom.cli.internal;

import java.util.Collection;
import java.util.Map;

/** Values as JSON (RFC 8259), on one line. */
final class Json {
	private Json() {
	}

	/** @param value text, number, truth value, null, or a collection or map (in its order) of such */
	static String of(Object value) {
		var out = new StringBuilder();
		write(value, out);
		return out.toString();
	}

	private static void write(Object value, StringBuilder out) {
		switch (value) {
		case null -> out.append("null");
		case Number n -> out.append(n);
		case Boolean b -> out.append(b);
		case Map<?, ?> map -> {
			String separator = "{";
			for (var entry : map.entrySet()) {
				out.append(separator);
				text(entry.getKey().toString(), out);
				out.append(':');
				write(entry.getValue(), out);
				separator = ",";
			}
			out.append(map.isEmpty() ? "{}" : "}");
		}
		case Collection<?> list -> {
			String separator = "[";
			for (Object item : list) {
				out.append(separator);
				write(item, out);
				separator = ",";
			}
			out.append(list.isEmpty() ? "[]" : "]");
		}
		default -> text(value.toString(), out);
		}
	}

	private static void text(String text, StringBuilder out) {
		out.append('"');
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			switch (c) {
			case '"', '\\' -> out.append('\\').append(c);
			case '\n' -> out.append("\\n");
			case '\t' -> out.append("\\t");
			case '\r' -> out.append("\\r");
			default -> {
				boolean pair = Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
				if (pair)
					out.append(c).append(text.charAt(++i));
				else if (Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029')
					out.append("\\u%04x".formatted((int) c));
				else
					out.append(c);
			}
			}
		}
		out.append('"');
	}
}
