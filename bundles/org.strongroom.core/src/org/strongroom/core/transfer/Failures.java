package org.strongroom.core.transfer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

import org.strongroom.core.auth.SignInException;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.vault.VaultLockedException;

/** Which errors concern one item, and which end everything. */
final class Failures {
	private Failures() {
	}

	/** Whether going on with other items makes no sense. */
	static boolean endAll(IOException e) {
		return e instanceof ConnectionException || e instanceof InterruptedIOException || e instanceof ClosedByInterruptException || e instanceof SignInException
				|| e instanceof VaultLockedException || e instanceof ForbiddenException;
	}

	/** An exception as one of I/O; file systems, and what is beneath them, may throw any. */
	static IOException of(Path item, Exception e) {
		return switch (e) {
		case DirectoryIteratorException x -> x.getCause();
		// Errors of this machine are told as such: else a person would look for the cause on the server.
		case AccessDeniedException x when Target.isLocal(item) && item.toString().equals(x.getFile()) ->
			new FileSystemException(x.getFile(), null, "this machine does not permit this");
		case IOException x -> x;
		case UncheckedIOException x -> x.getCause();
		case ClosedFileSystemException _ -> new VaultLockedException(item.toString());
		default -> {
			var failure = new FileSystemException(item.toString(), null, "unexpected error (" + e.getClass().getSimpleName() + ")");
			failure.initCause(e);
			yield failure;
		}
		};
	}
}
