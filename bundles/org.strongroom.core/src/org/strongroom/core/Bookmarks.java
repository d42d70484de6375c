package org.strongroom.core;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Service: the person's bookmarks, one readable UTF-8 file each in Strongroom's home. Thread-safe; other processes may change them. */
public interface Bookmarks {
	/** All bookmarks, by name. A file that cannot be read is left out and reported to the log. */
	List<Bookmark> list() throws IOException;

	/** One bookmark; names differ if any character differs. */
	Optional<Bookmark> find(String name) throws IOException;

	/**
	 * Saves a bookmark, in place of one of the same name if {@code replace}.
	 *
	 * @throws java.nio.file.FileAlreadyExistsException if there is one and {@code replace} is false
	 */
	void save(Bookmark bookmark, boolean replace) throws IOException;

	/**
	 * Removes a bookmark.
	 *
	 * @throws java.nio.file.NoSuchFileException if there is none of that name
	 */
	void remove(String name) throws IOException;

	/** Calls back after every change made through this service, on the thread that made it. */
	void onChange(Runnable listener);
}
