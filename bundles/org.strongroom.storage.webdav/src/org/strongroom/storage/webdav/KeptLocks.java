package org.strongroom.storage.webdav;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.strongroom.core.storage.LockedException;
import org.strongroom.core.storage.Locks;
import org.strongroom.core.storage.StoragePaths;

/** What locks over HTTP have in common: they are refreshed behind the scenes as long as they are held, and taken away with the storage at the latest. Thread-safe. */
public abstract class KeptLocks implements Locks {
	/** How long the end of a storage waits for locks to be taken away. */
	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);
	/** How long it is waited for what a lock's keeper has just begun, before that is cut off. */
	private static final Duration KEEPER = Duration.ofSeconds(1);
	private final DavStorage storage;
	private final Set<Kept> kept = ConcurrentHashMap.newKeySet();

	protected KeptLocks(DavStorage storage) {
		this.storage = storage;
	}

	/** How the server is told of one lock. */
	protected interface Means {
		/** Makes it last longer. @return when that is to be done again; empty if the lock is lost */
		Optional<Duration> refresh() throws IOException;

		/** Takes it away. */
		void unlock() throws IOException;
	}

	/**
	 * Keeps a lock that was made.
	 *
	 * @param pause until it is to be refreshed, empty for never
	 */
	protected final Lock keep(String path, Optional<Duration> pause, Means means) {
		var one = new Kept(path, means);
		kept.add(one);
		pause.ifPresent(one::begin);
		return one;
	}

	/** One that is kept already. */
	protected final Optional<Lock> kept(String path) {
		return kept.stream().filter(k -> k.path.equals(path)).<Lock>map(k -> k).findFirst();
	}

	/** The server says that a file is locked: what to say of it. */
	public final LockedException locked(String path) {
		try {
			return new LockedException(path, holder(path));
		} catch (IOException e) {
			return new LockedException(path, Optional.empty());
		}
	}

	/** Lets go of the locks of an item and all below it, which is about to go. */
	final void letGo(String path) {
		kept.stream().filter(k -> StoragePaths.isIn(k.path, path)).forEach(Kept::close);
	}

	/** The storage is about to be closed. */
	final void end() {
		List<Kept> last = List.copyOf(kept);
		last.forEach(k -> Thread.ofVirtual().name("unlock").start(k::close));
		long end = System.nanoTime() + PATIENCE;
		last.forEach(k -> k.await(end - System.nanoTime()));
	}

	private final class Kept implements Lock {
		private final String path;
		private final Means means;
		private final FutureTask<Void> unlocking = new FutureTask<>(this::unlock, null);
		private final CountDownLatch closing = new CountDownLatch(1);
		private volatile Thread keeper;
		private volatile boolean lost;

		Kept(String path, Means means) {
			this.path = path;
			this.means = means;
		}

		void begin(Duration pause) {
			keeper = Thread.ofVirtual().name("keep a lock").start(() -> keep(pause));
		}

		private void keep(Duration first) {
			Duration pause = first;
			try {
				while (!lost && storage.isOpen() && !closing.await(TimeUnit.NANOSECONDS.convert(pause), TimeUnit.NANOSECONDS)) {
					try {
						Optional<Duration> next = means.refresh();
						lost = next.isEmpty();
						pause = next.orElse(pause);
					} catch (IOException e) {
						// it is tried again, as long as there is a connection
					}
				}
			} catch (InterruptedException e) {
				// closed, and nobody waits any more
			}
		}

		/** The server must not be told of a lock again after it was taken away. */
		private void endKeeping() {
			closing.countDown();
			Thread last = keeper;
			try {
				if (last == null || last.join(KEEPER))
					return;
			} catch (InterruptedException e) {
				Thread.currentThread().interrupt();
			}
			last.interrupt();
		}

		@Override
		public boolean isHeld() {
			return !lost && !unlocking.isDone() && storage.isOpen();
		}

		private void unlock() {
			endKeeping();
			try {
				if (!lost)
					means.unlock();
			} catch (IOException e) {
				// it ends by itself
			} finally {
				kept.remove(this);
			}
		}

		@Override
		public void close() {
			unlocking.run();
			await(Long.MAX_VALUE);
		}

		void await(long nanoseconds) {
			try {
				unlocking.get(Math.max(0, nanoseconds), TimeUnit.NANOSECONDS);
			} catch (InterruptedException e) {
				Thread.currentThread().interrupt();
			} catch (ExecutionException | TimeoutException e) {
				// it ends by itself
			}
		}
	}
}
