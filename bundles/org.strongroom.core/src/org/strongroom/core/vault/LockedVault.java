package org.strongroom.core.vault;

import java.io.IOException;

import org.strongroom.core.auth.Secret;

/** A vault whose files were read and found sound: all that is left to ask for is its passphrase. Holds nothing open. Thread-safe. */
public interface LockedVault {
	/** What is known of it without its passphrase. */
	VaultInfo info();

	/**
	 * Unlocks it. Changes nothing in its folder.
	 *
	 * @param passphrase not to be kept; closed by the caller
	 * @throws org.strongroom.core.auth.WrongSecretException if the passphrase does not fit
	 * @throws DamagedVaultException if it was tampered with after all
	 */
	Vault unlock(Secret passphrase) throws IOException;
}
