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
import java.util.ArrayList;
import java.util.List;

import org.cryptomator.cryptofs.ContentRootMissingException;
import org.cryptomator.cryptofs.InvalidFileNodeException;
import org.cryptomator.cryptolib.api.CryptoException;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.core.vault.VaultLockedException;
import org.strongroom.vault.cryptomator.internal.encrypted.DamagedContentException;
import org.strongroom.vault.cryptomator.internal.encrypted.Operation;

/** What an error of cryptofs, or of the encrypted side below it, means for the readable item. */
final class Failures {
	private static final int DEEPEST = 20;

	private Failures() {
	}

	/** @param shown the item as the user knows it */
	static IOException of(String shown, Operation operation, Exception e) {
		return operation.fatal().map(f -> named(shown, f)).orElseGet(() -> {
			var all = new ArrayList<Throwable>();
			collect(e, all, 0);
			operation.trouble().ifPresent(t -> collect(t, all, 0));
			return of(shown, all, e);
		});
	}

	/** An error met while reading or writing a channel. */
	static IOException of(String shown, Exception e) {
		var all = new ArrayList<Throwable>();
		collect(e, all, 0);
		return of(shown, all, e);
	}

	private static void collect(Throwable e, List<Throwable> all, int depth) {
		if (e == null || depth > DEEPEST)
			return;
		all.add(e);
		collect(e.getCause(), all, depth + 1);
		for (Throwable suppressed : e.getSuppressed())
			collect(suppressed, all, depth + 1);
	}

	private static IOException of(String shown, List<Throwable> all, Exception e) {
		for (Throwable t : all)
			if (t instanceof ConnectionException || t instanceof InterruptedIOException || t instanceof ClosedChannelException
					|| t instanceof VaultLockedException || t instanceof DamagedVaultException)
				return (IOException) t;
		for (Throwable t : all)
			if (t instanceof ConflictException || t instanceof ServerFaultException)
				return named(shown, (IOException) t);
		for (Throwable t : all)
			switch (t) {
			case DamagedContentException d -> {
				return new DamagedVaultException(shown, d.getMessage(), e);
			}
			case CryptoException _ -> {
				return new DamagedVaultException(shown, "its encrypted file was changed by something that does not have the key", e);
			}
			case InvalidFileNodeException _ -> {
				return new DamagedVaultException(shown, "its encrypted folder holds neither a file nor a folder nor a link", e);
			}
			case ContentRootMissingException _ -> {
				return new DamagedVaultException(shown, "the folder with its content is missing", e);
			}
			default -> {
			}
			}
		for (int i = all.size() - 1; i >= 0; i--) // the innermost says most
			if (all.get(i) instanceof FileSystemException f)
				return named(shown, f);
		for (Throwable t : all)
			if (t instanceof RuntimeException)
				return new DamagedVaultException(shown, "its encrypted data makes no sense", e);
		return e instanceof IOException io ? named(shown, io) : new IOException(e);
	}

	private static IOException named(String shown, IOException e) {
		IOException named = switch (e) {
		case NoSuchFileException _ -> new NoSuchFileException(shown);
		case NotDirectoryException _ -> new NotDirectoryException(shown);
		case NotLinkException _ -> new NotLinkException(shown);
		case FileAlreadyExistsException _ -> new FileAlreadyExistsException(shown);
		case DirectoryNotEmptyException _ -> new DirectoryNotEmptyException(shown);
		case FileSystemLoopException _ -> new FileSystemLoopException(shown);
		case AccessDeniedException a -> new AccessDeniedException(shown, null, a.getReason());
		case ConflictException c -> new ConflictException(shown, c.getReason());
		case ServerFaultException s -> new ServerFaultException(shown, s.getReason());
		case AtomicMoveNotSupportedException a -> new AtomicMoveNotSupportedException(shown, null, a.getReason());
		case FileSystemException f -> new FileSystemException(shown, null, f.getReason());
		default -> e;
		};
		if (named != e)
			named.initCause(e);
		return named;
	}
}
