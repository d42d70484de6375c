package org.strongroom.core.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How many requests a thread's work has waited for, one after another: the length of the way to the server counts as often. Work that is done at the same time on other threads is started
 * with {@link #start} or wrapped by {@link #branch}: its chain goes on from that of whoever starts it, and whoever waits for its result has waited for it all.
 */
public final class Chain {
	private static final ThreadLocal<long[]> LENGTH = ThreadLocal.withInitial(() -> new long[1]);

	private Chain() {
	}

	/** Of the current thread's work so far. */
	public static long length() {
		return LENGTH.get()[0];
	}

	/** The current thread has waited for something with a chain of that length. */
	public static void waitedFor(long length) {
		long[] own = LENGTH.get();
		own[0] = Math.max(own[0], length);
	}

	/** Starts work on a virtual thread of its own. */
	public static <T> Future<T> start(String name, Callable<T> work) {
		FutureTask<T> branch = branch(work);
		Thread.ofVirtual().name(name).start(branch);
		return branch;
	}

	/**
	 * Waits for work of another thread, which goes on if this one is interrupted.
	 *
	 * @return its result
	 * @throws InterruptedIOException if this thread is interrupted, which it stays, or the work was cancelled
	 * @throws IOException what the work threw, as are its unchecked exceptions and errors
	 */
	public static <T> T await(Future<T> work) throws IOException {
		try {
			return work.get();
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Cancelled.");
		} catch (CancellationException e) {
			throw new InterruptedIOException("Cancelled.");
		} catch (ExecutionException e) {
			switch (e.getCause()) {
			case IOException io -> throw io;
			case RuntimeException r -> throw r;
			case Error r -> throw r;
			default -> throw new IOException(e.getCause());
			}
		}
	}

	/** Work for another thread to run, whose chain goes on from the current one. */
	public static <T> FutureTask<T> branch(Callable<T> work) {
		return new Branch<>(work);
	}

	private static final class Branch<T> extends FutureTask<T> {
		private final long start = length();
		private volatile long end = start;

		Branch(Callable<T> work) {
			super(work);
		}

		@Override
		public void run() {
			long[] own = LENGTH.get();
			long before = own[0];
			own[0] = start;
			try {
				super.run();
			} finally {
				own[0] = before;
			}
		}

		@Override
		protected void set(T result) {
			end = length();
			super.set(result);
		}

		@Override
		protected void setException(Throwable e) {
			end = length();
			super.setException(e);
		}

		@Override
		public T get() throws InterruptedException, ExecutionException {
			try {
				return super.get();
			} finally {
				waitedFor(end);
			}
		}

		@Override
		public T get(long time, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
			T result = super.get(time, unit);
			waitedFor(end);
			return result;
		}
	}
}
