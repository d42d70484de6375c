package org.strongroom.storage.nextcloud;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.strongroom.core.storage.Change;
import org.strongroom.core.storage.FileInfo.Type;

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

	private static final Map<Character, Change> OF_FILES = Map.of('W', Change.WRITE, 'N', Change.RENAME, 'V', Change.MOVE, 'D', Change.DELETE, 'R', Change.SHARE);
	private static final Map<Character, Change> OF_FOLDERS = Map.of('C', Change.ADD_FILE, 'K', Change.ADD_FOLDER, 'N', Change.RENAME, 'V', Change.MOVE, 'D', Change.DELETE, 'R', Change.SHARE);

	private Permissions() {
	}

	/** In words; letters that stand for no permission are left out. */
	static String words(String letters) {
		String words = WORDS.entrySet().stream().filter(w -> letters.indexOf(w.getKey()) >= 0).map(Map.Entry::getValue).collect(Collectors.joining(", "));
		return words.isEmpty() ? "nothing" : words;
	}

	/** What they do not permit. */
	static Set<Change> refused(String letters, Type type) {
		var refused = EnumSet.noneOf(Change.class);
		(type == Type.DIRECTORY ? OF_FOLDERS : OF_FILES).forEach((letter, change) -> {
			if (letters.indexOf(letter) < 0)
				refused.add(change);
		});
		return refused;
	}
}
