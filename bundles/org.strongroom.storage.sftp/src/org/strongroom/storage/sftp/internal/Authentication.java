package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.kex.extension.DefaultClientKexExtensionHandler;
import org.apache.sshd.common.util.buffer.Buffer;
import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Identity;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.auth.SignInCancelledException;
import org.strongroom.core.auth.SignInException;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.ServerFaultException;

/**
 * Signs in to one server (RFC 4252, RFC 4256), step by step on the caller's thread: keys first, then questions, then the password, in whatever combination the server
 * demands. A key's passphrase is asked only after the server has said that it would take that key. Each answer of the server is waited for no longer than the limit; a person
 * may take as long as the server lets them.
 */
final class Authentication {
	/** Rounds of questions and passwords in one sign-in. */
	private static final int MOST_ROUNDS = 30;
	private static final int MOST_PROMPTS = 64;
	/** UTF-8 bytes of one text of the server. */
	private static final int LONGEST_TEXT = 8 << 10;
	private static final String SERVICE = "ssh-connection";
	/** Meanings of the message numbers 60 and 61 differ with the method in use (RFC 4252 section 6). */
	private static final int METHOD_SPECIFIC_60 = 60;
	private static final int METHOD_SPECIFIC_61 = 61;

	private static final String PUBLICKEY = "publickey";
	private static final String INTERACTIVE = "keyboard-interactive";
	private static final String PASSWORD = "password";
	/** In the order they are tried, as OpenSSH does. */
	private static final List<String> METHODS = List.of(PUBLICKEY, INTERACTIVE, PASSWORD);

	private final ClientSession session;
	private final Dialogue dialogue;
	private final Hop hop;
	private final SignIn signIn;
	private final Duration limit;

	private List<String> wanted = List.of();
	private final List<String> exhausted = new ArrayList<>();
	private final List<String> passed = new ArrayList<>();
	private List<Identity> identities;
	private int nextIdentity;
	private final List<String> refusedKeys = new ArrayList<>();
	private SignInException keyProblem;
	private ForbiddenException tooShort;
	private int rounds;
	private int wrongAnswers;
	private int questions;

	Authentication(ClientSession session, Dialogue dialogue, Hop hop, SignIn signIn, Duration limit) {
		this.session = session;
		this.dialogue = dialogue;
		this.hop = hop;
		this.signIn = signIn;
		this.limit = limit;
	}

	/** What a server answers to a request. */
	private enum Outcome {
		SUCCESS, PARTIAL, FAILURE
	}

	/**
	 * Signs in.
	 *
	 * @return how it went
	 * @throws SignInCancelledException if the person cancels: nothing more is asked or sent
	 * @throws SignInException if nothing is left to try
	 */
	SshFacts.Course run() throws IOException {
		session.auth();
		send(request("none"));
		Outcome outcome = outcome(receive(), null);
		List<String> first = wanted;
		while (outcome != Outcome.SUCCESS) {
			String method = METHODS.stream().filter(m -> wanted.contains(m) && !exhausted.contains(m)).findFirst().orElseThrow(this::refused);
			outcome = switch (method) {
			case PUBLICKEY -> publicKey();
			case INTERACTIVE -> interactive();
			default -> password();
			};
			if (outcome != Outcome.FAILURE) {
				passed.add(method);
				signIn.passed(method);
			}
			if (outcome == Outcome.PARTIAL)
				exhausted.clear();
		}
		return new SshFacts.Course(first, passed, questions);
	}

	private Outcome publicKey() throws IOException {
		if (identities == null)
			identities = signIn.identities(new Challenge.PublicKey(hop.asker(), hop.user(), hop.keyFiles(), hop.onlyThese()));
		while (nextIdentity < identities.size()) {
			Identity identity = identities.get(nextIdentity++);
			if (RsaSize.isTooSmall(signIn.requirements(), identity.algorithm(), identity.publicKey())) {
				tooShort = RsaSize.refused(signIn.requirements(), "your key %s".formatted(identity.name()), identity.publicKey());
				continue;
			}
			for (String algorithm : algorithms(identity)) {
				Outcome outcome = offer(identity, algorithm);
				if (outcome != Outcome.FAILURE)
					return outcome;
				if (!wanted.contains(PUBLICKEY))
					return outcome;
			}
			refusedKeys.add(identity.name());
		}
		exhausted.add(PUBLICKEY);
		return Outcome.FAILURE;
	}

	/** The signature algorithms to offer a key with: the strongest one the server said it knows, or all good ones where it said nothing (RFC 8308 section 3.1). */
	private List<String> algorithms(Identity identity) {
		String type = identity.algorithm();
		List<String> possible = switch (type) {
		case "ssh-rsa" -> List.of("rsa-sha2-512", "rsa-sha2-256");
		case "ssh-rsa-cert-v01@openssh.com" -> List.of("rsa-sha2-512-cert-v01@openssh.com", "rsa-sha2-256-cert-v01@openssh.com");
		case "ssh-dss" -> List.of();
		default -> List.of(type);
		};
		Set<String> known = session.getAttribute(DefaultClientKexExtensionHandler.SERVER_ALGORITHMS);
		if (known == null || possible.size() < 2)
			return possible;
		List<String> common = possible.stream().filter(known::contains).limit(1).toList();
		return common.isEmpty() ? possible : common;
	}

