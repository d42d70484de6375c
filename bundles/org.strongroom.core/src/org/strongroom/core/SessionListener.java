package org.strongroom.core;

/** Told about sessions, on the thread on which it happens. Must not block. */
public interface SessionListener {
	/** A session was opened, lost, found again or closed, or a vault in it unlocked or locked. */
	void changed(Session session);

	/** A vault is about to be locked: its files are to be let go. */
	default void locking(Session session, String location) {
	}
}
