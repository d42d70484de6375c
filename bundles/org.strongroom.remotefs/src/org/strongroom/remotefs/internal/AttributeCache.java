package org.strongroom.remotefs.internal;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.StoragePaths;

/**
 * What is known of a server's folders, in memory alone. An answer is believed for a short time; changes made through this file system are known at once, those
 * made by others after that time at the latest. From a complete listing follows that what it lacks does not exist, and below what is a file there is nothing.
 * Links: what is known by one name is known by that name; after an own change all that was known by way of a link is forgotten, and after an own change by way
 * of a link everything. (A link that was never looked at is not known for one: a change made through it is seen under other names when the time is over.)
 * <p>
 * Thread-safe. An answer that was asked for before an own change ended is not taken: see {@link #stamp()}.
 */
final class AttributeCache {
	/** One name. Either may be null for <i>not known</i>. @param own the item itself @param followed what it leads to */
	private record Known(Answer own, Answer followed, long at) {
	}

	/** An answer: the item, or empty for <i>there is none</i>. */
	record Answer(Optional<FileInfo> info) {
		static final Answer ABSENT = new Answer(Optional.empty());

		static Answer of(FileInfo info) {
			return new Answer(Optional.of(info));
		}

		private boolean isLink() {
			return info.isPresent() && info.get().type() == Type.SYMLINK;
		}

		private boolean isLeaf() {
			return info.isEmpty() || info.get().type() == Type.FILE;
		}
	}

	/** One folder. {@code names} in the server's order; if {@code listed} it has all names as of {@code listedAt}. */
	private static final class Folder {
		final Map<String, Known> names = new LinkedHashMap<>();
		boolean listed;
		long listedAt;
	}

	private final long freshness;
	private final LongSupplier clock;
	private final int most;
	/** By path, the longest unused first. */
	private final LinkedHashMap<String, Folder> folders = new LinkedHashMap<>(64, 0.75f, true);
	/** The links seen, so that own changes can be told to concern what is seen through them. */
	private final LinkedHashMap<String, Boolean> links = new LinkedHashMap<>();
	private int count;
	private long changes;

	AttributeCache(Settings settings) {
		freshness = settings.freshness().toNanos();
		clock = settings.clock();
		most = settings.mostCached();
	}

	/** Folders that are being made, and whether something in them has changed meanwhile. */
	private final Map<String, Boolean> making = new HashMap<>();

	/** To be taken before the server is asked, and handed in with its answer. */
	record Stamp(long changes, long at) {
	}

	synchronized Stamp stamp() {
		return new Stamp(changes, clock.getAsLong());
	}

	/** What is known of an item; empty if the server has to be asked. */
	synchronized Optional<Answer> get(String path, boolean follow) {
		Known known = known(path);
		if (known != null) {
			Answer answer = follow && (known.own == null || known.own.isLink()) ? known.followed : known.own;
			if (answer != null)
				return Optional.of(answer);
			if (known.own != null || known.followed != null)
				return Optional.empty();
		}
		return isAbsent(path) ? Optional.of(Answer.ABSENT) : Optional.empty();
	}

	private Known known(String path) {
		Folder folder = folders.get(StoragePaths.parent(path));
		Known known = folder == null ? null : folder.names.get(StoragePaths.name(path));
		return known != null && isFresh(known.at) ? known : null;
	}

	/** Whether something on the way to an item is known to be missing or a file, or the folder's listing lacks it. */
	private boolean isAbsent(String path) {
		if (path.equals("/"))
			return false;
		String parent = StoragePaths.parent(path);
		Folder folder = folders.get(parent);
		if (folder != null && folder.listed && isFresh(folder.listedAt) && !folder.names.containsKey(StoragePaths.name(path)))
			return true;
		Known above = known(parent);
		if (above == null)
			return isAbsent(parent);
		return above.own != null && (above.own.isLeaf() || above.own.isLink() && above.followed != null && above.followed.isLeaf());
	}

	private boolean isFresh(long at) {
		return clock.getAsLong() - at < freshness;
	}

	/** Whether a path is known to be a folder because it was listed. */
	synchronized boolean isListed(String path) {
		Folder folder = folders.get(path);
		return folder != null && folder.listed && isFresh(folder.listedAt);
	}

	/** A folder's complete listing, if it is known. */
	synchronized Optional<Map<String, FileInfo>> listing(String path) {
		Folder folder = folders.get(path);
		if (folder == null || !folder.listed || !isFresh(folder.listedAt))
			return Optional.empty();
		var all = new LinkedHashMap<String, FileInfo>();
		for (var entry : folder.names.entrySet()) {
			Known known = entry.getValue();
			if (known.own == null || !isFresh(known.at))
				return Optional.empty();
			known.own.info().ifPresent(info -> all.put(entry.getKey(), info));
		}
		if (path.equals("/"))
			all.remove("");
		return Optional.of(all);
	}

	/** Takes the server's answer about an item itself. */
	synchronized void put(String path, Answer own, Stamp stamp) {
		if (stamp.changes != changes)
			return;
		Known known = known(path);
		put(path, new Known(own, known == null || !own.isLink() ? null : known.followed, stamp.at));
	}

