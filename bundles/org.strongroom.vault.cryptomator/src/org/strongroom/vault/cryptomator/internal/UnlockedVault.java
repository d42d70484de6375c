package org.strongroom.vault.cryptomator.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultInfo;
import org.strongroom.vault.cryptomator.internal.readable.VaultFileSystem;

/**
 * A Cryptomator vault that is open.
 *
 * @param fileSystem its readable side
 * @param info what is known of it without its passphrase
 */
record UnlockedVault(VaultFileSystem fileSystem, VaultInfo info) implements Vault {
	@Override
	public Path root() {
		return fileSystem.root();
	}

	@Override
	public Path encrypted(Path readable) throws IOException {
		return fileSystem.encrypted(readable);
	}

	@Override
	public Optional<String> name(Path folder, String name) throws IOException {
		return fileSystem.name(folder, name);
	}

	@Override
	public InputStream readable(Path readable, InputStream encrypted) throws IOException {
		return fileSystem.readable(readable, encrypted);
	}

	@Override
	public void close() throws IOException {
		fileSystem.close();
	}
}
