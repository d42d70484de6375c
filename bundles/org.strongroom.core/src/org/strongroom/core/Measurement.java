package org.strongroom.core;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Traffic;

/**
 * Measures what passes between this process and its servers while one thread does something: round trips as that thread waits for them; requests and bytes as all connections have them
 * meanwhile, other threads' included. For that one thread; never waits.
 */
public final class Measurement {
	private final Map<Storage, Traffic> before = new IdentityHashMap<>();
	/** What a connection made meanwhile starts from. */
	private final Traffic nothing = new Traffic(Chain.length(), 0, 0, 0);

	/** @param sessions all there are now */
	public Measurement(Collection<Session> sessions) {
		for (Session session : sessions) {
			Storage storage = session.fileSystem().storage();
			before.put(storage, storage.traffic());
		}
	}

	/**
	 * The connections there were in the beginning and those there are by now: one that was lost meanwhile counts too.
	 *
	 * @param sessions all there are now
	 */
	public Set<Storage> connections(Collection<Session> sessions) {
		Set<Storage> all = Collections.newSetFromMap(new IdentityHashMap<>());
		all.addAll(before.keySet());
		for (Session session : sessions)
			all.add(session.fileSystem().storage());
		return all;
	}

	/** Whether it was made since. */
	public boolean isNew(Storage connection) {
		return !before.containsKey(connection);
	}

	/**
	 * What has passed so far, without what it took to sign in.
	 *
	 * @param sessions all there are now
	 */
	public Traffic passed(Collection<Session> sessions) {
		Traffic all = Traffic.NONE;
		for (Storage connection : connections(sessions))
			all = all.plus(connection.traffic().minus(before.getOrDefault(connection, nothing)));
		return all;
	}
}
