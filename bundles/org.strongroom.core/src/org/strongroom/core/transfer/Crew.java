package org.strongroom.core.transfer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.ServerFaultException;

/** The threads that work on one transfer; whoever starts work on a file waits while all are busy. */
final class Crew {
	/** Work on one item; tells whether all of it was done. */
	@FunctionalInterface
	interface Work {
		boolean run() throws IOException;
	}

	/** Work that moves bytes. */
	@FunctionalInterface
	interface CopyWork {
		boolean run(Buffer buffer) throws IOException;
	}

	/** A buffer that is made when first needed. */
	static final class Buffer {
		private ByteBuffer bytes;
		private ByteBuffer small;
		/** What whoever had it last had waited for: whoever has it next has waited for that. */
		private long chain;

		/** @param size of what is to pass, in bytes, as far as known */
		ByteBuffer bytes(long size) {
			if (size < Content.SMALL) {
				if (small == null)
					small = ByteBuffer.allocate(Content.SMALL);
				return small;
			}
			if (bytes == null)
				bytes = Content.buffer();
			return bytes;
		}
	}

	private final Progress progress;
	private final BlockingQueue<Buffer> idle = new ArrayBlockingQueue<>(Transfer.PARALLEL);
	private final Semaphore large = new Semaphore(Transfer.PARALLEL_LARGE);
	private final Semaphore folders = new Semaphore(Transfer.PARALLEL_FOLDERS);
	private final AtomicLong count = new AtomicLong();
	private ExecutorService threads;
	private volatile IOException end;

	Crew(Progress progress) {
		this.progress = progress;
		for (int i = 0; i < Transfer.PARALLEL; i++)
			idle.add(new Buffer());
	}

	/** Does the work with the crew at hand, and does not come back before all have stopped. */
	void run(Work work) throws IOException {
		try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
			threads = executor;
			try {
				work.run();
			} catch (IOException | RuntimeException e) {
				executor.shutdownNow();
				throw e;
			}
		} catch (IOException e) {
			// What came first says more than that others were told to stop.
			throw end != null ? end : e;
		}
		if (end != null)
			throw end;
	}

	/** Does the work; what concerns the item alone is reported, and anything else thrown. */
	boolean attempt(Path item, Work work) throws IOException {
		if (end != null)
			throw end;
		try {
			return work.run();
		} catch (IOException | RuntimeException e) {
			IOException why = Failures.of(item, e);
			if (Failures.endAll(why)) {
				synchronized (this) {
					if (end == null)
						end = why;
				}
				throw why;
			}
			progress.failed(item, why);
			return false;
		}
	}

	/** Has somebody do the work on a folder if somebody is free, else does it now: whoever waits for what lies in a folder must not keep others from it. */
	Future<Boolean> folder(Path folder, Work work) throws IOException {
		if (!folders.tryAcquire())
			return CompletableFuture.completedFuture(attempt(folder, work));
		FutureTask<Boolean> task = Chain.branch(() -> {
			try {
				return attempt(folder, work);
			} finally {
				folders.release();
			}
		});
		threads.execute(task);
		return task;
	}

	/**
	 * Has somebody do the work, as soon as one is free.
	 *
	 * @param size of the file in bytes
	 */
	Future<Boolean> start(Path item, long size, CopyWork work) throws IOException {
		Buffer buffer;
		boolean isLarge = size > Transfer.LARGE;
		try {
			if (isLarge)
				large.acquire();
			buffer = idle.take();
		} catch (InterruptedException e) {
			throw interrupted();
		}
		FutureTask<Boolean> task = Chain.branch(() -> {
			Chain.waitedFor(buffer.chain);
			try {
				if (progress.cancelled())
					throw new InterruptedIOException("Cancelled.");
				return attempt(item, () -> work.run(buffer));
			} finally {
				buffer.chain = Chain.length();
				idle.add(buffer);
				if (isLarge)
					large.release();
			}
		});
		threads.execute(task);
		return task;
	}

	/** Waits for what was started. @return whether all of it was done */
	boolean await(List<Future<Boolean>> started) throws IOException {
		boolean whole = true;
		for (var work : started) {
			try {
				whole &= work.get();
			} catch (ExecutionException e) {
				switch (e.getCause()) {
				case IOException x -> throw x;
				case Error x -> throw x;
				default -> throw new IOException(e.getCause());
				}
			} catch (CancellationException e) {
				whole = false;
			} catch (InterruptedException e) {
				throw interrupted();
			}
		}
		return whole;
	}

	private InterruptedIOException interrupted() {
		threads.shutdownNow();
		Thread.currentThread().interrupt();
		return new InterruptedIOException("Cancelled.");
	}

	/** What lies in a folder. */
	List<Path> list(Path folder) throws IOException {
		var items = new ArrayList<Path>();
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
			for (Path entry : entries) {
				if (items.size() == Transfer.MOST_IN_FOLDER || count.incrementAndGet() > Transfer.MOST)
					throw new ServerFaultException(folder.toString(), "there is no end to what is listed");
				items.add(entry);
			}
		} catch (DirectoryIteratorException e) {
			throw e.getCause();
		}
		return items;
	}
}
