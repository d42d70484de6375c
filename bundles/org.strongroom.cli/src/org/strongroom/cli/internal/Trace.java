package org.strongroom.cli.internal;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import org.strongroom.core.Measurement;
import org.strongroom.core.Session;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Traffic;

/** Tells on standard error what each command cost: one line for it, and one for each sign-in. For one thread. */
final class Trace {
	private final Set<Storage> told = Collections.newSetFromMap(new IdentityHashMap<>());
	private Measurement measurement;
	private long begun;

	/** A command begins. */
	void begin(Collection<Session> sessions) {
		measurement = new Measurement(sessions);
		begun = System.nanoTime();
	}

	/** It has ended, well or not. */
	void end(Collection<Session> sessions, Errors err) {
		long time = System.nanoTime() - begun;
		for (Storage storage : measurement.connections(sessions))
			if (told.add(storage))
				storage.signInCost().ifPresent(c -> err.write("trace: sign-in round-trips=%d ms=%d\n".formatted(c.roundTrips(), c.time().toMillis())));
		Traffic traffic = measurement.passed(sessions);
		err.write("trace: round-trips=%d requests=%d sent=%d received=%d ms=%d\n".formatted(traffic.roundTrips(), traffic.requests(), traffic.sent(), traffic.received(),
				Duration.ofNanos(time).toMillis()));
	}
}
