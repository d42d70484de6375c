package org.strongroom.core.auth;

import java.util.List;

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
}
