package org.strongroom.residency.policy;

import java.io.IOException;

/** A policy that cannot be understood, or is not to be trusted. The message is one line for a person, with the line number where there is one. */
public class DamagedPolicyException extends IOException {
	private static final long serialVersionUID = 1L;

	/** @param message what is wrong and what to do */
	public DamagedPolicyException(String message) {
		super(message);
	}
}
