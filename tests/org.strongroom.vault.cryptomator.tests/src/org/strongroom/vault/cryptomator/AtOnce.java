package org.strongroom.vault.cryptomator;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Work of many threads. */
final class AtOnce {
	private AtOnce() {
	}

	/** So many pieces of work. */
	static List<Callable<Void>> of(int count, IntFunction<Callable<Void>> piece) {
		var all = new ArrayList<Callable<Void>>();
		for (int i = 0; i < count; i++)
			all.add(piece.apply(i));
		return all;
	}

	/** Does each on a thread of its own and waits for them all. What one fails with ends the others too, and is thrown. */
	static void run(List<Callable<Void>> work) throws Exception {
		try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<Void>> started = work.stream().map(threads::submit).toList();
			for (Future<Void> one : started) {
				try {
					one.get();
				} catch (ExecutionException e) {
					threads.shutdownNow();
					throw e.getCause() instanceof Exception x ? x : e;
				}
			}
		}
	}
}
