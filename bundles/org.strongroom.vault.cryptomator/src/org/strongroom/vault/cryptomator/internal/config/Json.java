package org.strongroom.vault.cryptomator.internal.config;

import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;

/**
 * The members of one JSON object (RFC 8259) that have a plain value; strings, and numbers as written. Names that occur twice are refused, since readers differ in
 * which one they take.
 */
final class Json {
	private final Map<String, String> strings = new HashMap<>();
	private final Map<String, String> numbers = new HashMap<>();

	/** @throws IllegalJsonException if the text is not one JSON object */
	static Json object(String text) throws IllegalJsonException {
		var json = new Json();
		try (var reader = new JsonReader(new StringReader(text))) {
			reader.setStrictness(Strictness.STRICT);
			reader.beginObject();
			var seen = new java.util.HashSet<String>();
			while (reader.hasNext()) {
				String name = reader.nextName();
				if (!seen.add(name))
					throw new IllegalJsonException();
				switch (reader.peek()) {
				case STRING -> json.strings.put(name, reader.nextString());
				case NUMBER -> json.numbers.put(name, reader.nextString());
				default -> reader.skipValue();
				}
			}
			reader.endObject();
			if (reader.peek() != JsonToken.END_DOCUMENT)
				throw new IllegalJsonException();
			return json;
		} catch (MalformedJsonException | IllegalStateException | NumberFormatException | java.io.EOFException e) {
			throw new IllegalJsonException();
		} catch (IOException e) {
			throw e instanceof IllegalJsonException i ? i : new IllegalJsonException();
		}
	}

	/** The text is not what it should be. */
	static final class IllegalJsonException extends IOException {
		private static final long serialVersionUID = 1L;
	}

	/** A string; null if there is none of that name. */
	String string(String name) {
		return strings.get(name);
	}

	/** A whole number; null if there is none of that name, or it is not whole or not within 0 and 2^31-1. */
	Integer number(String name) {
		String text = numbers.get(name);
		if (text == null || text.length() > 10 || !text.chars().allMatch(c -> c >= '0' && c <= '9'))
			return null;
		long value = Long.parseLong(text);
		return value > Integer.MAX_VALUE ? null : (int) value;
	}
}
