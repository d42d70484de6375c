package org.strongroom.core;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.AuditEvent.Kind;
import org.strongroom.core.residency.AuditEvent.Result;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.History;
import org.strongroom.core.storage.Shares;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Trash;
import org.strongroom.core.transfer.Progress;
import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultLockedException;

/**
 * An item as its server has it, for what only some servers can do (shares, old versions, the trash) and which know nothing of vaults.
 *
 * @param location where it lies in the session
 * @param item the item itself, or the path to look into a folder by
 * @param path of what holds it, as the storage has it: of something in an unlocked vault its encrypted file, or the encrypted folder with the entries of a folder
 * @param vault the unlocked vault it lies in
 * @param isCiphertext whether that is all that the server has: it lies in a vault, or is one
 */
public record Held(Session session, String location, Path item, String path, Optional<Vault> vault, boolean isCiphertext) {
	public Held {
		Objects.requireNonNull(session);
		Objects.requireNonNull(location);
		Objects.requireNonNull(item);
		Objects.requireNonNull(path);
		Objects.requireNonNull(vault);
	}

	/**
	 * Something in the trash.
	 *
	 * @param removed what the server has of it
	 * @param location where it lay in the session; empty if that cannot be told: it lay elsewhere on the server, or its name in a vault cannot be read
	 * @param type what it was; of something in a vault not what holds it
	 */
	public record Lost(Trash.Removed removed, Optional<String> location, FileInfo.Type type) {
		public Lost {
			Objects.requireNonNull(removed);
			Objects.requireNonNull(location);
			Objects.requireNonNull(type);
		}
	}

	/**
	 * An item; of a vault the encrypted folder. May ask the server, and a person as {@code unlocking} says.
	 *
	 * @throws java.nio.file.NoSuchFileException if there is none
	 */
	public static Held item(Session session, String location, Unlocking unlocking) throws IOException {
		String normal = Location.normal(location);
		Path item = session.item(normal, unlocking);
		if (item.getFileSystem() == session.fileSystem() && !normal.equals("/"))
			session.stat(normal, unlocking); // what is not there is told as such
		return of(session, normal, item);
	}

	/** A folder as it is looked into; of an unlocked vault its readable root. May ask the server, and a person as {@code unlocking} says. */
	public static Held folder(Session session, String location, Unlocking unlocking) throws IOException {
		String normal = Location.normal(location);
		return of(session, normal, session.folder(normal, unlocking));
	}

	private static Held of(Session session, String location, Path item) throws IOException {
		boolean isPlain = item.getFileSystem() == session.fileSystem();
		return new Held(session, location, item, path(session, location, item), isPlain ? Optional.empty() : Optional.of(vault(session, location)), !isPlain || isInVault(session, location));
	}

	private static Vault vault(Session session, String location) throws VaultLockedException {
		return session.vaultOf(location).orElseThrow(() -> new VaultLockedException(location)).getValue();
	}

	/**
	 * Where the storage has what holds an item: of something in an unlocked vault its encrypted file. May ask the server.
	 *
	 * @param location of the item, in the session
	 * @throws VaultLockedException if its vault is locked by now
	 */
	public static String path(Session session, String location, Path item) throws IOException {
		Path holder = item.getFileSystem() == session.fileSystem() ? item : vault(session, location).encrypted(item);
		return holder.toAbsolutePath().toString();
	}

	private static boolean isInVault(Session session, String location) throws IOException {
		for (String at = location;; at = StoragePaths.parent(at)) {
			if (session.vaultState(at).isPresent())
				return true;
			if (at.equals("/"))
				return false;
		}
	}

	/** What the server can do about it; empty if it cannot, or Strongroom does not know how. Does not ask the server. */
	public <T> Optional<T> extra(Class<T> kind) {
		return session.fileSystem().storage().extra(kind);
	}

	private <T> T required(Class<T> kind, String what) throws IOException {
		return extra(kind).orElseThrow(() -> new FileSystemException(location, null, "this server " + what + ", or Strongroom does not know how."));
	}

