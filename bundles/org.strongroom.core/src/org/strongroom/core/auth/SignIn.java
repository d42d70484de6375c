package org.strongroom.core.auth;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Requirements;

/**
 * The way from a challenge to its answer: first the authenticators, then the person. Handed to protocols and vault formats. May be
 * used by any thread but the UI's.
 */
public final class SignIn {
	/** How often a passphrase is asked before giving up, as ssh does (NumberOfPasswordPrompts). */
	public static final int ATTEMPTS = 3;

	private final List<Authenticator> authenticators;
	private final Prompter person;
	private final Set<String> methods = new LinkedHashSet<>();
	private String serverKey;
	private Map<String, String> protection = Map.of();
	private final Remembering remembering;
	private final Requirements requirements;
	private final Demands demands;
	private volatile Challenge.HostKey vouchedFor;

	/** What the policies say of remembering secrets. */
	@FunctionalInterface
	public interface Remembering {
		/** Whether secrets may be remembered, and remembered ones be used, just now. */
		boolean isPermitted();

		/**
		 * A person has ticked a secret to be remembered, and it was right.
		 *
		 * @param isKept whether it is remembered now
		 * @throws ForbiddenException if that was to be recorded, and cannot be, where nothing is done that is not recorded
		 */
		default void ticked(boolean isKept) throws ForbiddenException {
			// nobody asks
		}
	}

	/** What the policies demand of servers. */
	@FunctionalInterface
	public interface Demands {
		/** Nothing. */
		Demands NONE = _ -> Requirements.NONE;

		/** @throws ForbiddenException if nobody may sign in there */
		Requirements of(URI server) throws ForbiddenException;
	}

	/** @param authenticators in the order they are asked */
	public SignIn(List<Authenticator> authenticators, Prompter person) {
		this(authenticators, person, () -> true);
	}

	/** @param remembering what the policies say of remembering secrets */
	public SignIn(List<Authenticator> authenticators, Prompter person, Remembering remembering) {
		this(authenticators, person, remembering, Requirements.NONE, Demands.NONE);
	}

	/**
	 * @param remembering what the policies say of remembering secrets
	 * @param requirements what the policies demand of the server that is signed in to
	 * @param demands what they demand of servers on the way to it
	 */
	public SignIn(List<Authenticator> authenticators, Prompter person, Remembering remembering, Requirements requirements, Demands demands) {
		this.authenticators = List.copyOf(authenticators);
		this.person = Objects.requireNonNull(person);
		this.remembering = Objects.requireNonNull(remembering);
		this.requirements = Objects.requireNonNull(requirements);
		this.demands = Objects.requireNonNull(demands);
	}

	/** For protocols: a sign-in to the same server, with somebody else to ask, and no authenticators. */
	public SignIn by(Prompter other) {
		return new SignIn(List.of(), other, remembering, requirements, demands);
	}

	/** For protocols: what the policies demand of the server of the bookmark, to be seen to before anything secret is sent. */
	public Requirements requirements() {
		return requirements;
	}

	/**
	 * For protocols: what the policies demand of a server on the way.
	 *
	 * @param server with the scheme of the bookmark
	 * @throws ForbiddenException if nobody may sign in there
	 */
	public Requirements requirements(URI server) throws ForbiddenException {
		return demands.of(server);
	}

	/** The person alone, for authenticators that have to ask. */
	public Prompter person() {
		return person;
	}

	/** For protocols: the server has accepted something. @param method as the protocol calls it: {@code publickey}, {@code keyboard-interactive}, {@code password} */
	public synchronized void passed(String method) {
		methods.add(method);
	}

	/** What the server has accepted so far, in that order. */
	public synchronized List<String> methods() {
		return List.copyOf(methods);
	}

	/** For protocols: by which key or certificate the server shows who it is; told by itself where a person might be asked about it. @param fingerprint as people compare it */
	public synchronized void shown(String fingerprint) {
		serverKey = fingerprint;
	}

	/** By which key or certificate the server has shown who it is; of several servers on the way the last. */
	public synchronized Optional<String> serverKey() {
		return Optional.ofNullable(serverKey);
	}

	/**
	 * For protocols: what keeps secret and whole what passes between here and the server, as soon as that is agreed on.
	 *
	 * @param algorithms by name, as they are called where they are defined: of SSH {@code key-exchange}, {@code host-key}, {@code cipher}, {@code mac}; of TLS {@code tls} (its version, {@code none} where
	 *        nothing is encrypted) and {@code cipher}
	 */
	public synchronized void agreed(Map<String, String> algorithms) {
		protection = Map.copyOf(algorithms);
	}

	/** What was {@link #agreed}; of several servers on the way with the last. */
	public synchronized Map<String, String> protection() {
		return protection;
	}

	/** One secret; the caller closes it, and tells {@link #accepted} or {@link #rejected}. */
	public Secret secret(Challenge.ForSecret challenge) throws IOException {
		Optional<Secret> known = known(challenge);
		return known.isPresent() ? known.get() : person.secret(challenge);
	}

	/** A secret that is known without asking the person, as {@link #secret} in all else. */
	public Optional<Secret> known(Challenge.ForSecret challenge) throws IOException {
		return challenge.attempt() == 1 && remembering.isPermitted() ? first(a -> a.secret(challenge, this)) : Optional.empty();
	}

	private interface Asking<T> {
		Optional<T> of(Authenticator authenticator) throws IOException;
	}

