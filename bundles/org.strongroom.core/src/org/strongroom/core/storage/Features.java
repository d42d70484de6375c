package org.strongroom.core.storage;

import java.time.Duration;

/**
 * What a storage can do, known once it is connected.
 *
 * @param atomicReplace whether a save replaces an existing file in one step (else the old file is moved aside and back on failure)
 * @param symbolicLinks whether links can be read and made
 * @param permissions whether POSIX permissions can be read and set
 * @param settableTimes whether the time of the last change can be set
 * @param timeGranularity the smallest difference of times the server keeps
 * @param manyAtOnce whether hundreds of requests are under way together as easily as one; where most of them would wait for their turn, what need not be asked is not asked
 */
public record Features(boolean atomicReplace, boolean symbolicLinks, boolean permissions, boolean settableTimes,
		Duration timeGranularity, boolean manyAtOnce) {
}
