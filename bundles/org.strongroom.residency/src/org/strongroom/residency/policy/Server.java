package org.strongroom.residency.policy;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.strongroom.core.find.Glob;

/**
 * Servers that a policy lets people sign in to.
 *
 * @param line where it is said in its file, from 1
 * @param scheme of the address, in lower case
 * @param host pattern of the host's name; empty for this machine's own folders
 * @param port TCP port; empty for any
 * @param proof by what it is known
 */
public record Server(int line, String scheme, String host, OptionalInt port, Proof proof) {
	private static final Pattern FORM = Pattern.compile("([a-z][a-z0-9+.-]*)://([^/:@\\s]+|\\[[0-9a-fA-F:.*?]+\\])(?::(\\d{1,5}))?/?");
	/** This machine's own folders: file URIs of any path (RFC 8089). */
	private static final Pattern THIS_MACHINE = Pattern.compile("(file):///?");
	/** An address's host and port where {@link URI} sees none: it knows no underscores. */
	private static final Pattern AUTHORITY = Pattern.compile("(?:.*@)?(\\[[^\\]]*\\]|[^:]*)(?::(\\d*))?");
	/** The ports that are meant where an address names none: of the IANA's registry of ports. */
	private static final Map<String, Integer> USUAL_PORTS = Map.of("sftp", 22, "dav", 80, "davs", 443, "nextcloud", 443);

	/**
	 * By what a server is known. All empty for by its name alone.
	 *
	 * @param hostKeys fingerprints of SSH host keys, as OpenSSH prints them
	 * @param keyTypes types of those keys, as far as they are known
	 * @param issuers SHA-256 fingerprints of authorities' certificates, as OpenSSL prints them
	 * @param authorities the certificates of those of which more than the fingerprint is known
	 * @param certificates fingerprints of the server's own certificates
	 */
	public record Proof(Set<String> hostKeys, Set<String> keyTypes, Set<String> issuers, List<X509Certificate> authorities, Set<String> certificates) {
		/** Its name alone. */
		public static final Proof NONE = new Proof(Set.of(), Set.of(), Set.of(), List.of(), Set.of());

		public Proof {
			hostKeys = Set.copyOf(hostKeys);
			keyTypes = Set.copyOf(keyTypes);
			issuers = Set.copyOf(issuers);
			authorities = List.copyOf(authorities);
			certificates = Set.copyOf(certificates);
		}

		/** Whether it says anything of certificates. */
		boolean isOfTls() {
			return !issuers.isEmpty() || !certificates.isEmpty();
		}
	}

	/** By what a policy says, such as {@code sftp://*.example.org:2222}. */
	static Optional<Server> of(int line, String text, Proof proof) {
		Matcher here = THIS_MACHINE.matcher(text.toLowerCase(Locale.ROOT));
		if (here.matches())
			return Optional.of(new Server(line, here.group(1), "", OptionalInt.empty(), proof));
		Matcher m = FORM.matcher(text.toLowerCase(Locale.ROOT));
		if (!m.matches())
			return Optional.empty();
		return Optional.of(new Server(line, m.group(1), m.group(2), m.group(3) == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(m.group(3))), proof));
	}

	/** Whether an address is one of them. */
	public boolean fits(URI address) {
		String asked = address.getScheme().toLowerCase(Locale.ROOT);
		if (host.isEmpty())
			return scheme.equals(asked);
		if (address.getRawAuthority() == null || !scheme.equals(asked))
			return false;
		Matcher m = AUTHORITY.matcher(address.getRawAuthority().toLowerCase(Locale.ROOT));
		if (!m.matches())
			return false;
		// the root of the names may be written, and is the same server
		String name = m.group(1).endsWith(".") ? m.group(1).substring(0, m.group(1).length() - 1) : m.group(1);
		if (!new Glob(bare(host)).matches(bare(name)))
			return false;
		String at = m.group(2) == null || m.group(2).isEmpty() ? String.valueOf(USUAL_PORTS.get(scheme)) : m.group(2);
		return port.isEmpty() || Integer.toString(port.getAsInt()).equals(at);
	}

	/** Without the brackets of an IPv6 address, which are something else in a pattern. */
	private static String bare(String host) {
		return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
	}

	@Override
	public String toString() {
		return scheme + "://" + host + (port.isPresent() ? ":" + port.getAsInt() : "");
	}
}
