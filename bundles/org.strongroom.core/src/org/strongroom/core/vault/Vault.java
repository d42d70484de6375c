package org.strongroom.core.vault;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import org.strongroom.core.doctor.Finding;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Trash;
import org.strongroom.core.transfer.Progress;

/** An unlocked vault. Its file system takes {@link org.strongroom.core.storage.Save}, gives {@link org.strongroom.core.storage.StorageAttributes},
 * and lists folders with attributes ({@link org.strongroom.core.storage.DetailedListing}), for else every item of a folder is asked for. */
public interface Vault extends Closeable {
	/** The root of the readable file system. Browsing it writes nothing to the server. */
	Path root();

	/**
	 * What holds an item on the server.
	 *
	 * @param readable an item of this vault; a folder, file or link
	 * @return the encrypted file, or the encrypted folder that holds the entries of a folder
	 */
	Path encrypted(Path readable) throws IOException;

	/**
	 * Something that was removed from a folder.
	 *
	 * @param held what the server has of it
	 * @param name the readable one; empty if it cannot be told
	 * @param type what it was, not what holds it
	 */
	record Removed(Trash.Removed held, Optional<String> name, FileInfo.Type type) {
		public Removed {
			Objects.requireNonNull(held);
			Objects.requireNonNull(name);
			Objects.requireNonNull(type);
		}
	}

	/**
	 * What was removed from a folder itself and is in the server's trash, in the order of that. May ask the server once or twice for each item.
	 *
	 * @param folder a readable folder of this vault
	 */
	default List<Removed> removed(Path folder, Trash trash) throws IOException {
		return List.of();
	}

	/**
	 * Puts back something that was removed from a folder, a folder with what was removed with it. It appears once it is whole. If that is given up or fails before, it is still in the trash, and the
	 * next attempt goes on. Nothing that is there is replaced.
	 *
	 * @param folder a readable folder of this vault
	 * @param removed as {@link #removed} has it
	 * @param progress told of each folder, and of those within whose items are gone for good: they come back without
	 * @throws java.nio.file.FileAlreadyExistsException if there is something of that name by now
	 */
	default void restore(Path folder, Trash trash, Removed removed, Progress progress) throws IOException {
		throw new FileSystemException(folder.toString(), null, "what was removed from vaults of this kind cannot be put back here");
	}

	/** An encrypted file that comes as streams, such as an old version of one. */
	@FunctionalInterface
	interface Encrypted {
		/** What it holds from a place to its end. @param position offset of the first byte, from 0 */
		InputStream from(long position) throws IOException;
	}

	/** The length in bytes of the readable content of an encrypted file. @param encrypted its length in bytes */
	default long readableSize(long encrypted) {
		return encrypted;
	}

	/**
	 * The readable content of an encrypted file that comes as streams.
	 *
	 * @param readable the item it belongs to, for messages
	 * @param encrypted whose streams are closed with what is returned
	 * @param from offset of the first readable byte, from 0; nothing comes from the end on
	 * @throws FileSystemException if vaults of this kind cannot do that
	 */
	default InputStream readable(Path readable, Encrypted encrypted, long from) throws IOException {
		throw new FileSystemException(readable.toString(), null, "old versions of files in vaults of this kind cannot be read here");
	}

	/**
	 * Encrypts something that is to be kept in memory while the vault is locked, so that only whoever unlocks it again can read it. Does not ask the server.
	 *
	 * @param content not kept
	 * @return for {@link #unseal} of this vault, in this or another session
	 * @throws FileSystemException if vaults of this kind cannot do that
	 */
	default byte[] seal(byte[] content) throws IOException {
		throw new FileSystemException(root().toString(), null, "vaults of this kind keep nothing for later");
	}

	/**
	 * The reverse. Does not ask the server.
	 *
	 * @throws IOException if it was sealed by another vault, or changed
	 */
	default byte[] unseal(byte[] sealed) throws IOException {
		throw new FileSystemException(root().toString(), null, "vaults of this kind keep nothing for later");
	}

	/** What is known of it without its passphrase. */
	VaultInfo info();

	/**
	 * Looks for damage from the root down, without reading contents of files and without changing anything.
	 *
	 * @param mostFolders how many folders are looked into; what was not looked at is said
	 * @return findings
	 */
	default List<Finding> health(int mostFolders) throws IOException {
		return List.of(Finding.unchecked("vault.health", root().toString(), "Whether the vault is whole: not checked, for vaults of this kind do not tell."));
	}

	/** Locks: closes the readable file system, wipes the keys, forgets all names. Channels still open are given up. */
	@Override
	void close() throws IOException;
}
