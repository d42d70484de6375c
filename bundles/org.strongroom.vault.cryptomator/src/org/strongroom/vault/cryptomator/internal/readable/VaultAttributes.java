package org.strongroom.vault.cryptomator.internal.readable;

import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

import org.strongroom.core.storage.Change;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.Version;
import org.strongroom.vault.cryptomator.internal.encrypted.Found.Type;

/**
 * Attributes of a readable item: type and size its own, the rest those of what holds it on the server.
 *
 * @param size of the readable content in bytes
 */
record VaultAttributes(Type type, long size, BasicFileAttributes encrypted) implements StorageAttributes {
	@Override
	public FileTime lastModifiedTime() {
		return encrypted.lastModifiedTime();
	}

	@Override
	public FileTime lastAccessTime() {
		return encrypted.lastAccessTime();
	}

	@Override
	public FileTime creationTime() {
		return encrypted.creationTime();
	}

	@Override
	public boolean isRegularFile() {
		return type == Type.FILE;
	}

	@Override
	public boolean isDirectory() {
		return type == Type.DIRECTORY;
	}

	@Override
	public boolean isSymbolicLink() {
		return type == Type.SYMLINK;
	}

	@Override
	public boolean isOther() {
		return false;
	}

	@Override
	public Object fileKey() {
		return encrypted.fileKey();
	}

	@Override
	public Optional<Version> version() {
		return type == Type.FILE && encrypted instanceof StorageAttributes s ? s.version() : Optional.empty();
	}

	@Override
	public OptionalInt permissions() {
		return encrypted instanceof StorageAttributes s ? s.permissions() : OptionalInt.empty();
	}

	@Override
	public Optional<String> owner() {
		return encrypted instanceof StorageAttributes s ? s.owner() : Optional.empty();
	}

	@Override
	public Optional<String> group() {
		return encrypted instanceof StorageAttributes s ? s.group() : Optional.empty();
	}

	@Override
	public Set<Change> refused() {
		return encrypted instanceof StorageAttributes s ? s.refused() : Set.of();
	}
}
