package org.strongroom.editors.internal.preview;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The bytes of a large file, of which only blocks around what is looked at are in memory. Blocks are fetched by a thread of its own; those that are no longer wanted
 * when their turn comes are not.
 */
final class Blocks {
	/** Bytes of one block. */
	static final int SIZE = 1 << 16;
	/** Most blocks kept. */
	private static final int MOST = 64;
	/** A byte that is not here (yet). */
	static final int MISSING = -1;
	/** A place behind the end. */
	static final int END = -2;

	/** Where the bytes come from. */
	@FunctionalInterface
	interface Source {
		SeekableByteChannel open() throws IOException;
	}

	private final Source source;
	private final Runnable arrived;
	private final Consumer<IOException> failed;
	/** By number, least recently used first. Guarded by this, as are the others. */
	private final Map<Long, byte[]> blocks = new LinkedHashMap<>(16, 0.75f, true);
	private List<Long> wanted = List.of();
	private long size;
	private Thread worker;
	private boolean closed;

	/**
	 * @param size of the file in bytes, until a read shows that it ends earlier
	 * @param arrived told, on any thread, when there is more to show
	 * @param failed told, on any thread, when a block cannot be had; the next {@link #want} tries again
	 */
	Blocks(Source source, long size, Runnable arrived, Consumer<IOException> failed) {
		this.source = source;
		this.size = size;
		this.arrived = arrived;
		this.failed = failed;
	}

	/** As far as is known, in bytes. */
	synchronized long size() {
		return size;
	}

	/** The byte at an offset, or {@link #MISSING} or {@link #END}. */
	synchronized int at(long offset) {
		if (offset >= size || offset < 0)
			return END;
		byte[] block = blocks.get(offset / SIZE);
		if (block == null)
			return MISSING;
		int i = (int) (offset % SIZE);
		return i < block.length ? block[i] & 0xFF : END;
	}

	/** Has a range fetched that is not here, instead of what was wanted before. */
	synchronized void want(long from, long to) {
		if (closed)
			return;
		long first = Math.max(0, from) / SIZE;
		long last = Math.max(0, Math.min(to, size - 1)) / SIZE;
		wanted = java.util.stream.LongStream.rangeClosed(first, Math.min(last, first + MOST / 2)).filter(b -> size > 0 && !blocks.containsKey(b)).boxed().toList();
		if (!wanted.isEmpty() && worker == null)
			worker = Thread.ofVirtual().name("strongroom-preview").start(this::work);
	}

	private synchronized long next() {
		if (closed || wanted.isEmpty()) {
			worker = null;
			return -1;
		}
		return wanted.getFirst();
	}

	private void work() {
		SeekableByteChannel in = null;
		try {
			for (long number = next(); number >= 0; number = next()) {
				if (in == null)
					in = source.open();
				put(number, read(in, number * SIZE));
				arrived.run();
			}
		} catch (IOException e) {
			boolean tell = giveUp();
			if (tell && !(e instanceof ClosedByInterruptException) && !(e instanceof InterruptedIOException))
				failed.accept(e);
		} finally {
			closeQuietly(in);
		}
	}

	private synchronized boolean giveUp() {
		worker = null;
		wanted = List.of();
		return !closed;
	}

	private synchronized void put(long number, byte[] block) {
		wanted = wanted.stream().filter(w -> w != number).toList();
		if (closed)
			return;
		if (block.length < SIZE)
			size = Math.min(size, number * SIZE + block.length);
		blocks.put(number, block);
		var eldest = blocks.entrySet().iterator();
		while (blocks.size() > MOST) {
			Arrays.fill(eldest.next().getValue(), (byte) 0);
			eldest.remove();
		}
	}

	private static byte[] read(SeekableByteChannel in, long from) throws IOException {
		ByteBuffer block = ByteBuffer.allocate(SIZE);
		in.position(from);
		while (block.hasRemaining() && in.read(block) >= 0) {
			// until full or at the end
		}
		return block.hasRemaining() ? Arrays.copyOf(block.array(), block.position()) : block.array();
	}

	private static void closeQuietly(SeekableByteChannel in) {
		try {
			if (in != null)
				in.close();
		} catch (IOException e) {
			// it was only read from
		}
	}

	/** Forgets all bytes and ends what is being fetched. */
	synchronized void close() {
		closed = true;
		blocks.values().forEach(b -> Arrays.fill(b, (byte) 0));
		blocks.clear();
		if (worker != null)
			worker.interrupt();
	}
}
