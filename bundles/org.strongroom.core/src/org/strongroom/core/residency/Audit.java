package org.strongroom.core.residency;

import java.time.Duration;
import java.util.Optional;

/**
 * Service: the audit log. Thread-safe. Whoever records is not kept waiting: events are written by another thread, in the order of recording. What cannot be written now waits, encrypted, and is
 * written later. Where the policy says <em>no log, no access</em> it is the other way round: nothing is done that is not written.
 */
public interface Audit {
	/** Where nothing is recorded. */
	Audit NONE = new Audit() {
		@Override
		public void admit() {
			// whatever is done is welcome
		}

		@Override
		public void record(AuditEvent event) {
			// nobody asks
		}

		@Override
		public void settle(Duration limit) {
			// nothing waits
		}

		@Override
		public Optional<String> problem() {
			return Optional.empty();
		}
	};

	/**
	 * To be called before something is done that will be recorded.
	 *
	 * @throws ForbiddenException if the policy says <em>no log, no access</em> and the log, or a sink of it, cannot be written
	 */
	void admit() throws ForbiddenException;

	/**
	 * Records what happened; of reading before it is shown to anybody.
	 *
	 * @throws ForbiddenException if the policy says <em>no log, no access</em> and this cannot be written: what was read is not to be shown then. The event waits nevertheless
	 */
	void record(AuditEvent event) throws ForbiddenException;

	/** Waits until all that was recorded so far is written, signed, and given to the sinks that are up; for the end of a process. */
	void settle(Duration limit);

	/** What is wrong with the log, or a sink, in one line for a person; empty if nothing is. */
	Optional<String> problem();
}
