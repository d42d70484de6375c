package org.strongroom.core.auth;

import java.net.URI;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * One thing a server (or a vault) asks while somebody signs in or unlocks. {@code asker} is always who asks, in words for a person,
 * such as {@code me@hq.example.org}. Texts that come from a server are given word for word: whoever shows them must take care of
 * control characters (see {@link #printable(String)}).
 */
public sealed interface Challenge {

	/** Who asks. */
	String asker();

	/** A challenge answered with one secret that may be remembered. */
	sealed interface ForSecret extends Challenge permits KeyPassphrase, Password, VaultPassphrase {
		/** 1 at first, 2 after one wrong answer, and so on. A remembered answer is good for 1 only. */
		int attempt();

		/** What to show beside the field. */
		String prompt();

		/** Under what a remembered answer is kept: stable, unique, without secrets. */
		String key();
	}

	/** The passphrase of a key file. */
	record KeyPassphrase(String asker, Path keyFile, int attempt) implements ForSecret {
		public KeyPassphrase {
			Objects.requireNonNull(asker);
			Objects.requireNonNull(keyFile);
		}

		@Override
		public String prompt() {
			return "Passphrase for key " + keyFile.getFileName();
		}

		@Override
		public String key() {
			return "key:" + keyFile.toAbsolutePath().normalize();
		}
	}

	/**
	 * The account's password, asked by the server as such (never guessed from the text of a prompt).
	 *
	 * @param user the account
	 */
	record Password(String asker, String user, int attempt) implements ForSecret {
		public Password {
			Objects.requireNonNull(asker);
			Objects.requireNonNull(user);
		}

		@Override
		public String prompt() {
			return "Password for " + asker;
		}

		@Override
		public String key() {
			return "password:" + asker;
		}
	}

	/**
	 * The passphrase of a vault.
	 *
	 * @param vault where the vault lies, as the user knows it
	 */
	record VaultPassphrase(String asker, String vault, int attempt) implements ForSecret {
		public VaultPassphrase {
			Objects.requireNonNull(asker);
			Objects.requireNonNull(vault);
		}

		@Override
		public String prompt() {
			return "Passphrase for vault " + vault;
		}

		@Override
		public String key() {
			return "vault:" + asker + ":" + vault;
		}
	}

	/**
	 * One question of a {@link KeyboardInteractive} round.
	 *
	 * @param text word for word as the server sent it
	 * @param echo whether what is typed may be shown
	 */
	record Prompt(String text, boolean echo) {
		public Prompt {
			Objects.requireNonNull(text);
		}
	}

	/**
	 * One round of keyboard-interactive (RFC 4256 section 3.2): answers are never remembered nor guessed, for any of them may be a one-time code.
	 *
	 * @param name title the server gave, may be empty
	 * @param instruction text the server gave, may be empty
	 * @param prompts none, one or several questions; a round without questions is not asked of anybody
	 * @param round 1 at first; counts all rounds and retries of one sign-in
	 */
	record KeyboardInteractive(String asker, String name, String instruction, List<Prompt> prompts, int round)
			implements Challenge {
		public KeyboardInteractive {
			Objects.requireNonNull(asker);
			Objects.requireNonNull(name);
			Objects.requireNonNull(instruction);
			prompts = List.copyOf(prompts);
		}
	}

	/**
	 * A server shows a host key that is to be checked against what is known.
	 *
	 * @param host as the user named it
	 * @param address the host name or address really connected to
	 * @param port TCP port
	 * @param algorithm SSH key type, such as {@code ssh-ed25519}
	 * @param key the public key in SSH wire format (RFC 4253 section 6.6)
	 */
	record HostKey(String asker, String host, String address, int port, String algorithm, byte[] key)
			implements Challenge {
		public HostKey {
			Objects.requireNonNull(asker);
			Objects.requireNonNull(host);
			Objects.requireNonNull(address);
			Objects.requireNonNull(algorithm);
			Objects.requireNonNull(key);
		}

		/** The fingerprint as OpenSSH prints it: {@code SHA256:} and Base64 without padding. */
		public String fingerprint() {
			return fingerprintOf(key);
		}

		/** The same of any key. @param key in SSH wire format */
		public static String fingerprintOf(byte[] key) {
			return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(sha256(key));
		}

		/** The question in words. */
		public String prompt() {
			return "The server %s is not known yet. Its %s key has the fingerprint %s. Is this the right server?"
					.formatted(port == 22 ? host : host + ":" + port, algorithm, fingerprint());
		}
	}

	/**
	 * A server shows a certificate (X.509) that this machine does not trust for it. Nothing was sent to the server yet.
	 *
	 * @param host as the user named it
	 * @param port TCP port
	 * @param chain what the server showed, its own certificate first; at least that
	 * @param problems what is wrong, each in words that go on from <i>the certificate</i>: <i>has expired</i>; at least one
	 */
	record Certificate(String asker, String host, int port, List<X509Certificate> chain, List<String> problems) implements Challenge {
		public Certificate {
			Objects.requireNonNull(asker);
			Objects.requireNonNull(host);
			chain = List.copyOf(chain);
			problems = List.copyOf(problems);
			if (chain.isEmpty() || problems.isEmpty())
				throw new IllegalArgumentException("a certificate and what is wrong with it");
		}

		/** The server's own. */
		public X509Certificate certificate() {
			return chain.getFirst();
		}

		/** The SHA-256 fingerprint of the server's own certificate, as OpenSSL prints it: 32 pairs of hexadecimal digits with colons between them. */
		public String fingerprint() {
			return fingerprintOf(certificate());
		}

		/** The same of any certificate. */
		public static String fingerprintOf(X509Certificate certificate) {
			try {
				return HexFormat.ofDelimiter(":").withUpperCase().formatHex(sha256(certificate.getEncoded()));
			} catch (CertificateEncodingException e) {
				throw new IllegalStateException(e);
			}
		}

		/** Who is said to have issued what to whom, from the server's own certificate on; one line each. */
		public List<String> path() {
			return chain.stream().map(c -> "%s, issued by %s, valid from %tF to %tF".formatted(c.getSubjectX500Principal().getName(), c.getIssuerX500Principal().getName(),
					c.getNotBefore(), c.getNotAfter())).toList();
		}

		/** The question in words. */
		public String prompt() {
			return "The certificate of %s %s. It is for %s. Its SHA-256 fingerprint is %s. Is this the right server?"
					.formatted(port == 443 ? host : host + ":" + port, String.join(", and ", problems), String.join("; then ", path()), fingerprint());
		}
	}

	/**
	 * The policy wants a person to agree before something leaves memory.
	 *
	 * @param action what is to be done, as a verb: <i>print</i>
	 * @param what to which items, in words; may be empty
	 * @param place where they go; empty where there is just one
	 * @param rule where it says so, in words that go on from <i>by</i>
	 */
	record Permission(String asker, String action, String what, String place, String rule) implements Challenge {
		public Permission {
			Objects.requireNonNull(asker);
			Objects.requireNonNull(action);
			Objects.requireNonNull(what);
			Objects.requireNonNull(place);
			Objects.requireNonNull(rule);
		}

		/** The question in words. */
		public String prompt() {
			return question(action + (what.isEmpty() ? "" : " (" + what + ")") + (place.isEmpty() ? "" : ", to " + place));
		}

		/** The question without what it is about and where that goes, either of which may bear the name of an item of a vault: for where others can read along. */
		public String outline() {
			return question(action);
		}

		private String question(String whole) {
			return "%s: to %s? It leaves Strongroom, readable; you are asked because of %s.".formatted(asker, whole, rule);
		}
	}

	/**
	 * A server takes public keys: which has this person?
	 *
	 * @param user the account
	 * @param keyFiles private key files to offer, in this order
	 * @param onlyThese whether no other key (of an agent, of a usual place) may be offered
	 */
	record PublicKey(String asker, String user, List<Path> keyFiles, boolean onlyThese) implements Challenge {
		public PublicKey {
			Objects.requireNonNull(asker);
			Objects.requireNonNull(user);
			keyFiles = List.copyOf(keyFiles);
		}
	}

	/**
	 * A server lets somebody sign in in a web browser, with whatever second factor it demands there, and tells whoever asks when that is done.
	 *
	 * @param address where to: {@code http} or {@code https}
	 */
	record BrowserLogin(String asker, URI address) implements Challenge {
		public BrowserLogin {
			Objects.requireNonNull(asker);
			if (!"https".equalsIgnoreCase(address.getScheme()) && !"http".equalsIgnoreCase(address.getScheme()) || address.getHost() == null)
				throw new IllegalArgumentException("no address for a browser");
		}

		/** What is to be opened in the browser. */
		public String prompt() {
			return address.toASCIIString();
		}
	}

	private static byte[] sha256(byte[] bytes) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(bytes);
		} catch (NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}

	/**
	 * A server's text made harmless for a terminal or dialog: control and format characters (line feeds aside) are shown as
	 * {@code U+FFFD}, and what is longer than 4096 characters is cut.
	 */
	static String printable(String text) {
		var out = new StringBuilder();
		text.codePoints().limit(4096).forEach(c -> {
			int type = Character.getType(c);
			boolean bad = c != '\n' && (type == Character.CONTROL || type == Character.FORMAT
					|| type == Character.SURROGATE || type == Character.LINE_SEPARATOR
					|| type == Character.PARAGRAPH_SEPARATOR);
			out.appendCodePoint(bad ? 0xFFFD : c);
		});
		return out.toString();
	}
}
