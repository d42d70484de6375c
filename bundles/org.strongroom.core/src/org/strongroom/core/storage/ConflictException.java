package org.strongroom.core.storage;

import java.nio.file.FileSystemException;

/** A file changed (or appeared, or vanished) on the server since it was read; nothing has been overwritten. */
public class ConflictException extends FileSystemException {
	private static final long serialVersionUID = 1L;

	/**
	 * @param file the file as the user knows it
	 * @param reason what was found
	 */
	public ConflictException(String file, String reason) {
		super(file, null, reason);
	}
}
