package org.strongroom.vault.cryptomator.internal.readable;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;

import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.LockedException;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.core.vault.VaultLockedException;
import org.strongroom.vault.cryptomator.internal.encrypted.DamagedContentException;

/** What an error of the encrypted side means for the readable item: it names the item and not what holds it. */
final class Failures {
	private Failures() {
	}

	/** @param shown the item as the user knows it */
	static IOException of(String shown, IOException e) {
		IOException meant = switch (e) {
		case ConnectionException _, InterruptedIOException _, ClosedChannelException _, VaultLockedException _, DamagedVaultException _ -> e;
		case DamagedContentException d -> new DamagedVaultException(shown, d.getMessage(), e);
		case NoSuchFileException _ -> new NoSuchFileException(shown);
		case NotDirectoryException _ -> new NotDirectoryException(shown);
		case NotLinkException _ -> new NotLinkException(shown);
		case FileAlreadyExistsException _ -> new FileAlreadyExistsException(shown);
		case DirectoryNotEmptyException _ -> new DirectoryNotEmptyException(shown);
		case FileSystemLoopException _ -> new FileSystemLoopException(shown);
		case AccessDeniedException a -> new AccessDeniedException(shown, null, a.getReason());
		case ConflictException c -> new ConflictException(shown, c.getReason());
		case LockedException l -> new LockedException(shown, l.holder());
		case ServerFaultException s -> new ServerFaultException(shown, s.getReason());
		case AtomicMoveNotSupportedException a -> new AtomicMoveNotSupportedException(shown, null, a.getReason());
		case FileSystemException f -> new FileSystemException(shown, null, f.getReason());
		default -> e;
		};
		if (meant != e && meant.getCause() == null)
			meant.initCause(e);
		return meant;
	}
}
