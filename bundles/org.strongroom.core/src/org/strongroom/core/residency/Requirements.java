package org.strongroom.core.residency;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.strongroom.core.auth.Challenge;
import org.strongroom.core.find.Glob;

/**
 * What the policies demand of one server and of the connection to it. A protocol is given it by {@link org.strongroom.core.auth.SignIn#requirements()}, and sees to it before anything secret is sent. Of several policies each
 * has its way. Rules are told in words that go on from <i>by</i>.
 *
 * @param hostKeys SSH host keys, of which the server must show one
 * @param certificates what the server's certificate must be, or be issued by
 * @param algorithms what may be agreed on; a kind that is not named is free
 * @param rsa the shortest RSA keys of servers and of people; empty for any
 */
public record Requirements(List<HostKeys> hostKeys, List<Certified> certificates, Map<Kind, List<Names>> algorithms, Optional<RsaSize> rsa) {
	/** Nothing is demanded. */
	public static final Requirements NONE = new Requirements(List.of(), List.of(), Map.of(), Optional.empty());
	/** Characters of a list in a message. */
	private static final int LONGEST_LIST = 300;

	/** What is agreed on with a server. */
	public enum Kind {
		/** Of SSH, as {@code KexAlgorithms} of OpenSSH. */
		KEY_EXCHANGE("key exchange"),
		/** Of SSH, as {@code Ciphers} of OpenSSH. */
		CIPHER("cipher"),
		/** Of SSH, as {@code MACs} of OpenSSH; demanded also where the cipher needs none. */
		MAC("MAC"),
		/** What an SSH server signs with, as {@code HostKeyAlgorithms} of OpenSSH. */
		HOST_KEY_ALGORITHM("host key algorithm"),
		/** Named as by Java: {@code TLSv1.3}. */
		TLS_VERSION("version of TLS"),
		/** Named as by IANA and Java: {@code TLS_AES_256_GCM_SHA384}. */
		TLS_CIPHER("cipher suite");

		private final String word;

		Kind(String word) {
			this.word = word;
		}

		/** For a person, as one of them. */
		public String word() {
			return word;
		}
	}

	/**
	 * The server must show one of these SSH host keys.
	 *
	 * @param fingerprints as {@link Challenge.HostKey#fingerprint}
	 * @param types of those keys, such as {@code ssh-ed25519}, as far as they are known; to be asked for first
	 */
	public record HostKeys(Set<String> fingerprints, Set<String> types, String rule) {
		public HostKeys {
			fingerprints = Set.copyOf(fingerprints);
			types = Set.copyOf(types);
		}
	}

	/**
	 * The server's certificate must be one of those named, or be issued, directly or not, by an authority that is named, and be valid then for this server.
	 *
	 * @param issuers fingerprints of authorities' certificates, as {@link Challenge.Certificate#fingerprint}
	 * @param authorities the certificates themselves where they are known, of which the fingerprints are among the issuers
	 * @param own fingerprints of certificates of servers
	 */
	public record Certified(Set<String> issuers, List<X509Certificate> authorities, Set<String> own, String rule) {
		public Certified {
			issuers = Set.copyOf(issuers);
			authorities = List.copyOf(authorities);
			own = Set.copyOf(own);
		}
	}

	/** What may be agreed on. @param patterns as {@link Glob}, of which one must fit */
	public record Names(List<String> patterns, String rule) {
		public Names {
			patterns = List.copyOf(patterns);
		}

		private boolean fits(String name) {
			return patterns.stream().anyMatch(p -> new Glob(p).matches(name));
		}
	}

	/** The shortest RSA keys. @param bits of the modulus */
	public record RsaSize(int bits, String rule) {
	}

	public Requirements {
		hostKeys = List.copyOf(hostKeys);
		certificates = List.copyOf(certificates);
		algorithms = Map.copyOf(algorithms);
		Objects.requireNonNull(rsa);
	}

	/** Whether nothing is demanded. */
	public boolean isEmpty() {
		return equals(NONE);
	}

