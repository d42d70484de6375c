package org.strongroom.cli.internal;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Prompter;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.SignInCancelledException;

/**
 * Asks a program, as ssh does with {@code SSH_ASKPASS}: it is given the prompt as its one argument, without names of a vault's items, and in its environment the whole of it and what sort of answer
 * is wanted, and prints the answer. A non-zero exit is cancel.
 */
final class Askpass implements Prompter, AutoCloseable {
	/** Environment variable: {@code key-passphrase}, {@code keyboard-interactive}, {@code password}, {@code vault-passphrase}, {@code host-key}, {@code certificate}, {@code browser-login} or {@code permission}. */
	static final String CHALLENGE = "STRONGROOM_CHALLENGE";
	/** Environment variable: the prompt, word for word, with the names of items that the argument leaves out. */
	static final String PROMPT = "STRONGROOM_PROMPT";
	/** Environment variable: what is to be said beside the prompt, word for word; may be empty. */
	static final String INSTRUCTION = "STRONGROOM_INSTRUCTION";
	/** Environment variable: who asks, {@code user@host:port} of a server or the name of a bookmark. */
	static final String ASKER = "STRONGROOM_ASKER";
	private static final Duration PATIENCE = Duration.ofMinutes(10);
	private static final int LONGEST_ANSWER = 4096;
	private static final int LONGEST_OUTPUT = 64 * 1024;
	private final String program;
	private final Set<Process> running = ConcurrentHashMap.newKeySet();

	Askpass(String program) {
		this.program = program;
	}

	@Override
	public Secret secret(Challenge.ForSecret challenge) throws SignInCancelledException {
		String kind = switch (challenge) {
		case Challenge.KeyPassphrase _ -> "key-passphrase";
		case Challenge.Password _ -> "password";
		case Challenge.VaultPassphrase _ -> "vault-passphrase";
		};
		return Secret.of(ask(challenge, kind, challenge.prompt(), challenge.attempt() > 1 ? "That was wrong. Try again." : ""));
	}

	@Override
	public List<Secret> answers(Challenge.KeyboardInteractive challenge) throws SignInCancelledException {
		String instruction = String.join("\n", List.of(challenge.name(), challenge.instruction()).stream().filter(s -> !s.isBlank()).toList());
		var answers = new ArrayList<Secret>();
		try {
			for (var prompt : challenge.prompts())
				answers.add(Secret.of(ask(challenge, "keyboard-interactive", prompt.text(), instruction)));
			return List.copyOf(answers);
		} catch (SignInCancelledException e) {
			answers.forEach(Secret::close);
			throw e;
		}
	}

	@Override
	public boolean confirm(Challenge.HostKey challenge) throws SignInCancelledException {
		return new String(ask(challenge, "host-key", challenge.prompt(), "")).strip().equalsIgnoreCase("yes");
	}

	@Override
	public boolean confirm(Challenge.Certificate challenge) throws SignInCancelledException {
		return new String(ask(challenge, "certificate", challenge.prompt(), "")).strip().equalsIgnoreCase("yes");
	}

	@Override
	public boolean confirm(Challenge.Permission challenge) throws SignInCancelledException {
		return new String(ask(challenge, "permission", challenge.outline(), challenge.prompt(), "")).strip().equalsIgnoreCase("yes");
	}

	/** The program may open the browser and end at once, or stay until it is ended; what it prints does not matter. */
	@Override
	public boolean browse(Challenge.BrowserLogin challenge, CompletableFuture<?> done) throws SignInCancelledException {
		CompletableFuture<Void> opened = new CompletableFuture<>();
		Thread program = Thread.ofVirtual().name("askpass").start(() -> {
			try {
				Arrays.fill(ask(challenge, "browser-login", challenge.prompt(), "Sign in in a browser."), '\0');
			} catch (SignInCancelledException e) {
				opened.completeExceptionally(e);
			}
		});
		try {
			Prompter.await(challenge, CompletableFuture.anyOf(done, opened));
		} finally {
			program.interrupt();
		}
		if (!done.isDone() && opened.isCompletedExceptionally() && opened.exceptionNow() instanceof SignInCancelledException cancelled)
			throw cancelled;
		return false;
	}

	private char[] ask(Challenge challenge, String kind, String prompt, String instruction) throws SignInCancelledException {
		return ask(challenge, kind, prompt, prompt, instruction);
	}

	/** @param argument the prompt as every user of the machine may read it, in the list of processes */
	private char[] ask(Challenge challenge, String kind, String argument, String prompt, String instruction) throws SignInCancelledException {
		var builder = new ProcessBuilder(program, Challenge.printable(argument));
		builder.environment().put(CHALLENGE, kind);
		builder.environment().put(PROMPT, Challenge.printable(prompt));
		builder.environment().put(INSTRUCTION, Challenge.printable(instruction));
		builder.environment().put(ASKER, Challenge.printable(challenge.asker()));
		// How our own arguments came to us is no business of others.
		builder.environment().remove(Arguments.VARIABLE);
		builder.redirectInput(new File(File.separatorChar == '\\' ? "NUL" : "/dev/null")).redirectError(ProcessBuilder.Redirect.INHERIT);
		byte[] output = new byte[LONGEST_OUTPUT];
		Process process = null;
		Thread watch = null;
		try {
			Process started = builder.start();
			process = started;
			running.add(started);
			watch = Thread.ofVirtual().start(() -> endLate(started));
			int length = drain(started.getInputStream(), output);
			if (!started.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS) || started.exitValue() != 0)
				throw new SignInCancelledException("%s: the sign-in was cancelled (the askpass program gave no answer).".formatted(challenge.asker()));
			return firstLine(output, length);
		} catch (SignInCancelledException e) {
			throw e;
		} catch (IOException e) {
			throw new SignInCancelledException("%s: the sign-in was cancelled: the askpass program %s cannot be used (%s).".formatted(challenge.asker(), program, e.getMessage()));
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			throw new SignInCancelledException("%s: the sign-in was cancelled.".formatted(challenge.asker()));
		} finally {
			Arrays.fill(output, (byte) 0);
			if (process != null) {
				process.destroyForcibly();
				running.remove(process);
			}
			if (watch != null)
				watch.interrupt();
		}
	}

	private static void endLate(Process process) {
		try {
			if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
				process.destroyForcibly();
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		}
	}

	private static int drain(InputStream in, byte[] output) throws IOException {
		int length = 0;
		for (int count; (count = in.read(output, length, output.length - length)) >= 0;) {
			length += count;
			if (length == output.length)
				throw new IOException("its answer is too long");
		}
		return length;
	}

	private static char[] firstLine(byte[] output, int length) throws IOException {
		int end = 0;
		while (end < length && output[end] != '\n')
			end++;
		if (end > LONGEST_ANSWER)
			throw new IOException("its answer is too long");
		boolean windows = end > 0 && end < length && output[end - 1] == '\r' && File.separatorChar == '\\';
		return Utf8.chars(output, windows ? end - 1 : end);
	}

	/** Ends programs that are still being waited for. */
	@Override
	public void close() {
		running.forEach(Process::destroyForcibly);
	}
}
