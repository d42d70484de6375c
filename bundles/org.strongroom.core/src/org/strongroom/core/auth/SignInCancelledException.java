package org.strongroom.core.auth;

/** The person cancelled a prompt; nothing more is to be asked. */
public class SignInCancelledException extends SignInException {
	private static final long serialVersionUID = 1L;

	/** @param message one line that says what was cancelled */
	public SignInCancelledException(String message) {
		super(message);
	}
}
