package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.session.Session;
import org.strongroom.core.storage.ConnectionException;

/**
 * What MINA's threads report while a server is being signed in to, for the thread that signs in. So a person is asked on that thread, and no thread of the
 * connection ever waits for somebody who types, host keys aside: there the protocol itself has to wait.
 */
final class Dialogue {
	/** Under this the connection carries its dialogue. */
	static final AttributeRepository.AttributeKey<Dialogue> KEY = new AttributeRepository.AttributeKey<>();

	/** More messages than a sane server sends unasked. */
	private static final int MOST_WAITING = 64;

	sealed interface Event {
		/** The server showed its key; the answer decides whether the connection goes on. */
		record HostKey(String algorithm, byte[] key, CompletableFuture<Boolean> answer) implements Event {
		}

		/** The connection is encrypted, signing in can begin. */
		record Ready() implements Event {
		}

		/** A message of the authentication protocol (RFC 4252); the bytes follow its number. */
		record Message(int number, byte[] content) implements Event {
		}

		/** The connection has ended; null if nobody said why. */
		record Ended(Throwable reason) implements Event {
		}
	}

	private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>(MOST_WAITING);
	private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
	private volatile byte[] acceptedKey;

	/** The dialogue of a connection. */
	static Dialogue of(Session session) {
		return ((org.apache.sshd.client.session.ClientSession) session).getConnectionContext().getAttribute(KEY);
	}

	/** For MINA's threads: something happened. */
	void tell(Event event) throws IOException {
		if (!events.offer(event))
			throw new IOException("The server sends more than it was asked for.");
	}

	/** For MINA's threads: the connection has ended. The first reason told is kept. */
	void end(Throwable reason) {
		if (ended.complete(reason))
			events.offer(new Event.Ended(reason)); // where the queue is full, next() sees it once that is empty
	}

	/** For MINA's threads: whether a host key may be used. Blocks while the signing-in thread finds out. */
	boolean isAccepted(String algorithm, byte[] key) {
		byte[] accepted = acceptedKey;
		if (accepted != null)
			return java.util.Arrays.equals(accepted, key); // a new key exchange in the middle of the connection
		var answer = new CompletableFuture<Boolean>();
		ended.thenAccept(_ -> answer.complete(false));
		try {
			tell(new Event.HostKey(algorithm, key, answer));
		} catch (IOException e) {
			return false;
		}
		boolean yes = answer.join();
		if (yes)
			acceptedKey = key;
		return yes;
	}

	/** Whether the connection has ended. */
	boolean isEnded() {
		return ended.isDone();
	}

	/**
	 * Waits for the next event.
	 *
	 * @param server in words for a person
	 * @throws ConnectionException if the server is silent for so long
	 */
	Event next(Duration limit, String server) throws IOException {
		try {
			Event event = events.poll();
			if (event == null && ended.isDone())
				return new Event.Ended(ended.join());
			if (event == null)
				event = events.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
			if (event == null)
				throw new ConnectionException("%s did not answer for %d s; the connection was given up.".formatted(server, limit.toSeconds()));
			return event;
		} catch (InterruptedException e) {
			throw new InterruptedIOException("Signing in was interrupted.");
		}
	}
}
