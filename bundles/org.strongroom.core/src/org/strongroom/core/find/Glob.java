package org.strongroom.core.find;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A pattern for names as in {@code find -name} (IEEE Std 1003.1, section 2.14 "Pattern Matching Notation"): {@code *}, {@code ?}, {@code [a-z]},
 * {@code [!a-z]}, and a backslash before what stands for itself. Time to match grows with length of name times length of pattern, whatever they are.
 */
public final class Glob {
	/** One sign of the pattern; null stands for any number of characters. */
	private final List<IntPredicate> signs = new ArrayList<>();
	/** Of each sign the character that it stands for, -1 if that is not one alone. */
	private final List<Integer> literals = new ArrayList<>();
	private final boolean ignoresCase;

	/** A pattern of which upper and lower case are told apart. */
	public Glob(String pattern) {
		this(pattern, false);
	}

	/** @param ignoresCase whether upper and lower case are the same */
	public Glob(String pattern, boolean ignoresCase) {
		this.ignoresCase = ignoresCase;
		int[] all = pattern.codePoints().toArray();
		for (int i = 0; i < all.length; i++) {
			int c = all[i];
			int end = c == '[' ? endOfSet(all, i) : -1;
			if (end > 0) {
				signs.add(set(all, i + 1, end));
				i = end;
			} else if (c == '*') {
				signs.add(null);
			} else if (c == '?') {
				signs.add(_ -> true);
			} else {
				int literal = c == '\\' && i + 1 < all.length ? all[++i] : c;
				signs.add(inCase(x -> x == literal));
				literals.add(literal);
			}
			if (literals.size() < signs.size())
				literals.add(-1);
		}
	}

	private static int endOfSet(int[] all, int begin) {
		int i = begin + 1;
		if (i < all.length && (all[i] == '!' || all[i] == '^'))
			i++;
		// A bracket that comes first stands for itself.
		for (i++; i < all.length; i++)
			if (all[i] == ']')
				return i;
		return -1;
	}

	private IntPredicate inCase(IntPredicate sign) {
		return ignoresCase ? x -> sign.test(x) || sign.test(Character.toLowerCase(x)) || sign.test(Character.toUpperCase(x)) : sign;
	}

	private IntPredicate set(int[] all, int begin, int end) {
		boolean not = all[begin] == '!' || all[begin] == '^';
		IntPredicate any = _ -> false;
		for (int i = not ? begin + 1 : begin; i < end; i++) {
			int from = all[i];
			boolean range = i + 2 < end && all[i + 1] == '-';
			int to = range ? all[i + 2] : from;
			if (range)
				i += 2;
			any = any.or(x -> from <= x && x <= to);
		}
		IntPredicate either = inCase(any);
		return not ? either.negate() : either;
	}

	/** The longest part that each name that fits has literally; empty if there is none. */
	public String literal() {
		String longest = "";
		var run = new StringBuilder();
		for (int literal : literals) {
			if (literal >= 0)
				run.appendCodePoint(literal);
			else
				run.setLength(0);
			if (run.length() > longest.length())
				longest = run.toString();
		}
		return longest;
	}

	/** Whether a whole name fits. */
	public boolean matches(String name) {
		int[] text = name.codePoints().toArray();
		int sign = 0;
		int star = -1;
		int again = 0;
		for (int i = 0; i < text.length;) {
			if (sign < signs.size() && signs.get(sign) == null) {
				star = sign++;
				again = i;
			} else if (sign < signs.size() && signs.get(sign).test(text[i])) {
				sign++;
				i++;
			} else if (star >= 0) {
				sign = star + 1;
				i = ++again;
			} else {
				return false;
			}
		}
		while (sign < signs.size() && signs.get(sign) == null)
			sign++;
		return sign == signs.size();
	}
}
