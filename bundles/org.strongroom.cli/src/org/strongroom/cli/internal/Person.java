package org.strongroom.cli.internal;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Prompter;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.SignInCancelledException;

/** Whoever is to be asked here: the askpass program if there is one, else the terminal if there is one, else nobody. */
final class Person implements Prompter, AutoCloseable {
	private final Optional<String> askpass;
	private Prompter prompter;
	private volatile Askpass program;
	private volatile Terminal terminal;

	/** @param askpass the program to ask */
	Person(Optional<String> askpass) {
		this.askpass = askpass;
	}

	private synchronized Prompter prompter() {
		if (prompter == null) {
			if (askpass.isPresent()) {
				program = new Askpass(askpass.get());
				prompter = program;
			} else {
				terminal = Terminal.open().orElse(null);
				prompter = terminal == null ? new Nobody() : new TerminalPrompter(terminal);
			}
		}
		return prompter;
	}

	@Override
	public Secret secret(Challenge.ForSecret challenge) throws SignInCancelledException {
		return prompter().secret(challenge);
	}

	@Override
	public List<Secret> answers(Challenge.KeyboardInteractive challenge) throws SignInCancelledException {
		return prompter().answers(challenge);
	}

	@Override
	public boolean confirm(Challenge.HostKey challenge) throws SignInCancelledException {
		return prompter().confirm(challenge);
	}

	@Override
	public boolean confirm(Challenge.Certificate challenge) throws SignInCancelledException {
		return prompter().confirm(challenge);
	}

	@Override
	public boolean confirm(Challenge.Permission challenge) throws SignInCancelledException {
		return prompter().confirm(challenge);
	}

	@Override
	public Optional<String> absence() {
		return prompter().absence();
	}

	@Override
	public boolean browse(Challenge.BrowserLogin challenge, CompletableFuture<?> done) throws SignInCancelledException {
		return prompter().browse(challenge, done);
	}

	/** Ends what is being asked; for any thread. */
	@Override
	public void close() {
		if (program != null)
			program.close();
		if (terminal != null) {
			try {
				terminal.close();
			} catch (IOException e) {
				// It is gone.
			}
		}
	}
}
