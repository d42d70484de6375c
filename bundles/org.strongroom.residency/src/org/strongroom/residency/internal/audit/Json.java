package org.strongroom.residency.internal.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON (RFC 8259) as the log has it. Written are strings with the escapes that must be, and no white space; read are objects, arrays, strings, numbers without fraction, {@code true}, {@code false} and
 * {@code null}, with no bounds but the length of the text and {@value #DEEPEST} levels.
 */
final class Json {
	private static final int DEEPEST = 16;
	private final String text;
	private int at;

	private Json(String text) {
		this.text = text;
	}

	/** Adds a string with its quotes. A lone surrogate becomes {@code U+FFFD}: it has no UTF-8. */
	static StringBuilder string(StringBuilder out, String value) {
		out.append('"');
		int plain = 0;
		while (plain < value.length() && isPlain(value.charAt(plain)))
			plain++;
		out.append(value, 0, plain);
		for (int i = plain; i < value.length(); i++) {
			char c = value.charAt(i);
			if (c == '"' || c == '\\')
				out.append('\\').append(c);
			else if (c < 0x20)
				out.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
			else if (!Character.isSurrogate(c))
				out.append(c);
			else if (Character.isHighSurrogate(c) && i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1)))
				out.append(c).append(value.charAt(++i));
			else
				out.append('\uFFFD');
		}
		return out.append('"');
	}

	private static boolean isPlain(char c) {
		return c >= 0x20 && c != '"' && c != '\\' && !Character.isSurrogate(c);
	}

	/** Adds {@code ,"name":"value"}. */
	static StringBuilder field(StringBuilder out, String name, String value) {
		return string(out.append(",\"").append(name).append("\":"), value);
	}

	/** Adds {@code ,"name":{…}} with strings. */
	static void object(StringBuilder out, String name, Map<String, String> values) {
		out.append(",\"").append(name).append("\":{");
		String separator = "";
		for (var entry : values.entrySet()) {
			string(out.append(separator), entry.getKey());
			string(out.append(':'), entry.getValue());
			separator = ",";
		}
		out.append('}');
	}

	/** One object. @throws IllegalArgumentException if it is none */
	static Map<String, Object> read(String text) {
		var json = new Json(text);
		Object value = json.value(0);
		json.blanks();
		if (json.at != text.length() || !(value instanceof Map<?, ?>))
			throw new IllegalArgumentException("this is not one object of JSON");
		@SuppressWarnings("unchecked")
		var map = (Map<String, Object>) value;
		return map;
	}

	private Object value(int depth) {
		blanks();
		if (at >= text.length() || depth > DEEPEST)
			throw wrong();
		return switch (text.charAt(at)) {
		case '{' -> map(depth);
		case '[' -> list(depth);
		case '"' -> string();
		case 't' -> word("true", Boolean.TRUE);
		case 'f' -> word("false", Boolean.FALSE);
		case 'n' -> word("null", null);
		default -> number();
		};
	}

	private Object word(String word, Object value) {
		if (!text.startsWith(word, at))
			throw wrong();
		at += word.length();
		return value;
	}

	private Long number() {
		int from = at;
		while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '-'))
			at++;
		return Long.valueOf(text.substring(from, at));
	}

	private Map<String, Object> map(int depth) {
		var map = new LinkedHashMap<String, Object>();
		at++;
		blanks();
		if (taken('}'))
			return map;
		do {
			blanks();
			String name = string();
			blanks();
			if (!taken(':'))
				throw wrong();
			map.put(name, value(depth + 1));
			blanks();
		} while (taken(','));
		if (!taken('}'))
			throw wrong();
		return map;
	}

	private List<Object> list(int depth) {
		var list = new ArrayList<>();
		at++;
		blanks();
		if (taken(']'))
			return list;
		do {
			list.add(value(depth + 1));
			blanks();
		} while (taken(','));
		if (!taken(']'))
			throw wrong();
		return list;
	}

	private String string() {
		if (!taken('"'))
			throw wrong();
		var out = new StringBuilder();
		while (at < text.length()) {
			char c = text.charAt(at++);
			if (c == '"')
				return out.toString();
			if (c != '\\') {
				out.append(c);
				continue;
			}
			if (at >= text.length())
				throw wrong();
			char escaped = text.charAt(at++);
			switch (escaped) {
			case 'n' -> out.append('\n');
			case 't' -> out.append('\t');
			case 'r' -> out.append('\r');
			case 'b' -> out.append('\b');
			case 'f' -> out.append('\f');
			case 'u' -> {
				if (at + 4 > text.length())
					throw wrong();
				out.append((char) Integer.parseInt(text.substring(at, at += 4), 16));
			}
			default -> out.append(escaped);
			}
		}
		throw wrong();
	}

	private boolean taken(char c) {
		if (at >= text.length() || text.charAt(at) != c)
			return false;
		at++;
		return true;
	}

	private void blanks() {
		while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0)
			at++;
	}

	private IllegalArgumentException wrong() {
		return new IllegalArgumentException("this is no JSON");
	}
}
