package org.strongroom.core.residency;

import java.util.Objects;
import java.util.Optional;

/**
 * What the policy in force says to something.
 *
 * @param verdict what it says
 * @param where that comes from, in words for a person that go on from <i>by</i>, which name nothing but whose policy it is and the line: <i>the policy of this machine, line 12</i>
 * @param because the reason that is written there, or what is wrong with it, without a full stop
 */
public record Ruling(Verdict verdict, String where, Optional<String> because) {
	public Ruling {
		Objects.requireNonNull(verdict);
		Objects.requireNonNull(where);
		Objects.requireNonNull(because);
	}

	/** Without a reason. */
	public Ruling(Verdict verdict, String where) {
		this(verdict, where, Optional.empty());
	}

	/** Where it comes from and why, in words for a person that go on from <i>by</i>: <i>the policy of this machine, line 12 (Printers are shared)</i>. */
	public String rule() {
		return where + because.map(" (%s)"::formatted).orElse("");
	}

	/** The stricter of the two; this one if they are alike. */
	public Ruling or(Ruling other) {
		return other.verdict.compareTo(verdict) > 0 ? other : this;
	}
}