	/** What the first authenticator says that knows it. */
	private <T> Optional<T> first(Asking<T> asking) throws IOException {
		for (Authenticator a : authenticators) {
			Optional<T> known = asking.of(a);
			if (known.isPresent())
				return known;
		}
		return Optional.empty();
	}

	/** The answers to one round of questions, none for none. */
	public List<Secret> answers(Challenge.KeyboardInteractive challenge) throws IOException {
		if (challenge.prompts().isEmpty())
			return List.of();
		Optional<List<Secret>> known = first(a -> a.answers(challenge, this));
		return known.isPresent() ? known.get() : person.answers(challenge);
	}

	/** As below, of the server of the bookmark. */
	public void confirm(Challenge.HostKey challenge) throws IOException {
		confirm(challenge, requirements);
	}

	/**
	 * Makes sure that a host key is the right one.
	 *
	 * @param demanded what the policies demand of the server that shows it
	 * @throws ForbiddenException if a policy names others
	 * @throws HostKeyException if it is not, or the person says no
	 */
	public void confirm(Challenge.HostKey challenge, Requirements demanded) throws IOException {
		shown(challenge.fingerprint());
		demanded.check(challenge);
		vouchedFor = demanded.names(challenge) ? challenge : null;
		Optional<Boolean> known = first(a -> a.confirm(challenge, this));
		if (!(known.isPresent() ? known.get() : isVouchedFor(challenge) || person.confirm(challenge)))
			throw refused(challenge);
	}

	/** For authenticators: whether a policy names this very key for its server, so that no person is to be asked, and nothing to be remembered: the policy may name another one tomorrow. */
	public boolean isVouchedFor(Challenge.HostKey challenge) {
		return challenge == vouchedFor;
	}

	private static HostKeyException refused(Challenge.HostKey challenge) {
		return new HostKeyException("The key of %s (%s) was not accepted; nothing was sent to it."
				.formatted(challenge.host(), challenge.fingerprint()));
	}

	/**
	 * Makes sure that a certificate which this machine does not trust is the right one. Whoever asks remembers the yes.
	 *
	 * @throws CertificateRefusedException if it is not, or the person says no
	 */
	public void confirm(Challenge.Certificate challenge) throws IOException {
		shown(challenge.fingerprint());
		Optional<Boolean> known = first(a -> a.confirm(challenge, this));
		if (!(known.isPresent() ? known.get() : person.confirm(challenge)))
			throw refused(challenge);
	}

	private static CertificateRefusedException refused(Challenge.Certificate challenge) {
		return new CertificateRefusedException("The certificate of %s %s (SHA-256 %s), and was not accepted; nothing was sent to it."
				.formatted(challenge.host(), String.join(", and ", challenge.problems()), challenge.fingerprint()));
	}

	/** All keys that can be offered, in order. */
	public List<Identity> identities(Challenge.PublicKey challenge) throws IOException {
		var all = new ArrayList<Identity>();
		for (Authenticator a : authenticators)
			all.addAll(a.identities(challenge, this));
		return all;
	}

	/** Tells the authenticators that a secret was right. */
	public void accepted(Challenge.ForSecret challenge, Secret secret) throws IOException {
		if (challenge instanceof Challenge.Password)
			passed("password");
		boolean isTicked = secret.remember();
		Secret told = !isTicked || remembering.isPermitted() ? secret : new Secret(secret.chars(), false);
		for (Authenticator a : authenticators)
			a.accepted(challenge, told);
		if (isTicked)
			remembering.ticked(told.remember() && isKnownToBeKept(challenge));
	}

	private boolean isKnownToBeKept(Challenge.ForSecret challenge) {
		try {
			return isKept(challenge);
		} catch (IOException e) {
			return false;
		}
	}

	/** Tells the authenticators that a secret was wrong. */
	public void rejected(Challenge.ForSecret challenge) throws IOException {
		for (Authenticator a : authenticators)
			a.rejected(challenge);
	}

	/** Whether an authenticator still keeps a secret for a challenge. Nobody is asked anything. @throws IOException if that cannot be found out now */
	public boolean isKept(Challenge.ForSecret challenge) throws IOException {
		for (Authenticator a : authenticators)
			if (a.remembers(challenge.key()))
				return true;
		return false;
	}

	/** What is opened with a secret. */
	@FunctionalInterface
	public interface Lock<T> {
		/**
		 * @param secret not to be kept; closed by the caller
		 * @throws WrongSecretException if it does not fit
		 */
		T open(Secret secret) throws IOException;
	}

	/**
	 * Asks for a secret until it fits, {@value #ATTEMPTS} times at the most, and remembers or forgets it as the person wished.
	 *
	 * @param challenge makes the challenge of the nth attempt, from 1
	 * @throws WrongSecretException if none of the attempts fitted
	 * @throws SignInCancelledException if the person cancels
	 */
	public <T> T open(IntFunction<? extends Challenge.ForSecret> challenge, Lock<T> lock) throws IOException {
		for (int attempt = 1;; attempt++) {
			Challenge.ForSecret asked = challenge.apply(attempt);
			try (Secret secret = secret(asked)) {
				T opened = lock.open(secret);
				accepted(asked, secret);
				return opened;
			} catch (WrongSecretException e) {
				rejected(asked);
				if (attempt == ATTEMPTS)
					throw e;
			}
		}
	}
}
