package org.strongroom.core.storage;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** What was removed and is kept for a while, on servers that do so (see {@link Storage#extra}). All methods ask the server; their errors are those of {@link Storage}. */
public interface Trash {
	/**
	 * A file or folder in the trash.
	 *
	 * @param id names it in the trash
	 * @param path where it lay
	 * @param type what it is
	 * @param size in bytes, of a folder all that is in it
	 * @param removed when (UTC)
	 */
	record Removed(String id, String path, FileInfo.Type type, long size, Instant removed) {
		public Removed {
			Objects.requireNonNull(id);
			Objects.requireNonNull(path);
			Objects.requireNonNull(type);
			Objects.requireNonNull(removed);
		}
	}

	/** All that is in the trash, what was removed last first. */
	List<Removed> list() throws IOException;

	/** Puts something back where it lay; if there is something of that name by now, or no such folder any more, where the server thinks best. */
	void restore(String id) throws IOException;

	/** Puts an item into the trash, a folder with all that is in it, as one. */
	void remove(String path) throws IOException;

	/**
	 * Reads a file that is in the trash, from its beginning.
	 *
	 * @param id of it, or of the folder that it was removed with
	 * @param below where it lies in that folder, names separated by {@code /}; empty for what {@code id} names
	 * @throws java.nio.file.NoSuchFileException if there is none
	 */
	InputStream open(String id, String below) throws IOException;
}
