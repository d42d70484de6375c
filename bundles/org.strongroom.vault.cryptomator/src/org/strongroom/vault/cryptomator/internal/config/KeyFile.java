package org.strongroom.vault.cryptomator.internal.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

import javax.crypto.Mac;

import org.cryptomator.cryptolib.api.InvalidPassphraseException;
import org.cryptomator.cryptolib.api.Masterkey;
import org.cryptomator.cryptolib.common.DestroyableSecretKey;
import org.cryptomator.cryptolib.common.MasterkeyFileAccess;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.WrongSecretException;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.vault.cryptomator.internal.config.Json.IllegalJsonException;

/**
 * {@code masterkey.cryptomator}: the master key's two halves, wrapped (RFC 3394) under a key that scrypt (RFC 7914) makes of the passphrase.
 *
 * @param content as read
 * @param version format of the vault up to 7; of later vaults a number without meaning
 * @param cost scrypt's N
 * @param blockSize scrypt's r
 * @param versionMac HMAC-SHA256 of the version under the second half of the master key
 */
record KeyFile(byte[] content, int version, int cost, int blockSize, byte[] versionMac) {
	static final String FILE = "masterkey.cryptomator";
	/** What scrypt may take, 128 * N * r bytes: sixteen times what Cryptomator uses (N = 32768, r = 8). */
	private static final long MOST_MEMORY = 512L << 20;
	private static final int LARGEST_BLOCK_SIZE = 1024;
	private static final int LONGEST_SALT = 1024;
	/** 32 bytes, wrapped. */
	private static final int WRAPPED = 40;

	static KeyFile parse(String vault, byte[] content) throws DamagedVaultException {
		Json json;
		try {
			json = Json.object(new String(content, UTF_8));
		} catch (IllegalJsonException e) {
			throw damaged(vault, "is not a key file");
		}
		Integer version = json.number("version");
		if (version == null || version == 0)
			throw damaged(vault, "names no version");
		Integer cost = json.number("scryptCostParam");
		Integer blockSize = json.number("scryptBlockSize");
		if (cost == null || blockSize == null)
			throw damaged(vault, "does not say what a passphrase costs");
		if (cost < 2 || Integer.bitCount(cost) != 1 || blockSize < 1)
			throw damaged(vault, "names a passphrase cost that cannot be (N = %d, r = %d)".formatted(cost, blockSize));
		if (blockSize > LARGEST_BLOCK_SIZE || 128L * cost * blockSize > MOST_MEMORY)
			throw damaged(vault, "demands %,d MiB of memory for a passphrase (N = %d, r = %d); up to %d are supported"
					.formatted(128L * cost * blockSize >> 20, cost, blockSize, MOST_MEMORY >> 20));
		byte[] salt = bytes(vault, json, "scryptSalt", "salt");
		if (salt.length == 0 || salt.length > LONGEST_SALT)
			throw damaged(vault, "has a salt of the wrong length");
		if (bytes(vault, json, "primaryMasterKey", "key").length != WRAPPED || bytes(vault, json, "hmacMasterKey", "second key").length != WRAPPED)
			throw damaged(vault, "has a key of the wrong length");
		return new KeyFile(content, version, cost, blockSize, bytes(vault, json, "versionMac", "version signature"));
	}

	private static byte[] bytes(String vault, Json json, String name, String what) throws DamagedVaultException {
		String text = json.string(name);
		if (text == null)
			throw damaged(vault, "has no " + what);
		try {
			return Base64.getDecoder().decode(text);
		} catch (IllegalArgumentException e) {
			throw damaged(vault, "has an unreadable " + what);
		}
	}

	private static DamagedVaultException damaged(String vault, String what) {
		return new DamagedVaultException(vault, FILE + " " + what);
	}

	/** What scrypt takes, in bytes. */
	long memory() {
		return 128L * cost * blockSize;
	}

	/** The master key; the caller destroys it. */
	Masterkey unlock(String vault, Secret passphrase) throws IOException {
		Masterkey key = load(vault, passphrase);
		if (isSigned(key))
			return key;
		key.destroy();
		throw damaged(vault, "has a version that was changed");
	}

	private Masterkey load(String vault, Secret passphrase) throws IOException {
		try {
			return new MasterkeyFileAccess(new byte[0], new SecureRandom()).load(new ByteArrayInputStream(content), CharBuffer.wrap(passphrase.chars()));
		} catch (InvalidPassphraseException e) {
			throw new WrongSecretException("The passphrase does not open the vault %s.".formatted(vault));
		} catch (IllegalArgumentException | IllegalStateException | IOException e) {
			throw new DamagedVaultException(vault, FILE + " is not a key file", e);
		} catch (OutOfMemoryError e) {
			throw new IOException("Unlocking %s needs %,d MiB of memory, more than there is.".formatted(vault, memory() >> 20));
		}
	}

	private boolean isSigned(Masterkey key) {
		try (DestroyableSecretKey macKey = key.getMacKey()) {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(macKey);
			return MessageDigest.isEqual(mac.doFinal(ByteBuffer.allocate(Integer.BYTES).putInt(version).array()), versionMac);
		} catch (GeneralSecurityException e) {
			throw new IllegalStateException(e);
		}
	}
}
