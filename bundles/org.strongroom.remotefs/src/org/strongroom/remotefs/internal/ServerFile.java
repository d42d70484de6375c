package org.strongroom.remotefs.internal;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;

import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.Checksum;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Upload;

/**
 * The content of a file on the server, as it was when it was opened. Reading on from where the last read ended fetches the next blocks before they are asked
 * for, as much of them as the link holds at the pace of the reading; reading here and there fetches just what is asked. The server's word about the size limits what is fetched
 * ahead, it never decides how much memory is taken. When the connection was replaced, the file is opened again, if it is still the same. Thread-safe.
 */
final class ServerFile implements Closeable {
	/** The first block of a run: many files are read once, from the beginning, and are short. */
	private static final int FIRST_BLOCK = 64 << 10;
	private static final int BLOCK = 256 << 10;
	/** Most blocks of one file on their way at once: with {@link #BLOCK} 24 MiB, enough for 480 MiB/s at 50 ms. */
	private static final int MOST_AHEAD = 96;
	private static final int MOST_SPARE = 8;
	/** The pace is measured over at least so many nanoseconds. */
	private static final long MOMENT = 10_000_000;

	/** A piece of the file that is being fetched or was. */
	private static final class Segment {
		final long start;
		final int length;
		/** Whether its memory counts as that of what is fetched ahead. */
		final boolean ahead;
		final Future<byte[]> content;
		/** How many are reading it just now. */
		int readers;

		Segment(long start, int length, boolean ahead, Future<byte[]> content) {
			this.start = start;
			this.length = length;
			this.ahead = ahead;
			this.content = content;
		}

		long end() {
			return start + length;
		}
	}

	private final RemoteFileSystem fileSystem;
	private final Supplier<String> path;
	private final FileInfo info;
	private Storage storage;
	private Reader reader;
	private boolean closed;

	/** Contiguous, in order. */
	private final ArrayDeque<Segment> segments = new ArrayDeque<>();
	/** Arrays of blocks that were read, to be used again: a new one for each would keep the garbage collector busy. */
	private final ArrayDeque<byte[]> spare = new ArrayDeque<>();
	private long expected;
	private int window = 1;
	/** What is enough, in blocks, by the pace measured last. */
	private int enough = MOST_AHEAD;
	/** The shortest time that one fetch took, in nanoseconds. */
	private volatile long delay = Long.MAX_VALUE;
	/** Since when, and from where on, the pace is being measured. */
	private long measuredAt;
	private long measuredFrom;
	private long end = Long.MAX_VALUE;
	/** What the server says of all of the content; null if it says nothing, or the file is not read from its beginning on. */
	private Checksum checksum;
	private MessageDigest digest;
	/** How much of the content, from its beginning on, the digest has been given. */
	private long digested;

	/**
	 * @param path where the file is now; it may be renamed while it is open
	 * @param info the file, links followed, as it was when it was opened
	 * @param reader open already on {@code storage}, or null to open it when first needed
	 */
	ServerFile(RemoteFileSystem fileSystem, Supplier<String> path, FileInfo info, Storage storage, Reader reader) {
		this.fileSystem = fileSystem;
		this.path = path;
		this.info = info;
		this.storage = storage;
		this.reader = reader;
	}

	/** The file as it was when it was opened. */
	FileInfo info() {
		return info;
	}

	/**
	 * Reads until the buffer is full or the file ends.
	 *
	 * @return the number of bytes, -1 at the end
	 */
	int read(long position, ByteBuffer target) throws IOException {
		if (!target.hasRemaining())
			return 0;
		int total = 0;
		while (target.hasRemaining()) {
			long at = position + total;
			Segment segment;
			synchronized (this) {
				if (at < 0 || at >= end)
					break;
				segment = segment(at);
				if (segment != null)
					segment.readers++;
			}
			if (segment == null) {
				total += direct(at, target);
				break;
			}
			byte[] content;
			int n;
			try {
				content = await(segment);
				int offset = (int) (at - segment.start);
				n = Math.min(content.length - offset, target.remaining());
				if (n > 0) {
					check(at, ByteBuffer.wrap(content, offset, n));
					target.put(content, offset, n);
					total += n;
				}
			} finally {
				synchronized (this) {
					segment.readers--;
				}
			}
			synchronized (this) {
				expected = at + Math.max(n, 0);
				if (content.length < segment.length)
					end = Math.min(end, segment.start + content.length);
			}
			if (n <= 0)
				break;
		}
		return total == 0 ? -1 : total;
	}

