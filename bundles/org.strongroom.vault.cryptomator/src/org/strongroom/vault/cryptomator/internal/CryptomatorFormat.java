package org.strongroom.vault.cryptomator.internal;

import java.io.IOException;
import java.nio.file.Path;

import org.cryptomator.cryptolib.api.Masterkey;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultFormat;
import org.strongroom.core.vault.VaultInfo;
import org.strongroom.vault.cryptomator.internal.config.VaultFiles;
import org.strongroom.vault.cryptomator.internal.readable.VaultFileSystem;

/** Vaults as Cryptomator makes them: format 8, and format 7 without changing it to 8. */
public final class CryptomatorFormat implements VaultFormat {
	@Override
	public VaultInfo inspect(Path folder) throws IOException {
		return VaultFiles.read(folder).info();
	}

	@Override
	public Vault unlock(Path folder, Secret passphrase) throws IOException {
		VaultFiles files = VaultFiles.read(folder);
		Masterkey key = files.unlock(passphrase);
		VaultFileSystem fileSystem;
		try {
			fileSystem = new VaultFileSystem(folder, files.cipher(), key, files.threshold());
		} catch (RuntimeException e) {
			key.destroy();
			throw e;
		}
		try {
			fileSystem.check();
			return new UnlockedVault(fileSystem, files.info());
		} catch (IOException | RuntimeException e) {
			fileSystem.close();
			throw e;
		}
	}

	@Override
	public void create(Path folder, Secret passphrase) throws IOException {
		NewVault.create(folder, passphrase);
	}
}
