package org.strongroom.remotefs.internal;

import java.io.IOException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.FileStore;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StorageFileSystem;

/**
 * The files of one storage. After the connection was lost, every call throws {@link org.strongroom.core.storage.ConnectionException} until {@link #reconnected}; paths stay
 * valid, channels that read go on if their file is still the same (else {@link org.strongroom.core.storage.ConflictException}), and channels that write still hold
 * what was written in memory, unless an operation had failed on them. Closing a file system leaves the storage open. Thread-safe.
 */
final class RemoteFileSystem extends StorageFileSystem {
	/** In bytes, for all files together. */
	private static final int MOST_READ_AHEAD = 32 << 20;

	private final RemoteFileSystemProvider provider;
	private final String id;
	private final Settings settings;
	private final AttributeCache cache;
	private final RemoteFiles files;
	private final AtomicLong refreshes = new AtomicLong();
	private final Semaphore readAhead = new Semaphore(MOST_READ_AHEAD);
	private volatile Storage storage;
	private volatile boolean open = true;

	RemoteFileSystem(RemoteFileSystemProvider provider, String id, Storage storage, Settings settings) {
		this.provider = provider;
		this.id = id;
		this.settings = settings;
		this.storage = Objects.requireNonNull(storage);
		cache = new AttributeCache(settings);
		files = new RemoteFiles(this);
	}

	String id() {
		return id;
	}

	Settings settings() {
		return settings;
	}

	AttributeCache cache() {
		return cache;
	}

	RemoteFiles files() {
		return files;
	}

	/** Bytes that may still be fetched ahead of all readers. */
	Semaphore readAhead() {
		return readAhead;
	}

	/** The connection, for a call now. */
	Storage live() {
		if (!open)
			throw new ClosedFileSystemException();
		return storage;
	}

	@Override
	public Storage storage() {
		return storage;
	}

	@Override
	public void reconnected(Storage fresh) {
		storage = Objects.requireNonNull(fresh);
		refreshes.incrementAndGet();
		cache.clear();
	}

	@Override
	public void refresh(Path path) {
		refreshes.incrementAndGet();
		cache.refresh(RemotePath.of(path).remote());
	}

	@Override
	public long refreshes() {
		return refreshes.get();
	}

	@Override
	public List<Row> list(Path folder) throws IOException {
		var rows = new ArrayList<Row>();
		each(folder, rows::add);
		return rows;
	}

	@Override
	public void each(Path folder, Taker taker) throws IOException {
		RemotePath remote = RemotePath.of(folder);
		files.list(remote, (name, info) -> taker.take(Row.of(remote.resolve(new RemotePath(this, name)), new RemoteAttributes(info))));
	}

	@Override
	public RemoteFileSystemProvider provider() {
		return provider;
	}

	@Override
	public void close() {
		open = false;
		provider.remove(this);
		cache.clear();
	}

	@Override
	public boolean isOpen() {
		return open;
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
		return List.of(new RemotePath(this, "/"));
	}

	@Override
	public Iterable<FileStore> getFileStores() {
		return List.of(new RemoteFileStore(this, "/"));
	}

	@Override
	public Set<String> supportedFileAttributeViews() {
		return storage.features().permissions() ? Set.of("basic", "posix", "owner") : Set.of("basic");
	}

	@Override
	public RemotePath getPath(String first, String... more) {
		var all = new StringBuilder(first);
		for (String name : more) {
			if (!name.isEmpty()) {
				if (!all.isEmpty())
					all.append('/');
				all.append(name);
			}
		}
		return new RemotePath(this, all.toString());
	}

	@Override
	public PathMatcher getPathMatcher(String syntaxAndPattern) {
		int colon = syntaxAndPattern.indexOf(':');
		if (colon <= 0)
			throw new IllegalArgumentException("give syntax:pattern");
		String pattern = syntaxAndPattern.substring(colon + 1);
		Pattern regex = switch (syntaxAndPattern.substring(0, colon).toLowerCase(java.util.Locale.ROOT)) {
		case "glob" -> Pattern.compile(Globs.toRegex(pattern), Pattern.DOTALL);
		case "regex" -> Pattern.compile(pattern);
		default -> throw new UnsupportedOperationException("syntax " + syntaxAndPattern.substring(0, colon));
		};
		return path -> regex.matcher(path.toString()).matches();
	}

	@Override
	public UserPrincipalLookupService getUserPrincipalLookupService() {
		throw new UnsupportedOperationException("the server's users are not known here");
	}

	@Override
	public WatchService newWatchService() {
		throw new UnsupportedOperationException("a server does not tell of changes");
	}
}
