package org.strongroom.core.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * A new content of one file on its way to the server. Nobody sees it under the file's name before {@link #commit}
 * has put it there, as one step: the server holds the old file or the new one, never half of one.
 */
public interface Upload extends Closeable {
	/**
	 * Writes bytes at a place in the new content. May be called by several threads at once for places that do not overlap.
	 * The content is what was written last; places may be left out at first and written later, and be written again, but before
	 * the commit none is left out.
	 *
	 * @param position offset of the first byte, from 0
	 * @param source the bytes; all remaining ones are taken
	 */
	void write(long position, ByteBuffer source) throws IOException;

	/**
	 * Whether {@link #read} works: a protocol that writes to a temporary file on the server can usually read it back. If it does, a huge
	 * content being written in any order needs no room on this machine.
	 */
	default boolean isReadable() {
		return false;
	}

	/**
	 * Whether {@link #read} works, but with such effort that it is better not needed: the content may have to pass once more. Only parts are asked for, of what was written whole blocks ago.
	 */
	default boolean isReadableWithEffort() {
		return isReadable();
	}

	/**
	 * Reads back what was written, from a place on until the buffer is full or what was written so far ends. Only if {@link #isReadable()} or {@link #isReadableWithEffort()}.
	 *
	 * @return the number of bytes read, -1 if {@code position} is at or behind the end of what was written so far
	 */
	default int read(long position, ByteBuffer target) throws IOException {
		throw new UnsupportedOperationException("what was sent cannot be read back");
	}

	/**
	 * Copies bytes from another file of the server into the new content, on the server, without sending them through here. As {@link #write}, in all else.
	 *
	 * @param source open on the same storage
	 * @param from offset in the source
	 * @param position offset in the new content
	 * @param length in bytes; the source must have them
	 * @return false if the server cannot do that: nothing was done, and the caller has to send the bytes
	 * @throws ConflictException if the source is not what it was any more
	 */
	default boolean copy(Reader source, long from, long position, long length) throws IOException {
		return false;
	}

	/**
	 * Has the new content carry a time of change (UTC) and permissions (nine bits) of its own from the moment of its commit on. Either may be null.
	 *
	 * @return false if the storage cannot do that in one: the caller sets them after the commit
	 */
	default boolean setAttributes(Instant modified, Integer permissions) throws IOException {
		return false;
	}

	/**
	 * Puts the new content in the place of the old one, if the precondition given at the start (still) holds; permissions of
	 * the replaced file are kept. Ends the upload, whatever happens.
	 *
	 * @param size length of the new content in bytes: the storage makes sure the server has received that, and cuts off what was
	 *            written behind it
	 * @return the file as it is now, with its new version
	 * @throws ConflictException if the precondition does not hold: nothing has been changed
	 * @throws ConnectionException if the connection was lost; the server holds the old or the new content
	 */
	FileInfo commit(long size) throws IOException;

	/** Gives up an upload that was not committed and removes what it left on the server; does nothing after a commit. */
	@Override
	void close() throws IOException;
}
