package org.strongroom.core.auth;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Answers what a server asks before the person is asked. Contributed through the extension point
 * {@code org.strongroom.core.authenticators}; asked in the order of their priority until one answers. Methods left alone answer nothing. One-time codes
 * are never stored: no authenticator of ours answers {@link Challenge.KeyboardInteractive}.
 */
public interface Authenticator {
	/** A secret that is known without asking; whoever is given it closes it. */
	default Optional<Secret> secret(Challenge.ForSecret challenge, SignIn signIn) throws IOException {
		return Optional.empty();
	}

	/** Answers to one round of questions. */
	default Optional<List<Secret>> answers(Challenge.KeyboardInteractive challenge, SignIn signIn) throws IOException {
		return Optional.empty();
	}

	/**
	 * Whether a host key is the right one, where that is known (or {@code signIn.person()} says so).
	 *
	 * @throws HostKeyException if the key contradicts what is known
	 */
	default Optional<Boolean> confirm(Challenge.HostKey challenge, SignIn signIn) throws IOException {
		return Optional.empty();
	}

	/** Whether a certificate that this machine does not trust is the right one, where that is known. */
	default Optional<Boolean> confirm(Challenge.Certificate challenge, SignIn signIn) throws IOException {
		return Optional.empty();
	}

	/** Public keys that can be offered, in order; those of all authenticators are offered. */
	default List<Identity> identities(Challenge.PublicKey challenge, SignIn signIn) throws IOException {
		return List.of();
	}

	/** A secret turned out to be right; it may be kept if {@link Secret#remember()}. The secret is closed by the caller. */
	default void accepted(Challenge.ForSecret challenge, Secret secret) throws IOException {
	}

	/** A secret turned out to be wrong; one kept for that challenge is useless. */
	default void rejected(Challenge.ForSecret challenge) throws IOException {
	}

	/** Forgets everything kept whose {@link Challenge.ForSecret#key()} begins with a prefix. */
	default void forget(String keyPrefix) throws IOException {
	}

	/** Whether something is kept under a key that begins with a prefix. @throws IOException if that cannot be found out now */
	default boolean remembers(String keyPrefix) throws IOException {
		return false;
	}
}
