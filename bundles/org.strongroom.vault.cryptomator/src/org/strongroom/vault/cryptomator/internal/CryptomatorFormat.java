package org.strongroom.vault.cryptomator.internal;

import java.io.IOException;
import java.nio.file.Path;

import org.cryptomator.cryptolib.api.Masterkey;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.vault.LockedVault;
import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultFormat;
import org.strongroom.core.vault.VaultInfo;
import org.strongroom.vault.cryptomator.internal.config.VaultFiles;
import org.strongroom.vault.cryptomator.internal.readable.VaultFileSystem;

/** Vaults as Cryptomator makes them: format 8, and format 7 without changing it to 8. */
public final class CryptomatorFormat implements VaultFormat {
	private record Locked(Path folder, VaultFiles files) implements LockedVault {
		@Override
		public VaultInfo info() {
			return files.info();
		}

		@Override
		public Vault unlock(Secret passphrase) throws IOException {
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
	}

	@Override
	public LockedVault inspect(Path folder) throws IOException {
		return new Locked(folder, VaultFiles.read(folder));
	}

	@Override
	public void create(Path folder, Secret passphrase) throws IOException {
		NewVault.create(folder, passphrase);
	}
}
