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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.ServerFaultException;

/** The threads that work on the files of one transfer; whoever starts work waits while all are busy. */
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
		/** What whoever had it last had waited for: whoever has it next has waited for that. */
		private long chain;

		ByteBuffer bytes() {
			if (bytes == null)
				bytes = Content.buffer();
			return bytes;
		}
	}

	private final Progress progress;
	private final BlockingQueue<Buffer> idle = new ArrayBlockingQueue<>(Transfer.PARALLEL);
	private ExecutorService threads;
	private volatile IOException end;
	private long count;

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

	/** Has somebody do the work, as soon as one is free. */
	Future<Boolean> start(Path item, CopyWork work) throws IOException {
		Buffer buffer;
		try {
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

	/** What lies in a folder. Called by the thread that leads. */
	List<Path> list(Path folder) throws IOException {
		var items = new ArrayList<Path>();
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
			for (Path entry : entries) {
				if (items.size() == Transfer.MOST_IN_FOLDER || ++count > Transfer.MOST)
					throw new ServerFaultException(folder.toString(), "there is no end to what is listed");
				items.add(entry);
			}
		} catch (DirectoryIteratorException e) {
			throw e.getCause();
		}
		return items;
	}
}
