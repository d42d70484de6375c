package org.strongroom.core.auth;

import java.io.IOException;

/** A passphrase does not open what it was meant for. Asked again as long as attempts are left. */
public class WrongSecretException extends IOException {
	private static final long serialVersionUID = 1L;

	/** @param message one line that says what did not open */
	public WrongSecretException(String message) {
		super(message);
	}
}
