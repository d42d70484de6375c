package org.strongroom.core.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A new content of one file on its way to the server. Nobody sees it under the file's name before {@link #commit}
 * has put it there, as one step: the server holds the old file or the new one, never half of one.
 */
public interface Upload extends Closeable {
	/**
	 * Writes bytes at a place in the new content. May be called by several threads at once for places that do not overlap.
	 * The content is what was written; a place never written must not lie before one that was.
	 *
	 * @param position offset of the first byte, from 0
	 * @param source the bytes; all remaining ones are taken
	 */
	void write(long position, ByteBuffer source) throws IOException;

	/**
	 * Puts the new content in the place of the old one, if the precondition given at the start (still) holds; permissions of
	 * the replaced file are kept. Ends the upload, whatever happens.
	 *
	 * @param size length of the new content in bytes: the storage makes sure the server has received exactly that
	 * @return the file as it is now, with its new version
	 * @throws ConflictException if the precondition does not hold: nothing has been changed
	 * @throws ConnectionException if the connection was lost; the server holds the old or the new content
	 */
	FileInfo commit(long size) throws IOException;

	/** Gives up an upload that was not committed and removes what it left on the server; does nothing after a commit. */
	@Override
	void close() throws IOException;
}
