package org.strongroom.storage.nextcloud;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Uploads that were cut off by a lost connection, of one account in this process: whoever saves the same file over the next connection goes on with them. In memory alone; of contents, digests. What
 * nobody goes on with is taken away by the next storage of the account that is closed with its connection up, or by the server after a day. Thread-safe.
 */
final class CutOff {
	private static final Map<String, CutOff> ACCOUNTS = new ConcurrentHashMap<>();
	private final Map<String, Left> uploads = new HashMap<>();

	/**
	 * What is on the server of one upload.
	 *
	 * @param folder of the chunks, percent-encoded
	 * @param size of a chunk, in bytes
	 * @param chunks what the server has received, by number
	 */
	record Left(String folder, int size, Map<Integer, Part> chunks) {
	}

	/** A chunk. */
	record Part(int length, String digest) {
	}

	private CutOff() {
	}

	/** @param account names it among all of all servers */
	static CutOff of(String account) {
		return ACCOUNTS.computeIfAbsent(account, _ -> new CutOff());
	}

	/** An upload to a file was cut off. If another one to the same file was, too, and nobody has gone on with it, that is left to the server. */
	synchronized void add(String path, Left left) {
		uploads.put(path, left);
	}

	/** Somebody uploads to a file again: what is left is theirs. */
	synchronized Optional<Left> take(String path) {
		return Optional.ofNullable(uploads.remove(path));
	}

	/** Nobody goes on with any. */
	synchronized List<Left> takeAll() {
		List<Left> all = List.copyOf(uploads.values());
		uploads.clear();
		return all;
	}
}
