package org.strongroom.core.transfer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import org.strongroom.core.residency.Passage;

/** Follows a {@link Transfer}. Called on the threads that do the work, by several at once for different items; must be quick. */
public interface Progress {
	/** Work on an item begins. @param size in bytes as far as known beforehand, 0 for a folder or a link */
	default void begin(Path item, long size) {
	}

	/** More bytes have been moved, of whichever item. */
	default void bytes(long count) {
	}

	/** An item is where it should be (or gone, if it was to be removed); for a folder: with all in it. */
	default void done(Path item) {
	}

	/** An item could not be handled, for instance because of its name; the rest goes on. */
	void failed(Path item, IOException why);

	/** What let leave memory what is carried, if that leaves it: recorded with each item. */
	default Optional<Passage> passage() {
		return Optional.empty();
	}

	/** Whether to stop soon; items not yet begun are left alone, the current ones leave nothing half. */
	default boolean cancelled() {
		return false;
	}
}
