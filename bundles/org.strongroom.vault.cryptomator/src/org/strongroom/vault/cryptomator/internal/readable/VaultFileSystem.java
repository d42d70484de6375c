package org.strongroom.vault.cryptomator.internal.readable;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import org.cryptomator.cryptolib.api.CryptorProvider.Scheme;
import org.cryptomator.cryptolib.api.Masterkey;
import org.strongroom.core.doctor.Finding;
import org.strongroom.core.storage.DetailedListing;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Trash;
import org.strongroom.core.transfer.Progress;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultLockedException;
import org.strongroom.vault.cryptomator.internal.NamePath;
import org.strongroom.vault.cryptomator.internal.Together;
import org.strongroom.vault.cryptomator.internal.encrypted.Changes;
import org.strongroom.vault.cryptomator.internal.encrypted.DamagedContentException;
import org.strongroom.vault.cryptomator.internal.encrypted.EncryptedVault;
import org.strongroom.vault.cryptomator.internal.encrypted.Folder;
import org.strongroom.vault.cryptomator.internal.encrypted.Health;
import org.strongroom.vault.cryptomator.internal.encrypted.Opening;
import org.strongroom.vault.cryptomator.internal.encrypted.ReadableStream;
import org.strongroom.vault.cryptomator.internal.encrypted.VaultTrash;

/**
 * The readable side of an unlocked vault. Closing it locks the vault: channels are given up, keys wiped, and every later use ends with a {@link VaultLockedException}.
 * Changes that others make to files are seen as soon as the file system below sees them, those to where folders lie after 20 s, or after a refresh.
 */
public final class VaultFileSystem extends FileSystem implements DetailedListing {
	private final String id = UUID.randomUUID().toString();
	private final EncryptedVault vault;
	private final Changes changes;
	private final Masterkey key;
	private final VaultProvider provider = new VaultProvider(this);
	private final VaultPath root = new VaultPath(this, true, List.of());
	private final Set<VaultChannel> channels = ConcurrentHashMap.newKeySet();
	private volatile boolean closed;

	/**
	 * @param folder the encrypted folder
	 * @param key the master key; taken over
	 * @param threshold longest encrypted name that is not shortened
	 */
	public VaultFileSystem(Path folder, Scheme scheme, Masterkey key, int threshold) {
		this.vault = new EncryptedVault(folder, scheme, key, threshold);
		this.changes = new Changes(vault);
		this.key = key;
	}

	/** Makes sure that the vault can be used. */
	public void check() throws IOException {
		look(root, _ -> vault.attributes(vault.root()));
	}

	/** The root of the readable items. */
	public Path root() {
		return root;
	}

	/** What holds an item on the server: its file, or the folder with its entries. */
	public Path encrypted(Path readable) throws IOException {
		return provider.encrypted(VaultProvider.path(readable));
	}

	/** See {@link Vault#removed}. */
	public List<Vault.Removed> removed(Path folder, Trash trash) throws IOException {
		VaultPath p = VaultProvider.path(folder);
		return look(p, tree -> new VaultTrash(vault, trash).of(provider.folder(p, tree)));
	}

	/** See {@link Vault#restore}. */
	public void restore(Path folder, Trash trash, Vault.Removed removed, Progress progress) throws IOException {
		VaultPath p = VaultProvider.path(folder);
		VaultPath shown = p.child(removed.name().orElse(StoragePaths.name(removed.held().path())));
		Folder from = look(p, tree -> provider.folder(p, tree));
		change(shown, () -> new VaultTrash(vault, trash).restore(from, removed, shown, progress));
	}

	/** See {@link Vault#health}. */
	public List<Finding> health(int mostFolders) throws IOException {
		return look(root, _ -> new Health(vault, vault.folder().toString(), mostFolders).find());
	}

	/** See {@link Vault#readableSize}. */
	public long readableSize(long encrypted) {
		return vault.ciphers().layout().readable(encrypted);
	}

	/** See {@link Vault#readable}. */
	public InputStream readable(Path readable, Vault.Encrypted encrypted, long from) throws IOException {
		checkUnlocked();
		return new FilterInputStream(new ReadableStream(vault.ciphers(), encrypted, from)) {
			@Override
			public int read() throws IOException {
				byte[] one = new byte[1];
				return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
			}

			@Override
			public int read(byte[] bytes, int offset, int length) throws IOException {
				try {
					return super.read(bytes, offset, length);
				} catch (IOException | IllegalStateException e) {
					throw meaning(readable.toString(), e);
				}
			}
		};
	}

	/** See {@link Vault#seal}: it is laid out as an encrypted file. */
	public byte[] seal(byte[] content) throws IOException {
		return kept(() -> vault.ciphers().encryptWhole(content));
	}

