package org.strongroom.core.vault;

import java.io.IOException;
import java.nio.file.Path;

import org.strongroom.core.auth.Secret;

/**
 * Recognises and unlocks one kind of encrypted folder. Contributed through the extension point
 * {@code org.strongroom.core.vaultFormats}, which also names the files by which a vault is recognised, so that looking for vaults activates no plug-in.
 */
public interface VaultFormat {
	/**
	 * Reads what makes a folder a vault. Changes nothing.
	 *
	 * @param folder the encrypted folder, on any file system of Strongroom or the local one
	 * @throws DamagedVaultException if it is not a sound vault of a known kind
	 */
	LockedVault inspect(Path folder) throws IOException;

	/**
	 * Makes an empty folder a new, locked vault.
	 *
	 * @param folder exists and is empty
	 * @param passphrase not to be kept; closed by the caller
	 * @throws UnsupportedOperationException if this format cannot make vaults
	 */
	default void create(Path folder, Secret passphrase) throws IOException {
		throw new UnsupportedOperationException("Vaults of this kind cannot be made here.");
	}
}
