package org.strongroom.storage.webdav.internal;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.security.interfaces.DSAPublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import org.strongroom.core.auth.Challenge;
import org.strongroom.core.doctor.Finding;
import org.strongroom.core.doctor.Finding.Severity;
import org.strongroom.core.doctor.Posture;
import org.strongroom.storage.webdav.DavSettings;
import org.strongroom.storage.webdav.internal.TlsProbe.Weak;

/** How well an HTTP server is set up: TLS, certificate, headers, what it asks of people. */
public final class DavPosture implements Posture {
	/** Days before the end at which a certificate is to be renewed: authorities of today do so 30 days before. */
	private static final int SOON = 14;
	/** How long an answer to an old client's greeting is waited for: some servers give none. */
	private static final Duration PATIENCE = Duration.ofSeconds(10);
	/** What browsers are to remember at least, in seconds: half a year, as Nextcloud demands. */
	private static final long SHORTEST_HSTS = 15_552_000;
	private static final Pattern MAX_AGE = Pattern.compile("max-age=\"?(\\d{1,18})", Pattern.CASE_INSENSITIVE);
	private static final Map<Integer, String> OLD = new LinkedHashMap<>();
	static {
		OLD.put(TlsProbe.SSL_3_0, "SSL 3.0");
		OLD.put(TlsProbe.TLS_1_0, "TLS 1.0");
		OLD.put(TlsProbe.TLS_1_1, "TLS 1.1");
	}
	private static final String VERSIONS = "Apache:\nSSLProtocol -all +TLSv1.2 +TLSv1.3\nnginx:\nssl_protocols TLSv1.2 TLSv1.3;";
	private static final String SUITES = "Apache:\nSSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20\nnginx:\nssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;";
	private static final String HSTS = "Apache (with mod_headers):\nHeader always set Strict-Transport-Security \"max-age=63072000\"\nnginx:\nadd_header Strict-Transport-Security \"max-age=63072000\" always;";

	/** What the client knows. */
	public interface Client {
		DavSettings settings();

		/** Whether a user and a password are sent. */
		boolean hasPassword();

		/** A header of an answer. */
		Optional<String> header(String name) throws IOException;

		/** What is wrong with a certificate that was accepted all the same; empty if it is trusted. */
		List<String> problems(List<X509Certificate> chain);

		/** Shakes hands once more. */
		TlsProbe.Agreed agree(TlsProbe probe) throws IOException;

		/** Whether nothing is between this machine and the server. */
		boolean isDirect() throws IOException;
	}

	private final Client client;
	private final DavSettings settings;
	private final String server;

	public DavPosture(Client client) {
		this.client = client;
		settings = client.settings();
		server = settings.asker();
	}

	@Override
	public List<Finding> examine() throws IOException {
		var found = new ArrayList<Finding>();
		if (!settings.isSecure())
			found.add(plain());
		else if (!client.isDirect())
			found.add(Finding.unchecked("tls.version", server, "TLS and the certificate: not checked, for there is a proxy on the way."));
		else
			tls(found);
		if (settings.isSecure())
			found.add(hsts());
		found.add(factors());
		return found;
	}

	private Finding plain() {
		String why = "Whoever is on the way reads and changes all that passes, the password first.";
		String mend = "Set up HTTPS on the server (Let's Encrypt's certbot does so for Apache and nginx), and write davs:// in the bookmark.";
		return settings.isLoopback() ? Finding.note("tls.none", server, "Plain HTTP, to this machine alone.", why, mend) : Finding.serious("tls.none", server, "Plain HTTP: nothing is encrypted on the way.", why, mend);
	}

	private void tls(List<Finding> found) throws IOException {
		int port = settings.origin().getPort();
		var probe = new TlsProbe(settings.host(), port, settings.limit().compareTo(PATIENCE) < 0 ? settings.limit() : PATIENCE);
		TlsProbe.Agreed agreed = client.agree(probe);
		found.add(agreed.version().equals("TLSv1.3") ? Finding.ok("tls.version", server, "TLS 1.3, " + agreed.suite() + ".")
				: Finding.note("tls.version", server, "TLS 1.2 is the newest it has, %s.".formatted(agreed.suite()), "TLS 1.3 (RFC 8446) has nothing weak to choose from, and needs a round trip less.", VERSIONS));
		found.add(oldVersions(probe));
		found.add(suites(probe));
		certificate(agreed.chain(), found);
	}

