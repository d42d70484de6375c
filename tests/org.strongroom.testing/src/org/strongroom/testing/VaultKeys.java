package org.strongroom.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import org.cryptomator.cryptolib.api.Masterkey;
import org.cryptomator.cryptolib.common.DestroyableSecretKey;
import org.cryptomator.cryptolib.common.MasterkeyFileAccess;

/** The keys of a vault of format 8 with AES-GCM. */
public final class VaultKeys {
	/** Cryptomator's "File Header Encryption": nonce, and then encrypted 8 reserved bytes, the key, and the tag. */
	private static final int NONCE = 12;
	private static final int RESERVED = 8;
	private static final int KEY = 32;
	private static final int TAG = 16;
	private static final int HEADER = NONCE + RESERVED + KEY + TAG;

	private VaultKeys() {
	}

	/** All there are, by what they are. @param file an encrypted file of it */
	public static Map<String, byte[]> of(Path vault, String passphrase, Path file) throws IOException, GeneralSecurityException {
		var content = new ByteArrayInputStream(Files.readAllBytes(vault.resolve("masterkey.cryptomator")));
		try (Masterkey key = new MasterkeyFileAccess(new byte[0], new SecureRandom()).load(content, passphrase); DestroyableSecretKey contents = key.getEncKey(); DestroyableSecretKey names = key.getMacKey()) {
			// what is wiped, when they are closed and when a cipher has taken them, is their own array
			byte[] forContents = contents.getEncoded().clone();
			byte[] forNames = names.getEncoded().clone();
			byte[] header = Arrays.copyOf(Files.readAllBytes(file), HEADER);
			Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
			cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(forContents, "AES"), new GCMParameterSpec(8 * TAG, header, 0, NONCE));
			byte[] readable = cipher.doFinal(header, NONCE, HEADER - NONCE);
			return Map.of("key for contents", forContents, "key for names", forNames, "key of the file", Arrays.copyOfRange(readable, RESERVED, RESERVED + KEY));
		}
	}
}