	private Outcome offer(Identity identity, String algorithm) throws IOException {
		byte[] key = identity.publicKey();
		send(request(PUBLICKEY).u8(0).string(algorithm).string(key));
		Dialogue.Event.Message answer = receive();
		if (answer.number() != METHOD_SPECIFIC_60)
			return outcome(answer, PUBLICKEY);
		byte[] signature;
		try (var signed = new Wire.Writer(); var rest = request(PUBLICKEY)) {
			rest.u8(1).string(algorithm).string(key);
			byte[] data = signed.string(session.getSessionId()).raw(rest.toByteArray()).toByteArray();
			signature = identity.sign(algorithm, data);
		} catch (SignInCancelledException e) {
			throw e;
		} catch (SignInException e) {
			keyProblem = e; // the next key may do
			return Outcome.FAILURE;
		}
		send(request(PUBLICKEY).u8(1).string(algorithm).string(key).string(signature));
		return outcome(receive(), PUBLICKEY);
	}

	private Outcome interactive() throws IOException {
		send(request(INTERACTIVE).string("").string(""));
		boolean asked = false;
		int count = 0;
		for (;;) {
			Dialogue.Event.Message message = receive();
			if (message.number() != METHOD_SPECIFIC_60) {
				Outcome outcome = outcome(message, INTERACTIVE);
				if (outcome != Outcome.FAILURE)
					questions += count;
				if (outcome == Outcome.FAILURE && asked)
					wrongAnswers++;
				if (outcome == Outcome.FAILURE && !asked)
					exhausted.add(INTERACTIVE); // it does not even ask: trying again would go on for ever
				return outcome;
			}
			Challenge.KeyboardInteractive challenge = questions(message.content());
			asked |= !challenge.prompts().isEmpty();
			count += challenge.prompts().size();
			List<Secret> answers = signIn.answers(challenge);
			try (var out = new Wire.Writer()) {
				out.u8(METHOD_SPECIFIC_61).u32(answers.size());
				for (Secret answer : answers)
					string(out, answer);
				send(out);
			} finally {
				answers.forEach(Secret::close);
			}
		}
	}

	private Challenge.KeyboardInteractive questions(byte[] content) throws IOException {
		round();
		try {
			var in = new Wire.Reader(content);
			String name = text(in);
			String instruction = text(in);
			text(in);
			long count = in.u32();
			if (count > MOST_PROMPTS)
				throw new ServerFaultException(null, "%s asks %,d questions at once; the sign-in was given up".formatted(hop.server(), count));
			var prompts = new ArrayList<Challenge.Prompt>();
			for (int i = 0; i < count; i++) {
				String text = text(in);
				prompts.add(new Challenge.Prompt(text, in.u8() != 0));
			}
			return new Challenge.KeyboardInteractive(hop.asker(), name, instruction, prompts, rounds);
		} catch (IllegalArgumentException e) {
			throw nonsense();
		}
	}

	private String text(Wire.Reader in) throws IOException {
		byte[] bytes = in.bytes();
		if (bytes.length > LONGEST_TEXT)
			throw new ServerFaultException(null, "%s asks a question of more than %d KiB; the sign-in was given up".formatted(hop.server(), LONGEST_TEXT >> 10));
		return new String(bytes, StandardCharsets.UTF_8);
	}

	private Outcome password() throws IOException {
		for (int attempt = 1;; attempt++) {
			round();
			var challenge = new Challenge.Password(hop.asker(), hop.user(), attempt);
			try (Secret secret = signIn.secret(challenge)) {
				try (var out = request(PASSWORD).u8(0)) {
					string(out, secret);
					send(out);
				}
				Dialogue.Event.Message answer = receive();
				if (answer.number() == METHOD_SPECIFIC_60)
					throw new SignInException("The password of %s has expired: change it on the server (ssh), then sign in again.".formatted(hop.asker()));
				Outcome outcome = outcome(answer, PASSWORD);
				if (outcome != Outcome.FAILURE) {
					signIn.accepted(challenge, secret);
					return outcome;
				}
				wrongAnswers++;
				signIn.rejected(challenge);
				if (attempt >= SignIn.ATTEMPTS || !wanted.contains(PASSWORD)) {
					exhausted.add(PASSWORD);
					return outcome;
				}
			}
		}
	}

	private void round() throws IOException {
		if (++rounds > MOST_ROUNDS)
			throw new ServerFaultException(null, "%s asks for ever: the sign-in was given up after %d rounds of questions".formatted(hop.server(), MOST_ROUNDS));
	}

	private Wire.Writer request(String method) {
		return new Wire.Writer().u8(SshConstants.SSH_MSG_USERAUTH_REQUEST).string(hop.user()).string(SERVICE).string(method);
	}

