package org.strongroom.core.storage;

import java.nio.file.FileSystem;
import java.nio.file.Path;

/**
 * The one NIO file system over all protocols. Its paths, its {@link Save} and its {@link StorageAttributes} are all that consumers need;
 * the methods added here are for the session that owns it.
 */
public abstract class StorageFileSystem extends FileSystem implements DetailedListing {
	/** Goes on with another connection to the same server, after the old one was lost. Paths and unlocked vaults stay valid. */
	public abstract void reconnected(Storage storage);

	/** The connection now in use. */
	public abstract Storage storage();

	/** Forgets what is known of a path and all below it, so that the next look asks the server. */
	public abstract void refresh(Path path);

	/** How often all or some of what is known was forgotten on demand. Whoever keeps what follows from it forgets that when this number has changed. */
	public abstract long refreshes();
}
