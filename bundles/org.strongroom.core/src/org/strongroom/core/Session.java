package org.strongroom.core;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.strongroom.core.residency.Audit;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultInfo;
import org.strongroom.core.vault.VaultState;

/**
 * A signed-in bookmark: its storage, its unlocked vaults, its one tree of files. Thread-safe; all methods that throw
 * {@link IOException} may wait for the server (and for a person) and are not for the UI thread.
 * <p>
 * A <em>location</em> is a place in the tree: {@code /} is the bookmark's start folder, {@code /Vault/notes.txt} lies in a vault if {@code /Vault} is an unlocked one.
 */
public interface Session extends Closeable {
	/** Whether the server can be reached. */
	enum State {
		SIGNED_IN,
		/** The connection is gone; vaults are still unlocked, {@link Session#reconnect} goes on. */
		LOST,
		/** Signed out for good. */
		CLOSED
	}

	/** What to do about a locked vault on the way to a location. */
	enum Unlocking {
		/** Ask for its passphrase. */
		ASK,
		/** Treat it as the plain folder it is: names and contents stay encrypted. */
		NEVER,
		/** Throw {@link org.strongroom.core.vault.VaultLockedException}. */
		FAIL
	}

	/** The bookmark signed in to. */
	Bookmark bookmark();

	/** As far as is known without asking the server. */
	State state();

	/** The remote file system, vaults being plain folders in it. */
	StorageFileSystem fileSystem();

	/**
	 * The path of an item itself: of a vault the encrypted folder. Does not look whether it exists.
	 *
	 * @param location absolute; {@code .} and {@code ..} are resolved, and never lead out of the tree
	 * @throws org.strongroom.core.vault.VaultLockedException if it lies in a locked vault and {@code unlocking} is {@code FAIL}
	 */
	Path item(String location, Unlocking unlocking) throws IOException;

	/** The path to look into a folder by: of an unlocked vault its readable root, else as {@link #item}. */
	Path folder(String location, Unlocking unlocking) throws IOException;

	/** The location of a path of this session's tree (of the remote file system or an unlocked vault). */
	Optional<String> locate(Path path);

	/**
	 * All that lies in a folder.
	 *
	 * @param items see {@link Session#list}
	 * @param unreadable how many items lie there besides whose names cannot be told: those of a vault that its keys do not decrypt
	 */
	record Contents(List<Item> items, int unreadable) {
	}

	/** As {@link #list}, with what cannot be listed counted. */
	Contents contents(String location, Unlocking unlocking) throws IOException;

	/** A folder's items, in no order; vaults among them are recognised. Items whose name could not be used are left out and logged without their name. */
	default List<Item> list(String location, Unlocking unlocking) throws IOException {
		return contents(location, unlocking).items();
	}

	/** One item. */
	Item stat(String location, Unlocking unlocking) throws IOException;

	/** How a location stands if it is a vault; asks the server when that is not known yet. */
	Optional<VaultState> vaultState(String location) throws IOException;

	/** What a vault tells without its passphrase. */
	VaultInfo vaultInfo(String location) throws IOException;

	/**
	 * Unlocks the vault at a location, asking for its passphrase; does nothing if it is unlocked.
	 *
	 * @throws org.strongroom.core.auth.WrongSecretException if none of the attempts fitted
	 */
	Vault unlock(String location) throws IOException;

	/**
	 * Makes sure that whoever is there knows the passphrase of an unlocked vault: asks for it, whatever is remembered.
	 *
	 * @throws org.strongroom.core.vault.VaultLockedException if no such vault is unlocked
	 * @throws org.strongroom.core.auth.WrongSecretException if none of the attempts fitted
	 */
	void prove(String location) throws IOException;

	/** Locks the vault at a location; does nothing if it is not unlocked. Who has its files open is told before by {@link SessionListener#locking}. */
	void lock(String location) throws IOException;

	/** The unlocked vaults by location. */
	Map<String, Vault> vaults();

	/** The innermost unlocked vault a location lies in (or is). */
	Optional<Map.Entry<String, Vault>> vaultOf(String location);

	/** By which key or certificate the server showed who it is: a fingerprint, as people compare it. Empty where the protocol does not tell. */
	default Optional<String> serverKey() {
		return Optional.empty();
	}

	/** The log of what is done with its items; of what the session does itself, it is told already. */
	default Audit audit() {
		return Audit.NONE;
	}

	/** Forgets what is known of a location and below, so that the next look asks the server. */
	void refresh(String location);

	/** Signs in again if the connection was lost; what was unlocked stays so. Does nothing while it is up. */
	void reconnect() throws IOException;

	/** Signs out: locks all vaults, ends the connection. As with {@link #lock}, who has files open is told before. */
	@Override
	void close() throws IOException;
}
