package org.strongroom.remotefs.internal;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

import org.strongroom.core.storage.Storage;
import org.strongroom.storage.local.internal.LocalStorage;

/** A remote file system over a folder of this machine, with a clock of its own and small limits. */
final class Remote implements AutoCloseable {
	/** Small enough for files of a test to be more than memory takes. */
	static final int MEMORY = 8 * Spool.BLOCK;

	final AtomicLong clock = new AtomicLong();
	final Path local;
	final WrappedStorage storage;
	final RemoteFileSystem fileSystem;
	final Path root;

	Remote(Path local) {
		this(local, new WrappedStorage(localStorage()));
	}

	Remote(Path local, WrappedStorage storage) {
		this(local, storage, 1_000_000);
	}

	Remote(Path local, WrappedStorage storage, int mostListed) {
		this.local = local;
		this.storage = storage;
		var settings = new Settings(Duration.ofSeconds(5), clock::get, 300_000, mostListed, MEMORY, local);
		fileSystem = new RemoteFileSystems().open(UUID.randomUUID().toString(), storage, settings);
		root = fileSystem.getPath(local.toString());
	}

	static Storage localStorage() {
		return new LocalStorage(FileSystems.getDefault());
	}

	/** Lets time go by. */
	void later(Duration time) {
		clock.addAndGet(time.toNanos());
	}

	@Override
	public void close() {
		fileSystem.close();
	}
}
