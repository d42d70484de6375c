package org.strongroom.storage.webdav.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

import org.strongroom.core.auth.Challenge;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Requirements;

/**
 * Says whether a server's certificate is trusted: by Java's and the system's authorities, or because a person said yes to this very certificate of this very server before. If it is not, says
 * what is wrong with it. Where policies name authorities or certificates for the server, they alone count, and a {@link ForbiddenException} is the cause of a refusal.
 */
public final class Certificates extends X509ExtendedTrustManager {
	/** Where systems keep what they trust; the first that is there is read. */
	private static final List<String> SYSTEM = List.of("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem");
	/** The same as key stores of Java. */
	private static final List<String> SYSTEM_STORES = List.of("Windows-ROOT", "KeychainStore-ROOT");
	private static final int DNS_NAME = 2;
	private static final int IP_ADDRESS = 7;

	private final String host;
	private final int port;
	private final KnownCertificates known;
	private final X509ExtendedTrustManager authorities;
	private volatile List<Requirements.Certified> demanded = List.of();

	/** @param host as in addresses, in lower case */
	public Certificates(String host, int port, KnownCertificates known) throws IOException {
		this.host = host;
		this.port = port;
		this.known = known;
		try {
			authorities = authorities();
		} catch (GeneralSecurityException e) {
			throw new IOException("The certificates that this machine trusts cannot be read.", e);
		}
	}

	private static X509ExtendedTrustManager authorities() throws GeneralSecurityException, IOException {
		X509ExtendedTrustManager usual = manager(null);
		if (System.getProperty("javax.net.ssl.trustStore") != null)
			return usual;
		var all = new ArrayList<X509Certificate>(List.of(usual.getAcceptedIssuers()));
		all.addAll(system());
		return all.isEmpty() ? usual : trusting(all);
	}

	private static X509ExtendedTrustManager trusting(Collection<X509Certificate> anchors) throws GeneralSecurityException, IOException {
		KeyStore all = KeyStore.getInstance("PKCS12");
		all.load(null, null);
		int number = 0;
		for (X509Certificate c : anchors)
			all.setCertificateEntry("c" + number++, c);
		return manager(all);
	}

	private static X509ExtendedTrustManager manager(KeyStore trusted) throws GeneralSecurityException {
		TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
		factory.init(trusted);
		return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
	}

	private static Collection<X509Certificate> system() throws GeneralSecurityException, IOException {
		var all = new ArrayList<X509Certificate>();
		for (String file : SYSTEM) {
			Path path = Path.of(file);
			if (Files.isReadable(path)) {
				try (InputStream in = Files.newInputStream(path)) {
					CertificateFactory.getInstance("X.509").generateCertificates(in).forEach(c -> all.add((X509Certificate) c));
				} catch (CertificateException e) {
					// one that Java cannot read does not take Java's own away
				}
				return all;
			}
		}
		for (String type : SYSTEM_STORES) {
			KeyStore store;
			try {
				store = KeyStore.getInstance(type);
			} catch (GeneralSecurityException e) {
				continue; // another system's
			}
			store.load(null, null);
			for (String alias : java.util.Collections.list(store.aliases()))
				if (store.getCertificate(alias) instanceof X509Certificate c)
					all.add(c);
		}
		return all;
	}

	/** What the policies demand from now on. */
	public void demand(List<Requirements.Certified> certified) {
		demanded = List.copyOf(certified);
	}

	/** The question that an exception of the handshake leads to. */
	public Challenge.Certificate challenge(String asker, UntrustedException e) {
		return new Challenge.Certificate(asker, host, port, e.chain(), e.problems());
	}

	/** A person said yes. */
	public void accept(Challenge.Certificate challenge) throws IOException {
		known.add(host, port, challenge.fingerprint());
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
		if (isDemanded(chain, manager -> manager.checkServerTrusted(chain, authType, engine)))
			return;
		try {
			authorities.checkServerTrusted(chain, authType, engine);
		} catch (CertificateException e) {
			judge(chain, e);
		}
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
		if (isDemanded(chain, manager -> manager.checkServerTrusted(chain, authType, socket)))
			return;
		try {
			authorities.checkServerTrusted(chain, authType, socket);
		} catch (CertificateException e) {
			judge(chain, e);
		}
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
		if (isDemanded(chain, manager -> manager.checkServerTrusted(chain, authType)))
			return;
		authorities.checkServerTrusted(chain, authType);
	}

	private interface Check {
		void by(X509ExtendedTrustManager manager) throws CertificateException;
	}

	/** Whether policies demand something of the certificate, and it is that. @throws CertificateException if they do, and it is not */
	private boolean isDemanded(X509Certificate[] chain, Check check) throws CertificateException {
		String own = Challenge.Certificate.fingerprintOf(chain[0]);
		List<Requirements.Certified> all = demanded;
		for (Requirements.Certified one : all)
			if (!one.own().contains(own))
				checkIssuer(one, List.of(chain), check);
		return !all.isEmpty();
	}

