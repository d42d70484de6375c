package org.strongroom.demo;

import java.security.SecureRandom;
import java.util.List;

/** Passphrases that are read off a screen and typed by hand: three short words. Good for as long as a demo runs, on this machine alone. */
final class Passphrases {
	private static final int LENGTH = 3;
	private static final List<String> WORDS = List.of("amber", "anchor", "apple", "arrow", "autumn", "barrel", "basket", "beacon", "birch", "bridge", "button", "cable", "candle",
			"canvas", "carbon", "castle", "cedar", "chalk", "cherry", "cloud", "cobalt", "copper", "coral", "crane", "dawn", "delta", "desk", "dune", "eagle", "ember", "falcon", "fern",
			"forest", "garden", "ginger", "granite", "harbour", "hazel", "hill", "indigo", "island", "ivory", "jasper", "kettle", "ladder", "lantern", "lemon", "linen", "maple",
			"marble", "meadow", "mint", "north", "oak", "ocean", "olive", "orchid", "paper", "pearl", "pebble", "pepper", "piano", "pine", "plum", "quartz", "quill", "rain", "raven",
			"river", "saddle", "sail", "salt", "silver", "slate", "spruce", "stone", "sugar", "summit", "tiger", "timber", "tulip", "velvet", "violet", "walnut", "willow", "winter",
			"wool", "zinc");

	private Passphrases() {
	}

	/** A new one, such as {@code harbour-lemon-quill}. */
	static String fresh(SecureRandom random) {
		return String.join("-", random.ints(0, WORDS.size()).distinct().limit(LENGTH).mapToObj(WORDS::get).toList());
	}
}
