package org.strongroom.residency.internal.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Events that cannot be written now, in their order, encrypted under a key that lives in this process's memory alone. For one thread. */
final class Backlog {
	/** Most bytes that wait; what comes then is counted. */
	private static final long LARGEST = 128L << 20;
	/** Bits of the tag, and bytes of the nonce, of AES-GCM (NIST SP 800-38D). */
	private static final int TAG = 128;
	private static final int NONCE = 12;

	private final Deque<byte[]> waiting = new ArrayDeque<>();
	private final long largest;
	private SecretKeySpec key;
	private long sequence;
	private long first;
	private long bytes;
	private long lost;

	Backlog() {
		this(LARGEST);
	}

	Backlog(long largest) {
		this.largest = largest;
	}

	boolean isEmpty() {
		return waiting.isEmpty() && lost == 0;
	}

	int size() {
		return waiting.size();
	}

	/** How many there was no room for, since they were last told. */
	long lost() {
		return lost;
	}

	void add(Happened event) {
		byte[] sealed = crypt(Cipher.ENCRYPT_MODE, sequence, event.text().getBytes(StandardCharsets.UTF_8));
		if (bytes + sealed.length > largest) {
			lost++;
			return;
		}
		sequence++;
		waiting.add(sealed);
		bytes += sealed.length;
	}

	/** The first ones; they stay. */
	List<Happened> first(int count) {
		var all = new ArrayList<Happened>();
		long at = first;
		for (byte[] sealed : waiting) {
			if (all.size() == count)
				break;
			all.add(Happened.read(new String(crypt(Cipher.DECRYPT_MODE, at++, sealed), StandardCharsets.UTF_8)));
		}
		return all;
	}

	/** Forgets the first ones. */
	void written(int count) {
		for (int i = 0; i < count; i++)
			bytes -= waiting.remove().length;
		first += count;
	}

	/** That some were lost is told. */
	void told() {
		lost = 0;
	}

	private byte[] crypt(int mode, long number, byte[] text) {
		try {
			if (key == null) {
				byte[] fresh = new byte[32];
				new SecureRandom().nextBytes(fresh);
				key = new SecretKeySpec(fresh, "AES");
			}
			Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
			cipher.init(mode, key, new GCMParameterSpec(TAG, ByteBuffer.allocate(NONCE).putInt(0).putLong(number).array()));
			return cipher.doFinal(text);
		} catch (GeneralSecurityException e) {
			throw new IllegalStateException(e);
		}
	}
}
