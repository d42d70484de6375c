package org.strongroom.core.residency;

import java.util.Objects;

/**
 * What the policy in force says to something.
 *
 * @param verdict what it says
 * @param rule where that comes from, in words for a person that go on from <i>by</i>: <i>the policy of this machine, line 12</i>
 */
public record Ruling(Verdict verdict, String rule) {
	public Ruling {
		Objects.requireNonNull(verdict);
		Objects.requireNonNull(rule);
	}

	/** The stricter of the two; this one if they are alike. */
	public Ruling or(Ruling other) {
		return other.verdict.compareTo(verdict) > 0 ? other : this;
	}
}