	/** Fetches exactly what is asked for. */
	private int direct(long at, ByteBuffer target) throws IOException {
		int begin = target.position();
		int n = Math.max(0, fetch(at, target));
		check(at, target.duplicate().flip().position(begin));
		synchronized (this) {
			expected = at + n;
			if (target.hasRemaining())
				end = Math.min(end, at + n);
		}
		return n;
	}

	/** Whoever reads all of a file, from its beginning to its end, is to know whether it is what the server holds. */
	private synchronized void check(long at, ByteBuffer bytes) throws IOException {
		if (at == 0 && digested == 0 && reader != null) {
			checksum = reader.checksum().orElse(null);
			digest = checksum == null ? null : checksum.begin();
		}
		if (checksum == null || at < digested)
			return;
		if (at > digested) {
			checksum = null;
			return;
		}
		digested += bytes.remaining();
		digest.update(bytes);
		if (digested < info.size())
			return;
		Checksum said = checksum;
		checksum = null;
		if (!said.fits(digest))
			throw new ServerFaultException(path.get(), "it was damaged on the way: what arrived is not what the server says that it holds");
	}

	/** The segment that holds a place, and those behind it set going; null if the place is not to be fetched in segments. */
	private Segment segment(long at) throws IOException {
		while (!segments.isEmpty() && segments.getFirst().end() + BLOCK <= at)
			drop(segments.removeFirst());
		Segment found = null;
		for (Segment s : segments)
			if (at >= s.start && at < s.end())
				found = s;
		if (found == null) {
			boolean on = at == expected;
			if (!on || at >= info.size() || isComing(at))
				return null;
			if (segments.isEmpty() || segments.getLast().end() != at)
				startOver(at);
			found = add(at, segments.isEmpty() ? FIRST_BLOCK : BLOCK, false);
			if (found == null)
				return null;
		}
		if (at == expected && at == found.start && at > 0) {
			measure(at);
			window = Math.min(enough, window * 2);
		}
		if (window > 1 && !isComing(at)) {
			int ahead = 0;
			for (Segment s : segments)
				if (s.start > found.start)
					ahead++;
			while (ahead++ < window && add(segments.getLast().end(), BLOCK, true) != null) {
				// one more on its way
			}
		}
		return found;
	}

	private boolean isComing(long at) {
		return reader != null && reader.isComing(at);
	}

	/** Twice what arrives, at the pace of the last moment, in the time that one fetch takes, and a moment's more: the rest would only wait in a queue, and others behind it. */
	private void measure(long at) {
		long now = System.nanoTime();
		long time = now - measuredAt;
		if (time < MOMENT || time < delay)
			return;
		double pace = (at - measuredFrom) / (double) time;
		enough = (int) Math.clamp(pace * (2 * delay + MOMENT) / BLOCK, 2, MOST_AHEAD);
		measuredAt = now;
		measuredFrom = at;
	}

	/** What was fetched ahead is of no use any more. */
	private void startOver(long at) {
		segments.forEach(this::drop);
		segments.clear();
		window = 1;
		enough = MOST_AHEAD;
		measuredAt = System.nanoTime();
		measuredFrom = at;
	}

	private void drop(Segment segment) {
		if (segment.ahead)
			fileSystem.readAhead().release(BLOCK);
		if (segment.length == BLOCK && segment.readers == 0 && segment.content.state() == Future.State.SUCCESS && segment.content.resultNow().length == BLOCK && spare.size() < MOST_SPARE)
			spare.push(segment.content.resultNow());
	}

