package org.strongroom.doctor.internal;

import java.io.IOException;
import java.util.function.Consumer;

import org.strongroom.core.doctor.Finding;
import org.strongroom.doctor.Machine;

/** One thing to look for on a machine. Reads only, and bounded: what others put there may be endless. */
public interface Check {
	/** Of its findings, stable for scripts. */
	String id();

	/** What it is about, as the beginning of a sentence. */
	String subject();

	/** Whether it reads what only Linux has. */
	default boolean isLinuxOnly() {
		return true;
	}

	/**
	 * Looks.
	 *
	 * @param mentions what tells that something has to do with the person's servers
	 * @param found is told of at least one finding
	 * @throws IOException if it cannot be looked
	 */
	void look(Machine machine, Mentions mentions, Consumer<Finding> found) throws IOException;
}
