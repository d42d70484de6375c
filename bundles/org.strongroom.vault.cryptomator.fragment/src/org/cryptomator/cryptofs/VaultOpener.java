package org.cryptomator.cryptofs;

import java.io.IOException;
import java.nio.file.Path;

import org.cryptomator.cryptolib.api.MasterkeyLoadingFailedException;

/**
 * Opens vaults on any path. The way cryptofs itself offers goes through URIs and sees only the
 * file system providers on the system class path, which in OSGi is none of ours.
 */
public final class VaultOpener {
	private final CryptoFileSystemProvider provider = new CryptoFileSystemProvider();

	/** A readable file system of the vault in that folder; the folder's path must differ from those of all that this opener has open. */
	@SuppressWarnings("deprecation") // "only for testing": the one way in that takes a path
	public CryptoFileSystem open(Path vault, CryptoFileSystemProperties properties) throws IOException, MasterkeyLoadingFailedException {
		return provider.getCryptoFileSystems().create(provider, vault, properties);
	}
}
