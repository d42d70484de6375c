package org.strongroom.core;

/** Told about sessions, on the thread on which it happens. Must not block, unless it says otherwise. */
public interface SessionListener {
	/** A session was opened, lost, found again or closed, or a vault in it unlocked or locked. */
	void changed(Session session);

	/**
	 * Files are to be let go: a vault is about to be locked, or the session to be closed. All of it can still be read and written; it goes on when this returns, which may be
	 * after a person was asked what to save.
	 *
	 * @param location of the vault; {@code /} if the session is to be closed
	 */
	default void locking(Session session, String location) {
	}
}
