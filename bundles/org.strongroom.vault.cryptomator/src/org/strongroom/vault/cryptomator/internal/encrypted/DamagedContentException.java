package org.strongroom.vault.cryptomator.internal.encrypted;

import java.io.IOException;

/** Something on the encrypted side is not as the format demands. The readable side says of which item. */
public final class DamagedContentException extends IOException {
	private static final long serialVersionUID = 1L;

	/** @param reason what is wrong, without a path */
	public DamagedContentException(String reason) {
		super(reason);
	}
}
