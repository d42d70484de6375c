package org.strongroom.core.transfer;

import java.io.IOException;
import java.nio.file.Path;

/** Follows a {@link Transfer}; called on the thread(s) that do the work. */
public interface Progress {
	/** Work on an item begins. @param size in bytes, 0 for a folder */
	default void begin(Path item, long size) {
	}

	/** More bytes of the current item have been moved. */
	default void bytes(long count) {
	}

	/** An item could not be handled; the rest goes on. */
	void failed(Path item, IOException why);

	/** Whether to stop soon; items not yet begun are left alone, the current one leaves nothing half. */
	default boolean cancelled() {
		return false;
	}
}
