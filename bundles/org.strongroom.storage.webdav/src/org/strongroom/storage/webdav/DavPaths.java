package org.strongroom.storage.webdav;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.strongroom.core.storage.StoragePaths;

/** Paths of a storage as HTTP writes them (RFC 3986 section 2), and back. */
public final class DavPaths {
	private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";

	private DavPaths() {
	}

	/** A path percent-encoded: all but letters, digits, {@code - . _ ~} and the slashes. */
	public static String encode(String path) {
		var out = new StringBuilder(path.length() + 16);
		for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
			if (PLAIN.indexOf(b) >= 0)
				out.append((char) b);
			else
				out.append('%').append(Character.toUpperCase(Character.forDigit(b >> 4 & 15, 16))).append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
		}
		return out.toString();
	}

	/**
	 * The path that a {@code href} of a server stands for: absolute or relative to the server, percent-encoded or not. Scheme and host are passed over, for a server behind another one
	 * may not know its own name.
	 *
	 * @return without a slash at the end; empty if a name in it could name no file, or is no UTF-8
	 */
	public static Optional<String> decode(String href) {
		String raw = href.strip();
		int scheme = raw.indexOf("://");
		if (scheme > 0 && raw.indexOf('/') > scheme) {
			int slash = raw.indexOf('/', scheme + 3);
			raw = slash < 0 ? "/" : raw.substring(slash);
		}
		List<String> names = new ArrayList<>();
		for (String part : raw.split("/")) {
			if (part.isEmpty())
				continue;
			String name = unescape(part);
			if (name == null || !StoragePaths.isSafeName(name))
				return Optional.empty();
			names.add(name);
		}
		return Optional.of("/" + String.join("/", names));
	}

	private static String unescape(String part) {
		if (part.indexOf('%') < 0)
			return part;
		byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
		var out = new ByteArrayOutputStream(bytes.length);
		for (int i = 0; i < bytes.length; i++) {
			int high = i + 2 < bytes.length && bytes[i] == '%' ? Character.digit(bytes[i + 1], 16) : -1;
			int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
			if (low >= 0) {
				out.write(high << 4 | low);
				i += 2;
			} else {
				out.write(bytes[i]);
			}
		}
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(out.toByteArray())).toString();
		} catch (CharacterCodingException e) {
			return null;
		}
	}
}
