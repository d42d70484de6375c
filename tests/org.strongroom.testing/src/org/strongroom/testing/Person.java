package org.strongroom.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Prompter;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.SignInCancelledException;

/**
 * Somebody who signs in: knows passphrases and passwords, has a phone with codes, trusts servers or does not, and remembers what was asked. A {@code null} for an answer is
 * <em>Cancel</em>. Safe for use by many threads once it is set up.
 */
public final class Person implements Prompter {
	private final List<Challenge> asked = Collections.synchronizedList(new ArrayList<>());
	private volatile Function<Challenge.ForSecret, String> secrets = _ -> null;
	private volatile Function<Challenge.Prompt, String> answers = _ -> null;
	private volatile Browser browser = _ -> false;
	private volatile boolean trusting = true;
	private volatile boolean permitting;
	private volatile boolean remembering;

	/** Somebody who has all that it takes to sign in to this server. */
	public static Person of(OpenSshServer server) {
		return new Person().secret(c -> c instanceof Challenge.KeyPassphrase ? server.keyPassphrase() : server.password())
				.answer(p -> p.text().equals(OpenSshServer.CODE_PROMPT) ? server.currentCode() : server.password());
	}

	/** How passphrases and passwords are answered. */
	public Person secret(Function<Challenge.ForSecret, String> how) {
		secrets = how;
		return this;
	}

	/** How the questions of a server are answered. */
	public Person answer(Function<Challenge.Prompt, String> how) {
		answers = how;
		return this;
	}

	/** Whether unknown servers are believed; they are unless told otherwise. */
	public Person trusting(boolean value) {
		trusting = value;
		return this;
	}

	/** Whether things may leave memory where the policy wants that to be asked; they may not unless told otherwise. */
	public Person permitting(boolean value) {
		permitting = value;
		return this;
	}

	/** Whether <em>Remember</em> is ticked. */
	public Person remembering(boolean value) {
		remembering = value;
		return this;
	}

	/** What was asked so far, in its order. */
	public List<Challenge> asked() {
		synchronized (asked) {
			return List.copyOf(asked);
		}
	}

	/** What was asked so far of one kind. */
	public <T extends Challenge> List<T> asked(Class<T> kind) {
		return asked().stream().filter(kind::isInstance).map(kind::cast).toList();
	}

	@Override
	public Secret secret(Challenge.ForSecret challenge) throws SignInCancelledException {
		asked.add(challenge);
		return new Secret(orCancel(secrets.apply(challenge)).toCharArray(), remembering);
	}

	@Override
	public List<Secret> answers(Challenge.KeyboardInteractive challenge) throws SignInCancelledException {
		asked.add(challenge);
		var given = new ArrayList<Secret>();
		for (Challenge.Prompt prompt : challenge.prompts())
			given.add(Secret.of(orCancel(answers.apply(prompt)).toCharArray()));
		return given;
	}

	@Override
	public boolean confirm(Challenge.HostKey challenge) {
		asked.add(challenge);
		return trusting;
	}

	@Override
	public boolean confirm(Challenge.Certificate challenge) {
		asked.add(challenge);
		return trusting;
	}

	@Override
	public boolean confirm(Challenge.Permission challenge) {
		asked.add(challenge);
		return permitting;
	}

	/** What is done about an address to be opened in a browser; signing in there lets the sign-in here go on. Without, that is <em>Cancel</em>. */
	public Person browser(Browser how) {
		browser = how;
		return this;
	}

	/** A browser, and somebody at it. */
	@FunctionalInterface
	public interface Browser {
		/** @return whether the person goes on waiting */
		boolean open(URI address) throws IOException;
	}

	@Override
	public boolean browse(Challenge.BrowserLogin challenge, CompletableFuture<?> done) throws SignInCancelledException {
		asked.add(challenge);
		boolean waits;
		try {
			waits = browser.open(challenge.address());
		} catch (IOException e) {
			throw new UncheckedIOException(e);
		}
		if (!waits)
			throw new SignInCancelledException("Signing in was cancelled.");
		Prompter.await(challenge, done);
		return remembering;
	}

	private static String orCancel(String answer) throws SignInCancelledException {
		if (answer == null)
			throw new SignInCancelledException("Signing in was cancelled.");
		return answer;
	}
}
