package org.strongroom.storage.webdav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Problem;
import org.strongroom.core.auth.CertificateRefusedException;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.auth.SignInException;
import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Storage;
import org.strongroom.storage.webdav.internal.DavProtocol;
import org.strongroom.testing.Certificates;
import org.strongroom.testing.Person;
import org.strongroom.testing.WebDavServer;
import org.strongroom.testing.WebDavServer.Kind;

/** Servers over HTTPS, with certificates that are good and others. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CertificateTest {
	private static final String TRUST = "javax.net.ssl.trustStore";

	@TempDir
	Path temp;
	private final Certificates authority = Certificates.create();
	private WebDavServer server;
	private Person person;

	@BeforeEach
	void settle() {
		assumeTrue(WebDavServer.unavailable(Kind.NGINX).isEmpty(), () -> WebDavServer.unavailable(Kind.NGINX).orElseThrow());
		Servers.settle(temp);
	}

	@AfterEach
	void stop() {
		System.clearProperty(TRUST);
		System.clearProperty(TRUST + "Password");
		if (server != null)
			server.close();
	}

	private void start(Certificates.Identity identity) throws IOException {
		server = WebDavServer.nginx().tls(identity).http2().start();
		person = Servers.person(server);
	}

	private Storage connect() throws IOException {
		return Servers.connect(Servers.bookmark(server.uri(), server.user(), Map.of()), person);
	}

	private void trustAuthority() throws Exception {
		Path file = temp.resolve("trusted");
		KeyStore store = authority.trustStore();
		try (OutputStream out = Files.newOutputStream(file)) {
			store.store(out, "trusted".toCharArray());
		}
		System.setProperty(TRUST, file.toString());
		System.setProperty(TRUST + "Password", "trusted");
	}

	private Challenge.Certificate asked() {
		return person.asked(Challenge.Certificate.class).getLast();
	}

	@Test
	void aTrustedOne() throws Exception {
		trustAuthority();
		start(authority.good());
		try (Storage storage = connect()) {
			Servers.save(storage, "/notes", new Precondition.Absent(), "hello".getBytes(StandardCharsets.UTF_8));
			assertThat(Servers.read(storage, "/notes", 10)).asString().isEqualTo("hello");
			byte[] content = new byte[5_000_000];
			new java.util.Random(1).nextBytes(content);
			Servers.save(storage, "/long", new Precondition.Absent(), content);
			assertThat(Servers.read(storage, "/long", 256 << 10)).isEqualTo(content);
		}
		assertThat(person.asked(Challenge.Certificate.class)).isEmpty();
		server.requests(); // all is noted by then
		// what is long goes over HTTP/1.1: of what is sent, servers take little at once over HTTP/2, and what is fetched and not read on would be in the way of all else
		assertThat(Files.readAllLines(server.accessLog())).anyMatch(line -> line.startsWith("PROPFIND / HTTP/2.0")).filteredOn(line -> line.contains("HTTP/1.1"))
				.extracting(line -> line.split(" ")[0]).containsExactly("PUT", "GET");
	}

	/** Nobody is asked about a certificate that this machine trusts, but the log tells which it was. */
	@Test
	void whichOneItWasAndWhatWasAgreedOnIsTold() throws Exception {
		trustAuthority();
		Certificates.Identity identity = authority.good();
		start(identity);
		var signIn = new SignIn(List.of(), person);
		new DavProtocol().connect(Servers.bookmark(server.uri(), server.user(), Map.of()), signIn).close();
		assertThat(person.asked(Challenge.Certificate.class)).isEmpty();
		assertThat(signIn.serverKey()).contains(identity.fingerprint());
		assertThat(signIn.protection()).containsOnlyKeys("tls", "cipher").hasEntrySatisfying("tls", v -> assertThat(v).startsWith("TLSv1.")).hasEntrySatisfying("cipher", c -> assertThat(c).startsWith("TLS_"));
	}

	@Test
	void aServerThatTakesFewRequestsAtOnce() throws Exception {
		trustAuthority();
		server = WebDavServer.nginx().tls(authority.good()).http2().config("http2_max_concurrent_streams 8;").start();
		person = Servers.person(server);
		try (Storage storage = connect()) {
			var all = new ArrayList<Future<FileInfo>>();
			for (int i = 0; i < 100; i++)
				all.add(Chain.start("look", () -> storage.stat("/", true)));
			for (Future<FileInfo> one : all)
				assertThat(one.get().type()).isEqualTo(FileInfo.Type.DIRECTORY);
			assertThat(storage.isOpen()).isTrue();
		}
	}

	/** nginx ends a connection after 1000 requests, and what is under way then may or may not be done. */
	@Test
	void aServerThatEndsConnectionsAfterManyRequests() throws Exception {
		trustAuthority();
		start(authority.good());
		try (Storage storage = connect()) {
			for (int round = 0; round < 3; round++) {
				var all = new ArrayList<Future<Void>>();
				for (int i = 0; i < 300; i++) {
					String folder = "/folder " + i;
					all.add(Chain.start("make and remove", () -> {
						storage.createDirectory(folder);
						storage.deleteDirectory(folder);
						return null;
					}));
				}
				for (Future<Void> one : all)
					one.get();
			}
			assertThat(storage.isOpen()).isTrue();
		}
		assertThat(server.requests()).hasSizeGreaterThan(3000);
	}

	@Test
	void refusedNothingIsSent() throws Exception {
		start(authority.good());
		person.trusting(false);
		assertThatThrownBy(this::connect).isInstanceOf(CertificateRefusedException.class).hasMessageContaining("not accepted")
				.satisfies(e -> assertThat(Problem.of(e).kind().exitCode()).isEqualTo(4));
		assertThat(asked().problems()).singleElement().asString().startsWith("is issued by somebody unknown");
		assertThat(server.requests()).isEmpty();
		assertThat(person.asked()).hasSize(1);
		assertThat(temp.resolve("home/known_certificates")).doesNotExist();
	}

	@Test
	void acceptedOneIsRemembered() throws Exception {
		Certificates.Identity identity = Certificates.selfSigned();
		start(identity);
		connect().close();
		assertThat(asked().problems()).containsExactly("is issued by itself");
		assertThat(asked().fingerprint()).isEqualTo(identity.fingerprint());
		assertThat(asked().prompt()).contains(identity.fingerprint()).contains("127.0.0.1:" + server.port());
		connect().close();
		assertThat(person.asked(Challenge.Certificate.class)).hasSize(1);
		assertThat(Files.readString(temp.resolve("home/known_certificates"))).isEqualTo("127.0.0.1:%d %s\n".formatted(server.port(), identity.fingerprint()));
	}

	@Test
	void anotherOneIsAskedForAgain() throws Exception {
		start(Certificates.selfSigned());
		Path known = Files.createDirectories(temp.resolve("home")).resolve("known_certificates");
		Files.writeString(known, "127.0.0.1:%1$d 00:11\nother:443 22:33\n127.0.0.1:%1$d 44:55".formatted(server.port()));
		connect().close();
		assertThat(asked().problems()).containsExactly("is issued by itself", "is not the one that was accepted before");
		assertThat(Files.readAllLines(known)).containsExactly("other:443 22:33", "127.0.0.1:%d %s".formatted(server.port(), asked().fingerprint())); // the old ones are not trusted any more
		connect().close();
		assertThat(person.asked(Challenge.Certificate.class)).hasSize(1);
	}

	@Test
	void whatIsWrongIsSaid() throws Exception {
		trustAuthority();
		start(authority.wrongName());
		connect().close();
		assertThat(asked().problems()).containsExactly("is for elsewhere.example, not for 127.0.0.1");
		server.close();
		start(authority.expired());
		connect().close();
		assertThat(asked().problems()).singleElement().asString().startsWith("expired on ");
		server.close();
		start(authority.notYetValid());
		connect().close();
		assertThat(asked().problems()).singleElement().asString().startsWith("is not valid before ");
		assertThat(asked().path()).isNotEmpty();
	}

	@Test
	void noOldTls() throws Exception {
		trustAuthority();
		server = WebDavServer.nginx().tls(authority.good()).config("ssl_protocols TLSv1.1;", "ssl_ciphers ALL:@SECLEVEL=0;").start();
		person = Servers.person(server);
		assertThatThrownBy(this::connect).isInstanceOf(ConnectionException.class).hasMessageContaining("TLS 1.2");
		assertThat(server.requests()).isEmpty();
		assertThat(person.asked()).isEmpty();
	}

	@Test
	void aCertificateToSignInWith() throws Exception {
		trustAuthority();
		Path file = temp.resolve("me.p12");
		try (OutputStream out = Files.newOutputStream(file)) {
			authority.person("me").keyStore("open it".toCharArray()).store(out, "open it".toCharArray());
		}
		server = WebDavServer.apache().tls(authority.good()).certificatesOf(authority).start();
		person = new Person().secret(c -> c instanceof Challenge.KeyPassphrase k ? k.attempt() == 1 ? "wrong" : "open it" : server.password());
		var bookmark = Servers.bookmark(server.uri(), server.user(), Map.of(DavSettings.CLIENT_CERTIFICATE, file.toString()));
		try (Storage storage = Servers.connect(bookmark, person)) {
			assertThat(Servers.list(storage, "/")).isEmpty();
		}
		assertThat(person.asked(Challenge.KeyPassphrase.class)).hasSize(2);
		assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
		person.secret(_ -> "wrong");
		assertThatThrownBy(() -> Servers.connect(bookmark, person)).isInstanceOf(SignInException.class).hasMessageContaining("me.p12");
	}

	@Test
	void digest() throws Exception {
		trustAuthority();
		server = WebDavServer.apache().digest().tls(authority.good()).start();
		person = Servers.person(server);
		try (Storage storage = connect()) {
			Servers.save(storage, "/notes", new Precondition.Absent(), new byte[10]);
			Servers.save(storage, "/long", new Precondition.Absent(), new byte[5_000_000]);
			assertThat(Servers.list(storage, "/")).hasSize(2);
		}
		assertThat(person.asked()).hasSize(1);
		assertThat(server.requests().stream().filter(r -> r.header("Authorization").isEmpty())).hasSize(1);
	}
}
