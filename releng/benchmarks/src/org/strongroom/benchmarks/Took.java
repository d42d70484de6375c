package org.strongroom.benchmarks;

import java.util.Locale;

/**
 * How long something took.
 *
 * @param seconds not-a-number if it failed
 * @param whole whether it was done then; if not, it was ended
 */
record Took(double seconds, boolean whole) {
	static final Took FAILED = new Took(Double.NaN, true);

	/** @param best seconds of the best, to compare with */
	String ratio(double best) {
		return text("%.1f", seconds / best);
	}

	@Override
	public String toString() {
		return text("%.2f s", seconds);
	}

	private String text(String format, double value) {
		return Double.isNaN(value) ? "failed" : (whole ? "" : "> ") + String.format(Locale.ROOT, format, value);
	}
}
