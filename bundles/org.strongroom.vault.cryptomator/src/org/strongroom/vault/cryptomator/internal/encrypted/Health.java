package org.strongroom.vault.cryptomator.internal.encrypted;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;

import org.strongroom.core.doctor.Finding;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.vault.cryptomator.internal.Together;

/**
 * Looks for damage in a vault, folder by folder from the root, by what listings tell; contents of files are not read. Once all folders were seen, what belongs to none of them is looked for, too.
 * Changes nothing. For one use.
 */
public final class Health {
	private static final String ID = "vault.health";
	/** Folders looked into at once; each has a handful of requests under way. */
	private static final int AT_ONCE = 16;
	/** Damaged items that are named. */
	private static final int MOST_NAMED = 5;
	private static final String BACKUP = "Restore it from a backup of the encrypted folder. Cryptomator's own Vault Health tells more, and mends some of it.";

	private final EncryptedVault vault;
	private final String shown;
	private final int mostFolders;
	private final Map<Path, String> seen = new LinkedHashMap<>();
	private final List<String> damaged = new ArrayList<>();
	private int items;
	private int unreadable;
	private int strange;
	private int litter;
	private boolean whole = true;

	/**
	 * @param shown the vault, for a person
	 * @param mostFolders how many folders are looked into
	 */
	public Health(EncryptedVault vault, String shown, int mostFolders) {
		this.vault = vault;
		this.shown = shown;
		this.mostFolders = mostFolders;
	}

	/** A folder to look into. @param path readable, without a slash at its end */
	private record Next(String path, Folder folder) {
	}

	/** Looks. @throws ConnectionException if the connection is lost meanwhile */
	public List<Finding> find() throws IOException {
		Deque<Next> waiting = new ArrayDeque<>(List.of(new Next("", vault.root().folder())));
		seen.put(vault.root().folder().content(), "/");
		int looked = 0;
		while (!waiting.isEmpty() && looked < mostFolders) {
			var batch = new LinkedHashMap<Next, Future<FolderListing>>();
			while (!waiting.isEmpty() && batch.size() < AT_ONCE && looked + batch.size() < mostFolders) {
				Next next = waiting.poll();
				batch.put(next, Together.start(() -> vault.list(next.folder())));
			}
			looked += batch.size();
			try {
				for (var work : batch.entrySet())
					take(work.getKey(), work.getValue(), waiting);
			} finally {
				batch.values().forEach(work -> work.cancel(true));
			}
		}
		var found = new ArrayList<Finding>();
		int left = waiting.size();
		String extent = "%d %s with %d %s looked through, without reading contents".formatted(looked, looked == 1 ? "folder" : "folders", items, items == 1 ? "item" : "items");
		if (damaged.isEmpty() && unreadable == 0)
			found.add(Finding.ok(ID, shown, "No damage found: %s.".formatted(extent)));
		else
			damage(found, extent);
		if (left > 0)
			found.add(Finding.unchecked("vault.extent", shown, "%d folders more were not looked into.".formatted(left)));
		if (strange > 0 || litter > 0)
			found.add(Finding.note("vault.strange", shown, "%d things between its items that are none, of which %d were left by saves that were cut off.".formatted(strange + litter, litter),
					"They take room, and may be what a file manager or sync client left behind.", "What saves left (.strongroom-…) may be removed when nobody works in the vault."));
		orphans(found, left == 0 && whole);
		return found;
	}

