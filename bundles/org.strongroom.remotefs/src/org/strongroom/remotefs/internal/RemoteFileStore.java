package org.strongroom.remotefs.internal;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Optional;

import org.strongroom.core.storage.Space;

/** The room on the server around a path. A server that does not tell has, as far as is known, no end. */
final class RemoteFileStore extends FileStore {
	private final RemoteFileSystem fileSystem;
	private final String path;

	RemoteFileStore(RemoteFileSystem fileSystem, String path) {
		this.fileSystem = fileSystem;
		this.path = path;
	}

	private Optional<Space> space() throws IOException {
		return fileSystem.live().space(path);
	}

	@Override
	public String name() {
		return "server";
	}

	@Override
	public String type() {
		return Uris.SCHEME;
	}

	@Override
	public boolean isReadOnly() {
		return false;
	}

	@Override
	public long getTotalSpace() throws IOException {
		return space().map(Space::total).orElse(Long.MAX_VALUE);
	}

	@Override
	public long getUsableSpace() throws IOException {
		return space().map(Space::free).orElse(Long.MAX_VALUE);
	}

	@Override
	public long getUnallocatedSpace() throws IOException {
		return getUsableSpace();
	}

	@Override
	public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
		return type == BasicFileAttributeView.class
				|| (type == PosixFileAttributeView.class || type == FileOwnerAttributeView.class) && supportsFileAttributeView("posix");
	}

	@Override
	public boolean supportsFileAttributeView(String name) {
		return fileSystem.supportedFileAttributeViews().contains(name);
	}

	@Override
	public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> type) {
		return null;
	}

	@Override
	public Object getAttribute(String attribute) throws IOException {
		return switch (attribute) {
		case "totalSpace" -> getTotalSpace();
		case "usableSpace" -> getUsableSpace();
		case "unallocatedSpace" -> getUnallocatedSpace();
		default -> throw new UnsupportedOperationException(attribute);
		};
	}
}
