package org.strongroom.vault.cryptomator.internal.readable;

import java.util.Optional;

import org.strongroom.vault.cryptomator.internal.encrypted.EncryptedPath;

/**
 * What lies at a path.
 *
 * @param path without links in it
 * @param type what it is
 * @param encrypted the file, or folder with the entries, that holds it; of something broken its entry; empty if missing
 */
record Node(VaultPath path, Type type, Optional<EncryptedPath> encrypted) {
	enum Type {
		FILE, DIRECTORY, SYMLINK,
		/** There is an entry, but nothing in it that tells what it is. */
		BROKEN, MISSING
	}

	boolean is(Type other) {
		return type == other;
	}
}
