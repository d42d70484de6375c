package org.strongroom.vault.cryptomator.internal.encrypted;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * An encrypted folder, for as long as it is unlocked.
 *
 * @param folder where it lies
 * @param layout of its files
 * @param configuration what cryptofs is given as the content of {@code vault.cryptomator}: read once and checked, or made up for a format that has none
 * @param names closed by whoever closes the vault
 * @param aliases of conflicting entries
 */
public record EncryptedVault(Path folder, Layout layout, String configuration, Names names, Aliases aliases) {
	/** A folder just unlocked. */
	public EncryptedVault(Path folder, Layout layout, String configuration, Names names) {
		this(folder, layout, configuration, names, new Aliases());
	}

	byte[] configurationBytes() {
		return configuration.getBytes(StandardCharsets.US_ASCII);
	}
}
