package org.strongroom.residency.internal.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The form of a line, as docs/audit.md has it: {@code {"n":N,BODY,"hash":"HASH"}} and a line feed. */
final class Line {
	/** Bytes of a SHA-256. */
	static final int HASH = 32;
	/** What the first line of a log is chained to. */
	static final byte[] NOTHING = new byte[HASH];
	/** Longest line in bytes; longer ones are not written, and taken for damage. */
	static final int LONGEST = 1 << 20;
	/** Most lines from one checkpoint to the next, that one not counted. */
	static final int MOST_UNSIGNED = 10_000;
	/** How a line begins, before its number. */
	static final byte[] BEFORE = bytes("{\"n\":");
	private static final byte[] MIDDLE = bytes(",\"hash\":\"");
	private static final byte[] AFTER = bytes("\"}\n");
	private static final byte[] SIGNATURE = bytes(",\"sig\":\"");
	/** Hexadecimal digits of an Ed25519 signature (RFC 8032). */
	private static final int SIGNATURE_DIGITS = 128;
	/** What comes after the hashed part. */
	private static final int TAIL = MIDDLE.length + 2 * HASH + AFTER.length;
	/** What a signature is about begins with this, so that it is good for nothing else. */
	private static final byte[] PURPOSE = bytes("strongroom-audit-checkpoint-v1\n");

	private Line() {
	}

	static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		} catch (NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}

	/** The hashed part of a line. @param body without number and hash, beginning with the first field's name */
	static byte[] hashed(long number, String body) {
		return bytes("{\"n\":" + number + "," + body);
	}

	/** The hash that chains a line to the one before. @param bytes hold the hashed part of the line at their beginning */
	static byte[] hash(MessageDigest sha, byte[] previous, byte[] bytes, int from, int length) {
		sha.update(previous);
		sha.update(bytes, from, length);
		return sha.digest();
	}

	/** A whole line. */
	static byte[] whole(byte[] hashed, byte[] hash) {
		byte[] line = Arrays.copyOf(hashed, hashed.length + TAIL);
		int at = hashed.length;
		System.arraycopy(MIDDLE, 0, line, at, MIDDLE.length);
		at += MIDDLE.length;
		digits(hash, line, at);
		System.arraycopy(AFTER, 0, line, at + 2 * HASH, AFTER.length);
		return line;
	}

	private static void digits(byte[] hash, byte[] to, int at) {
		for (byte b : hash) {
			to[at++] = (byte) Character.forDigit(b >> 4 & 15, 16);
			to[at++] = (byte) Character.forDigit(b & 15, 16);
		}
	}

	/** Where the hashed part of a line ends; -1 if it has not the form of a line. @param to after its line feed */
	static int hashedEnd(byte[] bytes, int from, int to) {
		int end = to - TAIL;
		if (end <= from + BEFORE.length || !matches(bytes, from, BEFORE) || !matches(bytes, end, MIDDLE) || !matches(bytes, to - AFTER.length, AFTER))
			return -1;
		return end;
	}

	/** Whether a line has a hash, digit by digit. @param end as {@link #hashedEnd} */
	static boolean has(byte[] hash, byte[] bytes, int end) {
		int at = end + MIDDLE.length;
		for (byte b : hash)
			if (bytes[at++] != Character.forDigit(b >> 4 & 15, 16) || bytes[at++] != Character.forDigit(b & 15, 16))
				return false;
		return true;
	}

	/** The hash that a line says it has; null if those are no digits. */
	static byte[] saidHash(byte[] bytes, int end) {
		return hex(bytes, end + MIDDLE.length, 2 * HASH);
	}

	private static byte[] hex(byte[] bytes, int from, int digits) {
		for (int i = from; i < from + digits; i++)
			if (!(bytes[i] >= '0' && bytes[i] <= '9' || bytes[i] >= 'a' && bytes[i] <= 'f'))
				return null;
		return HexFormat.of().parseHex(new String(bytes, from, digits, StandardCharsets.US_ASCII));
	}

	/** The number of a line; -1 if it has none in its plainest form. */
	static long number(byte[] bytes, int from, int to) {
		long number = 0;
		int at = from + BEFORE.length;
		int first = at;
		for (; at < to && bytes[at] >= '0' && bytes[at] <= '9' && at - first < 18; at++)
			number = number * 10 + bytes[at] - '0';
		return at == first || at >= to || bytes[at] != ',' || bytes[first] == '0' ? -1 : number;
	}

	/** What a checkpoint signs. @param unsigned the line up to its signature */
	static byte[] toSign(byte[] previous, byte[] unsigned, int from, int length) {
		byte[] all = Arrays.copyOf(PURPOSE, PURPOSE.length + HASH + length);
		System.arraycopy(previous, 0, all, PURPOSE.length, HASH);
		System.arraycopy(unsigned, from, all, PURPOSE.length + HASH, length);
		return all;
	}

	/** The hashed part of a checkpoint. */
	static byte[] signed(byte[] unsigned, byte[] signature) {
		var out = new java.io.ByteArrayOutputStream(unsigned.length + SIGNATURE.length + SIGNATURE_DIGITS + 1);
		out.writeBytes(unsigned);
		out.writeBytes(SIGNATURE);
		out.writeBytes(bytes(HexFormat.of().formatHex(signature)));
		out.write('"');
		return out.toByteArray();
	}

	/** Where the part of a checkpoint ends that is signed; -1 if there is no signature. @param end as {@link #hashedEnd} */
	static int signedEnd(byte[] bytes, int from, int end) {
		int at = end - 1 - SIGNATURE_DIGITS - SIGNATURE.length;
		return at > from && bytes[end - 1] == '"' && matches(bytes, at, SIGNATURE) ? at : -1;
	}

	/** The signature of a checkpoint; null if those are no digits. */
	static byte[] signature(byte[] bytes, int signedEnd) {
		return hex(bytes, signedEnd + SIGNATURE.length, SIGNATURE_DIGITS);
	}

	static boolean matches(byte[] bytes, int at, byte[] what) {
		return at >= 0 && at + what.length <= bytes.length && Arrays.equals(bytes, at, at + what.length, what, 0, what.length);
	}
}