	private static void string(Wire.Writer out, Secret secret) {
		var encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(secret.chars()));
		byte[] bytes = new byte[encoded.remaining()];
		encoded.get(bytes);
		out.string(bytes);
		Arrays.fill(bytes, (byte) 0);
		Arrays.fill(encoded.array(), (byte) 0);
	}

	private void send(Wire.Writer message) throws IOException {
		byte[] bytes = message.toByteArray();
		message.close();
		try {
			Buffer buffer = session.createBuffer(bytes[0], bytes.length + 64);
			buffer.putRawBytes(bytes, 1, bytes.length - 1);
			session.writePacket(buffer); // encrypts in place: no clear copy is left in it
		} catch (IOException | RuntimeException e) {
			throw ended(e);
		} finally {
			Arrays.fill(bytes, (byte) 0);
		}
	}

	private Dialogue.Event.Message receive() throws IOException {
		return switch (dialogue.next(limit, hop.server())) {
		case Dialogue.Event.Message message -> message;
		case Dialogue.Event.Ended end -> throw ended(end.reason());
		default -> throw nonsense();
		};
	}

	private Outcome outcome(Dialogue.Event.Message message, String method) throws IOException {
		switch (message.number()) {
		case SshConstants.SSH_MSG_USERAUTH_SUCCESS:
			return Outcome.SUCCESS;
		case SshConstants.SSH_MSG_USERAUTH_FAILURE:
			try {
				var in = new Wire.Reader(message.content());
				byte[] names = in.bytes();
				boolean partial = in.u8() != 0 && method != null;
				if (names.length > LONGEST_TEXT)
					throw nonsense();
				wanted = List.of(new String(names, StandardCharsets.UTF_8).split(","));
				if (partial && passed.size() > MOST_ROUNDS)
					throw nonsense();
				return partial ? Outcome.PARTIAL : Outcome.FAILURE;
			} catch (IllegalArgumentException e) {
				throw nonsense();
			}
		default:
			throw nonsense();
		}
	}

	private ServerFaultException nonsense() {
		return new ServerFaultException(null, hop.server() + " sends what makes no sense while signing in; the sign-in was given up");
	}

	/** The connection ended: after wrong answers that is a refusal. */
	private IOException ended(Throwable reason) {
		String words = reason instanceof SshException e && e.getMessage() != null && e.getDisconnectCode() > 0 ? " (" + line(e.getMessage()) + ")" : "";
		if (wrongAnswers > 0)
			return new SignInException("%s refused %s and hung up%s: check your answers (is the clock of the phone right?), then sign in again.".formatted(hop.server(), wrongAnswers == 1 ? "the answer" : wrongAnswers + " answers", words));
		if (keyProblem != null)
			return keyProblem;
		if (!refusedKeys.isEmpty() && passed.isEmpty())
			return new SignInException("%s took none of the keys offered (%s) and hung up%s: choose the right key in the bookmark.".formatted(hop.server(), names(refusedKeys), words));
		return new ConnectionException("%s hung up while signing in%s: it may have waited too long for an answer. Sign in again.".formatted(hop.server(), words), reason);
	}

	/** Nothing is left to try. */
	private IOException refused() {
		String still = wanted.stream().map(Authentication::words).map(Authentication::line).collect(Collectors.joining(" or "));
		String done = passed.isEmpty() ? "" : " (it accepted the " + passed.stream().map(p -> p.equals(PUBLICKEY) ? "key" : p.equals(PASSWORD) ? "password" : "answers").collect(Collectors.joining(", ")) + ")";
		if (keyProblem != null && wanted.contains(PUBLICKEY))
			return new SignInException(keyProblem.getMessage(), keyProblem);
		if (tooShort != null && wanted.contains(PUBLICKEY))
			return tooShort;
		if (wanted.contains(PUBLICKEY) && wrongAnswers == 0) {
			if (refusedKeys.isEmpty())
				return new SignInException("%s wants %s%s, and there is none to offer: choose a key in the bookmark, or name one as IdentityFile in ~/.ssh/config.".formatted(hop.server(), still, done));
			return new SignInException("%s took none of the keys offered (%s) and still wants %s%s: choose the right key in the bookmark.".formatted(hop.server(), names(refusedKeys), still, done));
		}
		if (wrongAnswers > 0)
			return new SignInException("%s did not accept what was typed and still wants %s%s: sign in again.".formatted(hop.server(), still, done));
		return new SignInException("%s wants %s%s, which cannot be given: ask the administrator.".formatted(hop.server(), still.isEmpty() ? "nothing more and lets nobody in" : still, done));
	}

	private static String words(String method) {
		return switch (method) {
		case PUBLICKEY -> "a key";
		case INTERACTIVE -> "answers to its questions (a code or password)";
		case PASSWORD -> "a password";
		default -> method;
		};
	}

	private static String names(List<String> keys) {
		String shown = keys.stream().limit(5).map(Authentication::line).collect(Collectors.joining(", "));
		return keys.size() > 5 ? shown + ", …" : shown;
	}

	private static String line(String text) {
		String printable = Challenge.printable(text).replace('\n', ' ').strip();
		return printable.length() > 200 ? printable.substring(0, 200) + "…" : printable;
	}
}
