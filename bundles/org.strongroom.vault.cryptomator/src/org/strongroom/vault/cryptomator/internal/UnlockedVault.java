package org.strongroom.vault.cryptomator.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

import org.strongroom.core.doctor.Finding;
import org.strongroom.core.storage.Trash;
import org.strongroom.core.transfer.Progress;
import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultInfo;
import org.strongroom.vault.cryptomator.internal.readable.VaultFileSystem;

/**
 * A Cryptomator vault that is open.
 *
 * @param fileSystem its readable side
 * @param info what is known of it without its passphrase
 */
record UnlockedVault(VaultFileSystem fileSystem, VaultInfo info) implements Vault {
	@Override
	public Path root() {
		return fileSystem.root();
	}

	@Override
	public Path encrypted(Path readable) throws IOException {
		return fileSystem.encrypted(readable);
	}

	@Override
	public List<Removed> removed(Path folder, Trash trash) throws IOException {
		return fileSystem.removed(folder, trash);
	}

	@Override
	public void restore(Path folder, Trash trash, Removed removed, Progress progress) throws IOException {
		fileSystem.restore(folder, trash, removed, progress);
	}

	@Override
	public List<Finding> health(int mostFolders) throws IOException {
		return fileSystem.health(mostFolders);
	}

	@Override
	public long readableSize(long encrypted) {
		return fileSystem.readableSize(encrypted);
	}

	@Override
	public InputStream readable(Path readable, Encrypted encrypted, long from) throws IOException {
		return fileSystem.readable(readable, encrypted, from);
	}

	@Override
	public byte[] seal(byte[] content) throws IOException {
		return fileSystem.seal(content);
	}

	@Override
	public byte[] unseal(byte[] sealed) throws IOException {
		return fileSystem.unseal(sealed);
	}

	@Override
	public void close() throws IOException {
		fileSystem.close();
	}
}
