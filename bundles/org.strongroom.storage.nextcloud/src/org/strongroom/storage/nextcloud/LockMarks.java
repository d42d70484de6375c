package org.strongroom.storage.nextcloud;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What locks leave behind, of one account in this process: which locks on the server are our own, and whose, so that the next connection goes on with those of one that was lost; and which entity tags stand
 * for the same content, for locking a file and unlocking it gives it another one each time, as if it had been changed. In memory alone. Thread-safe.
 */
final class LockMarks {
	private static final Map<String, LockMarks> ACCOUNTS = new ConcurrentHashMap<>();
	private static final int MOST_TAGS = 10_000;
	/** By path. */
	private final Map<String, Own> own = new HashMap<>();
	/** The first tag of a content, by each later one. */
	private final Map<String, String> first = bounded();
	/** The last tag of a content, by its first one. */
	private final Map<String, String> last = bounded();

	/**
	 * A lock that we made.
	 *
	 * @param token by which the server knows it
	 * @param pause until it is to be made last longer; empty for one that lasts for ever
	 * @param by takes care of it, as long as it is open
	 */
	record Own(String token, Optional<Duration> pause, NextcloudStorage by) {
	}

	private LockMarks() {
	}

	private static Map<String, String> bounded() {
		return new LinkedHashMap<>() {
			private static final long serialVersionUID = 1L;

			@Override
			protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
				return size() > MOST_TAGS;
			}
		};
	}

	/** @param account names it among all of all servers */
	static LockMarks of(String account) {
		return ACCOUNTS.computeIfAbsent(account, _ -> new LockMarks());
	}

	synchronized void made(String path, Own lock) {
		own.put(path, lock);
	}

	synchronized void taken(String path) {
		own.remove(path);
	}

	/** The lock that we made of a file, if it is the one of this token. */
	synchronized Optional<Own> own(String path, String token) {
		return Optional.ofNullable(own.get(path)).filter(o -> o.token().equals(token));
	}

	/** A content has another tag now. */
	synchronized void retagged(String before, String now) {
		if (before.equals(now))
			return;
		String begun = first(before);
		first.put(now, begun);
		last.put(begun, now);
	}

	/** The tag that a content had first, by any of those it has had. */
	synchronized String first(String tag) {
		return first.getOrDefault(tag, tag);
	}

	/** The tag that a content has now, as far as is known, by any of those it has had. */
	synchronized String last(String tag) {
		return last.getOrDefault(first(tag), tag);
	}
}
