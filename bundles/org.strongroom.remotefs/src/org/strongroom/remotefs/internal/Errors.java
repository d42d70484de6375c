package org.strongroom.remotefs.internal;

import java.io.IOException;

import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.LockedException;
import org.strongroom.core.storage.ServerFaultException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Exceptions of another thread or time, thrown again: the kind stays, the trace is that of who sees it. */
final class Errors {
	private Errors() {
	}

	/** The same error with the caller's own trace, so that one exception object is not thrown in two threads. */
	static IOException here(IOException e) {
		IOException again = switch (e) {
		case ConnectionException c -> new ConnectionException(c.getMessage());
		case ConflictException c -> new ConflictException(c.getFile(), c.getReason());
		case LockedException c -> new LockedException(c.getFile(), c.holder());
		case ServerFaultException c -> new ServerFaultException(c.getFile(), c.getReason());
		case AccessDeniedException c -> new AccessDeniedException(c.getFile(), c.getOtherFile(), c.getReason());
		case NoSuchFileException c -> new NoSuchFileException(c.getFile(), c.getOtherFile(), c.getReason());
		case FileSystemException c when c.getClass() == FileSystemException.class -> new FileSystemException(c.getFile(), c.getOtherFile(), c.getReason());
		default -> null;
		};
		if (again == null)
			return e;
		again.initCause(e);
		return again;
	}
}