	/** See {@link Vault#unseal}. */
	public byte[] unseal(byte[] sealed) throws IOException {
		return kept(() -> vault.ciphers().decryptWhole(sealed));
	}

	@FunctionalInterface
	private interface Sealing {
		byte[] run() throws IOException;
	}

	private byte[] kept(Sealing sealing) throws IOException {
		try {
			checkUnlocked();
			return sealing.run();
		} catch (IOException | RuntimeException e) {
			throw meaning(vault.folder().toString(), e);
		}
	}

	@Override
	public List<Row> list(Path folder) throws IOException {
		return contents(folder).rows();
	}

	@Override
	public Contents contents(Path folder) throws IOException {
		return provider.contents(VaultProvider.path(folder));
	}

	String id() {
		return id;
	}

	EncryptedVault vault() {
		return vault;
	}

	Changes changes() {
		return changes;
	}

	// --- doing something with the encrypted side

	@FunctionalInterface
	interface Task<T> {
		T run(Tree tree) throws IOException;
	}

	@FunctionalInterface
	interface Change {
		void run() throws IOException;
	}

	/** Looks at something; again if what was found may be due to something that was kept in mind too long. */
	<T> T look(VaultPath shown, Task<T> task) throws IOException {
		var tree = new Tree(vault, changes, root);
		try {
			checkUnlocked();
			T result = task.run(tree);
			checkUnlocked(); // what was found when the keys were being wiped may be wrong
			return result;
		} catch (NoSuchFileException | NotDirectoryException | DamagedContentException | DamagedVaultException e) {
			if (!tree.isOld() || closed)
				throw meaning(shown.toString(), e);
		} catch (IOException | RuntimeException e) {
			throw meaning(shown.toString(), e);
		}
		try {
			return task.run(anew());
		} catch (IOException | RuntimeException e) {
			throw meaning(shown.toString(), e);
		}
	}

	/** A search that believes nothing that was kept in mind. */
	Tree anew() {
		vault.forget();
		return new Tree(vault, changes, root);
	}

	/** Changes something. */
	void change(VaultPath shown, Change change) throws IOException {
		try {
			checkUnlocked();
			change.run();
		} catch (IOException | RuntimeException e) {
			vault.forget();
			throw meaning(shown.toString(), e);
		}
	}

	/** A channel of a file that was opened. */
	VaultChannel opened(VaultPath shown, Opening opening, OpenWish wish) throws IOException {
		var channel = new VaultChannel(this, shown, opening, wish);
		channels.add(channel);
		if (closed) { // locked since
			channel.giveUp();
			channels.remove(channel);
			throw locked();
		}
		return channel;
	}

	/** The channels that write to what lies at a path. */
	List<VaultChannel> writing(VaultPath path) {
		VaultPath absolute = path.toAbsolutePath();
		return channels.stream().filter(channel -> channel.writesTo(absolute)).toList();
	}

	/** An error as the consumer is to see it; errors of the program itself are thrown. */
	IOException meaning(String shown, Exception e) {
		if (closed)
			return locked();
		if (e instanceof RuntimeException r)
			throw r;
		return Failures.of(shown, (IOException) e);
	}

	void checkUnlocked() throws VaultLockedException {
		if (closed)
			throw locked();
	}

	VaultLockedException locked() {
		return new VaultLockedException(vault.folder().toString());
	}

	void closed(VaultChannel channel) {
		channels.remove(channel);
	}

	// --- file system

	@Override
	public VaultProvider provider() {
		return provider;
	}

	@Override
	public VaultPath getPath(String first, String... more) {
		var text = new StringBuilder(first);
		for (String m : more)
			if (!m.isEmpty())
				text.append(text.isEmpty() ? "" : "/").append(m);
		return new VaultPath(this, text.indexOf("/") == 0, NamePath.split(text.toString()));
	}

	@Override
	public void close() throws IOException {
		if (closed)
			return;
		closed = true;
		key.destroy();
		vault.close();
		// together, for each may have something to remove from the server
		var all = channels.stream().map(channel -> Together.start(() -> {
			channel.giveUp();
			return null;
		})).toList();
		for (var channel : all)
			Together.get(channel);
		channels.clear();
	}

	@Override
	public boolean isOpen() {
		return !closed;
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
		return List.of(root);
	}

	@Override
	public Iterable<FileStore> getFileStores() {
		return List.of();
	}

	@Override
	public Set<String> supportedFileAttributeViews() {
		return Set.of("basic");
	}

	@Override
	public PathMatcher getPathMatcher(String syntaxAndPattern) {
		PathMatcher matcher = java.nio.file.FileSystems.getDefault().getPathMatcher(syntaxAndPattern);
		return path -> matcher.matches(Path.of(path.toString()));
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
