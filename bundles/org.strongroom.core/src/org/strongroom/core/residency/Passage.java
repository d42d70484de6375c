package org.strongroom.core.residency;

import java.util.Objects;

/**
 * That the guard let something out.
 *
 * @param way how it leaves
 * @param ruling by which it may; <em>ask</em> if a person said yes to it
 */
public record Passage(WayOut way, Ruling ruling) {
	public Passage {
		Objects.requireNonNull(way);
		Objects.requireNonNull(ruling);
	}
}
