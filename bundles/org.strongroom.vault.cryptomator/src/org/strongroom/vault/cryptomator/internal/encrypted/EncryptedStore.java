package org.strongroom.vault.cryptomator.internal.encrypted;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;

/** Room around the encrypted folder. Says that there are basic attributes only, so that cryptofs leaves permissions alone. */
final class EncryptedStore extends FileStore {
	private final Path folder;

	EncryptedStore(Path folder) {
		this.folder = folder;
	}

	@Override
	public String name() {
		return "vault";
	}

	@Override
	public String type() {
		return "encrypted";
	}

	@Override
	public boolean isReadOnly() {
		return false;
	}

	@Override
	public long getTotalSpace() throws IOException {
		return Files.getFileStore(folder).getTotalSpace();
	}

	@Override
	public long getUsableSpace() throws IOException {
		return Files.getFileStore(folder).getUsableSpace();
	}

	@Override
	public long getUnallocatedSpace() throws IOException {
		return Files.getFileStore(folder).getUnallocatedSpace();
	}

	@Override
	public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
		return type == BasicFileAttributeView.class;
	}

	@Override
	public boolean supportsFileAttributeView(String name) {
		return name.equals("basic");
	}

	@Override
	public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> type) {
		return null;
	}

	@Override
	public Object getAttribute(String attribute) {
		throw new UnsupportedOperationException();
	}
}
