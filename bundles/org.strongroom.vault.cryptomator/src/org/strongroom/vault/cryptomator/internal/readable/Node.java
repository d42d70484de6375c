package org.strongroom.vault.cryptomator.internal.readable;

import java.util.List;

import org.strongroom.vault.cryptomator.internal.encrypted.Folder;
import org.strongroom.vault.cryptomator.internal.encrypted.Found;
import org.strongroom.vault.cryptomator.internal.encrypted.Found.Type;

/**
 * What lies at a path.
 *
 * @param path without links in it
 * @param found what it is
 * @param above the folders on the way to it, from the root to the one it lies in
 */
record Node(VaultPath path, Found found, List<Folder> above) {
	boolean is(Type type) {
		return found.is(type);
	}

	boolean isRoot() {
		return path.getNameCount() == 0;
	}

	/** Whether an item of this folder is this folder, or one above it. */
	boolean isCircle(Found item) {
		return item.is(Type.DIRECTORY) && (item.folder().equals(found.folder()) || above.contains(item.folder()));
	}
}
