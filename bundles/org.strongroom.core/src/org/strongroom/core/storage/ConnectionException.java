package org.strongroom.core.storage;

import java.io.IOException;

/** A server cannot be reached, or the connection to it is gone. Signing in again may help; what was typed is not lost. */
public class ConnectionException extends IOException {
	private static final long serialVersionUID = 1L;

	/** @param message one line that says what happened, in words for a person */
	public ConnectionException(String message) {
		super(message);
	}

	/** @param message one line that says what happened, in words for a person */
	public ConnectionException(String message, Throwable cause) {
		super(message, cause);
	}
}
