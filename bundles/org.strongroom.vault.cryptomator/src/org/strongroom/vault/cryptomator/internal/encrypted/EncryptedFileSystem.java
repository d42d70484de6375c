package org.strongroom.vault.cryptomator.internal.encrypted;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import java.util.Set;

import org.strongroom.vault.cryptomator.internal.NamePath;

/** The encrypted folder as cryptofs is shown it: nothing is written but where the {@link Operation} allows it. One for each file system of cryptofs. */
public final class EncryptedFileSystem extends FileSystem {
	private final EncryptedProvider provider;

	/** @param vault shared by all that show the same vault */
	public EncryptedFileSystem(EncryptedVault vault) {
		provider = new EncryptedProvider(this, vault);
	}

	/** The encrypted folder. */
	public EncryptedPath root() {
		return new EncryptedPath(this, true, List.of(), null);
	}

	/** Whether cryptofs may have kept something that is not so (any more): it is to be replaced by a new one that has kept nothing. */
	public boolean isStale() {
		return provider.isStale();
	}

	@Override
	public EncryptedProvider provider() {
		return provider;
	}

	@Override
	public EncryptedPath getPath(String first, String... more) {
		String text = more.length == 0 ? first : first + "/" + String.join("/", more);
		return new EncryptedPath(this, text.startsWith("/"), NamePath.split(text), null);
	}

	@Override
	public void close() {
		// holds nothing open
	}

	@Override
	public boolean isOpen() {
		return true;
	}

	@Override
	public boolean isReadOnly() {
		return false;
	}

	@Override
	public String getSeparator() {
		return "/";
	}

	@Override
	public Iterable<Path> getRootDirectories() {
		return List.of(root());
	}

	@Override
	public Iterable<FileStore> getFileStores() {
		try {
			return List.of(Files.getFileStore(root()));
		} catch (IOException e) {
			return List.of();
		}
	}

	@Override
	public Set<String> supportedFileAttributeViews() {
		return Set.of("basic");
	}

	@Override
	public PathMatcher getPathMatcher(String syntaxAndPattern) {
		throw new UnsupportedOperationException();
	}

	@Override
	public UserPrincipalLookupService getUserPrincipalLookupService() {
		throw new UnsupportedOperationException();
	}

	@Override
	public WatchService newWatchService() {
		throw new UnsupportedOperationException();
	}
}
