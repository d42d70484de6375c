package org.strongroom.core.storage;

import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** Finding items by their names, on servers that have an index of all (see {@link Storage#extra}). In vaults they have encrypted ones. Asks the server; errors are those of {@link Storage}. */
public interface Search {
	/** An item that was found. */
	record Found(String path, FileInfo info) {
		public Found {
			Objects.requireNonNull(path);
			Objects.requireNonNull(info);
		}
	}

	/**
	 * All below a folder, at any depth, whose name holds a part.
	 *
	 * @param part upper and lower case are the same
	 * @param most items to be found, from 1: as many may mean that there are more
	 * @return in no order; what others have changed on the server's disk may be missing until the server knows
	 */
	List<Found> names(String folder, String part, int most) throws IOException;
}
