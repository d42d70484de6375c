package org.strongroom.core.auth;

import java.io.IOException;

/** A server refused a person, a person a server, or a secret was wrong too often. */
public class SignInException extends IOException {
	private static final long serialVersionUID = 1L;

	/** @param message one line that says what was refused and what to do */
	public SignInException(String message) {
		super(message);
	}

	/** @param message one line that says what was refused and what to do */
	public SignInException(String message, Throwable cause) {
		super(message, cause);
	}
}
