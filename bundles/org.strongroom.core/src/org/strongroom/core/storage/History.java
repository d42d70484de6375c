package org.strongroom.core.storage;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What was in files before, on servers that keep it (see {@link Storage#extra}). All methods ask the server; their errors are those of {@link Storage}. */
public interface History {
	/**
	 * A content that a file had.
	 *
	 * @param id names it among those of its file
	 * @param modified when the file got it (UTC)
	 * @param size in bytes
	 * @param author who gave it to the file, in words for a person; empty where the server does not tell
	 */
	record Past(String id, Instant modified, long size, Optional<String> author) {
		public Past {
			Objects.requireNonNull(id);
			Objects.requireNonNull(modified);
			Objects.requireNonNull(author);
		}
	}

	/** What the server keeps of a file, the latest first; the content it has now is not among it. */
	List<Past> list(String path) throws IOException;

	/**
	 * Reads an old content from a place in it to its end; the file stays as it is.
	 *
	 * @param from offset of the first byte, from 0; nothing comes from the end on
	 */
	InputStream open(String path, String id, long from) throws IOException;

	/** Gives a file an old content again; the one it has now is kept as an old one. */
	void restore(String path, String id) throws IOException;
}
