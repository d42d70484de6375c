package org.strongroom.core;

import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.SignInException;
import org.strongroom.core.auth.WrongSecretException;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.core.vault.VaultLockedException;

/**
 * An error as a person is told about it.
 *
 * @param kind what sort of thing went wrong
 * @param message one line without control characters: what happened to which file, then why
 */
public record Problem(Kind kind, String message) {
	/** The sorts of errors, each with the exit code that stands for it. */
	public enum Kind {
		OTHER(1), USAGE(2), NOT_FOUND(3), SIGN_IN(4), CONNECTION(5), VAULT_LOCKED(6), DAMAGED(7), FORBIDDEN(8), CONFLICT(9);

		private final int exitCode;

		Kind(int exitCode) {
			this.exitCode = exitCode;
		}

		/** What a command ends with. */
		public int exitCode() {
			return exitCode;
		}
	}

	/** What an exception means to a person. Causes are looked through where the outer one says less. */
	public static Problem of(Throwable t) {
		for (Throwable c = t; c != null; c = c.getCause()) {
			Kind kind = kindOf(c);
			if (kind != Kind.OTHER)
				return new Problem(kind, oneLine(words(c)));
		}
		return new Problem(Kind.OTHER, oneLine(words(t)));
	}

	private static Kind kindOf(Throwable t) {
		return switch (t) {
		case NoSuchFileException _, NotDirectoryException _ -> Kind.NOT_FOUND;
		case SignInException _ -> Kind.SIGN_IN;
		case ConnectionException _ -> Kind.CONNECTION;
		case VaultLockedException _, WrongSecretException _ -> Kind.VAULT_LOCKED;
		case DamagedVaultException _ -> Kind.DAMAGED;
		case ConflictException _ -> Kind.CONFLICT;
		case ForbiddenException _ -> Kind.FORBIDDEN;
		case IllegalArgumentException _ -> Kind.USAGE;
		default -> Kind.OTHER;
		};
	}

	private static String words(Throwable t) {
		return switch (t) {
		case NoSuchFileException e when e.getReason() != null && !e.getReason().isBlank() -> e.getFile() + ": " + e.getReason();
		case NoSuchFileException e -> e.getFile() + ": there is no such file or folder.";
		case NotDirectoryException e -> e.getFile() + ": this is not a folder.";
		case AccessDeniedException e -> e.getFile() + ": the server does not permit this" + reason(e) + ".";
		case FileAlreadyExistsException e -> e.getFile() + ": there is already something of that name.";
		case DirectoryNotEmptyException e -> e.getFile() + ": the folder is not empty.";
		case ConflictException e -> e.getFile() + ": changed on the server meanwhile, nothing was overwritten" + reason(e) + ".";
		case VaultLockedException e -> e.getFile() + ": the vault is locked.";
		case DamagedVaultException e -> e.getFile() + ": damaged vault data" + reason(e) + ".";
		case FileSystemException e when e.getReason() != null -> (e.getFile() == null ? "" : e.getFile() + ": ") + e.getReason();
		case InterruptedIOException _, ClosedByInterruptException _ -> "Cancelled.";
		case OutOfMemoryError _ -> "Not enough memory for this.";
		default -> t.getMessage() == null || t.getMessage().isBlank() ? "Unexpected error (" + t.getClass().getSimpleName() + ")" : t.getMessage();
		};
	}

	private static String reason(FileSystemException e) {
		return e.getReason() == null || e.getReason().isBlank() ? "" : " (" + e.getReason().strip().replaceAll("\\.$", "") + ")";
	}

	private static String oneLine(String text) {
		return Challenge.printable(text).replaceAll("\\s*\\n\\s*", " ").strip();
	}
}
