package org.strongroom.storage.nextcloud.internal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import org.strongroom.core.storage.ServerFaultException;

/**
 * A value of JSON (RFC 8259) that a server sent. What is not there, or of another kind than asked for, is simply not there: nothing of a server can be relied on.
 *
 * @param value a {@link Map}, {@link List}, {@link String}, {@link Boolean}, a number as {@link Number}, or null
 */
public record Json(Object value) {
	private static final int MOST_DEPTH = 64;
	private static final Json NOTHING = new Json(null);

	/**
	 * Reads a whole text.
	 *
	 * @throws ServerFaultException if it is no JSON
	 */
	public static Json of(byte[] utf8) throws ServerFaultException {
		try {
			var reader = new Reader(new String(utf8, StandardCharsets.UTF_8));
			Object value = reader.value(0);
			reader.space();
			if (reader.at != reader.text.length())
				throw reader.senseless();
			return new Json(value);
		} catch (IllegalArgumentException | IndexOutOfBoundsException e) {
			throw new ServerFaultException(null, "the server's answer makes no sense");
		}
	}

	/** What an object holds under a name, and under a name in that, and so on. */
	public Json get(String... names) {
		Json at = this;
		for (String name : names)
			at = at.value instanceof Map<?, ?> object ? new Json(object.get(name)) : NOTHING;
		return at;
	}

	/** The values of a list, none if it is none. */
	public List<Json> items() {
		return value instanceof List<?> list ? list.stream().map(Json::new).toList() : List.of();
	}

	/** A text, or a number as one; empty if it is neither, or blank. */
	public Optional<String> text() {
		return value instanceof String || value instanceof Number ? Optional.of(value.toString()).filter(s -> !s.isBlank()) : Optional.empty();
	}

	/** A whole number, or a text that is one. */
	public OptionalLong number() {
		if (value instanceof Number n)
			return OptionalLong.of(n.longValue());
		try {
			return value instanceof String s ? OptionalLong.of(Long.parseLong(s.strip())) : OptionalLong.empty();
		} catch (NumberFormatException e) {
			return OptionalLong.empty();
		}
	}

	/** Whether it is {@code true}. */
	public boolean isTrue() {
		return Boolean.TRUE.equals(value);
	}

	/** Whether there is something. */
	public boolean isThere() {
		return value != null;
	}

	private static final class Reader {
		private final String text;
		private int at;

		Reader(String text) {
			this.text = text;
		}

		IllegalArgumentException senseless() {
			return new IllegalArgumentException("no JSON at " + at);
		}

		void space() {
			while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0)
				at++;
		}

		private boolean takes(char c) {
			space();
			if (at < text.length() && text.charAt(at) == c) {
				at++;
				return true;
			}
			return false;
		}

		private void expect(char c) {
			if (!takes(c))
				throw senseless();
		}

		Object value(int depth) {
			if (depth > MOST_DEPTH)
				throw senseless();
			space();
			return switch (text.charAt(at)) {
			case '{' -> object(depth);
			case '[' -> list(depth);
			case '"' -> string();
			case 't' -> word("true", true);
			case 'f' -> word("false", false);
			case 'n' -> word("null", null);
			default -> number();
			};
		}

		private Object word(String word, Object meaning) {
			if (!text.startsWith(word, at))
				throw senseless();
			at += word.length();
			return meaning;
		}

		private Map<String, Object> object(int depth) {
			var all = new LinkedHashMap<String, Object>();
			expect('{');
			if (takes('}'))
				return all;
			do {
				space();
				String name = string();
				expect(':');
				all.put(name, value(depth + 1));
			} while (takes(','));
			expect('}');
			return all;
		}

		private List<Object> list(int depth) {
			var all = new ArrayList<>();
			expect('[');
			if (takes(']'))
				return all;
			do {
				all.add(value(depth + 1));
			} while (takes(','));
			expect(']');
			return all;
		}

		private String string() {
			expect('"');
			var out = new StringBuilder();
			for (;;) {
				char c = text.charAt(at++);
				if (c == '"')
					return out.toString();
				if (c != '\\') {
					out.append(c);
					continue;
				}
				char escaped = text.charAt(at++);
				switch (escaped) {
				case '"', '\\', '/' -> out.append(escaped);
				case 'b' -> out.append('\b');
				case 'f' -> out.append('\f');
				case 'n' -> out.append('\n');
				case 'r' -> out.append('\r');
				case 't' -> out.append('\t');
				case 'u' -> {
					out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
					at += 4;
				}
				default -> throw senseless();
				}
			}
		}

		private Number number() {
			int start = at;
			while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0)
				at++;
			String number = text.substring(start, at);
			return number.matches("-?\\d{1,18}") ? Long.valueOf(number) : Double.valueOf(number);
		}
	}
}
