package org.strongroom.storage.webdav;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Upload;

/** What uploads over HTTP have in common: one thread at a time, nothing more once something has failed, and an end that an interrupt does not cut off. */
public abstract class GuardedUpload implements Upload {
	/** Of those who save, by the address of the target. */
	private static final Map<String, Turn> TURNS = new ConcurrentHashMap<>();

	/** The file to be made or replaced. */
	protected final String path;
	/** What must hold for that. */
	protected final Precondition precondition;
	private final ReentrantLock lock = new ReentrantLock();
	private IOException failed;
	private boolean ended;

	protected GuardedUpload(String path, Precondition precondition) {
		this.path = path;
		this.precondition = precondition;
	}

	/** Something to be done. */
	protected interface Work<T> {
		/** Does it. */
		T run() throws IOException;
	}

	/** Does something, unless something failed before or this is closed. A failure is the last thing that is done. */
	protected final <T> T guarded(Work<T> work) throws IOException {
		lock.lock();
		try {
			if (failed != null)
				throw failed;
			if (ended)
				throw new ClosedChannelException();
			return work.run();
		} catch (IOException e) {
			failed = e;
			throw e;
		} finally {
			lock.unlock();
		}
	}

	/**
	 * Does what must not be done by two of this process for the same target at once: of several saves whose conditions hold at first, one wins, however little the server does for that.
	 *
	 * @param target its address
	 */
	protected static <T> T alone(String target, Work<T> work) throws IOException {
		Turn turn = TURNS.compute(target, (_, t) -> {
			Turn own = t == null ? new Turn() : t;
			own.users++;
			return own;
		});
		try {
			turn.lock.lockInterruptibly();
			try {
				return work.run();
			} finally {
				turn.lock.unlock();
			}
		} catch (InterruptedException e) {
			throw new InterruptedIOException("saving was cancelled");
		} finally {
			TURNS.computeIfPresent(target, (_, t) -> --t.users == 0 ? null : t);
		}
	}

	private static final class Turn {
		private final ReentrantLock lock = new ReentrantLock();
		/** Who has it or waits for it; changed within the map alone. */
		private int users;
	}

	/** Makes sure that the precondition holds. @param now what is there */
	protected final void check(Optional<FileInfo> now) throws IOException {
		if (now.isPresent() && now.get().type() == FileInfo.Type.DIRECTORY)
			throw isFolder();
		switch (precondition) {
		case Precondition.Any _ -> {
			// whatever is there is replaced
		}
		case Precondition.Absent _ -> {
			if (now.isPresent())
				throw new ConflictException(path, "a file of that name is there by now");
		}
		case Precondition.Unchanged(var version) -> {
			if (now.isEmpty())
				throw new ConflictException(path, "it was removed");
			if (!now.get().version().equals(Optional.of(version)))
				throw new ConflictException(path, "somebody else changed it");
		}
		}
	}

	/** Whether it has failed because the connection was lost. */
	protected final boolean isCutOff() {
		return failed instanceof ConnectionException;
	}

	/** What to say of a target that is a folder. */
	protected final FileSystemException isFolder() {
		return new FileSystemException(path, null, "there is a folder of that name");
	}

	/**
	 * The upload has come to its end, whichever. Lets go of memory.
	 *
	 * @return takes away what is left on the server; it is run once, and for a thread that is interrupted by another one
	 */
	protected abstract Runnable ending();

	@Override
	public final void close() {
		lock.lock();
		try {
			if (ended)
				return;
			ended = true;
			Runnable tidying = ending();
			if (failed instanceof InterruptedIOException || Thread.currentThread().isInterrupted())
				Thread.ofVirtual().name("tidying up").start(tidying);
			else
				tidying.run();
		} finally {
			lock.unlock();
		}
	}
}
