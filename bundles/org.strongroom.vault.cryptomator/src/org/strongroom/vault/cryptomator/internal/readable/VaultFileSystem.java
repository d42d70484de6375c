package org.strongroom.vault.cryptomator.internal.readable;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.cryptomator.cryptolib.api.Masterkey;
import org.strongroom.core.vault.VaultLockedException;
import org.strongroom.vault.cryptomator.internal.NamePath;
import org.strongroom.vault.cryptomator.internal.encrypted.EncryptedVault;
import org.strongroom.vault.cryptomator.internal.encrypted.Opening;
import org.strongroom.vault.cryptomator.internal.encrypted.Operation;
import org.strongroom.vault.cryptomator.internal.encrypted.Operation.Kind;

/** The readable side of an unlocked vault. Closing it locks the vault: channels are given up, keys wiped, and every later use ends with a {@link VaultLockedException}. */
public final class VaultFileSystem extends FileSystem {
	private static final int ATTEMPTS = 3;

	private final String id = UUID.randomUUID().toString();
	private final EncryptedVault vault;
	private final Engines engines;
	private final VaultProvider provider = new VaultProvider(this);
	private final VaultPath root = new VaultPath(this, true, List.of());
	private final Set<VaultChannel> channels = ConcurrentHashMap.newKeySet();

	/** @param key the master key; taken over */
	public VaultFileSystem(EncryptedVault vault, Masterkey key) {
		this.vault = vault;
		this.engines = new Engines(vault, key);
	}

	/** Makes sure that the vault can be used. */
	public void check() throws IOException {
		engines.release(engines.acquire());
	}

	/** The root of the readable items. */
	public Path root() {
		return root;
	}

	/** What holds an item on the server: its file, or the folder with its entries. */
	public Path encrypted(Path readable) throws IOException {
		return provider.encrypted(VaultProvider.path(readable));
	}

	String id() {
		return id;
	}

	EncryptedVault vault() {
		return vault;
	}

	// --- having cryptofs do something

	@FunctionalInterface
	interface Task<T> {
		T run(Engine engine, Operation operation) throws IOException;
	}

	/** Looks at something; again if meanwhile it turns out that the engine had kept something wrong. */
	<T> T look(VaultPath shown, Kind kind, Task<T> task) throws IOException {
		for (int attempt = 1;; attempt++) {
			Engine engine = engines.acquire();
			try {
				T result = run(engine, shown, () -> Operation.of(kind), task);
				if (!engine.isStale() || attempt == ATTEMPTS)
					return result;
			} catch (IOException e) {
				if (!engine.isStale() || attempt == ATTEMPTS || engines.isClosed())
					throw e;
			} finally {
				engines.release(engine);
			}
		}
	}

	/** Changes something; what was newly made is removed again if it fails. */
	void change(VaultPath shown, Kind kind, Task<Void> task) throws IOException {
		Engine engine = engines.acquire();
		Operation operation = Operation.of(kind);
		boolean done = false;
		try {
			run(engine, shown, () -> operation, task);
			done = true;
		} finally {
			if (!done) {
				engine.outdate();
				undo(operation);
			}
			engines.release(engine);
		}
	}

	/** Opens a file; the engine stays in use until {@link #closed} is called. */
	VaultChannel open(VaultPath shown, Opening opening, Task<VaultChannel> task) throws IOException {
		Engine engine = engines.acquire();
		Operation operation = Operation.of(opening);
		boolean done = false;
		try {
			VaultChannel channel = run(engine, shown, () -> operation, task);
			channels.add(channel);
			done = true;
			if (engines.isClosed()) { // locked since
				channel.giveUp();
				channels.remove(channel);
				throw locked();
			}
			return channel;
		} finally {
			if (!done) {
				opening.abort();
				engines.release(engine);
			}
		}
	}

	private <T> T run(Engine engine, VaultPath shown, Supplier<Operation> operations, Task<T> task) throws IOException {
		Operation operation = operations.get();
		T result;
		try {
			result = ScopedValue.where(Operation.CURRENT, operation).call(() -> task.run(engine, operation));
		} catch (IOException | RuntimeException e) {
			if (engines.isClosed())
				throw locked();
			if (e instanceof UnsupportedOperationException || e instanceof java.nio.file.DirectoryIteratorException)
				throw e;
			throw Failures.of(shown.toString(), operation, e);
		}
		if (operation.fatal().isPresent())
			throw Failures.of(shown.toString(), operation, operation.fatal().get());
		return result;
	}

	/** Removes what an operation that failed had newly made, as far as that can be done. */
	private static void undo(Operation operation) {
		if (operation.made().isEmpty())
			return;
		ScopedValue.where(Operation.CURRENT, Operation.of(Kind.CHANGE)).run(() -> {
			try {
				for (var made : operation.made().reversed())
					made.getFileSystem().provider().deleteIfExists(made);
			} catch (IOException e) {
				// it stays as an entry without content, which listings show as damaged
			}
		});
	}

	IOException meaning(String shown, Exception e) {
		return engines.isClosed() ? locked() : Failures.of(shown, e);
	}

	VaultLockedException locked() {
		return engines.locked();
	}

	void closed(VaultChannel channel, Engine engine) {
		channels.remove(channel);
		engines.release(engine);
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
		if (engines.isClosed())
			return;
		try {
			engines.close();
		} finally {
			for (VaultChannel channel : channels)
				channel.giveUp();
			channels.clear();
		}
	}

	@Override
	public boolean isOpen() {
		return !engines.isClosed();
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
