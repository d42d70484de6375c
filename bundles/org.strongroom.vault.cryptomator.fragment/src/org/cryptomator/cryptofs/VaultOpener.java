package org.cryptomator.cryptofs;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;

/**
 * Opens a vault on any path. The way cryptofs itself offers goes through URIs and sees only the
 * file system providers on the system class path, which in OSGi is none of ours.
 */
public final class VaultOpener {

	private VaultOpener() {
	}

	/** A readable file system of the vault in that folder. */
	public static FileSystem open(Path vault, CryptoFileSystemProperties properties) throws IOException {
		var provider = new CryptoFileSystemProvider();
		return provider.getCryptoFileSystems().create(provider, vault, properties);
	}
}
