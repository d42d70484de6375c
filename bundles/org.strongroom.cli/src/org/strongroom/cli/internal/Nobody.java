package org.strongroom.cli.internal;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Prompter;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.SignInCancelledException;

/** Where there is neither a terminal nor an askpass program: says what was asked, and what to do. */
final class Nobody implements Prompter {
	private static final String WHY = "there is no terminal: give --askpass PROGRAM";

	@Override
	public Secret secret(Challenge.ForSecret challenge) throws SignInCancelledException {
		throw nobody(challenge, challenge.prompt());
	}

	@Override
	public List<Secret> answers(Challenge.KeyboardInteractive challenge) throws SignInCancelledException {
		throw nobody(challenge, challenge.prompts().getFirst().text().strip());
	}

	@Override
	public boolean confirm(Challenge.HostKey challenge) throws SignInCancelledException {
		throw nobody(challenge, challenge.prompt());
	}

	@Override
	public boolean confirm(Challenge.Certificate challenge) throws SignInCancelledException {
		throw nobody(challenge, challenge.prompt());
	}

	@Override
	public Optional<String> absence() {
		return Optional.of(WHY);
	}

	@Override
	public boolean browse(Challenge.BrowserLogin challenge, CompletableFuture<?> done) throws SignInCancelledException {
		throw nobody(challenge, challenge.prompt());
	}

	private static SignInCancelledException nobody(Challenge challenge, String prompt) {
		return new SignInCancelledException("%s: '%s' cannot be asked here, for %s.".formatted(challenge.asker(), prompt, WHY));
	}
}