	/** RFC 8996 for TLS 1.0 and 1.1, RFC 7568 for SSL 3.0. */
	private Finding oldVersions(TlsProbe probe) {
		String id = "tls.old-versions";
		var taken = new ArrayList<String>();
		var unknown = new ArrayList<String>();
		OLD.forEach((version, name) -> probe.takes(version).ifPresentOrElse(yes -> {
			if (yes)
				taken.add(name);
		}, () -> unknown.add(name)));
		if (!taken.isEmpty())
			return new Finding(id, taken.contains("SSL 3.0") ? Severity.SERIOUS : Severity.WARNING, server, "Takes %s.".formatted(String.join(", ", taken)),
					"These must not be used any more (RFC 8996, RFC 7568): somebody in between may break them. Strongroom does not use them; other programs may be made to.", VERSIONS);
		if (!unknown.isEmpty())
			return Finding.unchecked(id, server, "Whether it takes %s: its answer made no sense, or there was none.".formatted(String.join(", ", unknown)));
		return Finding.ok(id, server, "Takes nothing older than TLS 1.2.");
	}

	private Finding suites(TlsProbe probe) {
		String id = "tls.ciphers";
		boolean unknown = false;
		for (Weak weak : Weak.values()) {
			Optional<Boolean> taken = probe.takes(weak);
			unknown |= taken.isEmpty();
			if (taken.orElse(false))
				return switch (weak) {
				case RC4 -> Finding.serious(id, server, "Takes RC4 in TLS 1.2.", "RC4 is broken, and must not be used (RFC 7465).", SUITES);
				case TRIPLE_DES -> Finding.warning(id, server, "Takes 3DES in TLS 1.2.", "Blocks of 64 bits repeat themselves in long transfers (CVE-2016-2183).", SUITES);
				case NO_FORWARD_SECRECY -> Finding.note(id, server, "Takes the key exchange of RSA in TLS 1.2.",
						"Who records what passes, and gets the server's key some day, reads it all: there is no forward secrecy (RFC 9325 section 4.1).", SUITES);
				};
		}
		return unknown ? Finding.unchecked(id, server, "Whether it takes weak ciphers: its answer made no sense, or there was none.")
				: Finding.ok(id, server, "In TLS 1.2 takes no cipher without forward secrecy, no 3DES and no RC4.");
	}

	private void certificate(List<X509Certificate> chain, List<Finding> found) {
		X509Certificate own = chain.getFirst();
		String renew = "Renew it: certbot renew, or have your authority issue a new one.";
		long days = ChronoUnit.DAYS.between(Instant.now(), own.getNotAfter().toInstant());
		List<String> problems = client.problems(chain);
		found.add(problems.isEmpty() ? Finding.ok("tls.certificate", server, "This machine trusts its certificate, issued by %s.".formatted(name(own.getIssuerX500Principal().getName())))
				: Finding.warning("tls.certificate", server, "Its certificate %s. It was accepted for this server all the same.".formatted(Challenge.printable(String.join(", ", problems))),
						"Each person has to compare its fingerprint by themselves; who does not, may be speaking with somebody else.", "Use a certificate of an authority that your people's machines trust, and send its whole chain.\nApache:\nSSLCertificateFile /etc/letsencrypt/live/NAME/fullchain.pem\nnginx:\nssl_certificate /etc/letsencrypt/live/NAME/fullchain.pem;"));
		if (days < SOON)
			found.add(Finding.warning("tls.certificate-end", server, days < 0 ? "Its certificate expired on %tF.".formatted(own.getNotAfter()) : "Its certificate expires in %d days, on %tF.".formatted(days, own.getNotAfter()),
					"From then on nobody gets in without accepting it against all warnings, and learns to do so.", renew));
		else
			found.add(Finding.ok("tls.certificate-end", server, "Its certificate is good for %d days more.".formatted(days)));
		found.add(key(own, renew));
		// the signature of what is its own authority is not looked at by anybody
		Optional<X509Certificate> weak = chain.stream().filter(c -> !c.getSubjectX500Principal().equals(c.getIssuerX500Principal()) || chain.size() == 1)
				.filter(c -> c.getSigAlgName().toUpperCase(Locale.ROOT).matches("(MD2|MD5|SHA1).*")).findFirst();
		found.add(weak.isPresent() ? Finding.serious("tls.certificate-signature", server, "A certificate of its chain is signed with %s.".formatted(weak.get().getSigAlgName()), "That is broken: others may have made it up.", renew)
				: Finding.ok("tls.certificate-signature", server, "Its certificate is signed with %s, and so on up to its authority.".formatted(own.getSigAlgName())));
	}

