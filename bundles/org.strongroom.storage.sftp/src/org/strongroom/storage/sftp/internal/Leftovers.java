package org.strongroom.storage.sftp.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a connection has put on a server and not taken away yet: temporary files, and, where the server cannot replace a file in one step, old files put aside. If the
 * connection is lost, the next one to the same account tidies up. In memory alone, so that of a process that ends with its connection broken a {@code .strongroom-….part}
 * may stay. Thread-safe.
 */
final class Leftovers {
	/** Of connections to one account, those that may still owe something. */
	private static final Map<String, List<Leftovers>> ACCOUNTS = new ConcurrentHashMap<>();

	/** Where it lies, and where it belongs; the latter empty for what is to be removed. */
	private final Map<String, String> items = new ConcurrentHashMap<>();
	private final SftpStorage owner;
	private final String account;

	/** @param owner the storage that keeps them while it is open */
	private Leftovers(SftpStorage owner, String account) {
		this.owner = owner;
		this.account = account;
	}

	/** Begins to keep record for a storage. @param account the user and the server */
	static Leftovers of(SftpStorage owner, String account) {
		var mine = new Leftovers(owner, account);
		ACCOUNTS.compute(account, (_, all) -> {
			List<Leftovers> list = all == null ? new ArrayList<>() : all;
			for (Leftovers other : List.copyOf(list)) {
				if (!other.owner.isOpen()) {
					mine.items.putAll(other.items);
					list.remove(other);
				}
			}
			list.add(mine);
			return list;
		});
		return mine;
	}

	/** The storage is closed. What it owes is kept. */
	void end() {
		ACCOUNTS.computeIfPresent(account, (_, all) -> {
			if (items.isEmpty())
				all.remove(this);
			return all.isEmpty() ? null : all;
		});
	}

	/** A temporary file is about to be made. */
	void temporary(String path) {
		items.put(path, "");
	}

	/** A file is about to be put aside. */
	void aside(String path, String target) {
		items.put(path, target);
	}

	/** It is gone from there. */
	void gone(String path) {
		items.remove(path);
	}

	/** What there is, and where it belongs. */
	Map<String, String> items() {
		return Map.copyOf(items);
	}
}
