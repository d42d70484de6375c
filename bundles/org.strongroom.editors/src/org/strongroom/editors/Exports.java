package org.strongroom.editors;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts what was saved readable to this machine since the start, because the person asked for it. Thread-safe. */
public final class Exports {
	private final AtomicInteger items = new AtomicInteger();

	/** Items saved. */
	public int count() {
		return items.get();
	}

	/** One item more. */
	public void add() {
		items.incrementAndGet();
	}
}
