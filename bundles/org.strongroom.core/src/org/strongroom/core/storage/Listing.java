package org.strongroom.core.storage;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** A folder being listed. Used by one thread at a time. */
public interface Listing extends Closeable {
	/**
	 * The next entries as the server sends them, in its order, {@code .} and {@code ..} left out.
	 *
	 * @return an empty list at the end
	 * @throws java.nio.file.FileSystemException if the server ends the listing with an error
	 * @throws ConnectionException if the connection is lost
	 */
	List<Entry> next() throws IOException;
}
