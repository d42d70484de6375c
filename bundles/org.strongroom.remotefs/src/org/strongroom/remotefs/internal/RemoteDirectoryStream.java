package org.strongroom.remotefs.internal;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

import org.strongroom.core.storage.Entry;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.StoragePaths;

/**
 * A folder being listed, batch by batch as the server sends it. Names that could not name a file are left out and counted, doubled ones are given once. A listing
 * has an end: the number of entries (doubled and unusable ones too) and the length of all names are limited. When the server has told everything, the
 * attribute cache gets it.
 */
final class RemoteDirectoryStream implements DirectoryStream<Path> {
	/** Most UTF-16 units of all names of a folder: a million names of 64. */
	private static final long MOST_UNITS = 64L << 20;

	private final RemoteFileSystem fileSystem;
	private final RemotePath folder;
	private final Filter<? super Path> filter;
	private final Listing listing;
	private final AttributeCache.Stamp stamp;
	private final ArrayDeque<String> ready;
	private final Map<String, FileInfo> seen = new LinkedHashMap<>();
	private int entries;
	private long units;
	private int unusable;
	private boolean ended;
	private boolean iterated;
	private volatile boolean closed;

	/**
	 * @param listing what comes from the server, null if {@code names} is all
	 * @param names what is known already
	 */
	RemoteDirectoryStream(RemoteFileSystem fileSystem, RemotePath folder, Filter<? super Path> filter, Listing listing, AttributeCache.Stamp stamp, List<String> names) {
		this.fileSystem = fileSystem;
		this.folder = folder;
		this.filter = filter;
		this.listing = listing;
		this.stamp = stamp;
		ready = new ArrayDeque<>(names);
		ended = listing == null;
	}

	/** Starts with the first batch, so that a folder which cannot be listed says so at once. */
	static RemoteDirectoryStream open(RemoteFileSystem fileSystem, RemotePath folder, Filter<? super Path> filter, Listing listing, AttributeCache.Stamp stamp)
			throws IOException {
		var stream = new RemoteDirectoryStream(fileSystem, folder, filter, listing, stamp, List.of());
		try {
			stream.fetch();
			return stream;
		} catch (IOException | RuntimeException e) {
			try (listing) {
				throw e;
			}
		}
	}

	private void fetch() throws IOException {
		while (ready.isEmpty() && !ended) {
			List<Entry> batch = listing.next();
			if (batch.isEmpty()) {
				ended = true;
				fileSystem.cache().putListing(folder.remote(), seen, stamp);
				return;
			}
			for (Entry entry : batch)
				take(entry);
		}
	}

	private void take(Entry entry) throws ServerFaultException {
		units += entry.name().length();
		if (++entries > fileSystem.settings().mostListed() || units > MOST_UNITS)
			throw new ServerFaultException(folder.toString(), "the server lists no end of files: the listing was given up after %,d".formatted(entries - 1));
		if (!StoragePaths.isSafeName(entry.name()))
			unusable++;
		else if (seen.putIfAbsent(entry.name(), entry.info()) == null)
			ready.add(entry.name());
	}

	/** Takes items one by one. */
	interface Taker {
		void take(String name, FileInfo info) throws IOException;
	}

	/** Hands on everything that the server tells, to the end; instead of {@link #iterator()}. */
	void each(Taker taker) throws IOException {
		for (fetch(); !ready.isEmpty(); fetch())
			while (!ready.isEmpty()) {
				String name = ready.poll();
				taker.take(name, seen.get(name));
			}
	}

	/** How many entries were left out so far because their names could not name a file. */
	int unusable() {
		return unusable;
	}

	@Override
	public Iterator<Path> iterator() {
		if (closed)
			throw new IllegalStateException("closed");
		if (iterated)
			throw new IllegalStateException("a directory stream gives one iterator");
		iterated = true;
		return new Iterator<>() {
			private Path next;

			@Override
			public boolean hasNext() {
				try {
					while (next == null) {
						if (closed)
							return false;
						fetch();
						if (ready.isEmpty())
							return false;
						Path path = folder.resolve(new RemotePath(fileSystem, ready.poll()));
						if (filter == null || filter.accept(path))
							next = path;
					}
					return true;
				} catch (IOException e) {
					throw new DirectoryIteratorException(e);
				}
			}

			@Override
			public Path next() {
				if (!hasNext())
					throw new NoSuchElementException();
				Path path = next;
				next = null;
				return path;
			}
		};
	}

	@Override
	public void close() throws IOException {
		if (closed)
			return;
		closed = true;
		if (listing != null)
			listing.close();
	}
}
