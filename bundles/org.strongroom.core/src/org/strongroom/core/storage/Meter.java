package org.strongroom.core.storage;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the traffic of one connection, for a protocol that wants to tell it. Round trips are counted along what waits for what (see {@link Chain}): a request is one deeper than what the
 * thread that sends it has waited for before, and a thread that waits for its answer has waited for as much. So requests under way together are equally deep, and those whose answer
 * nobody waits for make no chain longer. Thread-safe.
 */
public final class Meter {
	private final LongAdder requests = new LongAdder();
	private final LongAdder sent = new LongAdder();
	private final LongAdder received = new LongAdder();

	/**
	 * The current thread sends a request of so many bytes.
	 *
	 * @return how deep it is, for {@link #waitedFor}
	 */
	public long sent(long bytes) {
		requests.increment();
		sent.add(bytes);
		return Chain.length() + 1;
	}

	/** So many more bytes of a request under way were sent. */
	public void sentMore(long bytes) {
		sent.add(bytes);
	}

	/** So many bytes came in. */
	public void received(long bytes) {
		received.add(bytes);
	}

	/** The current thread has waited for the answer to a request. */
	public void waitedFor(long depth) {
		Chain.waitedFor(depth);
	}

	/** All that was counted so far; the round trips are those of the current thread. */
	public Traffic traffic() {
		return new Traffic(Chain.length(), requests.sum(), sent.sum(), received.sum());
	}
}
