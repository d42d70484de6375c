package org.strongroom.vault.cryptomator.internal.encrypted;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.vault.cryptomator.internal.Together;
import org.strongroom.vault.cryptomator.internal.encrypted.Found.Type;

/**
 * What lies in a folder: its encrypted folder is listed once, and whatever the listing does not tell (which entries are folders, the long names, when a folder was changed) is
 * asked for all together, as soon as it is known, so that a listing takes a handful of round trips whatever its size. Changes nothing.
 * <p>
 * Sync clients leave conflicting copies beside entries ({@code NAME (1).c9r}), which stand for no readable name of their own. They are shown under one made of the
 * name and what was added; where the entry proper is missing, under the name itself. So are entries that other programs have made where we would not look for
 * the name: not in Unicode's normal form C, or shortened for another threshold.
 *
 * @param items by readable name, in the server's order
 * @param unreadable how many entries there have no name that can be read
 * @param strange how many things lie there that are no entries of a vault, such as what file managers leave behind
 * @param litter what was left behind there by saves that were cut off
 */
public record FolderListing(Map<String, Found> items, int unreadable, int strange, List<Path> litter) {
	static final String MISSING = "the folder with its content is missing";
	/** Entries looked into at once. */
	private static final int MOST_AT_ONCE = 4096;
	/** The shortest encrypted name is that of the empty one. */
	private static final Pattern BASE64 = Pattern.compile("[a-zA-Z0-9_-]{20,}={0,2}");
	/** Cryptomator takes no longer ones. */
	static final int LONGEST_NAME_FILE = 10 * 1024;
	/** Attempts to find an encrypted name within a longer one: for each, and for all of a folder. */
	private static final int MOST_ATTEMPTS = 64;
	private static final int MOST_ATTEMPTS_AT_ALL = 20_000;

	static FolderListing of(EncryptedVault vault, Folder folder) throws IOException {
		var reading = new Reading(vault, folder);
		return Ciphers.isBrief(Thread.currentThread()) ? reading.read() : Together.get(Together.start(reading::read)); // once, not for each name
	}

	/** An entry whose name can be read. @param added what a sync client has added to its encrypted name; empty for an entry proper */
	private record Named(String name, String added, Found found) {
	}

	/** @param proper whether the entry lies where its name is looked for */
	private record Placed(Named named, boolean proper) {
	}

	private static final class Reading {
		private final EncryptedVault vault;
		private final Folder folder;
		private final Semaphore limit = new Semaphore(MOST_AT_ONCE);
		private final Map<String, Found> items = new LinkedHashMap<>();
		private final List<Path> litter = new ArrayList<>();
		/** Of what the listing itself tells everything. */
		private final List<Named> files = new ArrayList<>();
		/** What had to be asked for. */
		private final List<Future<Optional<Placed>>> under = new ArrayList<>();
		private int unreadable;
		private int strange;
		private int attempts = MOST_ATTEMPTS_AT_ALL;

		Reading(EncryptedVault vault, Folder folder) {
			this.vault = vault;
			this.folder = folder;
		}

		FolderListing read() throws IOException {
			try {
				list();
				var all = new ArrayList<Placed>();
				files.forEach(file -> all.add(placed(file))); // while the others are asked for
				for (var work : under)
					Together.get(work).ifPresentOrElse(all::add, () -> unreadable++);
				show(all);
			} finally {
				under.forEach(work -> work.cancel(true)); // where one has failed, nobody waits for the others
			}
			return new FolderListing(items, unreadable, strange, litter);
		}

		private void list() throws IOException {
			try {
				Below.each(folder.content(), this::take);
			} catch (NoSuchFileException | NotDirectoryException e) {
				throw new DamagedContentException(MISSING);
			}
		}

		private void take(String entry, BasicFileAttributes own) throws IOException {
			if (entry.endsWith(Place.ENDING) && !entry.equals(Place.FOLDER_ID_BACKUP))
				start(entry, own);
			else if (entry.endsWith(Place.SHORTENED))
				under.add(limited(() -> shortened(entry, own).map(this::placed)));
			else if (Stage.isName(entry))
				litter.add(folder.content().resolve(entry));
			else if (!entry.equals(Place.FOLDER_ID_BACKUP))
				strange++;
		}

		private void start(String entry, BasicFileAttributes own) throws IOException {
			Optional<Named> read = name(entry);
			if (read.isEmpty() || !StoragePaths.isSafeName(read.get().name())) {
				unreadable++;
				return;
			}
			var place = new Place(folder.content().resolve(entry), null);
			if (own.isRegularFile())
				files.add(new Named(read.get().name(), read.get().added(), Found.file(place, own)));
			else
				under.add(limited(() -> Optional.of(placed(new Named(read.get().name(), read.get().added(), look(place, own))))));
		}

		private <T> Future<T> limited(java.util.concurrent.Callable<T> work) throws IOException {
			try {
				limit.acquire();
			} catch (InterruptedException e) {
				Thread.currentThread().interrupt();
				throw new java.io.InterruptedIOException("listing was cancelled");
			}
			return Together.start(() -> {
				try {
					return work.call();
				} finally {
					limit.release();
				}
			});
		}

