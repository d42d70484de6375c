package org.strongroom.efs;

import java.nio.file.FileSystemException;

/** A file is larger than what was asked for. */
public class TooLargeException extends FileSystemException {
	private static final long serialVersionUID = 1L;

	/**
	 * @param file as the person knows it
	 * @param limit in bytes
	 */
	public TooLargeException(String file, long limit) {
		super(file, null, "the file is larger than %,d bytes.".formatted(limit));
	}
}
