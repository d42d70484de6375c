package org.strongroom.testing.ui;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Measures how long the UI thread lets events wait. */
public final class Watchdog implements AutoCloseable {
	private static final long EVERY_MILLIS = 5;
	private final Thread thread;
	private volatile boolean done;
	private volatile long longest;

	private Watchdog() {
		thread = Thread.ofPlatform().daemon().name("Watchdog").start(this::watch);
	}

	/** Starts to measure. */
	public static Watchdog start() {
		return new Watchdog();
	}

	private void watch() {
		try {
			while (!done) {
				var served = new CountDownLatch(1);
				long asked = System.nanoTime();
				Ui.display().asyncExec(served::countDown);
				served.await();
				longest = Math.max(longest, System.nanoTime() - asked);
				TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
			}
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		}
	}

	/** Ends measuring, and gives the longest that an event had to wait. */
	public Duration stop() {
		close();
		return Duration.ofNanos(longest);
	}

	@Override
	public void close() {
		done = true;
		try {
			thread.join();
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		}
	}
}
