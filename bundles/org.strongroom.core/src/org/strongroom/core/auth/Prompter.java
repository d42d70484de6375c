package org.strongroom.core.auth;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Asks the person: by dialogs, on a terminal, or through an askpass program. An OSGi service that the UI or the CLI supplies; the one
 * with the highest ranking is used. Called from any thread but the UI's, and blocks until there is an answer.
 */
public interface Prompter {
	/** Asks for one secret. Whoever is given it closes it. */
	Secret secret(Challenge.ForSecret challenge) throws SignInCancelledException;

	/** Asks the questions of one round; as many answers as prompts, in their order. */
	List<Secret> answers(Challenge.KeyboardInteractive challenge) throws SignInCancelledException;

	/** Asks whether an unknown server is the right one. */
	boolean confirm(Challenge.HostKey challenge) throws SignInCancelledException;

	/** Asks whether a server is to be trusted whose certificate this machine does not trust. Who cannot ask that says no. */
	default boolean confirm(Challenge.Certificate challenge) throws SignInCancelledException {
		return false;
	}

	/** Asks whether something may leave memory. Who cannot ask that says no. */
	default boolean confirm(Challenge.Permission challenge) throws SignInCancelledException {
		return false;
	}

	/** Why nobody can be asked here, in words that go on from <i>for</i>; empty if somebody can. */
	default Optional<String> absence() {
		return Optional.empty();
	}

	/**
	 * Has the person open an address in a browser and sign in there, and waits until that is done or has failed.
	 *
	 * @param done completed by whoever asks, from any thread; not by the prompter
	 * @return whether the person ticked that what the server grants be kept
	 * @throws SignInCancelledException if the person cancels; who has no browser, and nobody to ask, throws it at once
	 */
	default boolean browse(Challenge.BrowserLogin challenge, CompletableFuture<?> done) throws SignInCancelledException {
		throw new SignInCancelledException("%s: %s cannot be opened in a browser here.".formatted(challenge.asker(), challenge.prompt()));
	}

	/**
	 * Waits until something is done or has failed; for prompters.
	 *
	 * @throws SignInCancelledException if this thread is interrupted before; it stays interrupted
	 */
	static void await(Challenge challenge, CompletableFuture<?> done) throws SignInCancelledException {
		try {
			done.get();
		} catch (ExecutionException | CancellationException e) {
			// who asks knows why
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			throw new SignInCancelledException("%s: the sign-in was cancelled.".formatted(challenge.asker()));
		}
	}
}
