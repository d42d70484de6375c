package org.strongroom.core.residency;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a policy says to something, from lenient to strict. */
public enum Verdict {
	ALLOW,
	/** Only after the person says yes to just that. */
	ASK,
	FORBID;

	/** As a policy calls it: {@code allow}, {@code ask}, {@code forbid}. */
	public String word() {
		return name().toLowerCase(Locale.ROOT);
	}

	/** By {@link #word}. */
	public static Optional<Verdict> of(String word) {
		return Arrays.stream(values()).filter(verdict -> verdict.word().equals(word)).findFirst();
	}

	/** The stricter of the two. */
	public Verdict or(Verdict other) {
		return compareTo(other) >= 0 ? this : other;
	}
}
