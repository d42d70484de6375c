package org.strongroom.core.storage;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * Locks that a server keeps on files, so that nobody else changes one while somebody works on it (see {@link Storage#extra}). A storage's own saves pass its own locks. All methods ask the server,
 * unless they say otherwise; their errors are those of {@link Storage}.
 */
public interface Locks {
	/** A lock that is held: kept up behind the scenes until it is closed, or the storage is. */
	interface Lock extends Closeable {
		/** Whether it is still held, as far as is known. Does not ask the server. */
		boolean isHeld();

		/** Unlocks. What cannot be unlocked any more ends by itself; nothing is thrown. */
		@Override
		void close();
	}

	/**
	 * Who else has a file locked, as far as the server tells. Changes nothing on the server.
	 *
	 * @return in words, such as a name; empty if nobody else has
	 */
	Optional<String> holder(String path) throws IOException;

	/**
	 * Locks a file that exists against changes by others, for a few minutes that are made more as long as it is held. Makes no file.
	 *
	 * @return empty if the server does not lock this one; it is not to be asked again for it
	 * @throws LockedException if somebody else has locked it
	 */
	Optional<Lock> lock(String path) throws IOException;
}
