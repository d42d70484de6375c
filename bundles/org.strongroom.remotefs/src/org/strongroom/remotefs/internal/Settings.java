package org.strongroom.remotefs.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Limits of a file system.
 *
 * @param freshness how long an answer of the server is believed; a change made by others is seen after this time at the latest
 * @param clock in nanoseconds, as {@link System#nanoTime()}
 * @param mostCached names kept in the attribute cache at the most
 * @param mostListed entries of one folder that are taken from a server before it counts as endless
 * @param spoolMemory bytes of one unsent file that are kept in memory before they spill
 * @param spoolFolder where unsent bytes spill, encrypted
 */
public record Settings(Duration freshness, LongSupplier clock, int mostCached, int mostListed, int spoolMemory, Path spoolFolder) {
	/** What is used outside tests. */
	public static final Settings DEFAULT = new Settings(Duration.ofSeconds(5), System::nanoTime, 300_000, 1_000_000, 8 << 20,
			Path.of(System.getProperty("java.io.tmpdir")));
}
