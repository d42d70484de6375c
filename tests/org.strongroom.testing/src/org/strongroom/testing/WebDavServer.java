package org.strongroom.testing;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A <em>real</em> WebDAV server with a private configuration on a free port of 127.0.0.1, for one test class or one test: Apache's mod_dav, nginx with dav-ext, or {@code rclone serve
 * webdav}. Unless told otherwise it asks for a password by Basic and speaks plain HTTP.
 *
 * <pre>{@code
 * assumeTrue(WebDavServer.unavailable(Kind.APACHE).isEmpty(), () -> WebDavServer.unavailable(Kind.APACHE).orElseThrow());
 * try (WebDavServer server = WebDavServer.apache().tls(certificates.good()).start()) {
 *     Files.writeString(server.root().resolve("notes.txt"), "hello");
 *     connect(server.uri(), server.user(), server.password());
 *     assertThat(server.requests()).extracting(Request::method).containsExactly("PROPFIND");
 * }
 * }</pre>
 *
 * Needs root and {@code apache2-bin}, {@code nginx} with {@code libnginx-mod-http-dav-ext}, or {@code rclone} (Debian package names). All that an instance makes is gone after
 * {@link #close()}, or when the Java process ends.
 * <p>
 * Safe for use by many threads, except {@link #start()} and {@link #stop()}, which exclude each other.
 */
public final class WebDavServer implements AutoCloseable {

	/** Which server. */
	public enum Kind {
		/** mod_dav and mod_dav_fs: conditional requests, locks, ranges. It works as {@code www-data}, for it refuses to work as root: see {@link WebDavServer#handOver}. */
		APACHE("resuming normal operations", "apache2", "apache2-bin"),
		/** A poor server on purpose: no {@code DAV} header, no {@code PROPPATCH}, no locks, no entity tags in listings. */
		NGINX("start worker process ", "nginx", "nginx"),
		/** Go's {@code x/net/webdav} as rclone sets it up. */
		RCLONE("WebDav Server started on ", "rclone", "rclone");

		/** What it says once it listens. */
		private final String ready;
		private final String program;
		private final String debianPackage;

		Kind(String ready, String program, String debianPackage) {
			this.ready = ready;
			this.program = program;
			this.debianPackage = debianPackage;
		}

		private Path program() {
			return OpenSshServer.program(program).orElseThrow();
		}
	}

	/**
	 * One request as it reached the server.
	 *
	 * @param method such as {@code PROPFIND}
	 * @param target path and query, as sent: percent-encoded (rclone tells the decoded path only)
	 * @param headers by name in lower case. Of {@code authorization} the scheme alone. From Apache all of them; from nginx those that have a meaning in WebDAV; from rclone none
	 */
	public record Request(String method, String target, Map<String, String> headers) {
		public Request {
			headers = Map.copyOf(headers);
		}

		/** One header's value. */
		public Optional<String> header(String name) {
			return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
		}
	}

	private static final Duration PATIENCE = Duration.ofSeconds(20);
	private static final String REALM = "Strongroom test";
	private static final Path APACHE_MODULES = Path.of("/usr/lib/apache2/modules");
	private static final Path NGINX_DAV = Path.of("/usr/lib/nginx/modules/ngx_http_dav_ext_module.so");
	private static final List<String> LOGGED_BY_NGINX = List.of("Authorization", "Content-Length", "Content-Type", "Depth", "Destination", "Expect", "If", "If-Match", "If-None-Match",
			"If-Range", "If-Unmodified-Since", "Lock-Token", "Overwrite", "Range", "Transfer-Encoding", "User-Agent");
	/** {@code 2026/11/25 14:06:21 INFO  : /a b: PUT from 127.0.0.1:55858}. */
	private static final Pattern RCLONE_REQUEST = Pattern.compile("^\\S+ \\S+ INFO +: (/.*): ([A-Z]+) from \\S+$");

	private static final Pattern NGINX_ESCAPE = Pattern.compile("\\\\x([0-9A-F]{2})");

	private final Builder settings;
	private final Path state;
	private final Path root;
	private final boolean ownRoot;
	private final String password = OpenSshServer.randomSecret();
	private final Thread cleaner = new Thread(this::clean, "Clean up a WebDAV server");

	private int port;
	private volatile Process process;

	private WebDavServer(Builder settings) throws IOException {
		Optional<String> missing = unavailable(settings.kind);
		if (missing.isPresent()) {
			throw new IOException(missing.get());
		}
		this.settings = settings;
		state = Files.createTempDirectory("strongroom-" + settings.kind.program);
		Runtime.getRuntime().addShutdownHook(cleaner);
		ownRoot = settings.root == null;
		try {
			// the server's account may pass through, and see nothing but what it is told the name of
			Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx--x--x"));
			root = (ownRoot ? Files.createTempDirectory("strongroom-served") : settings.root).toRealPath();
			if (ownRoot) {
				Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
				handOver(root);
			}
			writeSecret("passwords", user() + ":{SHA}" + Base64.getEncoder().encodeToString(hash("SHA-1", password)) + '\n');
			writeSecret("digests", user() + ':' + REALM + ':' + HexFormat.of().formatHex(hash("MD5", user() + ':' + REALM + ':' + password)) + '\n');
			if (settings.identity != null) {
				settings.identity.writeChain(state.resolve("certificate"));
				settings.identity.writeKey(state.resolve("key"));
			}
			if (settings.people != null) {
				Files.writeString(state.resolve("people"), Certificates.pem(List.of(settings.people.authority())));
			}
			Files.createDirectory(state.resolve("work"));
			handOver(state.resolve("work"));
			start();
		} catch (IOException | RuntimeException e) {
			close();
			throw e;
		}
	}

	/** Apache with mod_dav; {@link Builder#start()} makes and starts it. */
	public static Builder apache() {
		return new Builder(Kind.APACHE);
	}

	/** nginx with dav-ext; {@link Builder#start()} makes and starts it. */
	public static Builder nginx() {
		return new Builder(Kind.NGINX);
	}

	/** {@code rclone serve webdav}; {@link Builder#start()} makes and starts it. */
	public static Builder rclone() {
		return new Builder(Kind.RCLONE);
	}

	/** A server of that kind; {@link Builder#start()} makes and starts it. */
	public static Builder of(Kind kind) {
		return new Builder(kind);
	}

	/** Why no server of that kind can be had on this machine, in words for a test report; empty when one can. */
	public static Optional<String> unavailable(Kind kind) {
		if (!"root".equals(System.getProperty("user.name"))) {
			return Optional.of("a real WebDAV server must be started as root");
		}
		if (OpenSshServer.program(kind.program).isEmpty()) {
			return Optional.of(kind.program + " is missing (Debian: " + kind.debianPackage + ')');
		}
		return kind != Kind.NGINX || Files.exists(NGINX_DAV) ? Optional.empty() : Optional.of("nginx has no dav-ext (Debian: libnginx-mod-http-dav-ext)");
	}

	/** What the server is like. Without any setting: Basic, plain HTTP/1.1, a fresh temporary folder. */
	public static final class Builder {
		private final Kind kind;
		private boolean digest;
		private boolean http2;
		private Path root;
		private Certificates.Identity identity;
		private Certificates people;
		private final List<String> config = new ArrayList<>();

		private Builder(Kind kind) {
			this.kind = Objects.requireNonNull(kind);
		}

		/** The password is asked for by Digest (MD5, {@code qop=auth}), not by Basic. Apache only. */
		public Builder digest() {
			digest = true;
			return this;
		}

		/** HTTPS, the server showing this certificate. */
		public Builder tls(Certificates.Identity value) {
			identity = Objects.requireNonNull(value);
			return this;
		}

		/** Besides the password, the client must show a certificate that this authority issued. Only with {@link #tls}. */
		public Builder certificatesOf(Certificates authority) {
			people = Objects.requireNonNull(authority);
			return this;
		}

		/** HTTP/2 is offered besides HTTP/1.1. Not by rclone, which offers it by itself over TLS. */
		public Builder http2() {
			http2 = true;
			return this;
		}

		/** Serve this folder, which is left alone on close, instead of a fresh temporary one. The server's account must be able to reach it. */
		public Builder root(Path folder) {
			root = Objects.requireNonNull(folder);
			return this;
		}

		/** Further lines of the server's configuration (nginx: of its {@code server} block). Not for rclone, which has none. */
		public Builder config(String... lines) {
			config.addAll(List.of(lines));
			return this;
		}

		/**
		 * Makes the server; it accepts connections when this returns.
		 *
		 * @throws IOException when it cannot be started; the message holds the server's own words
		 */
		public WebDavServer start() throws IOException {
			if (digest && kind != Kind.APACHE) {
				throw new IllegalStateException(kind + " knows no Digest");
			}
			if (people != null && identity == null) {
				throw new IllegalStateException("certificates are shown over TLS only");
			}
			if (kind == Kind.RCLONE && (http2 || !config.isEmpty())) {
				throw new IllegalStateException("rclone has no such setting");
			}
			return new WebDavServer(this);
		}
	}

	/** Which server this is. */
	public Kind kind() {
		return settings.kind;
	}

	/** Always 127.0.0.1. */
	public String host() {
		return "127.0.0.1";
	}

	/** The port; the same over {@link #stop()} and {@link #start()}. */
	public int port() {
		return port;
	}

	/** {@code http://127.0.0.1:port/} or {@code https://127.0.0.1:port/}: {@link #root()}. */
	public URI uri() {
		return URI.create((settings.identity == null ? "http" : "https") + "://" + host() + ':' + port + '/');
	}

	/** The name to sign in with. */
	public String user() {
		return "colleague";
	}

	/** The password of {@link #user()}, good for this instance only. */
	public String password() {
		return password;
	}

	/** The folder being served. Its files may be read and replaced, and new ones made; for folders made in it see {@link #handOver}. */
	public Path root() {
		return root;
	}

	/** Where it keeps what is its own: configuration and logs. */
	public Path state() {
		return state;
	}

	/** Lets the server change all that there is. */
	public void handOverAll() throws IOException {
		try (Stream<Path> all = Files.walk(root)) {
			for (Path path : (Iterable<Path>) all::iterator)
				handOver(path);
		}
	}

	/** Lets the server change this file or folder (not what is in it), as it may change those it made itself. */
	public void handOver(Path path) throws IOException {
		if (settings.kind == Kind.APACHE) {
			UserPrincipal account = path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("www-data");
			Files.setOwner(path, account);
		}
	}

	/**
	 * Sends a request as some other program does that signs in as {@link #user()} by Basic, and gives the answer.
	 *
	 * @param path percent-encoded
	 */
	public HttpResponse<String> send(String method, String path, String body, Map<String, String> headers) throws IOException {
		try (HttpClient http = HttpClient.newHttpClient()) {
			HttpRequest.Builder request = HttpRequest.newBuilder(uri().resolve(path)).method(method, BodyPublishers.ofString(body)).timeout(PATIENCE).header("Authorization",
					"Basic " + Base64.getEncoder().encodeToString((user() + ':' + password()).getBytes(StandardCharsets.UTF_8)));
			headers.forEach(request::header);
			return http.send(request.build(), BodyHandlers.ofString());
		} catch (InterruptedException e) {
			throw new InterruptedIOException();
		}
	}

	/** Has some other program lock a file, which says that it is {@code mailto:bob@example.org}; gives the token. */
	public String lockForOthers(String path) throws IOException {
		return send("LOCK", path, "<D:lockinfo xmlns:D='DAV:'><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype>"
				+ "<D:owner><D:href>mailto:bob@example.org</D:href></D:owner></D:lockinfo>", Map.of("Timeout", "Second-600")).headers().firstValue("Lock-Token").orElseThrow(() -> new IOException(path + " was not locked"));
	}

	/** Whether a lock keeps some other program from writing a file; if none does, the file holds {@code theirs} afterwards. */
	public boolean isLockedForOthers(String path) throws IOException {
		return send("PUT", path, "theirs", Map.of()).statusCode() == 423;
	}

	/** All the server has said so far, for the report of a failing test. */
	public String log() {
		try {
			return Files.readString(logFile());
		} catch (IOException e) {
			return "(no log: " + e.getMessage() + ')';
		}
	}

	/** Where the server notes its requests: one a line, in its own form. {@link #requests()} reads it. */
	public Path accessLog() {
		return settings.kind == Kind.RCLONE ? logFile() : state.resolve("requests");
	}

	/**
	 * What was asked so far, in the order in which it was noted: by Apache when the request had come in, by nginx and rclone when it had been answered. All that Apache and nginx answered
	 * before this call is there; of rclone, the last one may come a moment later.
	 */
	public List<Request> requests() throws IOException {
		if (settings.kind == Kind.NGINX && process != null) {
			passThrough();
		}
		if (Files.notExists(accessLog())) {
			return List.of();
		}
		try (Stream<String> lines = Files.lines(accessLog())) {
			return lines.map(this::request).flatMap(Optional::stream).toList();
		}
	}

	/**
	 * Listens (again), on the same port as before. Does nothing while listening.
	 *
	 * @throws IOException when the port is taken or the server refuses its configuration
	 */
	public synchronized void start() throws IOException {
		if (process != null) {
			return;
		}
		boolean anyPort = port == 0;
		for (int attempt = 1;; attempt++) {
			if (anyPort) {
				port = OpenSshServer.freePort();
			}
			Optional<String> failure = launch();
			if (failure.isEmpty()) {
				return;
			}
			if (attempt == 20 || !failure.get().toLowerCase(Locale.ROOT).contains("address already in use")) {
				throw new IOException(settings.kind.program + " does not start: " + failure.get());
			}
		}
	}

	/** Ends the server and all its connections. */
	public synchronized void stop() {
		Process running = process;
		if (running == null) {
			return;
		}
		process = null;
		end(running);
	}

	/** Stops for good and removes all that was made for this instance. */
	@Override
	public void close() {
		clean();
		try {
			Runtime.getRuntime().removeShutdownHook(cleaner);
		} catch (IllegalStateException e) {
			// The process is ending: the hook is running, or has.
		}
	}

	private synchronized void clean() {
		stop();
		try {
			if (ownRoot && root != null) {
				OpenSshServer.deleteTree(root);
			}
			OpenSshServer.deleteTree(state);
		} catch (IOException e) {
			throw new UncheckedIOException(e);
		}
	}

	/** Empty once the server listens, else why it does not. */
	private Optional<String> launch() throws IOException {
		Path config = state.resolve("config");
		List<String> command = switch (settings.kind) {
		case APACHE -> {
			Files.write(config, apacheConfig());
			yield List.of(settings.kind.program().toString(), "-f", config.toString(), "-DFOREGROUND");
		}
		case NGINX -> {
			Files.write(config, nginxConfig());
			yield List.of(settings.kind.program().toString(), "-e", logFile().toString(), "-c", config.toString());
		}
		case RCLONE -> rcloneCommand();
		};
		// nginx leaves it behind if it was killed
		Files.deleteIfExists(passage());
		int before = Files.exists(logFile()) ? log().length() : 0;
		ProcessBuilder builder = new ProcessBuilder(command).directory(state.toFile()).redirectInput(Path.of("/dev/null").toFile())
				.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile())).redirectErrorStream(true);
		builder.environment().put("HOME", state.toString());
		Process started = builder.start();
		Instant deadline = Instant.now().plus(PATIENCE);
		while (true) {
			boolean alive = started.isAlive();
			String said = log().substring(before);
			if (alive && said.contains(settings.kind.ready)) {
				process = started;
				return Optional.empty();
			}
			if (!alive || said.contains("Address already in use") || Instant.now().isAfter(deadline)) {
				end(started);
				return Optional.of(said);
			}
			OpenSshServer.pause(20);
		}
	}

	/** Asks it to end, and does not wait long for that. */
	private static void end(Process running) {
		List<ProcessHandle> family = running.descendants().toList();
		running.destroy();
		try {
			if (!running.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
				running.destroyForcibly();
			}
		} catch (InterruptedException e) {
			running.destroyForcibly();
			Thread.currentThread().interrupt();
		}
		OpenSshServer.end(family);
		OpenSshServer.awaitEnd(running.toHandle());
	}

	private Path logFile() {
		return state.resolve("log");
	}

	private List<String> apacheConfig() {
		List<String> lines = new ArrayList<>();
		lines.add("ServerRoot " + state);
		lines.add("ServerName localhost");
		lines.add("Listen " + host() + ':' + port);
		lines.add("PidFile " + state.resolve("pid"));
		lines.add("DefaultRuntimeDir " + state.resolve("work"));
		lines.add("ErrorLog " + logFile());
		lines.add("LogLevel notice");
		for (String module : List.of("mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "auth_digest", "dav", "dav_fs", "log_forensic")) {
			lines.add(apacheModule(module));
		}
		lines.add("User www-data");
		lines.add("Group www-data");
		// it notes a request with all its headers before it answers
		lines.add("ForensicLog " + accessLog());
		lines.add("DavLockDB " + state.resolve("work/locks"));
		lines.add("DocumentRoot \"" + root + '"');
		if (settings.http2) {
			lines.add(apacheModule("http2"));
			lines.add("Protocols h2 h2c http/1.1");
		}
		if (settings.identity != null) {
			lines.add(apacheModule("ssl"));
			lines.add("SSLEngine on");
			lines.add("SSLCertificateFile " + state.resolve("certificate"));
			lines.add("SSLCertificateKeyFile " + state.resolve("key"));
		}
		if (settings.people != null) {
			lines.add("SSLCACertificateFile " + state.resolve("people"));
			lines.add("SSLVerifyClient require");
		}
		lines.add("<Directory \"" + root + "\">");
		lines.add("Dav On");
		lines.add("AuthType " + (settings.digest ? "Digest" : "Basic"));
		lines.add("AuthName \"" + REALM + '"');
		lines.add("AuthUserFile " + state.resolve(settings.digest ? "digests" : "passwords"));
		lines.add("Require valid-user");
		lines.add("AllowOverride None");
		lines.add("</Directory>");
		lines.addAll(settings.config);
		return lines;
	}

	private static String apacheModule(String name) {
		return "LoadModule " + name + "_module " + APACHE_MODULES.resolve("mod_" + name + ".so");
	}

	private List<String> nginxConfig() {
		List<String> lines = new ArrayList<>();
		lines.add("daemon off;");
		lines.add("user root;");
		// one, so that all that was answered has been noted when it answers something else
		lines.add("worker_processes 1;");
		lines.add("pid " + state.resolve("pid") + ';');
		lines.add("error_log " + logFile() + " notice;");
		lines.add("load_module " + NGINX_DAV + ';');
		lines.add("events { worker_connections 1024; }");
		lines.add("http {");
		// beside what is served, so that it can be moved there in one step
		for (String what : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
			lines.add(what + "_temp_path " + state.resolve("work").resolve(what) + ';');
		}
		lines.add("default_type application/octet-stream;");
		lines.add("client_max_body_size 0;");
		lines.add("log_format all '$request"
				+ LOGGED_BY_NGINX.stream().map(name -> '\t' + name + ":$http_" + name.toLowerCase(Locale.ROOT).replace('-', '_')).collect(Collectors.joining()) + "';");
		lines.add("access_log " + accessLog() + " all;");
		lines.add("server { listen unix:" + passage() + "; access_log off; return 204; }");
		lines.add("server {");
		lines.add("listen " + host() + ':' + port + (settings.identity == null ? "" : " ssl") + (settings.http2 ? " http2" : "") + ';');
		lines.add("root \"" + root + "\";");
		lines.add("auth_basic \"" + REALM + "\";");
		lines.add("auth_basic_user_file " + state.resolve("passwords") + ';');
		if (settings.identity != null) {
			lines.add("ssl_certificate " + state.resolve("certificate") + ';');
			lines.add("ssl_certificate_key " + state.resolve("key") + ';');
		}
		if (settings.people != null) {
			lines.add("ssl_client_certificate " + state.resolve("people") + ';');
			lines.add("ssl_verify_client on;");
		}
		lines.addAll(settings.config);
		lines.add("location / { dav_methods PUT DELETE MKCOL COPY MOVE; dav_ext_methods PROPFIND; }");
		lines.add("} }");
		return lines;
	}

	private List<String> rcloneCommand() {
		List<String> command = new ArrayList<>(List.of(settings.kind.program().toString(), "serve", "webdav", "--config", "/dev/null", "--addr", host() + ':' + port, "--htpasswd",
				state.resolve("passwords").toString(), "--realm", REALM, "-v",
				// what tests put on the disk is there at once
				"--dir-cache-time", "0s"));
		if (settings.identity != null) {
			command.addAll(List.of("--cert", state.resolve("certificate").toString(), "--key", state.resolve("key").toString()));
		}
		if (settings.people != null) {
			command.addAll(List.of("--client-ca", state.resolve("people").toString()));
		}
		command.add(root.toString());
		return command;
	}

	private Path passage() {
		return state.resolve("passage");
	}

	/** Has nginx answer something over its back entrance: once it has, it is done with all that it answered before. */
	private void passThrough() throws IOException {
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			channel.connect(UnixDomainSocketAddress.of(passage()));
			channel.write(ByteBuffer.wrap("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
			ByteBuffer answer = ByteBuffer.allocate(4096);
			while (channel.read(answer) >= 0) {
				answer.clear();
			}
		}
	}

	/** What a line of the access log tells. */
	private Optional<Request> request(String line) {
		return switch (settings.kind) {
		// +id|PUT /a HTTP/1.1|Depth:1, with control characters, | and % in it percent-encoded; -id once it is answered
		case APACHE -> line.startsWith("+") ? Optional.of(request(Stream.of(line.split("\\|")).skip(1).map(WebDavServer::decoded).toList())) : Optional.empty();
		// PUT /a HTTP/1.1, tab, Depth:1, with control characters, " and \ in it as \x22
		case NGINX -> Optional.of(request(Stream.of(line.split("\t")).map(part -> NGINX_ESCAPE.matcher(part).replaceAll(found -> Matcher.quoteReplacement(unescaped(found.group(1))))).toList()));
		case RCLONE -> {
			Matcher matcher = RCLONE_REQUEST.matcher(line);
			yield matcher.matches() ? Optional.of(new Request(matcher.group(2), matcher.group(1), Map.of())) : Optional.empty();
		}
		};
	}

	/** @param parts the line of the request, and its headers; those with {@code -} for a value are not there */
	private static Request request(List<String> parts) {
		String[] words = parts.getFirst().split(" ");
		Map<String, String> headers = new TreeMap<>();
		for (String header : parts.subList(1, parts.size())) {
			int colon = header.indexOf(':');
			String name = header.substring(0, colon).toLowerCase(Locale.ROOT);
			String value = header.substring(colon + 1);
			if (!value.equals("-")) {
				headers.put(name, name.equals("authorization") ? value.split(" ")[0] : value);
			}
		}
		return new Request(words[0], words[1], headers);
	}

	private static String unescaped(String hex) {
		return String.valueOf((char) Integer.parseInt(hex, 16));
	}

	private static String decoded(String text) {
		return URLDecoder.decode(text.replace("+", "%2b"), StandardCharsets.UTF_8);
	}

	/** A file that the server's account may read, and nobody else who does not know where it is. */
	private void writeSecret(String name, String content) throws IOException {
		OpenSshServer.writePrivately(state.resolve(name), content);
		handOver(state.resolve(name));
	}

	private static byte[] hash(String algorithm, String text) {
		try {
			return MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8));
		} catch (NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}
}
