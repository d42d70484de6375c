package org.strongroom.core.residency;

/**
 * Service: the one place that everything passes which leaves memory. Thread-safe. A policy that is damaged forbids.
 */
public interface Guard {
	/** Asks the person who is there. */
	@FunctionalInterface
	interface Person {
		/** Nobody is there to be asked. */
		Person NOBODY = (_, _) -> false;

		/**
		 * Whether something may leave memory just this once.
		 *
		 * @param ruling why it is asked
		 */
		boolean permits(Outgoing outgoing, Ruling ruling);
	}

	/** What the policy says; asks nobody, and may be called on any thread. */
	Ruling ruling(Outgoing outgoing);

	/**
	 * Lets something out, or not: to be called just before it leaves. The person is asked on the calling thread where the policy says so.
	 *
	 * @throws ForbiddenException if the policy forbids it, or the person says no
	 */
	void pass(Outgoing outgoing, Person person) throws ForbiddenException;

	/** Whether somebody is travelling: nothing leaves memory then, whatever the policy says. */
	boolean isTravelling();

	/** Begins or ends travelling. Whoever ends it has made sure that this is the person whose vaults they are. */
	void travel(boolean travelling);

	/** Tells a listener, on the thread on which it happens, that what is allowed may have changed. */
	void addListener(Runnable listener);

	/** Ends {@link #addListener}. */
	void removeListener(Runnable listener);
}
