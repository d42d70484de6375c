package org.strongroom.storage.webdav.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

import org.strongroom.core.storage.ConnectionException;

/**
 * The body of an answer, handed from the client's threads to the one that reads. Little of it is taken ahead of the reader. A read waits no longer than the limit, and an interrupt ends it;
 * either gives up the rest.
 */
public final class Incoming extends InputStream implements HttpResponse.BodySubscriber<Incoming> {
	/** Bytes taken ahead of the reader. */
	private static final int AHEAD = 512 << 10;
	/** A rest that is as short as this is read, so that the connection can be used again. */
	private static final int SHORT = 64 << 10;
	/** Nanoseconds that it is waited for, in all. */
	private static final long SOON = 200_000_000;
	/** Whoever wants as many bytes or more is woken once they have come: to wake a thread for each record of TLS (16 KiB) takes longer than to read one. */
	private static final int PLENTY = 256 << 10;
	/** Nanoseconds after which fewer will do. */
	private static final long MOMENT = 5_000_000;

	private final String server;
	private final Duration limit;
	private final LongConsumer counter;
	private final Runnable ended;
	private final AtomicBoolean isEnded = new AtomicBoolean();
	private final ReentrantLock lock = new ReentrantLock();
	private final Condition enough = lock.newCondition();
	/** What has come; guarded by the lock. */
	private final Deque<List<ByteBuffer>> parts = new ArrayDeque<>();
	/** Bytes in {@link #parts}; guarded by the lock. */
	private int queued;
	/** Bytes that the reader waits for, 0 if it does not; guarded by the lock. */
	private int wanted;
	/** Bytes in {@link #parts} and {@link #part}. */
	private final AtomicInteger waiting = new AtomicInteger();
	private volatile Flow.Subscription subscription;
	private volatile Throwable failure;
	private volatile boolean complete;
	private List<ByteBuffer> part = List.of();
	private int partLength;
	private int at;
	private boolean closed;

	/**
	 * @param server in words for a person
	 * @param limit how long it may be silent
	 * @param counter is told the bytes that come
	 * @param ended is called once, as soon as nothing more comes
	 */
	public Incoming(String server, Duration limit, LongConsumer counter, Runnable ended) {
		this.server = server;
		this.limit = limit;
		this.counter = counter;
		this.ended = ended;
	}

	@Override
	public CompletionStage<Incoming> getBody() {
		return CompletableFuture.completedFuture(this);
	}

	@Override
	public void onSubscribe(Flow.Subscription to) {
		subscription = to;
		to.request(1);
	}

	@Override
	public void onNext(List<ByteBuffer> item) {
		int length = length(item);
		counter.accept(length);
		if (length > 0) // between the chunks of a chunked body there may be empty ones
			add(item, length);
		if (waiting.addAndGet(length) < AHEAD)
			subscription.request(1);
	}

	private void add(List<ByteBuffer> item, int length) {
		lock.lock();
		try {
			parts.add(item);
			queued += length;
			if (wanted > 0 && queued >= wanted)
				enough.signal();
		} finally {
			lock.unlock();
		}
	}

	/**
	 * What has come next. If nothing has, it is waited for.
	 *
	 * @param plenty how many bytes are waited for for a moment; then any will do
	 * @param limit nanoseconds
	 * @return empty at the end; null if nothing came in that time
	 */
	private List<ByteBuffer> poll(int plenty, long limit) throws InterruptedException {
		lock.lockInterruptibly();
		try {
			wanted = queued > 0 ? 1 : plenty;
			while (queued < wanted && !isEnded.get()) {
				if (enough.awaitNanos(wanted == 1 ? limit : MOMENT) > 0)
					continue;
				if (wanted == 1)
					return null;
				wanted = 1;
			}
			List<ByteBuffer> next = parts.poll();
			if (next == null)
				return List.of();
			queued -= length(next);
			return next;
		} finally {
			wanted = 0;
			lock.unlock();
		}
	}

	private static int length(List<ByteBuffer> part) {
		int length = 0;
		for (ByteBuffer buffer : part)
			length += buffer.remaining();
		return length;
	}

	/** Some of what waited was taken: if so much did that no more was asked for, it is now. */
	private void taken(int length) {
		int before = waiting.getAndAdd(-length);
		if (before >= AHEAD && before - length < AHEAD)
			subscription.request(1);
	}

	@Override
	public void onError(Throwable t) {
		failure = t;
		end();
	}

	@Override
	public void onComplete() {
		complete = true;
		end();
	}

	/** Nothing more comes. */
	public void end() {
		if (isEnded.compareAndSet(false, true))
			ended.run();
		lock.lock();
		try {
			enough.signal();
		} finally {
			lock.unlock();
		}
	}

	@Override
	public int read() throws IOException {
		var one = new byte[1];
		return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		return read(bytes, offset, length, 1);
	}

	/** As {@link #read(byte[], int, int)}, for whoever reads on and on: if nothing has come yet, as much as is asked for is waited for for a moment. */
	public int readOn(byte[] bytes, int offset, int length) throws IOException {
		return read(bytes, offset, length, Math.min(length, PLENTY));
	}

	private int read(byte[] bytes, int offset, int length, int plenty) throws IOException {
		if (length == 0)
			return 0;
		ByteBuffer from = next(plenty);
		if (from == null)
			return -1;
		int n = Math.min(length, from.remaining());
		from.get(bytes, offset, n);
		return n;
	}

	/** Reads until the buffer is full or the body ends. @return the number of bytes, 0 at the end */
	public int readFully(ByteBuffer target) throws IOException {
		int total = 0;
		while (target.hasRemaining()) {
			ByteBuffer from = next(Math.min(target.remaining(), PLENTY));
			if (from == null)
				return total;
			int n = Math.min(target.remaining(), from.remaining());
			target.put(from.slice(from.position(), n));
			from.position(from.position() + n);
			total += n;
		}
		return total;
	}

	/** What is there to be read; null at the end. @param plenty as in {@link #poll} */
	private ByteBuffer next(int plenty) throws IOException {
		if (closed)
			throw new IOException("The answer was given up.");
		for (;;) {
			while (at < part.size()) {
				if (part.get(at).hasRemaining())
					return part.get(at);
				at++;
			}
			taken(partLength);
			partLength = 0;
			part = List.of();
			at = 0;
			List<ByteBuffer> more;
			try {
				more = poll(plenty, limit.toNanos());
			} catch (InterruptedException e) {
				giveUp();
				throw new InterruptedIOException("reading from " + server + " was cancelled");
			}
			if (more == null) {
				giveUp();
				throw new ConnectionException("%s did not answer for %d s; the request was given up.".formatted(server, limit.toSeconds()));
			}
			if (more.isEmpty()) {
				if (failure != null)
					throw new ConnectionException("The connection to %s was lost in the middle of an answer.".formatted(server), failure);
				if (!complete)
					throw new IOException("The answer was given up.");
				return null;
			}
			part = more;
			partLength = length(more);
		}
	}

	private void giveUp() {
		if (subscription != null)
			subscription.cancel();
		end();
	}

	/** Lets go of what was not read; reads it if it is short and has come already. */
	@Override
	public void close() {
		if (closed)
			return;
		try {
			long until = System.nanoTime() + SOON;
			for (int read = 0; !complete && failure == null && read < SHORT;) {
				List<ByteBuffer> more = poll(1, until - System.nanoTime());
				if (more == null || more.isEmpty())
					break;
				read += length(more);
				taken(length(more));
			}
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		}
		closed = true;
		if (!isEnded.get())
			giveUp();
	}
}
