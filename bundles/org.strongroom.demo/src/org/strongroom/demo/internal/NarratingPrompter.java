package org.strongroom.demo.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Prompter;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.SignInCancelledException;
import org.strongroom.demo.Demo;
import org.strongroom.demo.EmbeddedServer;
import org.strongroom.demo.Totp;

/** The person of the demo: reads out what is asked, and what is typed. Answers what the demo's own server and vault ask, once, and nothing else. */
final class NarratingPrompter implements Prompter {
	private final Demo demo;
	private final Narrator narrator;

	NarratingPrompter(Demo demo, Narrator narrator) {
		this.demo = demo;
		this.narrator = narrator;
	}

	@Override
	public Secret secret(Challenge.ForSecret challenge) throws SignInCancelledException {
		narrator.line("Strongroom asks", challenge.prompt());
		char[] answer = challenge.attempt() > 1 ? null : switch (challenge) {
		case Challenge.KeyPassphrase _ -> demo.server().keyPassphrase();
		case Challenge.VaultPassphrase _ -> demo.vaultPassphrase();
		case Challenge.Password _ -> null;
		};
		if (answer == null)
			throw unexpected(challenge.prompt());
		typed(new String(answer) + "   (known by heart)");
		return Secret.of(answer);
	}

	@Override
	public List<Secret> answers(Challenge.KeyboardInteractive challenge) throws SignInCancelledException {
		var answers = new ArrayList<Secret>();
		for (Challenge.Prompt prompt : challenge.prompts()) {
			narrator.line("the server asks", prompt.text());
			if (challenge.round() > 1 || !prompt.text().equals(EmbeddedServer.CODE_PROMPT))
				throw unexpected(prompt.text());
			Instant now = Instant.now();
			String code = demo.server().totp().code(now);
			typed("%s   (from the phone, good for %d seconds more)".formatted(code, Totp.secondsLeft(now)));
			answers.add(Secret.of(code.toCharArray()));
		}
		return List.copyOf(answers);
	}

	@Override
	public boolean confirm(Challenge.HostKey challenge) {
		boolean right = challenge.fingerprint().equals(demo.server().hostKeyFingerprint());
		narrator.line("Strongroom asks", challenge.prompt());
		typed(right ? "yes" : "no");
		return right;
	}

	private void typed(String text) {
		narrator.line("typed", text);
	}

	private static SignInCancelledException unexpected(String prompt) {
		return new SignInCancelledException("The demo was asked what it has no answer to: " + prompt);
	}
}
