package org.strongroom.core.storage;

import java.util.Objects;

/** What must hold on the server for a save to take place. */
public sealed interface Precondition {

	/** Whatever is there is replaced. */
	record Any() implements Precondition {
	}

	/** Nothing of that name exists. */
	record Absent() implements Precondition {
	}

	/**
	 * The file still has the version that was read.
	 *
	 * @param version as found before the content was read
	 */
	record Unchanged(Version version) implements Precondition {
		public Unchanged {
			Objects.requireNonNull(version);
		}
	}
}
