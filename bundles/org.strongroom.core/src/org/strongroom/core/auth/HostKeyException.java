package org.strongroom.core.auth;

/** A server's host key has changed, was revoked, or was not accepted. */
public class HostKeyException extends SignInException {
	private static final long serialVersionUID = 1L;

	/** @param message one line that says what is wrong with the key and what to do */
	public HostKeyException(String message) {
		super(message);
	}
}
