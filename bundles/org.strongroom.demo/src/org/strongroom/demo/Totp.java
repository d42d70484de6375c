package org.strongroom.demo;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Time-based one-time codes as RFC 6238 describes them, in the one form that every code app on a phone knows: HMAC-SHA-1, steps of
 * 30 seconds counted from 1970-01-01T00:00Z, six digits.
 * <p>
 * Immutable and safe for use by many threads. Nothing here is ever printed: {@link #toString()} says nothing about the secret.
 */
public final class Totp {

	/** Length of one time step in seconds (RFC 6238, section 4.1: X = 30). */
	public static final int STEP_SECONDS = 30;

	/** Digits of one code (RFC 4226, section 5.3). */
	public static final int DIGITS = 6;

	private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

	private final byte[] secret;

	private Totp(byte[] secret) {
		this.secret = secret;
	}

	/** A fresh random secret of 160 bits, the length RFC 4226, section 4 recommends. */
	public static Totp generate() {
		byte[] secret = new byte[20];
		new SecureRandom().nextBytes(secret);
		return new Totp(secret);
	}

	/** The codes for the given key bytes, of which a copy is taken. */
	public static Totp of(byte[] secret) {
		if (secret.length == 0) {
			throw new IllegalArgumentException("empty secret");
		}
		return new Totp(secret.clone());
	}

	/**
	 * The codes for a secret as it is typed into a code app: RFC 4648 base 32, in any case, with or without spaces, hyphens and padding.
	 *
	 * @throws IllegalArgumentException when a character is not of that alphabet (the message does not repeat the text)
	 */
	public static Totp ofBase32(String text) {
		String digits = text.replaceAll("[\\s=-]", "").toUpperCase(Locale.ROOT);
		byte[] secret = new byte[digits.length() * 5 / 8];
		int bits = 0;
		int buffer = 0;
		int at = 0;
		for (int i = 0; i < digits.length(); i++) {
			int value = BASE32.indexOf(digits.charAt(i));
			if (value < 0) {
				throw new IllegalArgumentException("not base 32 at position " + i);
			}
			buffer = buffer << 5 | value;
			bits += 5;
			if (bits >= 8) {
				bits -= 8;
				secret[at++] = (byte) (buffer >> bits);
				buffer &= (1 << bits) - 1;
			}
		}
		return of(secret);
	}

	/** The secret in base 32 without padding, as a code app wants it typed. */
	public String base32() {
		StringBuilder text = new StringBuilder();
		int bits = 0;
		int buffer = 0;
		for (byte b : secret) {
			buffer = buffer << 8 | b & 0xff;
			bits += 8;
			while (bits >= 5) {
				bits -= 5;
				text.append(BASE32.charAt(buffer >> bits & 31));
			}
			buffer &= (1 << bits) - 1;
		}
		if (bits > 0) {
			text.append(BASE32.charAt(buffer << 5 - bits & 31));
		}
		return text.toString();
	}

	/** The code valid in the step the given moment lies in. */
	public String code(Instant moment) {
		return code(step(moment));
	}

	/** The code valid now. */
	public String code() {
		return code(Instant.now());
	}

	/** The number of the time step the given moment lies in (T of RFC 6238, section 4.2). */
	public static long step(Instant moment) {
		return Math.floorDiv(moment.getEpochSecond(), STEP_SECONDS);
	}

	/** Whole seconds, 1 to 30, until the code of the given moment is followed by the next one. */
	public static int secondsLeft(Instant moment) {
		return STEP_SECONDS - (int) Math.floorMod(moment.getEpochSecond(), (long) STEP_SECONDS);
	}

	/**
	 * Finds the step near the given moment whose code is the given one.
	 *
	 * @param code what was typed; anything but six ASCII digits fits no step
	 * @param drift how many steps before and after are good too (RFC 6238, section 5.2 recommends one)
	 * @return the step, or -1 when the code fits none of them; the time taken does not tell how near a wrong code was
	 */
	public long matchingStep(String code, Instant moment, int drift) {
		long now = step(moment);
		long found = -1;
		byte[] typed = code.getBytes(StandardCharsets.UTF_8);
		for (long step = now - drift; step <= now + drift; step++) {
			if (MessageDigest.isEqual(code(step).getBytes(StandardCharsets.US_ASCII), typed)) {
				found = step;
			}
		}
		return found;
	}

	/** The code of the time step with the given number: RFC 4226, section 5.3, with the step as the counter. */
	public String code(long step) {
		try {
			Mac mac = Mac.getInstance("HmacSHA1");
			mac.init(new SecretKeySpec(secret, "RAW"));
			byte[] hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
			int offset = hash[hash.length - 1] & 15;
			int number = ByteBuffer.wrap(hash, offset, Integer.BYTES).getInt() & Integer.MAX_VALUE;
			return String.format(Locale.ROOT, "%0" + DIGITS + "d", number % 1_000_000);
		} catch (GeneralSecurityException e) {
			throw new IllegalStateException("every Java platform has HmacSHA1", e);
		}
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Totp totp && MessageDigest.isEqual(secret, totp.secret);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(secret);
	}

	@Override
	public String toString() {
		return "Totp[six digits, 30 s]";
	}
}