	/** What is demanded by this and by others. */
	public Requirements and(Requirements other) {
		var all = new EnumMap<Kind, List<Names>>(Kind.class);
		for (Requirements one : List.of(this, other))
			one.algorithms.forEach((kind, names) -> all.computeIfAbsent(kind, _ -> new ArrayList<>()).addAll(names));
		return new Requirements(Stream.concat(hostKeys.stream(), other.hostKeys.stream()).toList(), Stream.concat(certificates.stream(), other.certificates.stream()).toList(), all,
				Stream.concat(rsa.stream(), other.rsa.stream()).max(java.util.Comparator.comparingInt(RsaSize::bits)));
	}

	/** Whether only a connection over TLS can have what is demanded of one over the web. */
	public boolean demandsTls() {
		return !certificates.isEmpty() || algorithms.containsKey(Kind.TLS_VERSION) || algorithms.containsKey(Kind.TLS_CIPHER);
	}

	/** The refusal of a connection without TLS. @param who the server for a person */
	public ForbiddenException refusedPlain(String who) {
		return new ForbiddenException("Forbidden by %s: the connection to %s is not encrypted, and TLS is wanted there.".formatted(rules(Stream.concat(rulesOfTls(), certificates.stream().map(Certified::rule))), who));
	}

	/** The refusal of a server with which nothing that is allowed was agreed on. @param why for a person, in few words */
	public ForbiddenException refusedTls(String who, String why) {
		return new ForbiddenException("Forbidden by %s: %s and Strongroom can agree on no version of TLS and cipher suite that are allowed there (%s).".formatted(rules(rulesOfTls()), who, why));
	}

	private Stream<String> rulesOfTls() {
		return Stream.of(Kind.TLS_VERSION, Kind.TLS_CIPHER).flatMap(k -> algorithms.getOrDefault(k, List.of()).stream()).map(Names::rule);
	}

	/** Those of what Strongroom has, in their order, that may be agreed on. @param name as the kind names it */
	public <T> List<T> narrow(Kind kind, Collection<T> all, Function<? super T, String> name) {
		return all.stream().filter(one -> algorithms.getOrDefault(kind, List.of()).stream().allMatch(names -> names.fits(name.apply(one)))).toList();
	}

	/** The refusal of somebody who has none of a kind that may be agreed on. @param who the server for a person, or <i>Strongroom</i> @param has those it has */
	public ForbiddenException refused(Kind kind, String who, Collection<String> has) {
		String list = String.join(", ", has);
		String shown = list.length() > LONGEST_LIST ? list.substring(0, LONGEST_LIST) + "…" : list;
		return new ForbiddenException("Forbidden by %s: %s has no %s that is allowed there%s.".formatted(rules(algorithms.getOrDefault(kind, List.of()).stream().map(Names::rule)), who, kind.word(),
				shown.isEmpty() ? "" : ", but " + shown));
	}

	private static String rules(Stream<String> rules) {
		return rules.distinct().collect(Collectors.joining(", and by "));
	}

	/**
	 * Makes sure that a host key is one that every policy names which names some.
	 *
	 * @throws ForbiddenException if it is not
	 */
	public void check(Challenge.HostKey key) throws ForbiddenException {
		for (HostKeys named : hostKeys)
			if (!named.fingerprints().contains(key.fingerprint()))
				throw new ForbiddenException("Forbidden by %s: the %s key of %s (%s) is none of those that are named there: somebody may be listening in. Nothing was sent to it; ask the administrator."
						.formatted(named.rule(), key.algorithm(), key.port() == 22 ? key.host() : key.host() + ":" + key.port(), key.fingerprint()));
	}

	/** Whether a policy names this very host key, so that no person is to be asked. */
	public boolean names(Challenge.HostKey key) {
		return !hostKeys.isEmpty() && hostKeys.stream().allMatch(named -> named.fingerprints().contains(key.fingerprint()));
	}

	/** Whether an RSA key is long enough. @param bits of its modulus */
	public boolean permitsRsa(int bits) {
		return rsa.isEmpty() || bits >= rsa.get().bits();
	}
}
