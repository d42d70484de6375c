package org.strongroom.residency.internal;

import java.util.concurrent.TimeUnit;

import org.strongroom.residency.audit.AuditPolicy;
import org.strongroom.residency.audit.AuditSettings;
import org.strongroom.residency.policy.Policies;

/** The audit log is kept as the policies have it. It is asked for each event, so what was read is believed for a moment. */
public final class PolicyOfLog implements AuditPolicy {
	/** Nanoseconds. */
	private static final long MOMENT = TimeUnit.SECONDS.toNanos(1);

	/** @param at when it was read, as {@link System#nanoTime()} */
	private record Known(AuditSettings settings, long at) {
	}

	private volatile Known known;

	@Override
	public AuditSettings settings() {
		Known last = known;
		long now = System.nanoTime();
		if (last == null || now - last.at() > MOMENT) {
			last = new Known(Policies.read(Policies.sources()).audit(), now);
			known = last;
		}
		return last.settings();
	}
}
