package org.strongroom.core.storage;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the traffic of one connection, for a protocol that wants to tell it. Round trips are counted with a logical clock (Lamport 1978): a request is one deeper
 * than the deepest answer received before it was sent, and the deepest answer so far is the length of the chain. Requests that are under way together are
 * equally deep; those whose answer nobody waits for are not told to {@link #answered} and make no chain longer. Thread-safe.
 */
public final class Meter {
	private final AtomicLong clock = new AtomicLong();
	private final LongAdder requests = new LongAdder();
	private final LongAdder sent = new LongAdder();
	private final LongAdder received = new LongAdder();

	/**
	 * A request of so many bytes goes out.
	 *
	 * @return how deep it is, for {@link #answered}
	 */
	public long sent(long bytes) {
		requests.increment();
		sent.add(bytes);
		return clock.get() + 1;
	}

	/** So many bytes came in. */
	public void received(long bytes) {
		received.add(bytes);
	}

	/** The answer to a request came in that somebody waits for. */
	public void answered(long depth) {
		clock.accumulateAndGet(depth, Math::max);
	}

	/** All that was counted so far. */
	public Traffic traffic() {
		return new Traffic(clock.get(), requests.sum(), sent.sum(), received.sum());
	}
}