	private void take(Next next, Future<FolderListing> work, Deque<Next> waiting) throws IOException {
		FolderListing listing;
		try {
			listing = Together.get(work);
		} catch (ConnectionException | InterruptedIOException e) {
			throw e;
		} catch (IOException e) {
			whole &= e instanceof DamagedContentException; // then there is nothing in it that could lead further
			damaged.add((next.path().isEmpty() ? "/" : next.path()) + " (" + (e.getMessage() == null ? "it cannot be looked at" : e.getMessage()) + ")");
			return;
		}
		unreadable += listing.unreadable();
		strange += listing.strange();
		litter += listing.litter().size();
		// what cannot be read may be a folder, and what is in it would seem to belong to none
		whole &= listing.unreadable() == 0;
		for (var item : listing.items().entrySet()) {
			items++;
			String path = next.path() + "/" + item.getKey();
			Found found = item.getValue();
			if (found.is(Found.Type.DIRECTORY)) {
				String other = seen.putIfAbsent(found.folder().content(), path);
				if (other != null)
					damaged.add("%s (it is the same folder as %s)".formatted(path, other));
				else if (found.problem().isPresent())
					damaged.add(path + " (" + found.problem().get() + ")");
				else
					waiting.add(new Next(path, found.folder()));
			} else if (found.problem().isPresent()) {
				whole &= !found.is(Found.Type.BROKEN);
				damaged.add(path + " (" + found.problem().get() + ")");
			} else if (found.is(Found.Type.FILE)) {
				file(path, found);
			}
		}
	}

	private void file(String path, Found found) {
		if (found.attributes().isEmpty())
			return;
		try {
			vault.ciphers().layout().check(found.attributes().get().size());
		} catch (DamagedContentException e) {
			damaged.add(path + " (" + e.getMessage() + ")");
		}
	}

	private void damage(List<Finding> found, String extent) {
		var parts = new ArrayList<String>();
		if (!damaged.isEmpty())
			parts.add("%d damaged: %s%s".formatted(damaged.size(), String.join(", ", damaged.subList(0, Math.min(MOST_NAMED, damaged.size()))),
					damaged.size() > MOST_NAMED ? ", and " + (damaged.size() - MOST_NAMED) + " more" : ""));
		if (unreadable > 0)
			parts.add("%d whose names cannot be read".formatted(unreadable));
		found.add(Finding.serious(ID, shown, "%s; %s.".formatted(String.join("; ", parts), extent), "What is damaged cannot be opened, or not wholly. It may be an accident, or somebody on the server tampers with it.", BACKUP));
	}

	/** Folders with items that no folder of the vault leads to. */
	private void orphans(List<Finding> found, boolean possible) throws IOException {
		String id = "vault.orphans";
		if (!possible) {
			found.add(Finding.unchecked(id, shown, "What belongs to no folder: cannot be told, for not all folders could be seen."));
			return;
		}
		Set<Path> known = new HashSet<>(seen.keySet());
		List<Path> all = new ArrayList<>();
		try {
			Deque<Path> prefixes = new ArrayDeque<>(folders(vault.data()));
			while (!prefixes.isEmpty()) {
				var batch = new ArrayList<Future<List<Path>>>();
				while (!prefixes.isEmpty() && batch.size() < AT_ONCE) {
					Path prefix = prefixes.poll();
					batch.add(Together.start(() -> folders(prefix)));
				}
				try {
					for (var work : batch)
						all.addAll(Together.get(work));
				} finally {
					batch.forEach(work -> work.cancel(true));
				}
			}
		} catch (ConnectionException | InterruptedIOException e) {
			throw e;
		} catch (IOException e) {
			found.add(Finding.unchecked(id, shown, "What belongs to no folder: cannot be told, for the encrypted folder cannot be listed."));
			return;
		}
		List<Path> orphans = all.stream().filter(p -> !known.contains(p)).toList();
		if (orphans.isEmpty())
			found.add(Finding.ok(id, shown, "Nothing lies in it that belongs to no folder."));
		else
			found.add(Finding.warning(id, shown, "%d encrypted %s to no folder of the vault, such as %s.".formatted(orphans.size(), orphans.size() == 1 ? "folder belongs" : "folders belong", orphans.getFirst()),
					"Their items are not shown anywhere. Something was removed only half, or its entry was lost.", "Cryptomator's Vault Health gives such items a place again; or restore the entry from a backup."));
	}

	private static List<Path> folders(Path folder) throws IOException {
		var all = new ArrayList<Path>();
		try {
			for (Map.Entry<String, BasicFileAttributes> item : Below.list(folder).entrySet())
				if (item.getValue().isDirectory())
					all.add(folder.resolve(item.getKey()));
		} catch (NoSuchFileException | NotDirectoryException e) {
			// removed meanwhile
		}
		return all;
	}
}
