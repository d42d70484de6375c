package org.strongroom.ui.internal.explorer;

import java.text.CollationKey;
import java.text.Collator;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

import org.strongroom.core.Item;

/** The orders that a folder can be shown in: folders always come first, names the way a person counts ({@code 2.txt} before {@code 10.txt}). */
public enum Order {
	NAME("Name", Comparator.comparing(Keyed::key)),
	SIZE("Size", Comparator.comparing((Keyed k) -> k.item().size()).reversed().thenComparing(Keyed::key)),
	MODIFIED("Modified", Comparator.comparing((Keyed k) -> k.item().modified()).reversed().thenComparing(Keyed::key));

	private static final Pattern DIGITS = Pattern.compile("0*(\\d{1,30})");

	private final String label;
	private final Comparator<Keyed> comparator;

	/** An item with its name made ready for many comparisons. */
	private record Keyed(Item item, CollationKey key) {
	}

	Order(String label, Comparator<Keyed> comparator) {
		this.label = label;
		this.comparator = Comparator.comparing((Keyed k) -> !k.item().isFolder()).thenComparing(comparator)
				.thenComparing(k -> k.item().name());
	}

	/** For the menu. */
	public String label() {
		return label;
	}

	/** The same items in this order. */
	public List<Item> sort(List<Item> items) {
		Collator collator = Collator.getInstance();
		collator.setStrength(Collator.TERTIARY);
		collator.setDecomposition(Collator.CANONICAL_DECOMPOSITION);
		return items.stream().map(i -> new Keyed(i, collator.getCollationKey(counted(i.name())))).sorted(comparator).map(Keyed::item).toList();
	}

	/** Numbers behind their count of digits, so that they compare by value. */
	private static String counted(String name) {
		if (name.chars().noneMatch(Character::isDigit))
			return name;
		return DIGITS.matcher(name).replaceAll(m -> "%02d".formatted(m.group(1).length()) + m.group(1));
	}
}