	private void checkIssuer(Requirements.Certified by, List<X509Certificate> chain, Check check) throws CertificateException {
		var anchors = new ArrayList<X509Certificate>(by.authorities());
		for (Collection<X509Certificate> some : List.of(chain, List.of(authorities.getAcceptedIssuers())))
			for (X509Certificate c : some)
				if (by.issuers().contains(Challenge.Certificate.fingerprintOf(c)))
					anchors.add(c);
		try {
			if (anchors.isEmpty())
				throw new CertificateException("nobody who is named");
			check.by(trusting(anchors));
		} catch (GeneralSecurityException | IOException e) {
			List<String> problems = anchors.isEmpty() ? List.of() : ownProblems(chain.getFirst());
			var forbidden = new ForbiddenException("Forbidden by %s: the certificate of %s (SHA-256 %s) %s: somebody may be listening in. Nothing was sent to it; ask the administrator.".formatted(by.rule(),
					port == 443 ? host : host + ":" + port, Challenge.Certificate.fingerprintOf(chain.getFirst()), problems.isEmpty() ? "is none of those that are named there, nor issued by one" : String.join(", and ", problems)));
			forbidden.addSuppressed(e);
			throw new CertificateException(forbidden.getMessage(), forbidden);
		}
	}

	private void judge(X509Certificate[] chain, CertificateException refused) throws CertificateException {
		List<String> before;
		try {
			before = known.of(host, port);
		} catch (IOException e) {
			throw new CertificateException("The certificates that were accepted before cannot be read.", e);
		}
		List<X509Certificate> shown = List.of(chain);
		if (before.contains(Challenge.Certificate.fingerprintOf(chain[0])))
			return;
		List<String> problems = problems(shown);
		if (problems.isEmpty())
			problems.add("is not trusted (" + Challenge.printable(String.valueOf(refused.getMessage())) + ")");
		if (!before.isEmpty())
			problems.add("is not the one that was accepted before");
		throw new UntrustedException(shown, problems, refused);
	}

	/** What is wrong with a server's certificate, each as the end of a sentence; nothing if it is trusted without a person's yes. @param chain the server's own first */
	public List<String> problems(List<X509Certificate> chain) {
		X509Certificate own = chain.getFirst();
		List<String> problems = ownProblems(own);
		if (!isIssuedByAuthority(chain))
			problems.add(own.getSubjectX500Principal().equals(own.getIssuerX500Principal()) ? "is issued by itself" : "is issued by somebody unknown (%s)".formatted(
					chain.getLast().getIssuerX500Principal().getName()));
		return problems;
	}

	/** What is wrong with it, whoever has issued it. */
	private List<String> ownProblems(X509Certificate own) {
		var problems = new ArrayList<String>();
		try {
			own.checkValidity();
		} catch (CertificateExpiredException e) {
			problems.add("expired on %tF".formatted(own.getNotAfter()));
		} catch (CertificateNotYetValidException e) {
			problems.add("is not valid before %tF".formatted(own.getNotBefore()));
		}
		List<String> names = names(own);
		if (names.stream().noneMatch(n -> matches(n, host)))
			problems.add("is for %s, not for %s".formatted(names.isEmpty() ? "no server" : String.join(", ", names), host));
		return problems;
	}

	/** Whether the chain leads to an authority, at a time when the server's own certificate was valid. */
	private boolean isIssuedByAuthority(List<X509Certificate> chain) {
		try {
			var anchors = new java.util.HashSet<java.security.cert.TrustAnchor>();
			for (X509Certificate c : authorities.getAcceptedIssuers())
				anchors.add(new java.security.cert.TrustAnchor(c, null));
			var parameters = new PKIXParameters(anchors);
			parameters.setRevocationEnabled(false);
			X509Certificate own = chain.getFirst();
			parameters.setDate(new Date((own.getNotBefore().getTime() + own.getNotAfter().getTime()) / 2));
			List<X509Certificate> steps = chain.stream().filter(c -> chain.size() == 1 || !c.getSubjectX500Principal().equals(c.getIssuerX500Principal())).toList();
			CertPathValidator.getInstance("PKIX").validate(CertificateFactory.getInstance("X.509").generateCertPath(steps), parameters);
			return true;
		} catch (GeneralSecurityException e) {
			return false;
		}
	}

	/** The names and addresses a certificate is for (RFC 9525 section 2). */
	private static List<String> names(X509Certificate certificate) {
		var names = new ArrayList<String>();
		try {
			Collection<List<?>> all = certificate.getSubjectAlternativeNames();
			if (all != null)
				for (List<?> name : all)
					if (name.get(0).equals(DNS_NAME) || name.get(0).equals(IP_ADDRESS))
						names.add(name.get(1).toString().toLowerCase(Locale.ROOT));
		} catch (CertificateParsingException e) {
			// it names nobody
		}
		return names;
	}

	private static boolean matches(String name, String host) {
		if (name.equals(host))
			return true;
		if (name.startsWith("*."))
			return host.indexOf('.') > 0 && host.substring(host.indexOf('.')).equals(name.substring(1));
		if (host.indexOf(':') < 0 || name.indexOf(':') < 0)
			return false;
		try {
			return Arrays.equals(InetAddress.getByName(name).getAddress(), InetAddress.getByName(host).getAddress());
		} catch (UnknownHostException e) {
			return false;
		}
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
		authorities.checkClientTrusted(chain, authType);
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
		authorities.checkClientTrusted(chain, authType, socket);
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
		authorities.checkClientTrusted(chain, authType, engine);
	}

	@Override
	public X509Certificate[] getAcceptedIssuers() {
		return new X509Certificate[0];
	}
}
