package org.strongroom.vault.cryptomator.internal.encrypted;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Renamings that exist in memory only. Entries that a sync client left beside others ({@code name (1).c9r}) can be shown under no name of their own; cryptofs gives
 * them one by renaming them on the server, which looking must not do. Lasts as long as the vault is unlocked. Thread-safe.
 */
public final class Aliases {
	/** @param folder names of the content folder that the entry lies in */
	private record Entry(List<String> folder, String name) {
	}

	/** More conflicts than this are left out of listings. */
	private static final int MOST = 10_000;

	private final Map<Entry, String> real = new ConcurrentHashMap<>();
	private final Map<Entry, String> shown = new ConcurrentHashMap<>();

	boolean put(List<String> folder, String realName, String shownName) {
		if (real.size() >= MOST)
			return false;
		real.put(new Entry(folder, shownName), realName);
		shown.put(new Entry(folder, realName), shownName);
		return true;
	}

	/** The name on the server of an entry that is shown under another one. */
	Optional<String> real(List<String> folder, String shownName) {
		return Optional.ofNullable(real.get(new Entry(folder, shownName)));
	}

	/** The name under which an entry is shown, if it is another one than that on the server. */
	Optional<String> shown(List<String> folder, String realName) {
		return Optional.ofNullable(shown.get(new Entry(folder, realName)));
	}

	void remove(List<String> folder, String shownName) {
		String name = real.remove(new Entry(folder, shownName));
		if (name != null)
			shown.remove(new Entry(folder, name));
	}
}
