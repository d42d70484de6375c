package org.strongroom.storage.webdav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strongroom.core.Problem;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Requirements;
import org.strongroom.core.residency.Requirements.Kind;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Storage;
import org.strongroom.storage.webdav.internal.DavProtocol;
import org.strongroom.testing.Certificates;
import org.strongroom.testing.Person;
import org.strongroom.testing.WebDavServer;

/** What policies demand of real servers over HTTPS, none of whose certificates this machine trusts. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RequirementsTest {
	private static final String RULE = "the policy of this machine, line 9";

	@TempDir
	Path temp;
	private final Certificates authority = Certificates.create();
	private WebDavServer server;
	private Person person;

	@BeforeEach
	void settle() {
		for (WebDavServer.Kind kind : List.of(WebDavServer.Kind.NGINX, WebDavServer.Kind.APACHE))
			assumeTrue(WebDavServer.unavailable(kind).isEmpty(), () -> WebDavServer.unavailable(kind).orElseThrow());
		Servers.settle(temp);
	}

	@AfterEach
	void stop() {
		if (server != null)
			server.close();
	}

	private void start(WebDavServer.Builder how) throws IOException {
		if (server != null)
			server.close();
		server = how.start();
	}

	private static Requirements certified(Set<String> issuers, List<X509Certificate> authorities, Set<String> own) {
		return new Requirements(List.of(), List.of(new Requirements.Certified(issuers, authorities, own, RULE)), Map.of(), Optional.empty());
	}

	private static Requirements issuedBy(Certificates who) {
		return certified(Set.of(Challenge.Certificate.fingerprintOf(who.authority())), List.of(who.authority()), Set.of());
	}

	private static Requirements tls(Kind kind, String... patterns) {
		return new Requirements(List.of(), List.of(), Map.of(kind, List.of(new Requirements.Names(List.of(patterns), RULE))), Optional.empty());
	}

	private Storage connect(Requirements requirements) throws IOException {
		person = Servers.person(server);
		assertThat(new DavProtocol().follows(requirements)).isTrue();
		return new DavProtocol().connect(Servers.bookmark(server.uri(), server.user(), Map.of()), new SignIn(List.of(), person, () -> true, requirements, SignIn.Demands.NONE));
	}

	private void isForbidden(Requirements requirements, String... words) throws IOException {
		assertThatThrownBy(() -> connect(requirements)).isInstanceOf(ForbiddenException.class).hasMessageStartingWith("Forbidden by " + RULE + ": ").hasMessageContainingAll(words)
				.satisfies(e -> assertThat(Problem.of(e).kind().exitCode()).isEqualTo(8));
		assertThat(person.asked()).isEmpty();
		assertThat(server.requests()).isEmpty();
	}

	@Test
	void anIssuerThatIsNamedIsBelievedWithoutAskingAndAnotherIsNot() throws Exception {
		start(WebDavServer.nginx().tls(authority.good()).http2());
		isForbidden(issuedBy(Certificates.create()), "the certificate of 127.0.0.1:" + server.port(), "is none of those that are named there, nor issued by one", "Nothing was sent");
		try (Storage storage = connect(issuedBy(authority))) {
			assertThat(Servers.list(storage, "/")).isEmpty();
		}
		assertThat(person.asked(Challenge.Certificate.class)).isEmpty();
		assertThat(temp.resolve("home/known_certificates")).doesNotExist();
	}

	@Test
	void thePolicyCountsAlsoWhereSomebodyHasTrustedTheServer() throws Exception {
		start(WebDavServer.nginx().tls(authority.good()));
		connect(Requirements.NONE).close();
		assertThat(person.asked(Challenge.Certificate.class)).hasSize(1);
		assertThat(Files.readString(temp.resolve("home/known_certificates"))).contains(":" + server.port());
		int before = server.requests().size();
		assertThatThrownBy(() -> connect(issuedBy(Certificates.create()))).isInstanceOf(ForbiddenException.class);
		assertThatThrownBy(() -> connect(issuedBy(authority).and(issuedBy(Certificates.create())))).as("of two policies each counts").isInstanceOf(ForbiddenException.class);
		assertThat(server.requests()).hasSize(before);
		assertThat(person.asked()).isEmpty();
	}

	/** The server sends the authority's certificate with its own, so that its fingerprint is enough. */
	@Test
	void anIssuerIsNamedByItsFingerprint() throws Exception {
		start(WebDavServer.nginx().tls(authority.good()));
		connect(certified(Set.of(Challenge.Certificate.fingerprintOf(authority.authority())), List.of(), Set.of())).close();
		assertThat(person.asked(Challenge.Certificate.class)).isEmpty();
		start(WebDavServer.nginx().tls(authority.good()));
		isForbidden(certified(Set.of(Challenge.Certificate.fingerprintOf(Certificates.create().authority())), List.of(), Set.of()), "nor issued by one");
	}

	@Test
	void aCertificateOfANamedIssuerIsGoodForItsNameAndTimeAlone() throws Exception {
		start(WebDavServer.nginx().tls(authority.wrongName()));
		isForbidden(issuedBy(authority), "is for elsewhere.example, not for 127.0.0.1");
		start(WebDavServer.nginx().tls(authority.expired()));
		isForbidden(issuedBy(authority), "expired on ");
	}

	@Test
	void aServersOwnCertificate() throws Exception {
		Certificates.Identity own = Certificates.selfSigned();
		start(WebDavServer.nginx().tls(own));
		isForbidden(certified(Set.of(), List.of(), Set.of(Certificates.selfSigned().fingerprint())), "is none of those that are named there");
		connect(certified(Set.of(), List.of(), Set.of(Certificates.selfSigned().fingerprint(), own.fingerprint()))).close();
		assertThat(person.asked(Challenge.Certificate.class)).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(value = WebDavServer.Kind.class, names = { "NGINX", "APACHE" })
	void theLowestVersionOfTls(WebDavServer.Kind kind) throws Exception {
		String old = kind == WebDavServer.Kind.NGINX ? "ssl_protocols TLSv1.2;" : "SSLProtocol TLSv1.2";
		start(WebDavServer.of(kind).tls(authority.good()).config(old));
		isForbidden(issuedBy(authority).and(tls(Kind.TLS_VERSION, "TLSv1.3")), "can agree on no version of TLS and cipher suite that are allowed there", "protocol");
		connect(issuedBy(authority).and(tls(Kind.TLS_VERSION, "TLSv1.2", "TLSv1.3"))).close();
		start(WebDavServer.of(kind).tls(authority.good()).config(old.replace("TLSv1.2", "TLSv1.2 TLSv1.3")));
		connect(issuedBy(authority).and(tls(Kind.TLS_VERSION, "TLSv1.3"))).close();
	}

	@Test
	void onlyCiphersThatAreAllowed() throws Exception {
		start(WebDavServer.nginx().tls(authority.good()).config("ssl_protocols TLSv1.2;", "ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256;"));
		isForbidden(issuedBy(authority).and(tls(Kind.TLS_CIPHER, "*_AES_256_GCM_*")), "can agree on no version of TLS and cipher suite");
		isForbidden(tls(Kind.TLS_CIPHER, "*_RC4_*"), "Strongroom has no cipher suite that is allowed there");
		connect(issuedBy(authority).and(tls(Kind.TLS_CIPHER, "*_AES_128_GCM_*"))).close();
		start(WebDavServer.nginx().tls(authority.good()).config("ssl_protocols TLSv1.3;", "ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;"));
		isForbidden(issuedBy(authority).and(tls(Kind.TLS_CIPHER, "TLS_CHACHA20_*", "TLS_AES_256_*")), "can agree on no version of TLS and cipher suite");
		connect(issuedBy(authority).and(tls(Kind.TLS_CIPHER, "TLS_AES_128_*"))).close();
	}

	@Test
	void withoutAnEncryptedConnectionThereIsNone() throws Exception {
		start(WebDavServer.nginx());
		isForbidden(tls(Kind.TLS_VERSION, "TLSv1.2", "TLSv1.3"), "is not encrypted, and TLS is wanted there");
		isForbidden(issuedBy(authority), "is not encrypted, and TLS is wanted there");
		connect(new Requirements(List.of(), List.of(), Map.of(Kind.CIPHER, List.of(new Requirements.Names(List.of("aes*"), RULE))), Optional.empty())).close();
	}

	@Test
	void withoutDemandsNobodyForbids() throws Exception {
		start(WebDavServer.nginx().tls(authority.good()).config("ssl_protocols TLSv1.1;", "ssl_ciphers ALL:@SECLEVEL=0;"));
		assertThatThrownBy(() -> connect(tls(Kind.TLS_VERSION, "TLSv1.2", "TLSv1.3"))).isInstanceOf(ConnectionException.class).hasMessageContaining("TLS 1.2 or newer");
	}

	@Test
	void hostKeysAreNotOfTls() {
		var keys = new Requirements(List.of(new Requirements.HostKeys(Set.of("SHA256:x"), Set.of(), RULE)), List.of(), Map.of(), Optional.empty());
		assertThat(new DavProtocol().follows(keys)).isFalse();
	}
}