	/** Its shares. @throws FileSystemException if the server has none */
	public Shares shares() throws IOException {
		Shares shares = required(Shares.class, "shares nothing");
		return new Shares() {
			@Override
			public Share create(String path, Wish wish) throws IOException {
				var event = AuditEvent.of(Kind.SHARE, Result.OK, session, located(path)).with("with", wish.with().name().toLowerCase(Locale.ROOT))
						.with("what", path.equals(Held.this.path) && isCiphertext ? "ciphertext" : "readable");
				return session.audit().during(event, () -> shares.create(path, wish));
			}

			@Override
			public List<Share> list(Optional<String> path) throws IOException {
				return shares.list(path);
			}

			@Override
			public void revoke(String id) throws IOException {
				session.audit().during(AuditEvent.of(Kind.UNSHARE, Result.OK, session, location), () -> {
					shares.revoke(id);
					return null;
				});
			}
		};
	}

	/** Where in the tree the storage's path of this item, or of another one that is readable on the server, is. */
	private String located(String stored) {
		return stored.equals(path) ? location : session.locate(session.fileSystem().getPath(stored)).orElse(stored);
	}

	/** Its old versions. @throws FileSystemException if the server has none */
	public History history() throws IOException {
		History history = required(History.class, "keeps no old versions");
		return new History() {
			@Override
			public List<Past> list(String path) throws IOException {
				return history.list(path);
			}

			@Override
			public InputStream open(String path, String id, long from) throws IOException {
				return history.open(path, id, from);
			}

			@Override
			public void restore(String path, String id) throws IOException {
				session.audit().during(AuditEvent.of(Kind.RESTORE, Result.OK, session, located(path)).with("from", "version"), () -> {
					history.restore(path, id);
					return null;
				});
			}
		};
	}

	/** The trash of the server. @throws FileSystemException if it has none */
	public Trash trash() throws IOException {
		return required(Trash.class, "keeps nothing that was removed");
	}

	/** The length of an old version in bytes, of what is readable if it lies in an unlocked vault. Does not ask the server. */
	public long size(History.Past past) {
		return vault.isPresent() ? vault.get().readableSize(past.size()) : past.size();
	}

	/** Reads an old version to its end, readable if it lies in an unlocked vault. @param from offset of the first byte, from 0 */
	public InputStream open(History.Past past, long from) throws IOException {
		History history = history();
		return vault.isPresent() ? vault.get().readable(item, at -> history.open(path, past.id(), at), from) : history.open(path, past.id(), from);
	}

	/** What was removed from it, the last first: of a plain folder from it and all below, of a folder in an unlocked vault from that folder itself. */
	public List<Lost> removed() throws IOException {
		if (vault.isPresent())
			return vault.get().removed(item, trash()).stream().map(r -> new Lost(r.held(), r.name().map(name -> StoragePaths.child(location, name)), r.type())).toList();
		return trash().list().stream().filter(r -> StoragePaths.isBelow(r.path(), path)).map(r -> new Lost(r, session.locate(session.fileSystem().getPath(r.path())), r.type())).toList();
	}

	/**
	 * Puts back what was removed from it; see {@link Vault#restore} for a folder in an unlocked vault.
	 *
	 * @param progress told of a folder of a vault and of each that was in it
	 * @throws FileAlreadyExistsException if there is something of that name in a vault by now: the server would give it another one, which nobody could read
	 */
	public void restore(Lost lost, Progress progress) throws IOException {
		session.audit().during(AuditEvent.of(Kind.RESTORE, Result.OK, session, lost.location().orElse(location)).with("from", "trash"), () -> {
			putBack(lost, progress);
			return null;
		});
	}

	private void putBack(Lost lost, Progress progress) throws IOException {
		try {
			if (vault.isPresent()) {
				vault.get().restore(item, trash(), new Vault.Removed(lost.removed(), lost.location().map(StoragePaths::name), lost.type()), progress);
			} else {
				if (lost.type() == FileInfo.Type.DIRECTORY && lost.location().isPresent() && isInVault(session, StoragePaths.parent(lost.location().get())))
					throw new FileSystemException(lost.location().get(), null, "this is a part of a vault; what lay in that is put back from the trash of the folder there, where it has its name");
				trash().restore(lost.removed().id());
			}
		} finally {
			session.refresh(location);
		}
	}
}
