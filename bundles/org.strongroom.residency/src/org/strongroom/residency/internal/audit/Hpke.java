package org.strongroom.residency.internal.audit;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;

import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KEM;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Hybrid public key encryption (RFC 9180) in base mode, of the suite DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM: all of the JDK, whose KEM is that of section 4.1; what is here is the key
 * schedule of section 5.1 and the counting of nonces of section 5.2. For one thread at a time.
 */
final class Hpke {
	/** Of section 7.1 to 7.3. */
	private static final int KEM_ID = 0x0020;
	private static final int KDF_ID = 0x0001;
	static final int AES_128_GCM = 0x0001;
	static final int AES_256_GCM = 0x0002;
	private static final byte BASE_MODE = 0x00;
	private static final int NONCE = 12;
	private static final int HASH = 32;
	private static final int TAG_BITS = 128;

	private final SecretKeySpec key;
	private final byte[] baseNonce;
	private long sequence;

	private Hpke(byte[] shared, byte[] info, int aead) throws GeneralSecurityException {
		byte[] suite = ByteBuffer.allocate(10).put(Line.bytes("HPKE")).putShort((short) KEM_ID).putShort((short) KDF_ID).putShort((short) aead).array();
		byte[] pskIdHash = extract(suite, new byte[0], "psk_id_hash", new byte[0]);
		byte[] infoHash = extract(suite, new byte[0], "info_hash", info);
		byte[] context = ByteBuffer.allocate(1 + 2 * HASH).put(BASE_MODE).put(pskIdHash).put(infoHash).array();
		byte[] secret = extract(suite, shared, "secret", new byte[0]);
		key = new SecretKeySpec(expand(suite, secret, "key", context, aead == AES_128_GCM ? 16 : 32), "AES");
		baseNonce = expand(suite, secret, "base_nonce", context, NONCE);
	}

	/**
	 * Who seals.
	 *
	 * @param encapsulated what the other side needs to open
	 */
	record Sender(byte[] encapsulated, Hpke context) {
	}

	/** @param info what it is for: the same on both sides */
	static Sender sender(PublicKey to, byte[] info) throws GeneralSecurityException {
		KEM.Encapsulated made = KEM.getInstance("DHKEM").newEncapsulator(to).encapsulate();
		return new Sender(made.encapsulation(), new Hpke(made.key().getEncoded(), info, AES_256_GCM));
	}

	static Hpke receiver(PrivateKey own, byte[] encapsulated, byte[] info) throws GeneralSecurityException {
		return receiver(own, encapsulated, info, AES_256_GCM);
	}

	static Hpke receiver(PrivateKey own, byte[] encapsulated, byte[] info, int aead) throws GeneralSecurityException {
		SecretKey shared = KEM.getInstance("DHKEM").newDecapsulator(own).decapsulate(encapsulated);
		return new Hpke(shared.getEncoded(), info, aead);
	}

	/** LabeledExtract of section 4. */
	private static byte[] extract(byte[] suite, byte[] salt, String label, byte[] input) throws GeneralSecurityException {
		byte[] words = Line.bytes("HPKE-v1");
		byte[] name = Line.bytes(label);
		byte[] all = ByteBuffer.allocate(words.length + suite.length + name.length + input.length).put(words).put(suite).put(name).put(input).array();
		var parameters = HKDFParameterSpec.ofExtract();
		// An empty salt is the same as zeros (RFC 5869 section 2.2); as a key it must not be empty.
		parameters.addSalt(salt.length == 0 ? new byte[HASH] : salt);
		return KDF.getInstance("HKDF-SHA256").deriveData(parameters.addIKM(all).extractOnly());
	}

	/** LabeledExpand of section 4. */
	private static byte[] expand(byte[] suite, byte[] secret, String label, byte[] info, int length) throws GeneralSecurityException {
		byte[] words = Line.bytes("HPKE-v1");
		byte[] name = Line.bytes(label);
		byte[] all = ByteBuffer.allocate(2 + words.length + suite.length + name.length + info.length).putShort((short) length).put(words).put(suite).put(name).put(info).array();
		return KDF.getInstance("HKDF-SHA256").deriveData(HKDFParameterSpec.expandOnly(new SecretKeySpec(secret, "HKDF"), all, length));
	}

	/** The number of the next message that is sealed, from 0. */
	long sequence() {
		return sequence;
	}

	/** Encrypts the next message. */
	byte[] seal(byte[] additional, byte[] text) throws GeneralSecurityException {
		return crypt(Cipher.ENCRYPT_MODE, sequence++, additional, text);
	}

	/** Decrypts a message. @param number as {@link #sequence} was when it was sealed */
	byte[] open(long number, byte[] additional, byte[] sealed) throws GeneralSecurityException {
		return crypt(Cipher.DECRYPT_MODE, number, additional, sealed);
	}

	private byte[] crypt(int mode, long number, byte[] additional, byte[] text) throws GeneralSecurityException {
		byte[] nonce = baseNonce.clone();
		for (int i = 0; i < 8; i++)
			nonce[NONCE - 1 - i] ^= (byte) (number >>> 8 * i);
		Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
		cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
		cipher.updateAAD(additional);
		return cipher.doFinal(text);
	}
}
