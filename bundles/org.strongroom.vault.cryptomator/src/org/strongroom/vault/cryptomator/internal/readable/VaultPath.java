package org.strongroom.vault.cryptomator.internal.readable;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

import org.strongroom.vault.cryptomator.internal.NamePath;

/** A path in an unlocked vault; its root is {@code /}. */
final class VaultPath extends NamePath<VaultPath> {
	private final VaultFileSystem fileSystem;

	VaultPath(VaultFileSystem fileSystem, boolean absolute, List<String> names) {
		super(absolute, names);
		this.fileSystem = fileSystem;
	}

	@Override
	protected VaultPath make(boolean absolute, List<String> names) {
		return new VaultPath(fileSystem, absolute, names);
	}

	@Override
	protected VaultPath self() {
		return this;
	}

	@Override
	public VaultFileSystem getFileSystem() {
		return fileSystem;
	}

	@Override
	public URI toUri() {
		try {
			return new URI(VaultProvider.SCHEME, fileSystem.id(), toAbsolutePath().toString(), null, null);
		} catch (URISyntaxException e) {
			throw new IllegalStateException("a path that fits no URI");
		}
	}

	@Override
	public Path toRealPath(LinkOption... options) throws IOException {
		return fileSystem.provider().realPath(this, options);
	}
}
