package org.strongroom.remotefs.internal;

import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.StorageFileSystems;

/** The service: makes file systems, all of one provider. */
public final class RemoteFileSystems implements StorageFileSystems {
	private final RemoteFileSystemProvider provider = new RemoteFileSystemProvider();

	@Override
	public StorageFileSystem open(String id, Storage storage) {
		return open(id, storage, Settings.DEFAULT);
	}

	/** The same with other limits. */
	public RemoteFileSystem open(String id, Storage storage, Settings settings) {
		var fileSystem = new RemoteFileSystem(provider, id, storage, settings);
		provider.add(fileSystem);
		return fileSystem;
	}
}
