package org.strongroom.vault.cryptomator.internal.encrypted;

import java.net.URI;
import java.util.List;

import org.strongroom.vault.cryptomator.internal.NamePath;

/** A path below the encrypted folder, as cryptofs sees it; the folder itself is {@code /}. Within an {@link Opening} normal paths belong to it and differ from all others. */
public final class EncryptedPath extends NamePath<EncryptedPath> {
	private final EncryptedFileSystem fileSystem;
	private final Opening opening;

	EncryptedPath(EncryptedFileSystem fileSystem, boolean absolute, List<String> names, Opening opening) {
		super(absolute, names);
		this.fileSystem = fileSystem;
		this.opening = opening;
	}

	@Override
	protected EncryptedPath make(boolean absolute, List<String> names) {
		return new EncryptedPath(fileSystem, absolute, names, null);
	}

	@Override
	protected EncryptedPath self() {
		return this;
	}

	Opening opening() {
		return opening;
	}

	/** cryptofs takes the normal form of a content file's path as the key to what it shares between channels. */
	@Override
	public EncryptedPath normalize() {
		EncryptedPath normal = super.normalize();
		return Operation.current().opening().map(o -> new EncryptedPath(fileSystem, normal.isAbsolute(), normal.names(), o)).orElse(normal);
	}

	@Override
	public EncryptedFileSystem getFileSystem() {
		return fileSystem;
	}

	@Override
	public URI toUri() {
		return fileSystem.provider().real(this).toUri();
	}

	@Override
	public boolean equals(Object other) {
		return super.equals(other) && other instanceof EncryptedPath o && o.opening == opening;
	}

	@Override
	public int hashCode() {
		return super.hashCode() + System.identityHashCode(opening);
	}
}
