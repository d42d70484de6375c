package org.strongroom.core.residency;

import java.io.IOException;

/** The policy, or the person whom it has asked, says no. Nothing left memory. The message is one line for a person. */
public class ForbiddenException extends IOException {
	private static final long serialVersionUID = 1L;

	/** @param message what was refused, by which rule, and what to do */
	public ForbiddenException(String message) {
		super(message);
	}

	/** Refused by a rule. @param what in words that go on from <i>may not</i> */
	public static ForbiddenException by(Ruling ruling, String what) {
		return new ForbiddenException("Forbidden by %s: %s.".formatted(ruling.rule(), what));
	}
}
