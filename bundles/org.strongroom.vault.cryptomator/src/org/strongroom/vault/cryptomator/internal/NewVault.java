package org.strongroom.vault.cryptomator.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;

import org.cryptomator.cryptolib.api.CryptorProvider.Scheme;
import org.cryptomator.cryptolib.api.Masterkey;
import org.cryptomator.cryptolib.common.MasterkeyFileAccess;
import org.strongroom.core.auth.Secret;
import org.strongroom.vault.cryptomator.internal.config.VaultFiles;
import org.strongroom.vault.cryptomator.internal.encrypted.Changes;

/** Makes vaults as Cryptomator does today: format 8, AES-SIV and AES-GCM, names shortened beyond 220 characters. */
final class NewVault {
	private NewVault() {
	}

	static void create(Path folder, Secret passphrase) throws IOException {
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
			if (entries.iterator().hasNext())
				throw new DirectoryNotEmptyException(folder.toString());
		}
		var random = new SecureRandom();
		try (Masterkey key = Masterkey.generate(random)) {
			var file = new ByteArrayOutputStream();
			new MasterkeyFileAccess(new byte[0], random).persist(key, file, CharBuffer.wrap(passphrase.chars()), VaultFiles.NO_VERSION);
			write(folder.resolve(VaultFiles.KEY_FILE), file.toByteArray());
			Changes.createRoot(folder, Scheme.SIV_GCM, key);
			// last, for it is what makes the folder a vault
			write(folder.resolve(VaultFiles.CONFIGURATION_FILE), VaultFiles.newConfiguration(Scheme.SIV_GCM, key).getBytes(US_ASCII));
		}
	}

	private static void write(Path file, byte[] content) throws IOException {
		Files.write(file, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
	}
}
