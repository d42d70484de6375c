package org.strongroom.core.storage;

/** Service that makes a {@code java.nio.file} file system of a storage; supplied by the remote file system's bundle. */
public interface StorageFileSystems {
	/**
	 * @param id what stands for this file system in URIs, unique in this process
	 * @param storage the connection to work on; the file system does not close it
	 */
	StorageFileSystem open(String id, Storage storage);
}
