package org.strongroom.storage.sftp.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * What a connection has put on a server and not taken away yet: temporary files, folders on their way, and, where the server cannot replace a file in one step, old files put aside. If the
 * connection is lost, the next one of this process to the same account tidies up. For when the process is lost too there are {@link Records}. Thread-safe.
 */
final class Leftovers {
	/** Of connections to one account, those that may still owe something. */
	private static final Map<String, List<Leftovers>> ACCOUNTS = new ConcurrentHashMap<>();

	/**
	 * One of them.
	 *
	 * @param record the name of its record; empty if it has none
	 * @param isLeaving whether what removes the record was sent
	 */
	private record Entry(Records.Item item, String record, boolean isLeaving) {
	}

	private final Map<String, Entry> entries = new ConcurrentHashMap<>();
	private final SftpStorage owner;
	private final String account;
	private final Records records;
	private boolean adopted;

	/** @param owner the storage that keeps them while it is open */
	private Leftovers(SftpStorage owner, String account, Records records) {
		this.owner = owner;
		this.account = account;
		this.records = records;
	}

	/** Begins to keep record for a storage. @param account the user and the server */
	static Leftovers of(SftpStorage owner, String account, Records records) {
		var mine = new Leftovers(owner, account, records);
		ACCOUNTS.compute(account, (_, all) -> {
			List<Leftovers> list = all == null ? new ArrayList<>() : all;
			for (Leftovers other : List.copyOf(list)) {
				if (!other.owner.isOpen()) {
					mine.adopt(other);
					list.remove(other);
				}
			}
			list.add(mine);
			return list;
		});
		return mine;
	}

	private void adopt(Leftovers other) {
		adopted |= other.isOwing();
		other.entries.forEach((path, entry) -> entries.put(path, new Entry(entry.item(), entry.record(), false)));
		records.adopt(other.records);
	}

	private boolean isOwing() {
		return !entries.isEmpty() || records.isOwing();
	}

	/** Whether some were taken over from a connection that is gone. */
	boolean areAdopted() {
		return adopted;
	}

	/** The storage is closed. What it owes is kept. */
	void end() {
		ACCOUNTS.computeIfPresent(account, (_, all) -> {
			if (!isOwing())
				all.remove(this);
			return all.isEmpty() ? null : all;
		});
		records.end();
	}

	/** A temporary file or folder is about to be made, or what is there is none but that. */
	void temporary(String path) {
		add(new Records.Item(path, ""));
	}

	/** A file is about to be put aside. */
	void aside(String path, String target) {
		add(new Records.Item(path, target));
	}

	private void add(Records.Item item) {
		entries.compute(item.path(), (_, known) -> known == null || known.isLeaving() ? new Entry(item, records.make(item), false) : new Entry(item, known.record(), false));
	}

	/** What will make it go from there was just sent. */
	void leaving(String path) {
		entries.computeIfPresent(path, (_, entry) -> {
			unrecord(entry);
			return new Entry(entry.item(), entry.record(), true);
		});
	}

	/** It is gone from there. */
	void gone(String path) {
		Entry entry = entries.remove(path);
		if (entry != null)
			unrecord(entry);
	}

	private void unrecord(Entry entry) {
		if (!entry.isLeaving() && !entry.record().isEmpty())
			records.remove(entry.record());
	}

	/** What there is. */
	List<Records.Item> items() {
		return entries.values().stream().map(Entry::item).toList();
	}

	/** Removes records of what is not there any more. Waits for that, but not for longer than so. */
	void removeOldRecords(Duration most) {
		var kept = entries.values().stream().map(Entry::record).collect(Collectors.toSet());
		records.names().stream().filter(name -> !kept.contains(name)).forEach(records::remove);
		records.removeFolder();
		records.await(most);
	}

	/** Waits until the server has removed the records of what is gone, but not for longer than that. */
	void await(Duration most) {
		records.await(most);
	}
}
