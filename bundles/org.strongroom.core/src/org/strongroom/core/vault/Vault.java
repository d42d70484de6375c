package org.strongroom.core.vault;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;

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
	 * The readable name of something that lies, or once lay, in a folder.
	 *
	 * @param folder a readable folder of this vault
	 * @param name as it is, or was, in the encrypted folder that holds the entries of that folder
	 * @return empty if it is none of that folder's names, or cannot be told from the name alone
	 */
	default Optional<String> name(Path folder, String name) throws IOException {
		return Optional.empty();
	}

	/**
	 * The readable content of an encrypted file that comes as a stream, such as an old version of one.
	 *
	 * @param readable the item it belongs to, for messages
	 * @param encrypted from its beginning; closed with what is returned
	 * @throws FileSystemException if vaults of this kind cannot do that
	 */
	default InputStream readable(Path readable, InputStream encrypted) throws IOException {
		throw new FileSystemException(readable.toString(), null, "old versions of files in vaults of this kind cannot be read here");
	}

	/** What is known of it without its passphrase. */
	VaultInfo info();

	/** Locks: closes the readable file system, wipes the keys, forgets all names. Channels still open are given up. */
	@Override
	void close() throws IOException;
}
