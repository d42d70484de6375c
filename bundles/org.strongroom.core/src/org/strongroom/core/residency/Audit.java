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
	 * As above.
	 *
	 * @param event what is to be done: the log has it as <em>denied</em> if it is refused
	 */
	default void admit(Supplier<AuditEvent> event) throws ForbiddenException {
		try {
			admit();
		} catch (ForbiddenException e) {
			failed(event.get(), e);
			throw e;
		}
	}

	/**
	 * Records what happened.
	 *
	 * @throws ForbiddenException if the policy says <em>no log, no access</em> and this cannot be written: nothing more is to be done then. The event waits nevertheless
	 */
	void record(AuditEvent event) throws ForbiddenException;

	/**
	 * Records that somebody gets something, just before they do: what was read before it is shown, what is let out before it leaves.
	 *
	 * @param event what it is, if they get it
	 * @throws ForbiddenException if the policy says <em>no log, no access</em> and this cannot be written: nobody is to get it then. The log has it as <em>denied</em>
	 */
	default void grant(AuditEvent event) throws ForbiddenException {
		record(event);
	}

	/** What is recorded when it is done. */
	@FunctionalInterface
	interface Work<T> {
		T run() throws IOException;
	}

	/**
	 * Does something and records how it ended.
	 *
	 * @param event what it is, if it ends well
	 * @throws ForbiddenException as {@link #admit}: then nothing was done; or as {@link #record} and {@link #grant}: then what was opened is closed, for nobody gets it
	 */
	default <T> T during(AuditEvent event, Work<T> work) throws IOException {
		return during(() -> event, work);
	}

	/** As above. @param event looked up when it has ended, for who knows more of it then */
	default <T> T during(Supplier<AuditEvent> event, Work<T> work) throws IOException {
		admit(event);
		T result;
		try {
			result = work.run();
		} catch (IOException | RuntimeException e) {
			failed(event.get(), e);
			throw e;
		}
		try {
			AuditEvent ended = event.get().ended();
			if (ended.kind().isAccess())
				grant(ended);
			else
				record(ended);
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
			record(event.ended().failed(why));
		} catch (ForbiddenException e) {
			why.addSuppressed(e);
		}
	}

	/** Waits until all that was recorded so far is written, signed, and given to the sinks that are up; for the end of a process. */
	void settle(Duration limit);

	/** What is wrong with the log, or sinks, in one line for a person; empty if nothing is. */
	Optional<String> problem();
}
