package org.strongroom.core.auth;

import java.util.Arrays;
import java.util.Objects;

/**
 * Something a person typed that nobody else may learn. Wiped by {@link #close()}; whoever is handed one closes it.
 */
public final class Secret implements AutoCloseable {
	private final char[] chars;
	private final boolean remember;

	/**
	 * @param chars taken over, not copied
	 * @param remember whether the person ticked that it be kept
	 */
	public Secret(char[] chars, boolean remember) {
		this.chars = Objects.requireNonNull(chars);
		this.remember = remember;
	}

	/** A secret that is not to be kept; the array is taken over, not copied. */
	public static Secret of(char[] chars) {
		return new Secret(chars, false);
	}

	/** The characters themselves, not a copy; all NUL once closed. */
	public char[] chars() {
		return chars;
	}

	/** Whether the person ticked that it be kept. */
	public boolean remember() {
		return remember;
	}

	@Override
	public void close() {
		Arrays.fill(chars, '\0');
	}

	@Override
	public String toString() {
		return "Secret[…]";
	}
}
