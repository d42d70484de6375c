package org.strongroom.efs;

import org.eclipse.core.filesystem.EFS;
import org.eclipse.core.filesystem.IFileStore;
import org.eclipse.core.runtime.CoreException;
import org.strongroom.core.Session;
import org.strongroom.efs.internal.SessionFileSystem;

/**
 * Files and folders of sessions as Eclipse file stores. Their URIs, {@code strongroom://} and a random token, say nothing to who finds them on a disk, and
 * are good for as long as this process runs and the session is not closed.
 */
public final class SessionStores {
	/** The scheme of their URIs. */
	public static final String SCHEME = "strongroom";

	private SessionStores() {
	}

	/**
	 * The store of one location. Never asks the server. What is written through it after it was read replaces only what was read; closing the stream throws
	 * {@link org.strongroom.core.storage.ConflictException} otherwise. Each call gives a store that remembers for itself.
	 *
	 * @param location absolute, in the session's tree
	 */
	public static IFileStore store(Session session, String location) {
		return fileSystem().store(session, location);
	}

	/** Forgets a location and what lies below, as its vault is being locked: addresses of stores there lead nowhere from now on. */
	public static void forget(Session session, String location) {
		fileSystem().forget(session, location);
	}

	private static SessionFileSystem fileSystem() {
		try {
			return (SessionFileSystem) EFS.getFileSystem(SCHEME);
		} catch (CoreException e) {
			throw new IllegalStateException(e);
		}
	}
}
