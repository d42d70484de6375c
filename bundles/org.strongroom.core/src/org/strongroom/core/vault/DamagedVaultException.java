package org.strongroom.core.vault;

import java.nio.file.FileSystemException;

/** A vault, or something in it, is damaged, has been tampered with, or is of a kind that is not supported. */
public class DamagedVaultException extends FileSystemException {
	private static final long serialVersionUID = 1L;

	/**
	 * @param file the vault or the item in it, as the user knows it
	 * @param reason what is wrong
	 */
	public DamagedVaultException(String file, String reason) {
		super(file, null, reason);
	}

	/** @see #DamagedVaultException(String, String) */
	public DamagedVaultException(String file, String reason, Throwable cause) {
		super(file, null, reason);
		initCause(cause);
	}
}
