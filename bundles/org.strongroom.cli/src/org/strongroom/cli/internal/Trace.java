package org.strongroom.cli.internal;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

import org.strongroom.core.Session;
import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Traffic;

/** Tells on standard error what each command cost: one line for it, and one for each sign-in. For one thread. */
final class Trace {
	private final Set<Storage> told = Collections.newSetFromMap(new IdentityHashMap<>());
	private final Map<Storage, Traffic> before = new IdentityHashMap<>();
	/** What a connection made meanwhile starts from. */
	private Traffic nothing;
	private long begun;

	/** A command begins. */
	void begin(Collection<Session> sessions) {
		before.clear();
		nothing = new Traffic(Chain.length(), 0, 0, 0);
		for (Session session : sessions)
			before.put(session.fileSystem().storage(), session.fileSystem().storage().traffic());
		begun = System.nanoTime();
	}

	/** It has ended, well or not. */
	void end(Collection<Session> sessions, Errors err) {
		long time = System.nanoTime() - begun;
		// A connection that was lost meanwhile counts too.
		Set<Storage> all = Collections.newSetFromMap(new IdentityHashMap<>(before.size() + 1));
		all.addAll(before.keySet());
		for (Session session : sessions)
			all.add(session.fileSystem().storage());
		Traffic traffic = Traffic.NONE;
		for (Storage storage : all) {
			traffic = traffic.plus(storage.traffic().minus(before.getOrDefault(storage, nothing)));
			if (told.add(storage))
				storage.signInCost().ifPresent(c -> err.write("trace: sign-in round-trips=%d ms=%d\n".formatted(c.roundTrips(), c.time().toMillis())));
		}
		err.write("trace: round-trips=%d requests=%d sent=%d received=%d ms=%d\n".formatted(traffic.roundTrips(), traffic.requests(), traffic.sent(), traffic.received(),
				Duration.ofNanos(time).toMillis()));
	}
}
