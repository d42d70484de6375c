package org.strongroom.core.residency;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

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

	/** What is recorded when it is done. */
	@FunctionalInterface
	interface Work<T> {
		T run() throws IOException;
	}

	/**
	 * Does something and records how it ended.
	 *
	 * @param event what it is, if it ends well
	 * @throws ForbiddenException as {@link #admit}: then nothing was done; or as {@link #record}: then what was opened is closed, for nobody gets it
	 */
	default <T> T during(AuditEvent event, Work<T> work) throws IOException {
		return during(() -> event, work);
	}

	/** As above. @param event looked up when it has ended, for who knows more of it then */
	default <T> T during(Supplier<AuditEvent> event, Work<T> work) throws IOException {
		admit();
		T result;
		try {
			result = work.run();
		} catch (IOException | RuntimeException e) {
			failed(event.get(), e);
			throw e;
		}
		try {
			record(event.get());
		} catch (ForbiddenException e) {
			if (result instanceof Closeable opened)
				opened.close();
			throw e;
		}
		return result;
	}

	/** Records that something failed; who did it has an error to tell already. */
	default void failed(AuditEvent event, Exception why) {
		try {
			record(event.failed(why));
		} catch (ForbiddenException e) {
			why.addSuppressed(e);
		}
	}

	/** Waits until all that was recorded so far is written, signed, and given to the sinks that are up; for the end of a process. */
	void settle(Duration limit);

	/** What is wrong with the log, or a sink, in one line for a person; empty if nothing is. */
	Optional<String> problem();
}
