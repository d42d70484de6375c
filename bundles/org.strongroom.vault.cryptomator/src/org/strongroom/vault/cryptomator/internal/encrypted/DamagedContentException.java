package org.strongroom.vault.cryptomator.internal.encrypted;

import java.io.IOException;

/** Something on the encrypted side is not as the format demands. The readable side says of which item. */
public final class DamagedContentException extends IOException {
	private static final long serialVersionUID = 1L;

	/** @param reason what is wrong, without a path */
	public DamagedContentException(String reason) {
		super(reason);
	}

	/** What was decrypted is not what somebody with the key has encrypted. */
	static DamagedContentException changed(Exception cause) {
		var e = new DamagedContentException("its encrypted file was changed by something that does not have the key");
		e.initCause(cause);
		return e;
	}
}
