package org.strongroom.remotefs.internal;

import java.io.ByteArrayOutputStream;
import java.net.URI;

/**
 * Paths as URIs: {@code strongroom-remote://<id>/<path>}. All but ASCII letters, digits and {@code -._~/} is percent-encoded (RFC 3986 section 2) in UTF-8,
 * so that nothing between here and there normalises a name; half a surrogate pair, which UTF-8 cannot hold, is encoded as if it were a character.
 */
final class Uris {
	static final String SCHEME = "strongroom-remote";
	private static final String HEX = "0123456789ABCDEF";

	private Uris() {
	}

	static URI of(String id, String path) {
		return URI.create(SCHEME + "://" + encode(id) + encode(path));
	}

	/** @throws IllegalArgumentException if it is not of our scheme and form */
	static String id(URI uri) {
		if (!SCHEME.equalsIgnoreCase(uri.getScheme()) || uri.getRawAuthority() == null || uri.getRawQuery() != null || uri.getRawFragment() != null)
			throw new IllegalArgumentException("not an address of a remote file: scheme " + uri.getScheme());
		return decode(uri.getRawAuthority());
	}

	static String path(URI uri) {
		return uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : decode(uri.getRawPath());
	}

	private static String encode(String text) {
		var encoded = new StringBuilder(text.length() + 16);
		text.codePoints().forEach(c -> {
			if (c == '/' || isUnreserved(c))
				encoded.append((char) c);
			else if (c < 0x80)
				escape(encoded, c);
			else if (c < 0x800) {
				escape(encoded, 0xC0 | c >> 6);
				escape(encoded, 0x80 | c & 0x3F);
			} else if (c < 0x10000) {
				escape(encoded, 0xE0 | c >> 12);
				escape(encoded, 0x80 | c >> 6 & 0x3F);
				escape(encoded, 0x80 | c & 0x3F);
			} else {
				escape(encoded, 0xF0 | c >> 18);
				escape(encoded, 0x80 | c >> 12 & 0x3F);
				escape(encoded, 0x80 | c >> 6 & 0x3F);
				escape(encoded, 0x80 | c & 0x3F);
			}
		});
		return encoded.toString();
	}

	private static boolean isUnreserved(int c) {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~".indexOf(c) >= 0;
	}

	private static void escape(StringBuilder to, int octet) {
		to.append('%').append(HEX.charAt(octet >> 4)).append(HEX.charAt(octet & 15));
	}

	private static String decode(String text) {
		var octets = new ByteArrayOutputStream(text.length());
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '%') {
				octets.write(Integer.parseInt(text, i + 1, i + 3, 16));
				i += 2;
			} else if (c < 0x80)
				octets.write(c);
			else
				throw new IllegalArgumentException("an address of a remote file is ASCII");
		}
		byte[] b = octets.toByteArray();
		var decoded = new StringBuilder(b.length);
		for (int i = 0; i < b.length;) {
			int lead = b[i++] & 0xFF;
			int more = lead < 0x80 ? 0 : lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : -1;
			if (more < 0 || i + more > b.length)
				throw new IllegalArgumentException("broken percent-encoding");
			int c = more == 0 ? lead : lead & 0x3F >> more;
			for (int k = 0; k < more; k++)
				c = c << 6 | b[i++] & 0x3F;
			if (c > Character.MAX_CODE_POINT)
				throw new IllegalArgumentException("broken percent-encoding");
			decoded.appendCodePoint(c);
		}
		return decoded.toString();
	}
}
