package org.strongroom.storage.webdav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.strongroom.storage.webdav.OddServer.body;
import static org.strongroom.storage.webdav.OddServer.endless;
import static org.strongroom.storage.webdav.OddServer.file;
import static org.strongroom.storage.webdav.OddServer.folder;
import static org.strongroom.storage.webdav.OddServer.multistatus;
import static org.strongroom.storage.webdav.OddServer.multistatusOf;
import static org.strongroom.storage.webdav.OddServer.response;
import static org.strongroom.storage.webdav.OddServer.status;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Bookmark;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.SignInException;
import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Entry;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.Storage;
import org.strongroom.testing.Person;

/** Servers that are odd, broken or worse. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HostileTest {
	@TempDir
	Path temp;
	private final Person person = new Person().secret(_ -> "secret");
	private OddServer server;
	private Storage storage;

	@BeforeEach
	void start() throws IOException {
		Servers.settle(temp);
		server = new OddServer().on("PROPFIND", multistatus(folder("/")));
	}

	@AfterEach
	void stop() throws IOException {
		if (storage != null)
			storage.close();
		server.close();
	}

	private Storage connect() throws IOException {
		return connect(Map.of());
	}

	private Storage connect(Map<String, String> options) throws IOException {
		storage = Servers.connect(Servers.bookmark(server.uri(), "me", options), person);
		return storage;
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	// Listings.

	@Test
	void addressesAndPrefixesOfAllSorts() throws Exception {
		connect();
		server.on("PROPFIND", e -> body(e, 207, bytes("""
				<?xml version="1.0"?><!-- odd --><multistatus xmlns="DAV:" xmlns:z="urn:odd">
				<z:unknown><z:deep>x</z:deep></z:unknown>
				<response><href>http://another.name:1/dir/</href><propstat><prop><resourcetype><collection/><z:mail/></resourcetype></prop><status>HTTP/1.1 200 OK</status></propstat></response>
				<response><href>/dir/relative</href><propstat><prop><resourcetype/><getcontentlength>7</getcontentlength></prop><status>HTTP/1.1 200 OK</status></propstat>
				  <propstat><prop><getetag/><getlastmodified>nonsense</getlastmodified></prop><status>HTTP/1.1 404 Not Found</status></propstat></response>
				<response><href>https://another.name/dir/absolute%20%F0%9F%98%80</href><propstat><prop><resourcetype/><getetag><![CDATA["a&b"]]></getetag></prop><status>HTTP/1.1 200 OK</status></propstat></response>
				<response><href>/dir/not encoded grüße 100%</href><propstat><prop><resourcetype/><getcontentlength>many</getcontentlength></prop><status>HTTP/1.1 200 OK</status></propstat></response>
				<response><href>/dir/sub/</href><propstat><prop><resourcetype><collection/></resourcetype></prop><status>HTTP/1.1 200 OK</status></propstat></response>
				<response><href>/dir/sub/deeper</href><propstat><prop><resourcetype/></prop><status>HTTP/1.1 200 OK</status></propstat></response>
				<response><href>/dir/gone</href><status>HTTP/1.1 404 Not Found</status></response>
				<response><href>/elsewhere</href><propstat><prop><resourcetype/></prop><status>HTTP/1.1 200 OK</status></propstat></response>
				<response><href>/dir/../up</href><propstat><prop><resourcetype/></prop><status>HTTP/1.1 200 OK</status></propstat></response>
				<response><href>/dir/%2e%2e</href><propstat><prop><resourcetype/></prop><status>HTTP/1.1 200 OK</status></propstat></response>
				<response><href>/dir/a%2Fb</href><propstat><prop><resourcetype/></prop><status>HTTP/1.1 200 OK</status></propstat></response>
				<response><href>/dir/a%00b</href><propstat><prop><resourcetype/></prop><status>HTTP/1.1 200 OK</status></propstat></response>
				<response><href>/dir/%ff%fe</href><propstat><prop><resourcetype/></prop><status>HTTP/1.1 200 OK</status></propstat></response>
				</multistatus>""")));
		List<Entry> entries = Servers.list(storage, "/dir");
		assertThat(entries).extracting(Entry::name).containsExactly("relative", "absolute \uD83D\uDE00", "not encoded grüße 100%", "sub");
		assertThat(entries.get(0).info().size()).isEqualTo(7);
		assertThat(entries.get(0).info().version()).isEmpty();
		assertThat(entries.get(1).info().version().orElseThrow().token()).contains("\"a&b\"");
		assertThat(entries.get(2).info().size()).isZero();
		assertThat(entries.get(3).info().type()).isEqualTo(FileInfo.Type.DIRECTORY);
	}

	@Test
	void aFileIsNoFolderAndAnotherFolderIsNoAnswer() throws Exception {
		connect();
		server.on("PROPFIND", multistatus(file("/notes", 1, "\"1\"")));
		assertThatThrownBy(() -> storage.list("/notes")).isInstanceOf(NotDirectoryException.class);
		server.on("PROPFIND", multistatus(folder("/b/"), file("/b/notes", 1, "\"1\"")));
		assertThatThrownBy(() -> storage.list("/a")).isInstanceOf(ServerFaultException.class);
	}

	@Test
	void entitiesAreRefused() throws Exception {
		connect();
		server.on("PROPFIND", e -> body(e, 207, bytes("<!DOCTYPE m [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><m xmlns=\"DAV:\">&x;</m>")));
		assertThatThrownBy(() -> storage.list("/")).isInstanceOf(ServerFaultException.class);
		server.on("PROPFIND", e -> body(e, 207,
				bytes("<!DOCTYPE m [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;\">]><D:multistatus xmlns:D=\"DAV:\">" + response("/&b;", "<D:resourcetype/>") + "</D:multistatus>")));
		assertThatThrownBy(() -> storage.list("/")).isInstanceOf(ServerFaultException.class);
		for (String nonsense : List.of("", "<html><body>hello</body></html>", "{}", "<D:multistatus xmlns:D=\"DAV:\"><D:response>", multistatusOf("<D:response/>"), "\u0000\u0000")) {
			server.on("PROPFIND", e -> body(e, 207, bytes(nonsense)));
			assertThatThrownBy(() -> storage.list("/")).as(nonsense).isInstanceOf(FileSystemException.class);
		}
		assertThat(storage.isOpen()).isTrue();
	}

	@Test
	void whatHasNoEndIsGivenUp() throws Exception {
		connect();
		String begin = "<D:multistatus xmlns:D=\"DAV:\">";
		for (String again : List.of(" ", "<D:x/>", "<D:x>", "x")) {
			server.on("PROPFIND", endless(207, begin, again));
			long before = storage.traffic().received();
			assertThatThrownBy(() -> storage.list("/")).as(again).isInstanceOf(ServerFaultException.class);
			assertThat(storage.traffic().received() - before).as(again).isLessThan(4 << 20);
		}
		for (String within : List.of("<D:response><D:href>", "<D:response><D:href>/a</D:href><D:propstat><D:prop>")) {
			server.on("PROPFIND", endless(207, begin + within, "y"));
			assertThatThrownBy(() -> storage.stat("/a", true)).isInstanceOf(ServerFaultException.class);
		}
		assertThat(storage.isOpen()).isTrue();
	}

	@Test
	void bombs() throws Exception {
		connect();
		var packed = new ByteArrayOutputStream();
		try (var out = new GZIPOutputStream(packed)) {
			out.write(bytes("<D:multistatus xmlns:D=\"DAV:\"><D:response><D:href>/"));
			byte[] blank = new byte[1 << 20];
			java.util.Arrays.fill(blank, (byte) ' ');
			for (int i = 0; i < 200; i++)
				out.write(blank);
		}
		server.on("PROPFIND", e -> {
			e.getResponseHeaders().set("Content-Encoding", "gzip");
			body(e, 207, packed.toByteArray());
		});
		assertThatThrownBy(() -> storage.list("/")).isInstanceOf(ServerFaultException.class);
		server.on("GET", e -> {
			e.getResponseHeaders().set("Content-Encoding", "gzip");
			e.getResponseHeaders().set("ETag", "\"1\"");
			body(e, 200, packed.toByteArray());
		});
		server.on("PROPFIND", multistatus(file("/bomb", 10, "\"1\"")));
		assertThatThrownBy(() -> storage.open("/bomb")).isInstanceOf(ServerFaultException.class);
	}

	@Test
	void packedListingsAreRead() throws Exception {
		connect();
		var packed = new ByteArrayOutputStream();
		try (var out = new GZIPOutputStream(packed)) {
			out.write(bytes(multistatusOf(folder("/"), file("/notes", 3, "\"1\""))));
		}
		server.on("PROPFIND", e -> {
			e.getResponseHeaders().set("Content-Encoding", "gzip");
			body(e, 207, packed.toByteArray());
		});
		assertThat(Servers.list(storage, "/")).extracting(Entry::name).containsExactly("notes");
	}

	// Signing in.

	private OddServer.Handler basic(OddServer.Handler inside) {
		return e -> {
			if ("Basic bWU6c2VjcmV0".equals(e.getRequestHeaders().getFirst("Authorization"))) {
				inside.answer(e);
			} else {
				e.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"here\", charset=\"UTF-8\"");
				status(e, 401);
			}
		};
	}

	@Test
	void thePasswordIsSentOnceAskedFor() throws Exception {
		server.on("PROPFIND", basic(multistatus(folder("/"))));
		connect();
		Servers.list(storage, "/");
		List<OddServer.Seen> seen = server.seen("PROPFIND");
		assertThat(seen).hasSize(3);
		assertThat(seen.get(0).headers()).doesNotContainKey("Authorization");
		assertThat(seen.get(1).headers()).containsKey("Authorization");
		assertThat(seen.get(2).headers()).containsKey("Authorization");
		assertThat(person.asked(Challenge.Password.class)).singleElement().satisfies(c -> assertThat(c.user()).isEqualTo("me"));
	}

	@Test
	void aWrongPasswordIsTriedOnceEach() throws Exception {
		server.on("PROPFIND", basic(multistatus(folder("/"))));
		person.secret(_ -> "wrong");
		assertThatThrownBy(this::connect).isInstanceOf(SignInException.class).hasMessageContaining("refuses the password of me");
		assertThat(person.asked()).hasSize(3);
		assertThat(server.seen()).hasSize(4);
	}

	@Test
	void digestOfARealSort() throws Exception {
		var nonce = new AtomicReference<>("first");
		server.on("PROPFIND", digest(nonce, "SHA-256", multistatus(folder("/"))));
		connect();
		Servers.list(storage, "/");
		assertThat(server.seen("PROPFIND")).hasSize(3);
		nonce.set("second"); // the old one has run out
		Servers.list(storage, "/");
		Servers.list(storage, "/");
		assertThat(server.seen("PROPFIND")).hasSize(6);
		assertThat(person.asked()).hasSize(1);
	}

	@Test
	void digestOfOlderSorts() throws Exception {
		for (String algorithm : List.of("MD5", "MD5-sess", "SHA-256-sess")) {
			server.on("PROPFIND", digest(new AtomicReference<>("n"), algorithm, multistatus(folder("/"))));
			connect().close();
		}
		assertThat(person.asked()).hasSize(3);
		assertThat(server.seen("OPTIONS")).hasSize(3);
	}

	@Test
	void digestForNamesThatNoHeaderHolds() throws Exception {
		for (String user : List.of("J\u00f6rg", "\u0141ukasz", "a/b\n")) {
			var name = new AtomicReference<>("");
			server.on("PROPFIND", e -> {
				String header = e.getRequestHeaders().getFirst("Authorization");
				if (header == null) {
					e.getResponseHeaders().add("WWW-Authenticate", "Digest realm=\"here\", qop=\"auth\", algorithm=SHA-256, nonce=\"n\", charset=UTF-8");
					status(e, 401);
				} else {
					Map<String, String> given = parameters(header.replace("username*=", "extended="));
					name.set(given.get("extended"));
					String right = hash("SHA-256", String.join(":", hash("SHA-256", user + ":here:secret"), "n", given.get("nc"), given.get("cnonce"), "auth", hash("SHA-256", "PROPFIND:/")));
					if (right.equals(given.get("response")))
						multistatus(folder("/")).answer(e);
					else
						status(e, 403);
				}
			});
			var uri = new URI("dav", user, "127.0.0.1", server.uri().getPort(), "/", null, null);
			new org.strongroom.storage.webdav.internal.DavProtocol().connect(new org.strongroom.core.Bookmark("test", uri, List.of(), Map.of()), new org.strongroom.core.auth.SignIn(List.of(), person)).close();
			assertThat(name.get()).startsWith("UTF-8''");
			assertThat(java.net.URLDecoder.decode(name.get().substring(7), StandardCharsets.UTF_8)).isEqualTo(user);
		}
	}

	/** A server that checks what RFC 7616 demands, and that no number is used twice. */
	private OddServer.Handler digest(AtomicReference<String> nonce, String algorithm, OddServer.Handler inside) {
		var used = java.util.concurrent.ConcurrentHashMap.<String>newKeySet();
		return e -> {
			String header = e.getRequestHeaders().getFirst("Authorization");
			Map<String, String> given = header == null ? Map.of() : parameters(header);
			if (header != null && given.get("nonce").equals(nonce.get())) {
				String hash = algorithm.startsWith("MD5") ? "MD5" : "SHA-256";
				String a1 = hash(hash, "me:here:secret");
				if (algorithm.endsWith("-sess"))
					a1 = hash(hash, a1 + ":" + given.get("nonce") + ":" + given.get("cnonce"));
				String right = hash(hash, String.join(":", a1, given.get("nonce"), given.get("nc"), given.get("cnonce"), "auth",
						hash(hash, e.getRequestMethod() + ":" + e.getRequestURI().getRawPath())));
				if (right.equals(given.get("response")) && given.get("uri").equals(e.getRequestURI().getRawPath()) && used.add(given.get("nonce") + given.get("nc"))) {
					inside.answer(e);
					return;
				}
			}
			boolean stale = header != null && !given.get("nonce").equals(nonce.get());
			e.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"here\"");
			e.getResponseHeaders().add("WWW-Authenticate", "Digest realm=\"here\", qop=\"auth, auth-int\", algorithm=%s, nonce=\"%s\", opaque=\"o\"%s".formatted(algorithm, nonce.get(), stale ? ", stale=true" : ""));
			status(e, 401);
		};
	}

	private static Map<String, String> parameters(String header) {
		var all = new java.util.HashMap<String, String>();
		var m = java.util.regex.Pattern.compile("(\\w+)=(?:\"([^\"]*)\"|([^\\s,]+))").matcher(header);
		while (m.find())
			all.put(m.group(1), m.group(2) == null ? m.group(3) : m.group(2));
		return all;
	}

	private static String hash(String algorithm, String text) {
		try {
			return java.util.HexFormat.of().formatHex(java.security.MessageDigest.getInstance(algorithm).digest(bytes(text)));
		} catch (java.security.NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}

	@Test
	void refusedInTheMiddle() throws Exception {
		server.on("PROPFIND", basic(multistatus(folder("/"))));
		connect();
		var once = new AtomicInteger();
		OddServer.Handler inside = basic(multistatus(folder("/")));
		server.on("PROPFIND", e -> {
			if (once.getAndIncrement() == 0) {
				e.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"here\"");
				status(e, 401);
			} else {
				inside.answer(e);
			}
		});
		assertThat(Servers.list(storage, "/")).isEmpty(); // a mistake of the server
		server.on("PROPFIND", e -> {
			e.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"here\"");
			status(e, 401);
		});
		assertThatThrownBy(() -> storage.list("/")).isInstanceOf(ConnectionException.class).hasMessageContaining("sign in again");
		assertThat(storage.isOpen()).isFalse();
		int requests = server.seen().size();
		assertThatThrownBy(() -> storage.stat("/", true)).isInstanceOf(ConnectionException.class);
		assertThat(server.seen()).hasSize(requests);
		assertThat(person.asked()).hasSize(1);
	}

	@Test
	void aPasswordForWritingAlone() throws Exception {
		connect();
		server.on("DELETE", basic(e -> status(e, 204)));
		server.on("PROPFIND", multistatus(file("/notes", 1, "\"1\"")));
		storage.delete("/notes");
		storage.delete("/notes");
		assertThat(person.asked()).hasSize(1);
		assertThat(server.seen("DELETE")).hasSize(3);
	}

	@Test
	void aPasswordForWritingMuchAlone() throws Exception {
		connect();
		Map<String, byte[]> files = files();
		server.on("PUT", basic(e -> {
			files.put(e.getRequestURI().getRawPath(), e.getRequestBody().readAllBytes());
			e.sendResponseHeaders(201, -1);
		}));
		server.on("MOVE", basic(e -> {
			files.put(destination(e), files.remove(e.getRequestURI().getRawPath()));
			status(e, 201);
		}));
		assertThat(Servers.save(storage, "/long", new Precondition.Absent(), new byte[3_000_000]).size()).isEqualTo(3_000_000);
		assertThat(files).containsOnlyKeys("/long");
		assertThat(person.asked()).hasSize(1);
	}

	@Test
	void noPasswordOverPlainHttp() throws Exception {
		server.on("PROPFIND", basic(multistatus(folder("/"))));
		// this machine by an address that is no loopback address
		URI plain = URI.create(server.uri().toString().replace("127.0.0.1", "0.0.0.0"));
		assertThatThrownBy(() -> Servers.connect(Servers.bookmark(plain, "me", Map.of()), person)).isInstanceOf(SignInException.class).hasMessageContaining("not encrypted").hasMessageContaining("davs://");
		assertThat(person.asked()).isEmpty();
		assertThat(server.seen()).singleElement().satisfies(s -> assertThat(s.headers()).doesNotContainKey("Authorization"));
		storage = Servers.connect(Servers.bookmark(plain, "me", Map.of(DavSettings.UNENCRYPTED_PASSWORD, "yes")), person);
		assertThat(storage.isOpen()).isTrue();
	}

	@Test
	void nothingToSignInWith() {
		server.on("PROPFIND", e -> {
			e.getResponseHeaders().set("WWW-Authenticate", "Negotiate");
			status(e, 401);
		});
		assertThatThrownBy(this::connect).isInstanceOf(SignInException.class);
		server.on("PROPFIND", basic(multistatus(folder("/"))));
		assertThatThrownBy(() -> Servers.connect(Servers.bookmark(server.uri(), null, Map.of()), person)).isInstanceOf(SignInException.class).hasMessageContaining("user@");
		server.on("PROPFIND", e -> body(e, 200, bytes("<html>hello</html>")));
		assertThatThrownBy(this::connect).isInstanceOf(ConnectionException.class).hasMessageContaining("does not speak WebDAV");
		for (int broken : List.of(429, 500, 502, 503)) {
			server.on("PROPFIND", e -> {
				e.getResponseHeaders().set("Retry-After", "100000");
				status(e, broken);
			});
			assertThatThrownBy(this::connect).isInstanceOf(ConnectionException.class).hasMessageContaining("cannot answer now (status %d)", broken);
		}
	}

	// Redirects.

	@Test
	void neverToAnotherServer() throws Exception {
		server.on("PROPFIND", basic(multistatus(folder("/"))));
		connect();
		try (var other = new OddServer()) {
			OddServer.Handler away = e -> {
				e.getResponseHeaders().set("Location", other.uri() + e.getRequestURI().getRawPath());
				status(e, 307);
			};
			for (String method : List.of("PROPFIND", "GET", "PUT", "DELETE", "MKCOL", "MOVE"))
				server.on(method, away);
			assertThatThrownBy(() -> storage.list("/")).isInstanceOf(IOException.class).hasMessageContaining("another server");
			assertThatThrownBy(() -> storage.open("/notes")).isInstanceOf(IOException.class);
			assertThatThrownBy(() -> Servers.save(storage, "/notes", new Precondition.Any(), bytes("secret"))).isInstanceOf(IOException.class);
			server.on("PROPFIND", basic(multistatus(file("/notes", 1, "\"1\""))));
			assertThatThrownBy(() -> storage.delete("/notes")).isInstanceOf(IOException.class);
			assertThatThrownBy(() -> Servers.save(storage, "/notes", new Precondition.Any(), new byte[3_000_000])).isInstanceOf(IOException.class);
			assertThat(other.seen()).isEmpty();
		}
	}

	@Test
	void onTheSameServerToLookAlone() throws Exception {
		connect();
		server.on("PROPFIND", e -> {
			if (e.getRequestURI().getRawPath().startsWith("/new/")) {
				multistatus(folder("/new/dir/"), file("/new/dir/notes", 1, "\"1\"")).answer(e);
			} else {
				e.getResponseHeaders().set("Location", "/new" + e.getRequestURI().getRawPath());
				status(e, 301);
			}
		});
		assertThat(Servers.list(storage, "/dir")).extracting(Entry::name).containsExactly("notes");
		server.on("PROPFIND", e -> {
			e.getResponseHeaders().set("Location", "/again");
			status(e, 302);
		});
		int before = server.seen().size();
		assertThatThrownBy(() -> storage.stat("/dir", true)).isInstanceOf(FileSystemException.class);
		assertThat(server.seen().size() - before).isEqualTo(6);
	}

	// Busy, silent and broken.

	@Test
	void busyServers() throws Exception {
		connect();
		var times = new AtomicInteger();
		server.on("PROPFIND", e -> {
			if (times.getAndIncrement() % 2 == 0) {
				e.getResponseHeaders().set("Retry-After", "0");
				status(e, times.get() < 3 ? 503 : 429);
			} else {
				multistatus(folder("/")).answer(e);
			}
		});
		assertThat(Servers.list(storage, "/")).isEmpty();
		assertThat(Servers.list(storage, "/")).isEmpty();
		server.on("PROPFIND", e -> status(e, 503));
		assertThatThrownBy(() -> storage.list("/")).isInstanceOf(FileSystemException.class).hasMessageContaining("maintenance");
		server.on("PROPFIND", e -> {
			e.getResponseHeaders().set("Retry-After", "100000");
			status(e, 503);
		});
		assertThatThrownBy(() -> storage.list("/")).isInstanceOf(FileSystemException.class).hasMessageContaining("maintenance");
		server.on("PROPFIND", e -> {
			e.getResponseHeaders().set("Retry-After", "0");
			status(e, 503);
		});
		int before = server.seen().size();
		assertThatThrownBy(() -> storage.list("/")).isInstanceOf(FileSystemException.class);
		assertThat(server.seen().size() - before).isBetween(2, 15);
		assertThat(storage.isOpen()).isTrue();
	}

	/** Lists a folder, and interrupts that. @param asked once the server was asked @return what it throws */
	private Throwable interruptedListing(CountDownLatch asked) throws InterruptedException {
		var seen = new AtomicReference<Throwable>();
		Thread thread = Thread.ofVirtual().start(() -> {
			try {
				storage.list("/");
			} catch (IOException e) {
				seen.set(e);
			}
		});
		asked.await();
		thread.interrupt();
		thread.join();
		return seen.get();
	}

	@Test
	void waitingForABusyServerCanBeCancelled() throws Exception {
		connect();
		var asked = new CountDownLatch(1);
		server.on("PROPFIND", e -> {
			e.getResponseHeaders().set("Retry-After", "50");
			status(e, 503);
			asked.countDown();
		});
		assertThat(interruptedListing(asked)).isInstanceOf(InterruptedIOException.class);
		assertThat(storage.isOpen()).isTrue();
	}

	/** On a machine that stalls, the limit may end the sign-in already, which is not what is asked here. */
	private void connectWithin3s() throws IOException {
		for (int tries = 1;; tries++) {
			try {
				connect(Map.of(Bookmark.TIMEOUT, "3"));
				return;
			} catch (ConnectionException e) {
				if (tries == 5)
					throw e;
			}
		}
	}

	@Test
	void silentServers() throws Exception {
		connectWithin3s();
		var end = new CountDownLatch(1);
		try {
			server.on("PROPFIND", e -> await(end));
			int before = server.seen("PROPFIND").size();
			assertThatThrownBy(() -> storage.list("/")).isInstanceOf(ConnectionException.class).hasMessageContaining("did not answer for 3 s");
			assertThat(storage.isOpen()).isFalse();
			assertThat(server.seen("PROPFIND")).hasSize(before + 1); // it is not asked once more
			storage.close();
			server.on("PROPFIND", multistatus(folder("/")));
			connectWithin3s();
			server.on("PROPFIND", e -> {
				e.sendResponseHeaders(207, 0);
				e.getResponseBody().write(bytes("<D:multistatus xmlns:D=\"DAV:\">"));
				e.getResponseBody().flush();
				await(end);
			});
			assertThatThrownBy(() -> storage.list("/")).isInstanceOf(ConnectionException.class).hasMessageContaining("did not answer for 3 s");
		} finally {
			end.countDown();
		}
	}

	private static void await(CountDownLatch end) {
		try {
			end.await();
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void anInterruptEndsACall() throws Exception {
		connect();
		var end = new CountDownLatch(1);
		var asked = new CountDownLatch(1);
		server.on("PROPFIND", e -> {
			asked.countDown();
			await(end);
		});
		Throwable seen = interruptedListing(asked);
		end.countDown();
		assertThat(seen).isInstanceOf(InterruptedIOException.class);
		server.on("PROPFIND", multistatus(folder("/")));
		assertThat(Servers.list(storage, "/")).isEmpty();
	}

	@Test
	void hangingUpOnceDoesNoHarm() throws Exception {
		connect();
		var times = new AtomicInteger();
		server.on("PROPFIND", e -> {
			if (times.getAndIncrement() % 2 == 1)
				multistatus(folder("/")).answer(e);
		});
		assertThat(Servers.list(storage, "/")).isEmpty();
		assertThat(Servers.list(storage, "/")).isEmpty();
		server.on("PROPFIND", _ -> {
		});
		assertThatThrownBy(() -> storage.list("/")).isInstanceOf(ServerFaultException.class).hasMessageContaining("hangs up");
		assertThat(storage.isOpen()).isTrue(); // Apache does so for a folder that it may not read
		server.on("OPTIONS", _ -> {
		});
		assertThatThrownBy(() -> storage.list("/")).isInstanceOf(ConnectionException.class);
		assertThat(storage.isOpen()).isFalse();
	}

	@Test
	void lessThanWasPromised() throws Exception {
		connect();
		server.on("PROPFIND", multistatus(file("/notes", 1000, "\"1\"")));
		server.on("GET", e -> {
			e.getResponseHeaders().set("ETag", "\"1\"");
			e.getResponseHeaders().set("Content-Range", "bytes 0-999/1000");
			e.sendResponseHeaders(206, 1000);
			e.getResponseBody().write(new byte[10]);
			e.getResponseBody().flush();
			throw new IOException("hang up");
		});
		// whether the beginning of the answer is still seen before the connection is gone is up to the JDK's client: both times it is told, and nothing short is given out
		assertThatThrownBy(() -> storage.open("/notes")).isInstanceOfAny(ConnectionException.class, ServerFaultException.class);
	}

	@Test
	void aMoveWhoseAnswerIsLost() throws Exception {
		connect();
		var there = new AtomicReference<byte[]>();
		var temporary = new AtomicReference<String>();
		server.on("PUT", e -> {
			there.set(e.getRequestBody().readAllBytes());
			temporary.set(e.getRequestURI().getRawPath());
			e.sendResponseHeaders(201, -1);
		});
		server.on("MOVE", e -> {
			e.getRequestBody().readAllBytes();
			temporary.set("");
			throw new IOException("hang up");
		});
		server.on("PROPFIND", e -> {
			String path = e.getRequestURI().getRawPath();
			if (path.equals("/notes") && "".equals(temporary.get()) || path.equals(temporary.get()))
				multistatus(file(path, there.get().length, "\"new\"")).answer(e);
			else
				status(e, 404);
		});
		FileInfo info = Servers.save(storage, "/notes", new Precondition.Absent(), bytes("content"));
		assertThat(info.size()).isEqualTo(7);
		assertThat(server.seen("MOVE")).hasSize(1);
		assertThat(there.get()).isEqualTo(bytes("content"));
		assertThat(storage.isOpen()).isTrue();
	}

	/** The files of a server that does what it is told, but for what a test changes of it. */
	private Map<String, byte[]> files() {
		var files = new java.util.concurrent.ConcurrentHashMap<String, byte[]>();
		server.on("PUT", e -> {
			files.put(e.getRequestURI().getRawPath(), e.getRequestBody().readAllBytes());
			e.sendResponseHeaders(201, -1);
		});
		server.on("DELETE", e -> status(e, files.remove(e.getRequestURI().getRawPath()) == null ? 404 : 204));
		server.on("PROPFIND", e -> {
			String path = e.getRequestURI().getRawPath();
			byte[] content = files.get(path);
			if (path.equals("/"))
				multistatus(folder("/")).answer(e);
			else if (content == null)
				status(e, 404);
			else
				multistatus(file(path, content.length, "\"%d\"".formatted(java.util.Arrays.hashCode(content)))).answer(e);
		});
		return files;
	}

	private static String destination(com.sun.net.httpserver.HttpExchange e) {
		return URI.create(e.getRequestHeaders().getFirst("Destination")).getRawPath();
	}

	@Test
	void aMoveThatRemovesTheTargetAndThenFails() throws Exception {
		connect();
		Map<String, byte[]> files = files();
		files.put("/notes", bytes("old"));
		server.on("MOVE", e -> {
			if (files.remove(destination(e)) == null)
				files.put(destination(e), files.remove(e.getRequestURI().getRawPath()));
			status(e, files.containsKey(destination(e)) ? 201 : 500);
		});
		assertThat(Servers.save(storage, "/notes", new Precondition.Any(), bytes("content")).size()).isEqualTo(7);
		assertThat(server.seen("MOVE")).extracting(s -> s.headers().getFirst("Overwrite")).containsExactly("T", "F");
		assertThat(files).containsOnlyKeys("/notes");
		assertThat(files.get("/notes")).isEqualTo(bytes("content"));
	}

	@Test
	void aMoveThatRemovesTheTargetAndFailsForGood() throws Exception {
		connect();
		Map<String, byte[]> files = files();
		files.put("/notes", bytes("old"));
		server.on("MOVE", e -> {
			files.remove(destination(e));
			status(e, 403);
		});
		Throwable failure = org.assertj.core.api.Assertions.catchThrowable(() -> Servers.save(storage, "/notes", new Precondition.Any(), bytes("content")));
		assertThat(files).hasSize(1);
		String kept = files.keySet().iterator().next();
		assertThat(files.get(kept)).isEqualTo(bytes("content"));
		assertThat(failure).isInstanceOf(FileSystemException.class).hasMessageContaining(kept.substring(1));
		// where nothing is lost, nothing is kept
		files.clear();
		assertThatThrownBy(() -> Servers.save(storage, "/notes", new Precondition.Any(), bytes("content"))).isInstanceOf(FileSystemException.class);
		server.on("MOVE", e -> status(e, 403));
		files.put("/notes", bytes("old"));
		assertThatThrownBy(() -> Servers.save(storage, "/notes", new Precondition.Any(), bytes("content"))).isInstanceOf(FileSystemException.class);
		assertThat(files).containsOnlyKeys("/notes");
		assertThat(files.get("/notes")).isEqualTo(bytes("old"));
	}

	@Test
	void aMoveThatRemovesTheTargetAndIsNeverHeardOfAgain() throws Exception {
		connect();
		Map<String, byte[]> files = files();
		files.put("/notes", bytes("old"));
		server.on("MOVE", e -> {
			files.remove(destination(e));
			throw new IOException("hang up");
		});
		Throwable failure = org.assertj.core.api.Assertions.catchThrowable(() -> Servers.save(storage, "/notes", new Precondition.Any(), bytes("content")));
		assertThat(storage.isOpen()).isFalse();
		storage.close();
		String kept = files.keySet().iterator().next();
		assertThat(failure).isInstanceOf(ConnectionException.class).hasMessageContaining(kept.substring(1));
		int looks = server.seen("PROPFIND").size();
		connect(); // does not take it away
		awaitSeen("PROPFIND", looks + 2);
		storage.close();
		assertThat(files).containsOnlyKeys(kept);
		files.put("/notes", bytes("new"));
		connect(); // takes it away
		awaitSeen("DELETE", 1);
		assertThat(server.seen("DELETE")).extracting(OddServer.Seen::target).containsExactly(kept);
	}

	private void awaitSeen(String method, int count) {
		for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30); server.seen(method).size() < count && System.nanoTime() < end;)
			java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
		assertThat(server.seen(method)).hasSizeGreaterThanOrEqualTo(count);
	}

	@Test
	void whoWaitsForOtherUploadsInVainIsTold() throws Exception {
		connect(Map.of(Bookmark.TIMEOUT, "1"));
		files();
		var others = new ArrayList<org.strongroom.core.storage.Upload>();
		try {
			for (int i = 0; i < 3; i++) {
				others.add(storage.upload("/file" + i, new Precondition.Any()));
				others.getLast().write(0, java.nio.ByteBuffer.wrap(new byte[3 << 20]));
			}
			try (var another = storage.upload("/another", new Precondition.Any())) {
				assertThatThrownBy(() -> another.write(0, java.nio.ByteBuffer.wrap(new byte[3 << 20]))).isInstanceOf(ConnectionException.class).hasMessageContaining("while other uploads were under way");
			}
			var waiting = new AtomicReference<Throwable>();
			Thread cancelled = Thread.ofVirtual().start(() -> {
				try (var another = storage.upload("/another", new Precondition.Any())) {
					another.write(0, java.nio.ByteBuffer.wrap(new byte[3 << 20]));
				} catch (IOException e) {
					waiting.set(e);
				}
			});
			cancelled.interrupt();
			cancelled.join();
			assertThat(waiting.get()).isInstanceOf(java.io.InterruptedIOException.class);
		} finally {
			for (var other : others)
				other.close();
		}
		assertThat(storage.isOpen()).isTrue();
	}

	/** With a file to be copied. */
	private Map<String, byte[]> filesToCopy() {
		Map<String, byte[]> files = files();
		files.put("/source", new byte[100]);
		server.on("GET", e -> {
			e.getResponseHeaders().set("ETag", "\"%d\"".formatted(java.util.Arrays.hashCode(files.get("/source"))));
			body(e, 200, files.get("/source"));
		});
		return files;
	}

	@Test
	void aCopyWhoseAnswerIsLostIsFoundOut() throws Exception {
		connect();
		Map<String, byte[]> files = filesToCopy();
		server.on("COPY", e -> {
			files.put(destination(e), files.get("/source"));
			throw new IOException("hang up");
		});
		try (Reader source = storage.open("/source"); var upload = storage.upload("/target", new Precondition.Absent())) {
			assertThat(upload.copy(source, 0, 0, 100)).isTrue();
			assertThat(files).hasSize(2);
		}
		assertThat(files).containsOnlyKeys("/source");
	}

	@Test
	void aCopyThatComesToItsEndAfterItWasGivenUpIsTakenAway() throws Exception {
		connect(Map.of(Bookmark.TIMEOUT, "1"));
		Map<String, byte[]> files = filesToCopy();
		var to = new AtomicReference<String>();
		server.on("COPY", e -> {
			to.set(destination(e));
			throw new IOException("hang up");
		});
		try (Reader source = storage.open("/source"); var upload = storage.upload("/target", new Precondition.Absent())) {
			assertThatThrownBy(() -> upload.copy(source, 0, 0, 100)).isInstanceOf(ConnectionException.class);
		}
		awaitSeen("DELETE", 1);
		files.put(to.get(), new byte[100]);
		awaitSeen("DELETE", 2);
		for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30); files.size() > 1 && System.nanoTime() < end;)
			java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
		assertThat(files).containsOnlyKeys("/source");
	}

	@Test
	void aServerThatCopiesNothingIsAskedOnce() throws Exception {
		connect();
		filesToCopy();
		for (int i = 0; i < 2; i++)
			try (Reader source = storage.open("/source"); var upload = storage.upload("/target", new Precondition.Absent())) {
				assertThat(upload.copy(source, 0, 0, 100)).isFalse();
			}
		assertThat(server.seen("COPY")).hasSize(1);
	}

	@Test
	void aFolderIsNotEmptyIfItHoldsWhatCannotBeNamed() throws Exception {
		connect();
		for (String odd : List.of("/dir/a%2Fb", "/dir/%FF", "/dir/sub/deeper", "/elsewhere", "/dir/..")) {
			server.on("PROPFIND", multistatus(folder("/dir/"), file(odd, 1, "\"1\"")));
			assertThatThrownBy(() -> storage.deleteDirectory("/dir")).as(odd).isInstanceOf(java.nio.file.DirectoryNotEmptyException.class);
		}
		assertThat(server.seen("DELETE")).isEmpty();
		server.on("PROPFIND", multistatus(folder("/dir/"))).on("DELETE", e -> status(e, 204));
		storage.deleteDirectory("/dir");
		assertThat(server.seen("DELETE")).hasSize(1);
	}

	@Test
	void aServerThatLosesBytes() throws Exception {
		connect();
		server.on("PUT", e -> status(e, 201)).on("MOVE", e -> status(e, 201)).on("DELETE", e -> status(e, 204));
		server.on("PROPFIND", multistatus(file("/notes", 3, "\"1\"")));
		assertThatThrownBy(() -> Servers.save(storage, "/notes", new Precondition.Any(), bytes("content"))).isInstanceOf(ServerFaultException.class);
	}

	@Test
	void whatCannotBeStored() throws Exception {
		connect();
		server.on("PROPFIND", e -> status(e, 404)).on("DELETE", e -> status(e, 404));
		for (Map.Entry<Integer, String> words : Map.of(507, "no room", 423, "locked", 413, "as large", 503, "busy").entrySet()) {
			server.on("PUT", e -> status(e, words.getKey()));
			assertThatThrownBy(() -> Servers.save(storage, "/notes", new Precondition.Any(), bytes("x"))).isInstanceOf(FileSystemException.class).hasMessageContaining(words.getValue());
			assertThatThrownBy(() -> Servers.save(storage, "/notes", new Precondition.Any(), new byte[3_000_000])).isInstanceOf(FileSystemException.class).hasMessageContaining(words.getValue());
		}
		assertThat(storage.isOpen()).isTrue();
	}

	// Contents.

	/** A file that is sent as a whole, whatever was asked for. */
	private OddServer.Handler whole(int size) {
		return e -> {
			e.getRequestBody().readAllBytes();
			e.getResponseHeaders().set("ETag", "\"1\"");
			e.sendResponseHeaders(200, size);
			var piece = new byte[64 << 10];
			try (var out = e.getResponseBody()) {
				for (int at = 0; at < size; at += piece.length) {
					for (int i = 0; i < piece.length; i += 4)
						ByteBuffer.wrap(piece).putInt(i, at + i);
					out.write(piece, 0, Math.min(piece.length, size - at));
				}
			}
		};
	}

	@Test
	void aServerThatSendsNoParts() throws Exception {
		connect();
		int size = 200 << 20;
		server.on("PROPFIND", multistatus(file("/notes", size, "\"1\"")));
		server.on("GET", whole(size));
		try (Reader reader = storage.open("/notes")) {
			var piece = ByteBuffer.allocate(1024);
			long before = storage.traffic().received();
			assertThat(reader.read(4 << 20, piece)).isEqualTo(1024);
			assertThat(piece.getInt(0)).isEqualTo(4 << 20);
			assertThat(reader.read(3 << 20, piece.clear())).isEqualTo(1024);
			assertThat(piece.getInt(0)).isEqualTo(3 << 20);
			assertThatThrownBy(() -> reader.read(150 << 20, piece.clear())).isInstanceOf(FileSystemException.class).hasMessageContaining("as a whole");
			assertThat(storage.traffic().received() - before).isLessThan(16 << 20);
			assertThat(reader.read(200_000, piece.clear())).isEqualTo(1024);
			assertThat(piece.getInt(0)).isEqualTo(200_000);
		}
		assertThat(storage.isOpen()).isTrue();
	}

	@Test
	void partsThatWereNotAskedFor() throws Exception {
		connect();
		server.on("PROPFIND", multistatus(file("/notes", 1 << 20, "\"1\"")));
		var range = new AtomicReference<>("");
		server.on("GET", e -> {
			e.getResponseHeaders().set("ETag", "\"1\"");
			boolean first = e.getRequestHeaders().getFirst("Range").startsWith("bytes=0-");
			e.getResponseHeaders().set("Content-Range", first ? "bytes 0-65535/1048576" : range.get());
			body(e, 206, new byte[65536]);
		});
		try (Reader reader = storage.open("/notes")) {
			for (String wrong : List.of("bytes 0-65535/1048576", "bytes 500000-565535/1048576", "nonsense", "bytes */1048576", "bytes 500000-500000/1048576", "")) {
				range.set(wrong);
				assertThatThrownBy(() -> reader.read(500_000, ByteBuffer.allocate(1000))).as(wrong).satisfiesAnyOf(e -> assertThat(e).isInstanceOf(ServerFaultException.class));
			}
		}
	}

	@Test
	void aChangeIsNoticedByWhatTheServerSays() throws Exception {
		connect();
		var etag = new AtomicReference<>("W/\"1\"");
		server.on("PROPFIND", e -> multistatus(file("/notes", 1 << 20, etag.get())).answer(e));
		server.on("GET", e -> {
			e.getResponseHeaders().set("ETag", etag.get());
			String[] part = e.getRequestHeaders().getFirst("Range").substring(6).split("-");
			e.getResponseHeaders().set("Content-Range", "bytes %s-%s/1048576".formatted(part[0], part[1]));
			body(e, 206, new byte[Integer.parseInt(part[1]) - Integer.parseInt(part[0]) + 1]);
		});
		try (Reader reader = storage.open("/notes")) {
			etag.set("\"1\""); // the weak one has become a strong one
			assertThat(reader.read(500_000, ByteBuffer.allocate(1000))).isEqualTo(1000);
			etag.set("\"2\"");
			assertThatThrownBy(() -> reader.read(600_000, ByteBuffer.allocate(1000))).isInstanceOf(ConflictException.class);
		}
	}

	/** A file of one byte, which is the number of its version, too. */
	private static OddServer.Handler version(AtomicInteger now) {
		return e -> {
			byte[] content = { (byte) now.get() };
			e.getResponseHeaders().set("ETag", "\"%d\"".formatted(content[0]));
			e.getResponseHeaders().set("Content-Range", "bytes 0-0/1");
			body(e, 206, content);
		};
	}

	@Test
	void aVersionIsNeverNewerThanItsContent() throws Exception {
		connect();
		var now = new AtomicInteger(1);
		var sent = new CountDownLatch(1);
		server.on("GET", e -> {
			version(now).answer(e);
			now.compareAndSet(1, 2); // somebody saves just then
			sent.countDown();
		});
		server.on("PROPFIND", e -> {
			await(sent);
			multistatus(file("/notes", 1, "\"%d\"".formatted(now.get()))).answer(e);
		});
		try (Reader reader = storage.open("/notes")) {
			var content = ByteBuffer.allocate(1);
			reader.read(0, content);
			assertThat(reader.info().version().orElseThrow().token()).isEqualTo("1 \"2\"");
			assertThat(content.get(0)).isEqualTo((byte) 2);
		}
	}

	@Test
	void aServerThatTellsTheVersionToThoseWhoLookAlone() throws Exception {
		connect();
		var now = new AtomicInteger(1);
		server.on("GET", e -> {
			e.getResponseHeaders().set("Last-Modified", "Fri, 13 Feb 2009 23:31:31 GMT");
			e.getResponseHeaders().set("Content-Range", "bytes 0-0/1");
			body(e, 206, new byte[] { (byte) now.getAndIncrement() }); // somebody saves after each time
		});
		server.on("PROPFIND", e -> multistatus(file("/notes", 1, "\"%d\"".formatted(now.get()))).answer(e));
		for (int i = 0; i < 6; i++) {
			long start = Chain.length();
			try (Reader reader = storage.open("/notes")) {
				assertThat(Chain.length() - start).isLessThanOrEqualTo(2);
				var content = ByteBuffer.allocate(1);
				reader.read(0, content);
				String version = reader.info().version().orElseThrow().token();
				assertThat(Integer.parseInt(version.substring(3, version.length() - 1))).as(version).isLessThanOrEqualTo(content.get(0));
			}
		}
	}

	@Test
	void aLengthThatChangesIsAChange() throws Exception {
		connect();
		int before = 16 << 20;
		server.on("PROPFIND", multistatus(file("/notes", before, "\"1\"")));
		var length = new AtomicInteger(before);
		server.on("GET", e -> {
			e.getResponseHeaders().set("ETag", "\"1\"");
			String[] part = e.getRequestHeaders().getFirst("Range").substring(6).split("-");
			int first = Integer.parseInt(part[0]);
			int last = Math.min(Integer.parseInt(part[1]), length.get() - 1);
			e.getResponseHeaders().set("Content-Range", first > last ? "bytes */" + length : "bytes %d-%d/%d".formatted(first, last, length.get()));
			body(e, first > last ? 416 : 206, new byte[Math.max(0, last - first + 1)]);
		});
		for (int after : List.of(before + 1, before - 1, 1000)) {
			length.set(before);
			try (Reader reader = storage.open("/notes")) {
				assertThat(reader.read(500_000, ByteBuffer.allocate(1000))).isEqualTo(1000);
				length.set(after);
				assertThatThrownBy(() -> reader.read(600_000, ByteBuffer.allocate(1000))).as("%d", after).isInstanceOf(ConflictException.class);
			}
			length.set(before);
			try (Reader reader = storage.open("/notes")) { // and by those who read on and on
				var piece = ByteBuffer.allocate(64 << 10);
				assertThat(reader.read(0, piece)).isEqualTo(64 << 10);
				length.set(after);
				assertThatThrownBy(() -> Servers.read(reader, 64 << 10)).as("%d", after).isInstanceOf(ConflictException.class);
			}
		}
	}

	@Test
	void entityTagsThatAreNone() throws Exception {
		connect();
		server.on("PUT", e -> status(e, 201)).on("MOVE", e -> status(e, 201));
		for (String odd : List.of("\"a&#10;If: b\"", "\"\u4e00\"", "\"\u0142\"", "\"" + "x".repeat(255) + "\"", "x".repeat(60_000))) {
			server.on("PROPFIND", multistatus(file("/notes", 3, odd)));
			FileInfo info = storage.stat("/notes", true);
			assertThat(info.version().orElseThrow().token()).isEqualTo("3@1234567890"); // the time does as well
			Servers.save(storage, "/notes", new Precondition.Unchanged(info.version().get()), bytes("new"));
		}
		for (String bare : List.of("abc", "\"a\"b\"")) { // good for a comparison, but for no condition
			server.on("PROPFIND", multistatus(file("/notes", 3, bare)));
			FileInfo info = storage.stat("/notes", true);
			assertThat(info.version().orElseThrow().token()).contains(bare);
			Servers.save(storage, "/notes", new Precondition.Unchanged(info.version().get()), bytes("new"));
		}
		assertThat(server.seen("MOVE")).hasSize(7).noneMatch(s -> s.headers().containsKey("If"));
	}

	@Test
	void anAnswerThatComesDropByDropIsLetGo() throws Exception {
		connect();
		server.on("PROPFIND", multistatus(file("/notes", 1, "\"1\"")));
		var letGo = new CountDownLatch(1);
		server.on("DELETE", e -> {
			e.sendResponseHeaders(200, 0);
			try (OutputStream out = e.getResponseBody()) {
				for (;;) { // until nobody listens
					out.write('x');
					out.flush();
					java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
				}
			} finally {
				letGo.countDown();
			}
		});
		storage.delete("/notes");
		letGo.await();
		assertThat(storage.isOpen()).isTrue();
	}

	@Test
	void aLengthThatIsToldToThoseWhoReadAlone() throws Exception {
		connect();
		server.on("PROPFIND", multistatus(response("/notes", "<D:resourcetype/><D:getetag>\"1\"</D:getetag>")));
		server.on("GET", e -> {
			e.getResponseHeaders().set("ETag", "\"1\"");
			e.getResponseHeaders().set("Content-Range", "bytes 0-6/7");
			body(e, 206, bytes("content"));
		});
		server.on("PUT", e -> status(e, 201)).on("MOVE", e -> status(e, 201));
		for (int i = 0; i < 5; i++) {
			try (Reader reader = storage.open("/notes")) {
				assertThat(reader.info().size()).isEqualTo(7);
				assertThat(Servers.read(reader, 100)).isEqualTo(bytes("content"));
				assertThat(Servers.save(storage, "/notes", new Precondition.Unchanged(reader.info().version().orElseThrow()), bytes("more")).size()).isEqualTo(4);
			}
		}
		server.on("GET", e -> {
			e.getResponseHeaders().set("ETag", "\"1\"");
			e.sendResponseHeaders(200, 0);
			e.getResponseBody().write(new byte[100_000]);
		});
		assertThatThrownBy(() -> storage.open("/notes")).isInstanceOf(ServerFaultException.class).hasMessageContaining("how long");
	}

	@Test
	void whatIsReadNowAndThenKeepsNobodyWaiting() throws Exception {
		connect();
		int size = 4 << 20;
		server.on("PROPFIND", e -> multistatus(file(e.getRequestURI().getRawPath(), size, "\"1\"")).answer(e));
		server.on("GET", whole(size));
		var piece = ByteBuffer.allocate(1024);
		var readers = new ArrayList<Reader>();
		for (int i = 0; i < 6; i++) {
			readers.add(storage.open("/" + i));
			assertThat(readers.get(i).read(100_000, piece.clear())).isEqualTo(1024);
		}
		assertThat(storage.stat("/notes", true).size()).isEqualTo(size); // though each of the six has an answer that is not at its end
		for (Reader reader : readers) {
			assertThat(reader.read(3_000_000, piece.clear())).isEqualTo(1024);
			assertThat(piece.getInt(0)).isEqualTo(3_000_000);
			reader.close();
		}
	}

	/** A server that says of itself that it puts what is PUT in place in one step. */
	private Map<String, byte[]> apache() throws IOException {
		server.on("OPTIONS", e -> {
			e.getResponseHeaders().set("DAV", "1, 2, <http://apache.org/dav/propset/fs/1>");
			status(e, 200);
		});
		connect();
		Map<String, byte[]> files = files();
		server.on("MOVE", e -> {
			files.put(destination(e), files.remove(e.getRequestURI().getRawPath()));
			status(e, 201);
		});
		return files;
	}

	@Test
	void onlyWhatGoesOutAtOnceIsPutInPlace() throws Exception {
		Map<String, byte[]> files = apache();
		files.put("/notes", bytes("old"));
		FileInfo small = Servers.save(storage, "/notes", new Precondition.Unchanged(storage.stat("/notes", true).version().orElseThrow()), new byte[64 << 10]);
		assertThat(server.seen("PUT")).singleElement().satisfies(s -> assertThat(s.target()).isEqualTo("/notes")).satisfies(s -> assertThat(s.headers()).containsKey("If-Match"));
		Servers.save(storage, "/notes", new Precondition.Unchanged(small.version().orElseThrow()), new byte[(64 << 10) + 1]);
		assertThat(server.seen("PUT")).hasSize(2).last().satisfies(s -> assertThat(s.target()).isNotEqualTo("/notes"));
		assertThat(server.seen("MOVE")).singleElement().satisfies(s -> assertThat(s.headers()).containsKey("If"));
		assertThat(files).containsOnlyKeys("/notes");
		assertThat(storage.features().atomicReplace()).isFalse(); // a MOVE may remove first
	}

	@Test
	void theVersionOfASaveIsItsOwn() throws Exception {
		Map<String, byte[]> files = apache();
		server.on("PUT", e -> {
			e.getRequestBody().readAllBytes();
			files.put("/notes", bytes("their")); // somebody saves just after
			e.getResponseHeaders().set("ETag", "\"mine\"");
			status(e, 201);
		});
		assertThat(Servers.save(storage, "/notes", new Precondition.Any(), bytes("owner")).version().orElseThrow().token()).isEqualTo("5 \"mine\"");
		assertThat(storage.stat("/notes", true).version().orElseThrow().token()).isNotEqualTo("5 \"mine\"");
	}

	@Test
	void fewConnections() throws Exception {
		connect();
		var met = new CountDownLatch(6);
		server.on("PROPFIND", e -> {
			met.countDown();
			await(met);
			multistatus(file(e.getRequestURI().getRawPath(), 1, "\"1\"")).answer(e);
		});
		var all = new ArrayList<Future<FileInfo>>();
		for (int i = 0; i < 60; i++) {
			String path = "/" + i;
			all.add(Chain.start(path, () -> storage.stat(path, true)));
		}
		for (Future<FileInfo> one : all)
			assertThat(one.get().size()).isEqualTo(1);
		assertThat(server.connections()).isEqualTo(6);
	}
}
