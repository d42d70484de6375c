package org.strongroom.storage.webdav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.doctor.Finding;
import org.strongroom.core.doctor.Finding.Severity;
import org.strongroom.core.doctor.Posture;
import org.strongroom.core.storage.Storage;
import org.strongroom.testing.Certificates;
import org.strongroom.testing.WebDavServer;
import org.strongroom.testing.WebDavServer.Builder;
import org.strongroom.testing.WebDavServer.Kind;

/** What the doctor says of real HTTP servers. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PostureTest {
	private static final String TRUST = "javax.net.ssl.trustStore";
	private static final String HEADERS = "LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so";

	@TempDir
	Path temp;
	private final Certificates authority = Certificates.create();

	@BeforeEach
	void settle() {
		assumeTrue(WebDavServer.unavailable(Kind.APACHE).isEmpty(), () -> WebDavServer.unavailable(Kind.APACHE).orElseThrow());
		Servers.settle(temp);
	}

	@AfterEach
	void forget() {
		System.clearProperty(TRUST);
		System.clearProperty(TRUST + "Password");
	}

	private void trustAuthority() throws Exception {
		Path file = temp.resolve("trusted");
		try (OutputStream out = Files.newOutputStream(file)) {
			authority.trustStore().store(out, "trusted".toCharArray());
		}
		System.setProperty(TRUST, file.toString());
		System.setProperty(TRUST + "Password", "trusted");
	}

	private static List<Finding> examine(Builder how) throws IOException {
		try (WebDavServer server = how.start(); Storage storage = Servers.connect(Servers.bookmark(server.uri(), server.user(), Map.of()), Servers.person(server).trusting(true))) {
			List<Finding> found = storage.extra(Posture.class).orElseThrow().examine();
			assertThat(storage.isOpen()).as("goes on").isTrue();
			assertThat(storage.stat("/", true)).isNotNull();
			return found;
		}
	}

	private static Map<String, Severity> bad(List<Finding> found) {
		var bad = new TreeMap<String, Severity>();
		found.stream().filter(f -> f.severity().atLeast(Severity.WARNING)).forEach(f -> bad.put(f.id(), f.severity()));
		assertThat(found).allSatisfy(f -> {
			if (f.severity().atLeast(Severity.NOTE)) {
				assertThat(f.why()).as(f.id()).isNotBlank();
				assertThat(f.mend()).as(f.id()).isNotBlank();
			}
		});
		return bad;
	}

	private static Finding of(String id, List<Finding> found) {
		return found.stream().filter(f -> f.id().equals(id)).findFirst().orElseThrow(() -> new AssertionError(id + " is not among " + found));
	}

	@Test
	void ofAHardenedServerOnlyThePasswordAloneIsToBeMended() throws Exception {
		trustAuthority();
		List<Finding> found = examine(WebDavServer.apache().tls(authority.good()).config("SSLProtocol -all +TLSv1.2 +TLSv1.3", HEADERS, "Header always set Strict-Transport-Security \"max-age=63072000\""));
		assertThat(bad(found)).containsOnly(Map.entry("dav.factors", Severity.WARNING));
		assertThat(of("tls.version", found).what()).startsWith("TLS 1.3, TLS_AES_");
		assertThat(of("tls.old-versions", found)).extracting(Finding::severity, Finding::what).containsExactly(Severity.OK, "Takes nothing older than TLS 1.2.");
		assertThat(of("tls.ciphers", found).severity()).isEqualTo(Severity.OK);
		assertThat(of("tls.hsts", found).severity()).isEqualTo(Severity.OK);
		assertThat(of("tls.certificate", found).severity()).isEqualTo(Severity.OK);
		assertThat(of("tls.certificate-end", found).what()).matches("Its certificate is good for 2[89] days more\\.");
		assertThat(of("tls.certificate-key", found).what()).contains("EC with 256 bits");
	}

	@Test
	void ofAWeakServerAllThatIsWeakIsFound() throws Exception {
		List<Finding> found = examine(WebDavServer.apache().tls(weak()).config("SSLProtocol -all +TLSv1 +TLSv1.1 +TLSv1.2", "SSLCipherSuite ALL:@SECLEVEL=0"));
		assertThat(bad(found)).containsExactlyInAnyOrderEntriesOf(Map.of("tls.old-versions", Severity.WARNING, "tls.certificate", Severity.WARNING, "tls.certificate-end", Severity.WARNING, "tls.certificate-key",
				Severity.SERIOUS, "tls.certificate-signature", Severity.SERIOUS, "dav.factors", Severity.WARNING));
		assertThat(of("tls.version", found)).extracting(Finding::severity).isEqualTo(Severity.NOTE);
		assertThat(of("tls.old-versions", found).what()).isEqualTo("Takes TLS 1.0, TLS 1.1.");
		assertThat(of("tls.ciphers", found)).extracting(Finding::severity, Finding::what).containsExactly(Severity.NOTE, "Takes the key exchange of RSA in TLS 1.2.");
		assertThat(of("tls.certificate", found).what()).contains("is issued by itself");
		assertThat(of("tls.certificate-key", found).what()).contains("RSA with 1024 bits");
		assertThat(of("tls.hsts", found).severity()).isEqualTo(Severity.NOTE);
	}

	@Test
	void aCertificateThatEndedWasAcceptedButIsTold() throws Exception {
		trustAuthority();
		assertThat(bad(examine(WebDavServer.apache().tls(authority.expired())))).containsOnlyKeys("tls.certificate", "tls.certificate-end", "dav.factors");
	}

	@Test
	void nginxIsLookedAtLikewise() throws Exception {
		assumeTrue(WebDavServer.unavailable(Kind.NGINX).isEmpty(), () -> WebDavServer.unavailable(Kind.NGINX).orElseThrow());
		trustAuthority();
		List<Finding> found = examine(WebDavServer.nginx().tls(authority.good()).http2().config("ssl_protocols TLSv1.2;"));
		assertThat(bad(found)).containsOnly(Map.entry("dav.factors", Severity.WARNING));
		assertThat(of("tls.version", found).what()).startsWith("TLS 1.2 is the newest it has");
	}

	@Test
	void aCertificateOfThePersonAndAPasswordAreTwo() throws Exception {
		trustAuthority();
		Path file = temp.resolve("me.p12");
		try (OutputStream out = Files.newOutputStream(file)) {
			authority.person("me").keyStore("my passphrase".toCharArray()).store(out, "my passphrase".toCharArray());
		}
		try (WebDavServer server = WebDavServer.apache().tls(authority.good()).certificatesOf(authority).start();
				Storage storage = Servers.connect(Servers.bookmark(server.uri(), server.user(), Map.of(DavSettings.CLIENT_CERTIFICATE, file.toString())),
						Servers.person(server).secret(c -> c instanceof org.strongroom.core.auth.Challenge.KeyPassphrase ? "my passphrase" : server.password()))) {
			assertThat(bad(storage.extra(Posture.class).orElseThrow().examine())).isEmpty();
		}
	}

	@Test
	void plainHttpToThisMachineIsOnlyToldAndNothingIsAskedOverTls() throws Exception {
		List<Finding> found = examine(WebDavServer.apache());
		assertThat(found).extracting(Finding::id).containsExactly("tls.none", "dav.factors");
		assertThat(of("tls.none", found).severity()).isEqualTo(Severity.NOTE);
	}

	/** RSA with 1024 bits, SHA-1, five days. */
	private Certificates.Identity weak() throws Exception {
		assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
		Path key = temp.resolve("weak.key");
		Path certificate = temp.resolve("weak.crt");
		Process openssl = new ProcessBuilder("openssl", "req", "-x509", "-newkey", "rsa:1024", "-sha1", "-nodes", "-days", "5", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
				key.toString(), "-out", certificate.toString()).redirectErrorStream(true).start();
		String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(openssl.waitFor()).as(said).isZero();
		byte[] encoded = Base64.getMimeDecoder().decode(Files.readString(key).replaceAll("-----.*-----", ""));
		try (var in = Files.newInputStream(certificate)) {
			return new Certificates.Identity(KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(encoded)),
					List.of((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in)));
		}
	}
}
