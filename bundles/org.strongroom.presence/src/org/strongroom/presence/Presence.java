package org.strongroom.presence;

import java.util.Optional;

/** Service: notices that somebody leaves the machine. Thread-safe. */
public interface Presence {
	/** Is told, on threads of the service. */
	interface Listener {
		/** The screen was locked, or unlocked again. Must not block. */
		void screenLocked(boolean locked);

		/** The machine is about to sleep. It waits until this returns, where the system can be asked to; some seconds at the most. */
		void sleeping();

		/** It is awake again. Must not block. */
		void awake();
	}

	/** Tells a listener from now on. */
	void addListener(Listener listener);

	/** Ends {@link #addListener}. */
	void removeListener(Listener listener);

	/** What cannot be noticed on this machine, in one line for a person; empty if all can. Never waits. */
	Optional<String> unnoticed();
}