	/** RFC 9325 section 4.5: RSA from 2048 bits on, ECDSA from 224. */
	private Finding key(X509Certificate certificate, String renew) {
		int bits = switch (certificate.getPublicKey()) {
		case RSAPublicKey k -> k.getModulus().bitLength();
		case ECPublicKey k -> k.getParams().getCurve().getField().getFieldSize();
		case DSAPublicKey k -> k.getParams().getP().bitLength();
		default -> 0;
		};
		String algorithm = certificate.getPublicKey().getAlgorithm();
		String what = "The key of its certificate is %s%s".formatted(algorithm, bits == 0 ? "" : " with " + bits + " bits");
		boolean weak = algorithm.equals("DSA") || algorithm.equals("RSA") && bits < 2048 || algorithm.equals("EC") && bits < 224;
		return weak ? Finding.serious("tls.certificate-key", server, what + ".", "It can be broken: then somebody else can play this server.", renew) : Finding.ok("tls.certificate-key", server, what + ".");
	}

	/** RFC 6797. */
	private Finding hsts() throws IOException {
		String id = "tls.hsts";
		String value = client.header("Strict-Transport-Security").map(v -> Challenge.printable(v).replace('\n', ' ')).orElse("");
		var age = MAX_AGE.matcher(value);
		if (!age.find())
			return Finding.note(id, server, "Does not tell browsers to come by HTTPS alone (Strict-Transport-Security).", "A browser that is sent to http:// first can be led elsewhere. Strongroom itself goes by HTTPS alone.", HSTS);
		if (Long.parseLong(age.group(1)) < SHORTEST_HSTS)
			return Finding.note(id, server, "Tells browsers to come by HTTPS alone, but to forget that soon (%s s).".formatted(age.group(1)), "Who comes back later can be led elsewhere.", HSTS);
		return Finding.ok(id, server, "Tells browsers to come by HTTPS alone.");
	}

	private Finding factors() {
		String id = "dav.factors";
		boolean certificate = settings.clientCertificate().isPresent();
		if (certificate && client.hasPassword())
			return Finding.ok(id, server, "A client certificate and a password are used.");
		String mend = "Demand a certificate of each person, too. Apache:\nSSLVerifyClient require\nSSLCACertificateFile /etc/ssl/people.pem\nnginx:\nssl_verify_client on;\nssl_client_certificate /etc/ssl/people.pem;\nOr put the server behind a way in that has two factors (SSH, a VPN).";
		if (certificate)
			return Finding.warning(id, server, "A client certificate alone is enough.", "Who gets hold of its file and passphrase gets in.", "Demand a password, too (AuthType Basic; auth_basic).");
		if (client.hasPassword())
			return Finding.warning(id, server, "A password alone is enough.", "Passwords are guessed, elicited and used twice. Nothing else keeps a stranger out.", mend);
		return Finding.serious(id, server, "Lets everybody in without asking anything.", "Whoever reaches the server has the files.", mend);
	}

	private static String name(String distinguished) {
		String printable = Challenge.printable(distinguished).replace('\n', ' ');
		return printable.length() > 100 ? printable.substring(0, 100) + "…" : printable;
	}
}
