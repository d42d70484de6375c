package org.strongroom.core;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.storage.History;
import org.strongroom.core.storage.Shares;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Trash;
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
	 * @param location where it lay in the session; empty if that cannot be told: it lay elsewhere on the server, or in a vault whose name for it is shortened
	 */
	public record Lost(Trash.Removed removed, Optional<String> location) {
		public Lost {
			Objects.requireNonNull(removed);
			Objects.requireNonNull(location);
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
		return required(Shares.class, "shares nothing");
	}

	/** Its old versions. @throws FileSystemException if the server has none */
	public History history() throws IOException {
		return required(History.class, "keeps no old versions");
	}

	/** The trash of the server. @throws FileSystemException if it has none */
	public Trash trash() throws IOException {
		return required(Trash.class, "keeps nothing that was removed");
	}

	/** Reads an old version from its beginning, readable if it lies in an unlocked vault. */
	public InputStream open(History.Past past) throws IOException {
		InputStream in = history().open(path, past.id());
		return vault.isPresent() ? vault.get().readable(item, in) : in;
	}

	/** What was removed from it, the last first: of a plain folder from it and all below, of a folder in an unlocked vault from that folder itself. */
	public List<Lost> removed() throws IOException {
		var all = new ArrayList<Lost>();
		for (Trash.Removed removed : trash().list()) {
			if (vault.isEmpty()) {
				if (StoragePaths.isBelow(removed.path(), path))
					all.add(new Lost(removed, session.locate(session.fileSystem().getPath(removed.path()))));
			} else if (StoragePaths.parent(removed.path()).equals(path)) {
				all.add(new Lost(removed, vault.get().name(item, StoragePaths.name(removed.path())).map(name -> StoragePaths.child(location, name))));
			}
		}
		return all;
	}

	/**
	 * Puts back what was removed from it.
	 *
	 * @throws FileAlreadyExistsException if there is something of that name in a vault by now: the server would give it another one, which nobody could read
	 */
	public void restore(Lost lost) throws IOException {
		Path there = session.fileSystem().getPath(lost.removed().path());
		if (vault.isPresent()) {
			session.fileSystem().refresh(there);
			if (Files.exists(there, LinkOption.NOFOLLOW_LINKS))
				throw new FileAlreadyExistsException(lost.location().orElse(lost.removed().path()));
		}
		trash().restore(lost.removed().id());
		session.refresh(location);
	}
}
