package org.strongroom.core.vault;

import java.nio.file.FileSystemException;

/** Something lies in a vault that is locked (or was locked while it was being used). */
public class VaultLockedException extends FileSystemException {
	private static final long serialVersionUID = 1L;

	/** @param vault the vault, as the user knows it */
	public VaultLockedException(String vault) {
		super(vault, null, "the vault is locked");
	}
}
