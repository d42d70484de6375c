package org.strongroom.core.storage;

import java.util.Objects;

/**
 * One row of a folder's listing.
 *
 * @param name the name alone, exactly as the server gave it; whoever shows or resolves it checks it first
 *            (see {@link StoragePaths#isSafeName(String)})
 * @param info the item itself, links not followed
 */
public record Entry(String name, FileInfo info) {
	public Entry {
		Objects.requireNonNull(name);
		Objects.requireNonNull(info);
	}
}
