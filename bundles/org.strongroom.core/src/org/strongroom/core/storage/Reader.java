package org.strongroom.core.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A file open for reading. May be used by several threads at once; each call is one or more requests. */
public interface Reader extends Closeable {
	/** The file, links followed, as it was at the moment before it was opened. Does not ask the server. */
	FileInfo info();

	/** What the server says of all of the content: whoever reads it from the beginning to the end makes sure that it fits. Empty where it says nothing. Does not ask the server. */
	default Optional<Checksum> checksum() {
		return Optional.empty();
	}

	/**
	 * Whether what lies at a place is on its way already, and what follows will be: whoever reads on from there need not ask for anything ahead. Does not ask the server.
	 *
	 * @param position offset in bytes, from 0
	 */
	default boolean isComing(long position) {
		return false;
	}

	/**
	 * Reads from a place in the file until the buffer is full or the file ends.
	 *
	 * @param position offset of the first byte, from 0
	 * @param target where the bytes go
	 * @return the number of bytes read (less than asked only at the end of the file), -1 if {@code position} is at or behind the end
	 * @throws ConnectionException if the connection is lost
	 * @throws IOException if the server refuses, or answers more than was asked
	 */
	int read(long position, ByteBuffer target) throws IOException;
}
