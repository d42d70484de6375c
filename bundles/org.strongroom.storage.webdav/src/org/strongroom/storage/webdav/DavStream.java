package org.strongroom.storage.webdav;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.strongroom.core.storage.ConnectionException;

/**
 * A request whose content is written bit by bit. Some of it ({@value #MOST_QUEUED} bytes) is taken ahead of the server, so that whoever writes can make more of it meanwhile. If the connection is
 * lost, what was written is lost with it. Used by one thread.
 */
public final class DavStream implements Closeable {
	/** Bytes handed to the connection at once. */
	private static final int PIECE = 256 << 10;
	private static final int MOST_QUEUED = 4 << 20;

	private final DavClient client;
	private final DavCall call;
	private final AtomicLong alive = new AtomicLong(System.nanoTime());
	private Body body;
	private DavClient.Started started;
	private boolean again;
	private boolean ended;

	DavStream(DavClient client, DavCall call) throws IOException {
		this.client = client;
		this.call = call;
		start();
	}

	private void start() throws IOException {
		var fresh = new Body(body);
		body = fresh;
		started = client.start(call, fresh);
		started.answer().whenComplete((_, _) -> fresh.wake());
	}

	/** What the connection takes the content from. */
	private final class Body implements BodyPublisher, Flow.Subscription {
		private final ReentrantLock lock = new ReentrantLock();
		private final Condition changed = lock.newCondition();
		private final Deque<ByteBuffer> queue = new ArrayDeque<>();
		private int queued;
		private Flow.Subscriber<? super ByteBuffer> subscriber;
		private long demand;
		/** Whether a thread hands on what is queued: one at a time. */
		private boolean busy;
		private boolean taken;
		private boolean whole;
		private boolean over;

		/** @param refused what was not taken from goes on here; may be null */
		Body(Body refused) {
			if (refused == null)
				return;
			queue.addAll(refused.queue);
			queued = refused.queued;
		}

		@Override
		public long contentLength() {
			return -1;
		}

		@Override
		public void subscribe(Flow.Subscriber<? super ByteBuffer> to) {
			to.onSubscribe(this);
			lock.lock();
			try {
				subscriber = to;
			} finally {
				lock.unlock();
			}
			handOn();
		}

		@Override
		public void request(long n) {
			lock.lock();
			try {
				demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
				alive.set(System.nanoTime());
			} finally {
				lock.unlock();
			}
			handOn();
		}

		@Override
		public void cancel() {
			wake();
		}

		void wake() {
			lock.lock();
			try {
				over = true;
				changed.signalAll();
			} finally {
				lock.unlock();
			}
		}

		/** Takes a piece once there is room for it. @return false if nothing is wanted any more */
		boolean put(ByteBuffer piece) throws IOException {
			lock.lock();
			try {
				alive.set(System.nanoTime());
				while (queued >= MOST_QUEUED && !over) {
					long left = client.settings().limit().toNanos() - (System.nanoTime() - alive.get());
					if (left <= 0)
						throw client.lose(new ConnectionException("%s took nothing for %d s; the upload was given up.".formatted(client.settings().asker(), client.settings().limit().toSeconds())));
					changed.awaitNanos(left);
				}
				if (over)
					return false;
				queue.addLast(piece);
				queued += piece.remaining();
			} catch (InterruptedException e) {
				throw new InterruptedIOException("an upload to " + client.settings().asker() + " was cancelled");
			} finally {
				lock.unlock();
			}
			handOn();
			return true;
		}

		/** Nothing more will be put. */
		void complete() {
			lock.lock();
			try {
				alive.set(System.nanoTime());
				whole = true;
			} finally {
				lock.unlock();
			}
			handOn();
		}

		private void handOn() {
			for (;;) {
				ByteBuffer piece;
				lock.lock();
				try {
					if (busy || over || subscriber == null || (queue.isEmpty() ? !whole : demand == 0))
						return;
					busy = true;
					piece = queue.poll();
					if (piece == null) {
						over = true;
					} else {
						taken = true;
						demand--;
						queued -= piece.remaining();
						changed.signalAll();
					}
				} finally {
					lock.unlock();
				}
				if (piece == null)
					subscriber.onComplete();
				else
					subscriber.onNext(piece);
				lock.lock();
				try {
					busy = false;
				} finally {
					lock.unlock();
				}
			}
		}
	}

	AtomicLong alive() {
		return alive;
	}

	/**
	 * Sends all of the buffer.
	 *
	 * @return false if the server has answered already: nothing more is taken, and {@link #finish} tells what it said
	 */
	public boolean write(ByteBuffer source) throws IOException {
		while (source.hasRemaining()) {
			int n = Math.min(PIECE, source.remaining());
			ByteBuffer piece = ByteBuffer.allocate(n).put(source.slice(source.position(), n)).flip();
			if (!body.put(piece)) {
				if (!isWantedAgain())
					return false;
				continue;
			}
			client.count(n);
			source.position(source.position() + n);
		}
		return true;
	}

	/** Whether the server refused before it took anything, because what signs us in had run out: then all is begun anew. */
	private boolean isWantedAgain() throws IOException {
		if (again || body.taken || !started.answer().isDone() || started.answer().isCompletedExceptionally() || started.answer().join().statusCode() != 401)
			return false;
		DavAnswer refused = client.await(started, this, call.target());
		if (!client.canAnswer(refused))
			return false;
		refused.close();
		again = true;
		start();
		return true;
	}

	/** All is written: waits for the answer. */
	public DavAnswer finish() throws IOException {
		body.complete();
		try {
			return client.await(started, this, call.target());
		} catch (ConnectionException e) {
			throw client.lose(e);
		} finally {
			end();
		}
	}

	private void end() {
		if (!ended)
			client.ended();
		ended = true;
	}

	/**
	 * Ends the request if it was not finished, with what was written so far: a server that is cut off in the middle may finish its work at any later time. An interrupted thread leaves that to
	 * another one.
	 */
	@Override
	public void close() {
		if (ended)
			return;
		if (Thread.currentThread().isInterrupted())
			Thread.ofVirtual().name("ending an upload").start(this::finishQuietly);
		else
			finishQuietly();
	}

	private void finishQuietly() {
		try {
			finish().close();
		} catch (IOException e) {
			started.answer().cancel(true);
		}
	}
}
