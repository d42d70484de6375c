package org.strongroom.core.storage;

import java.nio.file.FileSystemException;

/** A server's answer breaks the protocol or a stated limit: endless listings, more bytes than asked for, writes that got lost. */
public class ServerFaultException extends FileSystemException {
	private static final long serialVersionUID = 1L;

	/**
	 * @param file what was being worked on, may be null
	 * @param reason what the server did
	 */
	public ServerFaultException(String file, String reason) {
		super(file, null, reason);
	}
}
