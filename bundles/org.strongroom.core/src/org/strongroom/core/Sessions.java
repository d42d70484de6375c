package org.strongroom.core;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Service: the sessions of this process. A bookmark has one session at a time, which everything shares: the code is asked once. Thread-safe. */
public interface Sessions {
	/**
	 * Signs in, or gives the session that is signed in (reconnected if it was lost).
	 *
	 * @throws MissingPlugInException if no plug-in reaches such servers
	 * @throws org.strongroom.core.auth.SignInException if the sign-in is refused or cancelled
	 * @throws org.strongroom.core.storage.ConnectionException if the server cannot be reached
	 */
	Session open(Bookmark bookmark) throws IOException;

	/** The session of a bookmark, if there is one (signed in or lost). Never waits. */
	Optional<Session> find(Bookmark bookmark);

	/** All sessions. Never waits. */
	List<Session> all();

	/** Signs in and out again: whether the bookmark works. */
	void test(Bookmark bookmark) throws IOException;

	/** Tells a listener about sessions until it is removed. */
	void addListener(SessionListener listener);

	/** Ends {@link #addListener}. */
	void removeListener(SessionListener listener);

	/** Closes all sessions. */
	void closeAll();

	/** What is installed. */
	PlugIns plugIns();
}
