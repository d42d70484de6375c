package org.strongroom.cli.internal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Secrets as characters, leaving no copy behind. */
final class Utf8 {
	private Utf8() {
	}

	/** The characters of the first bytes. */
	static char[] chars(byte[] bytes, int length) {
		CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes, 0, length));
		char[] chars = new char[decoded.remaining()];
		decoded.get(chars);
		if (decoded.hasArray())
			Arrays.fill(decoded.array(), '\0');
		return chars;
	}
}
