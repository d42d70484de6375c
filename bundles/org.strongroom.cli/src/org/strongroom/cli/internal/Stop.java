package org.strongroom.cli.internal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The wish to end at once, by Ctrl+C or the system, and the way to an orderly end. */
final class Stop {
	private final Thread worker;
	private final CountDownLatch ended = new CountDownLatch(1);
	private volatile boolean wished;

	/** @param worker what does the work */
	Stop(Thread worker) {
		this.worker = worker;
	}

	/** Whether to stop soon. */
	boolean isWished() {
		return wished;
	}

	/** Stops the work. @return whether it came to its end in that time */
	boolean stop(Duration patience) {
		wished = true;
		worker.interrupt();
		try {
			return ended.await(patience.toMillis(), TimeUnit.MILLISECONDS);
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/** The work has come to its end, all is tidy. */
	void ended() {
		ended.countDown();
	}
}
