package org.strongroom.storage.webdav;

import org.strongroom.core.storage.ConnectionException;

/** The connection was lost after a request was sent that must not be sent twice, before there was an answer: nobody knows whether it was done. Another request may find out. */
public class UnansweredException extends ConnectionException {
	private static final long serialVersionUID = 1L;

	UnansweredException(String message, Throwable cause) {
		super(message, cause);
	}
}
