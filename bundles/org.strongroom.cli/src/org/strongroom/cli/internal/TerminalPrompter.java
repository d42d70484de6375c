package org.strongroom.cli.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Prompter;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.SignInCancelledException;

/** Asks on the terminal, one question at a time. What a server says is shown word for word, control characters excepted. */
final class TerminalPrompter implements Prompter {
	private static final int ATTEMPTS = 3;
	private final Terminal terminal;

	TerminalPrompter(Terminal terminal) {
		this.terminal = terminal;
	}

	@Override
	public synchronized Secret secret(Challenge.ForSecret challenge) throws SignInCancelledException {
		String again = challenge.attempt() > 1 ? "That was wrong. " : "";
		return Secret.of(ask(challenge, "%s%s: ".formatted(again, Challenge.printable(challenge.prompt())), false));
	}

	@Override
	public synchronized List<Secret> answers(Challenge.KeyboardInteractive challenge) throws SignInCancelledException {
		var answers = new ArrayList<Secret>();
		try {
			for (String text : List.of(challenge.name(), challenge.instruction()))
				if (!text.isBlank())
					terminal.show(Challenge.printable(text).stripTrailing() + "\n");
			for (var prompt : challenge.prompts())
				answers.add(Secret.of(ask(challenge, "(%s) %s".formatted(Challenge.printable(challenge.asker()), Challenge.printable(prompt.text())), prompt.echo())));
			return List.copyOf(answers);
		} catch (IOException e) {
			answers.forEach(Secret::close);
			throw e instanceof SignInCancelledException cancelled ? cancelled : gone(challenge, e);
		}
	}

	@Override
	public synchronized boolean confirm(Challenge.HostKey challenge) throws SignInCancelledException {
		return isYes(challenge, challenge.prompt());
	}

	@Override
	public synchronized boolean confirm(Challenge.Certificate challenge) throws SignInCancelledException {
		return isYes(challenge, challenge.prompt());
	}

	@Override
	public synchronized boolean confirm(Challenge.Permission challenge) throws SignInCancelledException {
		return isYes(challenge, challenge.prompt());
	}

	/** Not synchronized: other questions may be asked meanwhile, such as those of another server. */
	@Override
	public boolean browse(Challenge.BrowserLogin challenge, CompletableFuture<?> done) throws SignInCancelledException {
		try {
			terminal.show("Sign in to %s in a browser: %s\nWaiting for that; Ctrl+C cancels.\n".formatted(Challenge.printable(challenge.asker()), challenge.prompt()));
		} catch (IOException e) {
			throw gone(challenge, e);
		}
		Prompter.await(challenge, done);
		return false;
	}

	private boolean isYes(Challenge challenge, String prompt) throws SignInCancelledException {
		String question = Challenge.printable(prompt) + " (yes/no) ";
		for (int i = 0; i < ATTEMPTS; i++) {
			char[] answer = ask(challenge, question, true);
			String word = new String(answer).strip();
			if (word.equalsIgnoreCase("yes"))
				return true;
			if (word.equalsIgnoreCase("no"))
				return false;
			question = "Please type 'yes' or 'no': ";
		}
		return false;
	}

	private char[] ask(Challenge challenge, String question, boolean echo) throws SignInCancelledException {
		try {
			char[] answer = terminal.ask(question, echo);
			if (answer == null)
				throw new SignInCancelledException("%s: the sign-in was cancelled.".formatted(challenge.asker()));
			// What comes from a terminal on Windows may end so.
			return answer.length > 0 && answer[answer.length - 1] == '\r' ? Arrays.copyOf(answer, answer.length - 1) : answer;
		} catch (SignInCancelledException e) {
			throw e;
		} catch (IOException e) {
			throw gone(challenge, e);
		}
	}

	private static SignInCancelledException gone(Challenge challenge, IOException why) {
		return new SignInCancelledException("%s: the sign-in was cancelled (%s).".formatted(challenge.asker(),
				why.getMessage() == null ? "the terminal is gone" : why.getMessage()));
	}
}
