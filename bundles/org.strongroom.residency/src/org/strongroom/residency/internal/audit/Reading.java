package org.strongroom.residency.internal.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/** Goes over bytes line by line as long as each is chained to the one before. */
final class Reading {
	private static final byte[] CHECKPOINT = Line.bytes("\"event\":\"checkpoint\"");
	/** Where the word of the event is, behind the number and the time: bytes from the comma after the number. */
	private static final int EVENT = ",\"time\":\"2026-11-29T21:05:03.123Z\",".length();

	private final MessageDigest sha = Line.sha256();
	private final byte[] bytes;
	private final int length;
	private int good;
	private int from;
	private int end;
	private byte[] hash;

	Reading(byte[] bytes) {
		this(bytes, 0, bytes.length);
	}

	Reading(byte[] bytes, int length) {
		this(bytes, 0, length);
	}

	/** @param length bytes that are filled */
	Reading(byte[] bytes, int from, int length) {
		this.bytes = bytes;
		this.good = from;
		this.length = length;
	}

	/** The first line, if it is one of the kind that files begin with; what comes next is still that line. */
	Optional<Begin> begin() {
		int to = lineEnd(0);
		return to < 0 ? Optional.empty() : Begin.of(new String(bytes, 0, to, StandardCharsets.UTF_8));
	}

	private int lineEnd(int at) {
		for (int i = at; i < length; i++)
			if (bytes[i] == '\n')
				return i + 1;
		return -1;
	}

	/** Goes on by one line. @return whether there is one of that number, chained to that hash; if not, it stays where it is */
	boolean next(long number, byte[] previous) {
		int to = lineEnd(good);
		if (to < 0)
			return false;
		int hashedEnd = Line.hashedEnd(bytes, good, to);
		if (hashedEnd < 0 || Line.number(bytes, good, hashedEnd) != number)
			return false;
		byte[] now = Line.hash(sha, previous, bytes, good, hashedEnd - good);
		if (!Line.has(now, bytes, hashedEnd))
			return false;
		from = good;
		end = hashedEnd;
		hash = now;
		good = to;
		return true;
	}

	/** Bytes from the beginning to the end of the last good line. */
	int good() {
		return good;
	}

	/** Of the last good line. */
	byte[] hash() {
		return hash;
	}

	/** The last good line, without its line feed. */
	String text() {
		return new String(bytes, from, good - 1 - from, StandardCharsets.UTF_8);
	}

	boolean isCheckpoint() {
		return is(CHECKPOINT);
	}

	/** Whether the last good line is of a kind. @param event {@code "event":"word"} in bytes */
	boolean is(byte[] event) {
		int at = from + Line.BEFORE.length;
		while (bytes[at] != ',')
			at++;
		return Line.matches(bytes, at + EVENT, event);
	}

	int from() {
		return from;
	}

	/** Where the hashed part of the last good line ends. */
	int end() {
		return end;
	}
}
