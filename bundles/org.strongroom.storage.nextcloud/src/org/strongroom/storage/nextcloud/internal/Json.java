package org.strongroom.storage.nextcloud.internal;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

import org.strongroom.core.storage.ServerFaultException;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;

/**
 * A value of JSON (RFC 8259) that a server sent. What is not there, or of another kind than asked for, is simply not there: nothing of a server can be relied on.
 */
public record Json(JsonElement value) {
	/** What is not there. */
	public static final Json NOTHING = new Json(JsonNull.INSTANCE);
	private static final int MOST_DEPTH = 64;

	/**
	 * Reads a whole text.
	 *
	 * @throws ServerFaultException if it is no JSON
	 */
	public static Json of(byte[] utf8) throws ServerFaultException {
		try (var reader = new JsonReader(new StringReader(new String(utf8, StandardCharsets.UTF_8)))) {
			reader.setStrictness(Strictness.STRICT);
			reader.setNestingLimit(MOST_DEPTH);
			reader.peek(); // the parser takes an empty text for null
			JsonElement value = JsonParser.parseReader(reader);
			if (reader.peek() == JsonToken.END_DOCUMENT)
				return new Json(value);
		} catch (IOException | JsonParseException | IllegalStateException e) {
			// said below
		}
		throw new ServerFaultException(null, "the server's answer makes no sense");
	}

	/** What an object holds under a name, and under a name in that, and so on. */
	public Json get(String... names) {
		Json at = this;
		for (String name : names)
			at = at.value instanceof JsonObject object && object.has(name) ? new Json(object.get(name)) : NOTHING;
		return at;
	}

	/** The values of a list, none if it is none. */
	public List<Json> items() {
		return value instanceof JsonArray list ? list.asList().stream().map(Json::new).toList() : List.of();
	}

	/** A text, or a number as one; empty if it is neither, or blank. */
	public Optional<String> text() {
		return value instanceof JsonPrimitive p && !p.isBoolean() ? Optional.of(p.getAsString()).filter(s -> !s.isBlank()) : Optional.empty();
	}

	/** A whole number, or a text that is one. */
	public OptionalLong number() {
		try {
			return value instanceof JsonPrimitive p && !p.isBoolean() ? OptionalLong.of(p.isNumber() ? p.getAsNumber().longValue() : Long.parseLong(p.getAsString().strip())) : OptionalLong.empty();
		} catch (NumberFormatException e) {
			return OptionalLong.empty();
		}
	}

	/** Whether it is {@code true}. */
	public boolean isTrue() {
		return value instanceof JsonPrimitive p && p.isBoolean() && p.getAsBoolean();
	}
}
