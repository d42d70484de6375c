package org.strongroom.core.residency;

import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Somewhere else that the lines of the audit log go. Contributed through the extension point {@code org.strongroom.core.auditSinks}; used where the policy names it. All is called on one thread at a
 * time, never the UI's.
 * <p>
 * Lines come in their order, each at least once: what was delivered is kept on record, and what was not is given again after an error, by the next process if need be. After a process was killed some may
 * come twice; they are told by their number.
 */
public interface AuditSink {
	/**
	 * Makes ready to deliver; waits 10 s at the most.
	 *
	 * @param settings as the policy has them, such as the address
	 * @throws IllegalArgumentException with one line for a person if they are not usable
	 * @throws IOException if it is down; it is tried again later
	 */
	Delivery open(Map<String, String> settings) throws IOException;

	/**
	 * A line of the log.
	 *
	 * @param number from 1
	 * @param event its word
	 * @param result its word
	 * @param text the JSON object, without a line feed; nothing in it needs to be kept secret from whoever may know servers' and users' names
	 */
	record Line(long number, Instant time, String event, String result, String text) {
	}

	/** A sink that is up. */
	interface Delivery extends Closeable {
		/**
		 * Delivers some lines; waits 10 s at the most.
		 *
		 * @throws IOException if not all of them, as far as that can be told: they are delivered again after the sink was opened anew
		 */
		void deliver(List<Line> lines) throws IOException;

		/**
		 * Whether all that was delivered is known to have arrived, as far as that can be told. Where it is not, it is once {@link #close} has returned; this is closed then within seconds after nothing more
		 * was delivered, and opened anew for what comes next.
		 */
		default boolean isCertain() {
			return true;
		}

		/**
		 * Ends it; waits 10 s at the most.
		 *
		 * @throws IOException if what was delivered and was not {@link #isCertain certain} may be lost: it is delivered again after the sink was opened anew
		 */
		@Override
		void close() throws IOException;
	}
}
