package org.strongroom.core.storage;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;

/**
 * What a server says of all bytes of a file.
 *
 * @param algorithm as Java calls it: {@code SHA-256}
 * @param hex the digest, in lower case
 */
public record Checksum(String algorithm, String hex) {
	/** @throws IllegalArgumentException if Java does not know the algorithm */
	public Checksum {
		Objects.requireNonNull(algorithm);
		hex = hex.toLowerCase(Locale.ROOT);
		digest(algorithm);
	}

	private static MessageDigest digest(String algorithm) {
		try {
			return MessageDigest.getInstance(algorithm);
		} catch (NoSuchAlgorithmException e) {
			throw new IllegalArgumentException(algorithm, e);
		}
	}

	/** To be given all bytes, in their order. */
	public MessageDigest begin() {
		return digest(algorithm);
	}

	/** Whether it is that of all bytes that were given. */
	public boolean fits(MessageDigest given) {
		return HexFormat.of().formatHex(given.digest()).equals(hex);
	}
}