	private ByteBuffer buffer(int length) {
		synchronized (this) {
			return length == BLOCK && !spare.isEmpty() ? ByteBuffer.wrap(spare.pop()) : ByteBuffer.allocate(length);
		}
	}

	/** Sets one fetch going, unless the server says that the file ends before. */
	private Segment add(long start, int block, boolean ahead) throws IOException {
		if (closed)
			throw new java.nio.channels.ClosedChannelException();
		long last = Math.min(info.size(), end);
		if (start >= last || ahead && !fileSystem.readAhead().tryAcquire(BLOCK))
			return null;
		// one byte more at the end than there should be: so the answer shows that the file ends, or that it does not
		int length = (int) Math.min(block, last - start < block ? last - start + 1 : block);
		Future<byte[]> task = Chain.start("read-ahead", () -> {
			ByteBuffer buffer = buffer(length);
			long begun = System.nanoTime();
			int n = Math.max(0, fetch(start, buffer));
			delay = Math.min(delay, System.nanoTime() - begun);
			return n == length ? buffer.array() : Arrays.copyOf(buffer.array(), n);
		});
		var segment = new Segment(start, length, ahead, task);
		segments.addLast(segment);
		return segment;
	}

	private byte[] await(Segment segment) throws IOException {
		try {
			return segment.content.get();
		} catch (ExecutionException e) {
			forget();
			switch (e.getCause()) {
			case IOException io -> throw Errors.here(io);
			case RuntimeException r -> throw r;
			case Error r -> throw r;
			default -> throw new IOException(e.getCause());
			}
		} catch (CancellationException e) {
			throw new java.nio.channels.AsynchronousCloseException();
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("reading was cancelled");
		}
	}

	private synchronized void forget() {
		startOver(expected);
	}

	/** Asks the server, until the buffer is full or the file ends. */
	private int fetch(long at, ByteBuffer target) throws IOException {
		Reader from = reader();
		int asked = target.remaining();
		try {
			int n = from.read(at, target);
			if (n > asked || n > 0 && target.remaining() != asked - n)
				throw new ServerFaultException(path.get(), "the server sent more than was asked for");
			return n;
		} catch (ConnectionException | InterruptedIOException | java.nio.channels.ClosedChannelException e) {
			drop(from);
			throw e;
		}
	}

	/**
	 * Has the server copy a part into the same place of a new content.
	 *
	 * @return false if it cannot do that
	 */
	boolean copy(Upload upload, long position, long length) throws IOException {
		return upload.copy(reader(), position, position, length);
	}

	private synchronized void drop(Reader broken) {
		if (reader == broken) {
			reader = null;
			closeQuietly(broken);
		}
	}

	private static void closeQuietly(Reader reader) {
		try {
			reader.close();
		} catch (IOException e) {
			// it was only read from
		}
	}

	private synchronized Reader reader() throws IOException {
		if (closed)
			throw new java.nio.channels.ClosedChannelException();
		Storage now = fileSystem.live();
		if (reader != null && now == storage)
			return reader;
		if (reader != null) {
			closeQuietly(reader);
			reader = null;
		}
		FileInfo found = now.stat(path.get(), true);
		if (!isSame(info, found))
			throw new ConflictException(path.get(), "it was changed while it was being read; open it again");
		reader = now.open(path.get());
		storage = now;
		return reader;
	}

	/** Whether two looks at a file saw the same content, as far as the server can tell. */
	static boolean isSame(FileInfo a, FileInfo b) {
		return a.version().isPresent() || b.version().isPresent() ? a.version().equals(b.version())
				: a.type() == b.type() && a.size() == b.size() && a.modified().equals(b.modified());
	}

	@Override
	public synchronized void close() throws IOException {
		if (closed)
			return;
		closed = true;
		for (Segment s : segments)
			if (!s.content.isDone())
				s.content.cancel(true);
		startOver(0);
		spare.clear();
		if (reader != null)
			closeQuietly(reader);
	}
}
