package org.strongroom.storage.sftp.internal;

import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.kex.extension.DefaultClientKexExtensionHandler;
import org.strongroom.core.residency.Requirements;

/**
 * What a server told while it was connected and signed in to.
 *
 * @param server in words for a person
 * @param version its identification (RFC 4253 section 4.2)
 * @param offered its algorithms (RFC 4253 section 7.1), in its order, without the markers among the key exchanges
 * @param used what was negotiated
 * @param strict whether it resists Terrapin by strict key exchange (OpenSSH's PROTOCOL, section 1.10)
 * @param hostKeyType as in {@code known_hosts}
 * @param hostKeyBits its size, 0 or less where there is one size only
 * @param userKeys signature algorithms it takes from people (RFC 8308 section 3.1); empty if it did not say
 * @param course of signing in
 */
public record SshFacts(String server, String version, Map<Kind, List<String>> offered, Map<Kind, String> used, boolean strict, String hostKeyType, int hostKeyBits, Set<String> userKeys,
		Course course) {
	/** RFC 4251 section 6, and what real ones are made of: they may end up in a configuration file. */
	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9@._+/=-]{1,64}");

	/** The kinds of algorithms. Both directions are one. */
	public enum Kind {
		KEY_EXCHANGE(Requirements.Kind.KEY_EXCHANGE), HOST_KEY(Requirements.Kind.HOST_KEY_ALGORITHM), CIPHER(Requirements.Kind.CIPHER), MAC(Requirements.Kind.MAC);

		private final Requirements.Kind demanded;

		Kind(Requirements.Kind demanded) {
			this.demanded = demanded;
		}

		/** As policies demand it. */
		Requirements.Kind demanded() {
			return demanded;
		}
	}

	/**
	 * How signing in went.
	 *
	 * @param first the methods it takes as the first step
	 * @param steps the methods that it demanded, in their order
	 * @param questions how many were asked in all where there were answers to questions
	 */
	public record Course(List<String> first, List<String> steps, int questions) {
		public Course {
			first = List.copyOf(first);
			steps = List.copyOf(steps);
		}
	}

	/** What a server has offered; all empty if it has not yet. */
	static Map<Kind, List<String>> offered(ClientSession session) {
		Map<KexProposalOption, String> proposals = session.getServerKexProposals();
		var offered = new EnumMap<Kind, List<String>>(Kind.class);
		offered.put(Kind.KEY_EXCHANGE, names(proposals, KexProposalOption.ALGORITHMS).stream().filter(n -> !n.startsWith("ext-info-") && !n.startsWith("kex-strict-")).toList());
		offered.put(Kind.HOST_KEY, names(proposals, KexProposalOption.SERVERKEYS));
		offered.put(Kind.CIPHER, names(proposals, KexProposalOption.C2SENC, KexProposalOption.S2CENC));
		offered.put(Kind.MAC, names(proposals, KexProposalOption.C2SMAC, KexProposalOption.S2CMAC));
		return offered;
	}

	/** Those of a connection. @param strict see there */
	static SshFacts of(Hop hop, ClientSession session, boolean strict, Course course) {
		Map<KexProposalOption, String> proposals = session.getServerKexProposals();
		PublicKey key = session.getServerKey();
		Collection<String> userKeys = session.getAttribute(DefaultClientKexExtensionHandler.SERVER_ALGORITHMS);
		return new SshFacts(hop.server(), session.getServerVersion(), offered(session), used(session), strict || names(proposals, KexProposalOption.ALGORITHMS).contains("kex-strict-s-v00@openssh.com"),
				KeyUtils.getKeyType(key), KeyUtils.getKeySize(key), userKeys == null ? Set.of() : userKeys.stream().filter(k -> NAME.matcher(k).matches()).collect(Collectors.toCollection(LinkedHashSet::new)), course);
	}

	/** What was negotiated, by {@code key-exchange}, {@code host-key}, {@code cipher} and {@code mac}. */
	static Map<String, String> words(ClientSession session) {
		return used(session).entrySet().stream().filter(u -> !u.getValue().isEmpty()).collect(Collectors.toMap(u -> u.getKey().name().toLowerCase(Locale.ROOT).replace('_', '-'), Map.Entry::getValue));
	}

	private static Map<Kind, String> used(ClientSession session) {
		Map<KexProposalOption, String> result = session.getKexNegotiationResult();
		var used = new EnumMap<Kind, String>(Kind.class);
		used.put(Kind.KEY_EXCHANGE, result.getOrDefault(KexProposalOption.ALGORITHMS, ""));
		used.put(Kind.HOST_KEY, result.getOrDefault(KexProposalOption.SERVERKEYS, ""));
		used.put(Kind.CIPHER, result.getOrDefault(KexProposalOption.C2SENC, ""));
		// a cipher that authenticates by itself makes the MAC that was negotiated idle
		used.put(Kind.MAC, used.get(Kind.CIPHER).matches(".*(gcm|poly1305).*") ? "" : result.getOrDefault(KexProposalOption.C2SMAC, ""));
		return used;
	}

	private static List<String> names(Map<KexProposalOption, String> proposals, KexProposalOption... options) {
		var all = new LinkedHashSet<String>();
		for (KexProposalOption option : options)
			for (String name : proposals.getOrDefault(option, "").split(","))
				if (NAME.matcher(name).matches())
					all.add(name);
		return new ArrayList<>(all);
	}
}
