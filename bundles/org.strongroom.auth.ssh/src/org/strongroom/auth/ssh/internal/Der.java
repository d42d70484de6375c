package org.strongroom.auth.ssh.internal;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** As much of DER (ITU-T X.690) as private keys need. What does not fit ends with an {@link IllegalArgumentException}. */
final class Der {
	static final int INTEGER = 0x02;
	static final int BIT_STRING = 0x03;
	static final int OCTET_STRING = 0x04;
	static final int NULL = 0x05;
	static final int OID = 0x06;
	static final int SEQUENCE = 0x30;
	/** The element with the context tag 0; 1 follows it. */
	static final int CONTEXT_0 = 0xa0;

	private final ByteBuffer buffer;

	Der(byte[] bytes) {
		buffer = ByteBuffer.wrap(bytes);
	}

	boolean hasMore() {
		return buffer.hasRemaining();
	}

	/** The tag of the next element, -1 at the end. */
	int tag() {
		return hasMore() ? buffer.get(buffer.position()) & 0xff : -1;
	}

	/** The content of the next element, which must have this tag. */
	byte[] take(int tag) {
		if (buffer.remaining() < 2 || (buffer.get() & 0xff) != tag)
			throw new IllegalArgumentException("unexpected element");
		int length = buffer.get() & 0xff;
		if (length >= 0x80) {
			int octets = length & 0x7f;
			if (octets == 0 || octets > 3 || octets > buffer.remaining())
				throw new IllegalArgumentException("unusable length");
			length = 0;
			for (int i = 0; i < octets; i++)
				length = length << 8 | buffer.get() & 0xff;
		}
		if (length > buffer.remaining())
			throw new IllegalArgumentException("the data ends too early");
		byte[] content = new byte[length];
		buffer.get(content);
		return content;
	}

	Der sequence() {
		return new Der(take(SEQUENCE));
	}

	BigInteger integer() {
		byte[] content = take(INTEGER);
		if (content.length == 0)
			throw new IllegalArgumentException("empty number");
		return new BigInteger(content);
	}

	/** One element. */
	static byte[] element(int tag, byte[]... contents) {
		int length = Arrays.stream(contents).mapToInt(c -> c.length).sum();
		byte[] head = length < 0x80 ? new byte[] { (byte) tag, (byte) length }
				: length < 0x100 ? new byte[] { (byte) tag, (byte) 0x81, (byte) length }
						: length < 0x10000 ? new byte[] { (byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length }
								: new byte[] { (byte) tag, (byte) 0x83, (byte) (length >> 16), (byte) (length >> 8), (byte) length };
		ByteBuffer out = ByteBuffer.allocate(head.length + length).put(head);
		for (byte[] content : contents)
			out.put(content);
		return out.array();
	}
}
