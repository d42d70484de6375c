package org.strongroom.core.residency;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

import org.osgi.framework.Bundle;
import org.strongroom.core.Bookmark;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Prompter;
import org.strongroom.core.auth.SignInCancelledException;
import org.strongroom.core.vault.VaultInfo;

/**
 * Service: the one place that everything passes which leaves memory. Thread-safe. A policy that is damaged forbids.
 */
public interface Guard {
	/** The system property that has this process travel, whatever others do. */
	String TRAVEL_PROPERTY = "strongroom.travel";

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

		/** Why nobody is there to be asked, in words that go on from <i>for</i>; empty if somebody may be. */
		default Optional<String> absence() {
			return Optional.empty();
		}

		/** Asks by a prompter; who cancels says no. */
		static Person by(Prompter prompter) {
			return new Person() {
				@Override
				public boolean permits(Outgoing outgoing, Ruling ruling) {
					try {
						return prompter.confirm(new Challenge.Permission(outgoing.bookmark().map(Bookmark::name).orElse("Strongroom"), outgoing.way().action(), outgoing.what(), outgoing.place(), ruling.rule()));
					} catch (SignInCancelledException e) {
						return false;
					}
				}

				@Override
				public Optional<String> absence() {
					return prompter.absence();
				}
			};
		}
	}

	/** What the policy says; asks nobody, and may be called on any thread. */
	Ruling ruling(Outgoing outgoing);

	/** The mildest of what the policy says, whatever place it goes to: it is forbidden only where no place is permitted. Asks nobody, and may be called on any thread. */
	Ruling mildest(Outgoing outgoing);

	/**
	 * Lets something out, or not: to be called just before it leaves. The person is asked on the calling thread where the policy says so.
	 *
	 * @return by what it may leave, for who records how that ends
	 * @throws ForbiddenException if the policy forbids it, or the person says no
	 */
	Passage pass(Outgoing outgoing, Person person) throws ForbiddenException;

	/**
	 * Lets somebody sign in, or not: before anything is sent to the server.
	 *
	 * @throws ForbiddenException if the policy forbids it
	 */
	void admit(Bookmark bookmark) throws ForbiddenException;

	/**
	 * What is demanded of a server, and of the connection to it.
	 *
	 * @throws ForbiddenException if nobody may sign in there
	 */
	Requirements requirements(URI server) throws ForbiddenException;

	/**
	 * Lets somebody unlock a vault, or not: before its passphrase is asked.
	 *
	 * @param location of the vault
	 * @throws ForbiddenException if the policy forbids it
	 */
	void admit(Bookmark bookmark, String location, VaultInfo vault) throws ForbiddenException;

	/** The longest that somebody may leave vaults unlocked untouched; empty if no policy says anything of that. Reads the policies, so a few files; may be called on any thread. A policy that is damaged leaves a minute. */
	Optional<Duration> idleLimit();

	/**
	 * Lets a plug-in be used that contributes to Strongroom's extension points, or not: before anything of it runs.
	 *
	 * @throws ForbiddenException if the policy forbids it
	 */
	void admit(Bundle plugIn) throws ForbiddenException;

	/** Whether somebody is travelling: nothing leaves memory for this machine then, whatever the policy says. */
	boolean isTravelling();

	/** Begins or ends travelling. Whoever ends it has made sure that this is the person whose vaults they are. */
	void travel(boolean travelling);

	/** Tells a listener, on the thread on which it happens, that what is allowed may have changed. */
	void addListener(Runnable listener);

	/** Ends {@link #addListener}. */
	void removeListener(Runnable listener);
}