	/** Takes the server's answer about what an item leads to. */
	synchronized void putFollowed(String path, Answer followed, Stamp stamp) {
		if (stamp.changes != changes)
			return;
		Known known = known(path);
		if (known == null || known.own == null)
			put(path, new Known(null, followed, stamp.at));
		else if (known.own.isLink())
			put(path, new Known(known.own, followed, known.at));
		else
			put(path, new Known(followed, null, stamp.at));
	}

	private void put(String path, Known known) {
		Folder folder = folders.computeIfAbsent(StoragePaths.parent(path), _ -> new Folder());
		if (folder.names.put(StoragePaths.name(path), known) == null)
			count++;
		if (known.own != null && known.own.isLink())
			link(path);
		shrink();
	}

	/** Notes that there is a link at a path. */
	synchronized void link(String path) {
		links.put(path, true);
		if (links.size() > 10_000) {
			Iterator<String> oldest = links.keySet().iterator();
			oldest.next();
			oldest.remove();
		}
	}

	/** Takes a whole listing. */
	synchronized void putListing(String path, Map<String, FileInfo> entries, Stamp stamp) {
		if (stamp.changes != changes || entries.size() > most)
			return;
		Folder before = folders.remove(path);
		if (before != null)
			count -= before.names.size();
		var folder = new Folder();
		folder.listed = true;
		folder.listedAt = stamp.at;
		entries.forEach((name, info) -> {
			Answer own = Answer.of(info);
			Known old = before == null ? null : before.names.get(name);
			folder.names.put(name, new Known(own, own.isLink() && old != null && isFresh(old.at) ? old.followed : null, stamp.at));
			if (own.isLink())
				link(StoragePaths.child(path, name));
		});
		count += folder.names.size();
		folders.put(path, folder);
		shrink();
	}

	private void shrink() {
		for (Iterator<Folder> oldest = folders.values().iterator(); count > most && oldest.hasNext();) {
			count -= oldest.next().names.size();
			oldest.remove();
		}
	}

	/**
	 * Own changes: forgets what is known of an item and below it, for this or another state of it.
	 *
	 * @param now the item itself as it is known to be now, or null
	 */
	synchronized void changed(String path, Answer now) {
		changes++;
		making.computeIfPresent(StoragePaths.parent(path), (_, _) -> true);
		boolean byLink = !links.isEmpty() && forgetLinks(path);
		forget(path);
		if (now != null && !byLink)
			put(path, new Known(now, null, clock.getAsLong()));
	}

	/** A folder is about to be made. */
	synchronized void making(String path) {
		making.putIfAbsent(path, false);
	}

	/** It was made, or not: then there is nothing in it, unless somebody was quicker. */
	synchronized void made(String path, boolean done) {
		boolean untouched = Boolean.FALSE.equals(making.remove(path));
		changed(path, null);
		if (done && untouched)
			isEmpty(path);
	}

	private void isEmpty(String path) {
		var folder = new Folder();
		folder.listed = true;
		folder.listedAt = clock.getAsLong();
		Folder before = folders.put(path, folder);
		if (before != null)
			count -= before.names.size();
	}

	/** Forgets what was seen through links, and all, if the change itself was made through one (true then). */
	private boolean forgetLinks(String path) {
		for (String above = StoragePaths.parent(path); !above.equals("/"); above = StoragePaths.parent(above)) {
			if (links.containsKey(above)) {
				clear();
				return true;
			}
		}
		if (links.containsKey(path))
			clear();
		for (String link : links.keySet().toArray(String[]::new)) {
			forgetBelow(link);
			Folder folder = folders.get(StoragePaths.parent(link));
			Known known = folder == null ? null : folder.names.get(StoragePaths.name(link));
			if (known != null && known.followed != null)
				folder.names.put(StoragePaths.name(link), new Known(known.own, null, known.at));
		}
		return false;
	}

	/** Forgets an item and all below it. */
	synchronized void refresh(String path) {
		changes++;
		if (path.equals("/") || !links.isEmpty())
			clear();
		else
			forget(path);
	}

	private void forget(String path) {
		forgetBelow(path);
		Folder folder = folders.get(StoragePaths.parent(path));
		if (folder == null)
			return;
		// the name stays, as one that nothing is known of: the listing must not say that it is missing
		if (folder.names.put(StoragePaths.name(path), new Known(null, null, clock.getAsLong())) == null)
			count++;
	}

	private void forgetBelow(String path) {
		String below = path.equals("/") ? "/" : path + "/";
		for (var all = folders.entrySet().iterator(); all.hasNext();) {
			var entry = all.next();
			if (entry.getKey().equals(path) || entry.getKey().startsWith(below)) {
				count -= entry.getValue().names.size();
				all.remove();
			}
		}
	}

	/** Forgets everything but where links were seen: that one was there does no harm if it is gone. */
	synchronized void clear() {
		changes++;
		folders.clear();
		count = 0;
	}

	/** Names known, for tests. */
	synchronized int size() {
		return count;
	}

}
