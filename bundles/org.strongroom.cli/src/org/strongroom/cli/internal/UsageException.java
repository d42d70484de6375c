package org.strongroom.cli.internal;

/** A command line that cannot be understood. */
final class UsageException extends RuntimeException {
	private static final long serialVersionUID = 1L;

	/** @param message one line: what is wrong, and where to look it up */
	UsageException(String message) {
		super(message, null, false, false);
	}
}
