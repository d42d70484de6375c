package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

import org.strongroom.core.storage.Chain;

/**
 * More SFTP channels of one connection, for long transfers: what may be under way to a server is limited for each channel (2 MiB with OpenSSH), and a server that is busy
 * with a long request of one still answers the others. They are opened in the background when first wanted, and kept. A server that gives no (more) channels is not asked again.
 * Thread-safe.
 */
final class Lanes {
	/** Besides the first channel; OpenSSH allows ten in all (MaxSessions in sshd_config(5)). */
	static final int MOST = 5;

	/** Opens one more channel. */
	interface Opener {
		SftpChannel open() throws IOException;
	}

	/** A channel that is open, or will be. */
	private static final class Opening extends CompletableFuture<SftpChannel> {
		/** How long the chain of whoever waits for it is at least: two round trips, one for the channel, one for SFTP in it. */
		final long chain = Chain.length() + 2;
	}

	private final Opener opener;
	private final List<Opening> channels = new ArrayList<>();
	/** Bytes sent by all uploads that are not confirmed yet. */
	private final AtomicLong underWay = new AtomicLong();
	private boolean refused;

	Lanes(Opener opener) {
		this.opener = opener;
	}

	/** Begins to open channels until there are so many; returns at once. */
	synchronized void want(int count) {
		channels.removeIf(c -> c.isDone() && (c.isCompletedExceptionally() || !c.join().isOpen()));
		while (channels.size() < Math.min(count, MOST) && !refused) {
			var channel = new Opening();
			channels.add(channel);
			Thread.ofVirtual().name("one more SFTP channel").start(() -> open(channel));
		}
	}

	private void open(Opening channel) {
		try {
			SftpChannel opened = opener.open();
			opened.count();
			channel.complete(opened);
		} catch (IOException | RuntimeException e) {
			synchronized (this) {
				refused = true;
			}
			channel.completeExceptionally(e);
		}
	}

	/** Those that are open by now. */
	synchronized List<SftpChannel> open() {
		return channels.stream().filter(c -> c.isDone() && !c.isCompletedExceptionally()).map(CompletableFuture::join).filter(SftpChannel::isOpen).toList();
	}

	/** One of them, opened if need be; null if the server gives none. */
	SftpChannel one() throws InterruptedIOException {
		Opening first;
		synchronized (this) {
			want(1);
			if (channels.isEmpty())
				return null;
			first = channels.getFirst();
		}
		boolean waits = !first.isDone();
		try {
			SftpChannel channel = first.get();
			if (waits)
				Chain.waitedFor(Math.min(first.chain, Chain.length() + 2));
			return channel;
		} catch (ExecutionException e) {
			return null;
		} catch (InterruptedException e) {
			throw new InterruptedIOException("Interrupted while waiting for the server.");
		}
	}

	/** Bytes of all uploads under way. */
	long underWay() {
		return underWay.get();
	}

	/** So many more (or, negative, less) are under way. */
	void underWay(long change) {
		underWay.addAndGet(change);
	}
}
