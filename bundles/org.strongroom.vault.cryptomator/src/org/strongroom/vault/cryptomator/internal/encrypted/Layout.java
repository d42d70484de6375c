package org.strongroom.vault.cryptomator.internal.encrypted;

import org.cryptomator.cryptolib.api.CryptorProvider.Scheme;

/**
 * How an encrypted file is laid out: a header, then chunks of 32 KiB of content (the last one shorter), each with a nonce and a tag.
 * See the vault format 8 documentation of Cryptomator, sections "File Header Encryption" and "File Content Encryption".
 *
 * @param header length of the header in bytes
 * @param overhead length of nonce and tag of a chunk in bytes
 */
public record Layout(int header, int overhead) {
	/** Readable bytes of a chunk. */
	static final int CHUNK = 32 * 1024;

	/** That of a cipher combination. */
	public static Layout of(Scheme scheme) {
		return switch (scheme) {
		case SIV_CTRMAC -> new Layout(16 + 40 + 32, 16 + 32);
		case SIV_GCM -> new Layout(12 + 40 + 16, 12 + 16);
		};
	}

	/** Length of a full encrypted chunk in bytes. */
	int chunk() {
		return CHUNK + overhead;
	}

	/** Where an encrypted chunk begins. */
	long place(long number) {
		return header + number * chunk();
	}

	/** Length of the encrypted file of a content. */
	long encrypted(long readable) {
		long last = readable % CHUNK;
		return place(readable / CHUNK) + (last == 0 ? 0 : last + overhead);
	}

	/** Length of the readable content of an encrypted file; of a damaged one as much as can be said. */
	public long readable(long encrypted) {
		long payload = Math.max(0, encrypted - header);
		long last = payload % (CHUNK + overhead);
		return payload / (CHUNK + overhead) * CHUNK + Math.max(0, last - overhead);
	}

	/** Refuses a file that no writer of the format leaves. */
	void check(long encrypted) throws DamagedContentException {
		if (encrypted < header)
			throw new DamagedContentException(encrypted == 0 ? "its encrypted file is empty" : "its encrypted file is cut off within the header");
		long last = (encrypted - header) % (CHUNK + overhead);
		if (last > 0 && last <= overhead)
			throw new DamagedContentException("its encrypted file is cut off");
	}
}
