package org.strongroom.core.residency;

import java.util.Objects;

/**
 * That the guard let something out.
 *
 * @param way how it leaves
 * @param place where it goes, as {@link Outgoing#place}
 * @param ruling by which it may; <em>ask</em> if it was asked for and answered yes
 */
public record Passage(WayOut way, String place, Ruling ruling) {
	public Passage {
		Objects.requireNonNull(way);
		Objects.requireNonNull(place);
		Objects.requireNonNull(ruling);
	}

	/** The same, to a place: that of one of several items, where the guard was asked about all. */
	public Passage to(String where) {
		return new Passage(way, where, ruling);
	}
}