		/** What an entry is; one that cannot be looked at is broken and does not end the listing. */
		private Found look(Place place, BasicFileAttributes own) throws IOException {
			try {
				Found found = vault.probe(place, own).found();
				return found.is(Type.DIRECTORY) && vault.putsOff() ? found.with(own) : vault.withAttributes(found);
			} catch (ConnectionException | java.io.InterruptedIOException e) {
				throw e;
			} catch (FileSystemException e) {
				return Found.broken(place, "it cannot be looked at" + (e.getReason() == null ? "" : ": " + e.getReason()));
			}
		}

		/** The name of an entry {@code NAME.c9r}. */
		private Optional<Named> name(String entry) {
			String text = entry.substring(0, entry.length() - Place.ENDING.length());
			Matcher matcher = BASE64.matcher(text);
			if (text.length() % 4 == 0 && matcher.matches()) {
				Optional<String> name = vault.ciphers().decryptName(text, folder.id());
				if (name.isPresent())
					return Optional.of(new Named(name.get(), "", null));
			}
			return text.startsWith(".") ? Optional.empty() : within(text, matcher.reset());
		}

		/** Looks for an encrypted name in a longer one, from the start of each run of its characters or one of the few joints in it. */
		private Optional<Named> within(String text, Matcher matcher) {
			int left = Math.min(MOST_ATTEMPTS, attempts);
			int most = left;
			try {
				while (left > 0 && matcher.find()) {
					for (int start = matcher.start(); left > 0 && start >= 0 && matcher.end() - start >= 20; start = joint(text, start, matcher.end())) {
						for (int end = matcher.end() - (matcher.end() - start) % 4; left > 0 && end - start >= 20; end -= 4) {
							left--;
							Optional<String> name = vault.ciphers().decryptName(text.substring(start, end), folder.id());
							if (name.isPresent()) {
								String added = text.substring(end).isEmpty() ? " " + text.substring(0, start) : text.substring(end);
								return Optional.of(new Named(name.get(), added, null));
							}
						}
					}
				}
				return Optional.empty();
			} finally {
				attempts -= most - left;
			}
		}

		/** Behind the next character that programs put between a name and what they add. */
		private static int joint(String text, int from, int end) {
			for (int i = from; i < end; i++)
				if (text.charAt(i) == '_' || text.charAt(i) == '-')
					return i + 1;
			return -1;
		}

		/** An entry {@code HASH.c9s}: its name is in it. */
		private Optional<Named> shortened(String entry, BasicFileAttributes own) throws IOException {
			var path = folder.content().resolve(entry);
			var content = Together.start(() -> Below.read(path.resolve(Place.NAME), LONGEST_NAME_FILE));
			var place = new Place(path, "");
			Found found = look(place, own);
			String longName;
			try {
				longName = new String(Together.get(content), UTF_8);
			} catch (ConnectionException | java.io.InterruptedIOException e) {
				throw e;
			} catch (IOException e) {
				return Optional.empty(); // it has no name
			}
			if (!longName.endsWith(Place.ENDING))
				return Optional.empty();
			Optional<String> name = vault.ciphers().decryptName(longName.substring(0, longName.length() - Place.ENDING.length()), folder.id())
					.filter(StoragePaths::isSafeName);
			String proper = Ciphers.shorten(longName);
			String shown = entry.substring(0, entry.length() - Place.SHORTENED.length());
			String added = shown.equals(proper) ? "" : shown.startsWith(proper) ? shown.substring(proper.length()) : " " + shown;
			return name.map(n -> new Named(n, added, new Found(found.type(), new Place(path, longName), found.folder(), found.attributes(), found.problem())));
		}

		private Placed placed(Named n) {
			try {
				return new Placed(n, n.added().isEmpty() && vault.place(folder, n.name()).path().equals(n.found().place().path()));
			} catch (FileSystemException e) {
				return new Placed(n, false); // a name that could not be given
			}
		}

		private void show(List<Placed> all) {
			for (Placed p : all)
				if (p.proper() && items.putIfAbsent(p.named().name(), p.named().found()) != null)
					unreadable++;
			var aliases = new HashMap<String, Place>();
			for (Placed p : all) {
				Named n = p.named();
				if (p.proper() || isTheSameFolder(n.found(), items.get(n.name())))
					continue;
				Optional<String> free = alternatives(n).stream().filter(name -> !items.containsKey(name) && StoragePaths.isSafeName(name)).findFirst();
				if (free.isEmpty()) {
					unreadable++;
					continue;
				}
				items.put(free.get(), n.found());
				aliases.put(free.get(), n.found().place());
			}
			vault.alias(folder, aliases);
		}

		/** Two entries of one folder are one folder. */
		private static boolean isTheSameFolder(Found one, Found other) {
			return other != null && one.is(Type.DIRECTORY) && other.is(Type.DIRECTORY) && one.folder().equals(other.folder());
		}

		/** Names for a conflicting copy. */
		private static List<String> alternatives(Named copy) {
			int dot = copy.name().lastIndexOf('.');
			String base = dot > 0 ? copy.name().substring(0, dot) : copy.name();
			String ending = dot > 0 ? copy.name().substring(dot) : "";
			var names = new ArrayList<>(List.of(copy.name(), base + copy.added() + ending));
			for (int i = 1; i < 10; i++)
				names.add("%s (%d)%s".formatted(base, i, ending));
			return names;
		}
	}
}
