package org.strongroom.storage.nextcloud;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What somebody may do with an item, as the server writes it: a letter for each. */
final class Permissions {
	private static final Map<Character, String> WORDS = new LinkedHashMap<>();
	static {
		WORDS.put('G', "read");
		WORDS.put('W', "change");
		WORDS.put('C', "new files");
		WORDS.put('K', "new folders");
		WORDS.put('N', "rename");
		WORDS.put('V', "move");
		WORDS.put('D', "delete");
		WORDS.put('R', "share");
	}

	private Permissions() {
	}

	/** In words; letters that stand for no permission are left out. */
	static String words(String letters) {
		String words = WORDS.entrySet().stream().filter(w -> letters.indexOf(w.getKey()) >= 0).map(Map.Entry::getValue).collect(Collectors.joining(", "));
		return words.isEmpty() ? "nothing" : words;
	}
}
