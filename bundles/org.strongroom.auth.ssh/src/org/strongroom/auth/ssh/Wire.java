package org.strongroom.auth.ssh;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The data types of SSH messages (RFC 4251 section 5): big-endian numbers, and strings and multi-precision integers with their length before them. */
public final class Wire {

	private Wire() {
	}

	/** Builds a message. Its memory is wiped by {@link #close()}. */
	public static final class Writer implements AutoCloseable {
		private byte[] bytes = new byte[256];
		private int length;

		/** One byte. */
		public Writer u8(int value) {
			room(1);
			bytes[length++] = (byte) value;
			return this;
		}

		/** An unsigned number of 32 bits. */
		public Writer u32(long value) {
			return u8((int) (value >> 24)).u8((int) (value >> 16)).u8((int) (value >> 8)).u8((int) value);
		}

		/** A string of bytes. */
		public Writer string(byte[] value) {
			return u32(value.length).raw(value);
		}

		/** A string of UTF-8 text. */
		public Writer string(String value) {
			return string(value.getBytes(StandardCharsets.UTF_8));
		}

		/** A multi-precision integer, 0 or more. */
		public Writer mpint(BigInteger value) {
			return string(value.signum() == 0 ? new byte[0] : value.toByteArray());
		}

		/** Bytes without a length. */
		public Writer raw(byte[] value) {
			room(value.length);
			System.arraycopy(value, 0, bytes, length, value.length);
			length += value.length;
			return this;
		}

		/** What was written so far, as a copy. */
		public byte[] toByteArray() {
			return Arrays.copyOf(bytes, length);
		}

		private void room(int more) {
			if (length + more > bytes.length) {
				byte[] larger = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
				Arrays.fill(bytes, (byte) 0);
				bytes = larger;
			}
		}

		@Override
		public void close() {
			Arrays.fill(bytes, (byte) 0);
		}
	}

	/**
	 * Takes a message apart. What does not fit ends with an {@link IllegalArgumentException}, whatever the lengths in it claim: no memory is taken that
	 * the message does not fill.
	 */
	public static final class Reader {
		private final ByteBuffer buffer;

		/** @param message not copied */
		public Reader(byte[] message) {
			buffer = ByteBuffer.wrap(message);
		}

		/** One byte. */
		public int u8() {
			try {
				return buffer.get() & 0xff;
			} catch (BufferUnderflowException e) {
				throw truncated();
			}
		}

		/** An unsigned number of 32 bits. */
		public long u32() {
			try {
				return buffer.getInt() & 0xffff_ffffL;
			} catch (BufferUnderflowException e) {
				throw truncated();
			}
		}

		/** A string of bytes. */
		public byte[] bytes() {
			return raw(u32());
		}

		/** A string of UTF-8 text. */
		public String string() {
			return new String(bytes(), StandardCharsets.UTF_8);
		}

		/** A multi-precision integer. */
		public BigInteger mpint() {
			byte[] bytes = bytes();
			try {
				return bytes.length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
			} finally {
				Arrays.fill(bytes, (byte) 0);
			}
		}

		/** So many bytes. */
		public byte[] raw(long count) {
			if (count > buffer.remaining())
				throw truncated();
			byte[] bytes = new byte[(int) count];
			buffer.get(bytes);
			return bytes;
		}

		/** How many bytes are left. */
		public int remaining() {
			return buffer.remaining();
		}

		private static IllegalArgumentException truncated() {
			return new IllegalArgumentException("the data ends too early");
		}
	}

	/** The key type that a public key in SSH wire format begins with (RFC 4253 section 6.6). */
	public static String type(byte[] publicKey) {
		return new Reader(publicKey).string();
	}

	/** A signature in SSH wire format: algorithm name and signature blob. */
	public static byte[] signature(String algorithm, byte[] blob) {
		try (var out = new Writer()) {
			return out.string(algorithm).string(blob).toByteArray();
		}
	}

}
