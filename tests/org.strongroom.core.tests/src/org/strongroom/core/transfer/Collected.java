package org.strongroom.core.transfer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;

import org.strongroom.core.Problem;

/** What a transfer told. */
final class Collected implements Progress {
	final Map<String, String> failed = new ConcurrentSkipListMap<>();
	final AtomicLong bytes = new AtomicLong();
	final AtomicLong done = new AtomicLong();
	private final LongPredicate stop;

	Collected() {
		this(_ -> false);
	}

	/** @param stop whether to cancel after that many bytes */
	Collected(LongPredicate stop) {
		this.stop = stop;
	}

	@Override
	public void bytes(long count) {
		bytes.addAndGet(count);
	}

	@Override
	public void done(Path item) {
		done.incrementAndGet();
	}

	@Override
	public void failed(Path item, IOException why) {
		failed.put(item.getFileName().toString(), Problem.of(why).message());
	}

	@Override
	public boolean cancelled() {
		return stop.test(bytes.get());
	}

	Map<String, String> failures() {
		return new TreeMap<>(failed);
	}
}
