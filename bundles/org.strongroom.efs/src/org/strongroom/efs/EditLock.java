package org.strongroom.efs;

import java.io.IOException;
import java.util.Optional;

import org.strongroom.core.Session;
import org.strongroom.core.storage.LockedException;
import org.strongroom.core.storage.Locks;
import org.strongroom.core.storage.Storage;

/**
 * Has a file locked on the server as long as somebody works on it, where the server can do that; of a vault's file its encrypted one. Nothing is locked, nor asked, before {@link #take}. Thread-safe.
 */
public final class EditLock {
	private final SessionFile file;
	/** Where it was tried last, null for nowhere. Changed by whoever holds this. */
	private volatile Storage tried;
	/** Whether there is nothing to be tried there. Guarded by this. */
	private boolean refused;
	/** Changed by whoever holds this. */
	private volatile Optional<Locks.Lock> lock = Optional.empty();
	private volatile boolean closed;

	EditLock(SessionFile file) {
		this.file = file;
	}

	/**
	 * Locks it, or goes on with that over another connection. Waits for the server; not for the UI thread. Never asks a person. Where the server locks nothing, is not signed in to, or the vault is
	 * locked, nothing is done.
	 *
	 * @throws LockedException if somebody else has it locked
	 */
	public synchronized void take() throws LockedException {
		if (!closed)
			takeNow();
	}

	private void takeNow() throws LockedException {
		Storage storage = file.session().fileSystem().storage();
		if (file.session().state() != Session.State.SIGNED_IN || tried == storage && (refused || isHeld()))
			return;
		tried = storage;
		refused = false;
		lock = Optional.empty();
		try {
			Optional<Locks> locks = storage.extra(Locks.class);
			lock = locks.isEmpty() ? Optional.empty() : locks.get().lock(file.holder());
			refused = lock.isEmpty();
		} catch (LockedException e) {
			throw new LockedException(file.location(), e.holder());
		} catch (IOException e) {
			// saving will tell
		}
	}

	/** Whether it should be taken: it was not tried over this connection yet, or was lost. Never waits. */
	public boolean isDue() {
		Optional<Locks.Lock> now = lock;
		return !closed && (tried != file.session().fileSystem().storage() || now.isPresent() && !now.get().isHeld());
	}

	private boolean isHeld() {
		return lock.isPresent() && lock.get().isHeld();
	}

	/** Unlocks it, behind the scenes. It may be taken again. */
	public void release() {
		Thread.ofVirtual().name("unlock").start(this::unlock);
	}

	/** Unlocks it, behind the scenes, for good. */
	public void close() {
		closed = true;
		release();
	}

	private synchronized void unlock() {
		try {
			if (lock.isPresent())
				takeNow(); // the connection that it was made over may be gone
		} catch (LockedException e) {
			// somebody else has it by now
		}
		lock.ifPresent(Locks.Lock::close);
		lock = Optional.empty();
		tried = null;
	}
}
