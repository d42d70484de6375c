package org.strongroom.testing.nextcloud;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.strongroom.storage.webdav.DavPaths;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * As much of a Nextcloud server as Strongroom calls, and nothing of it at rest but the files of its one user, which lie in a folder of this machine and may be changed there, too. Made after what Nextcloud
 * 27.0.2 answers.
 */
public final class EmulatedNextcloud implements NextcloudUnderTest {
	private static final String USER = "alice";
	private static final String PASSWORD = "alice's password, 1 of 2";
	private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
	private static final Pattern ETAG = Pattern.compile("\"[^\"]*\"");

	/** What a {@link Trouble} gives for a 401 that does not tell how to sign in. */
	public static final int FORBIDDEN_PASSWORD = 1401;

	/** When all files were changed that {@link #longAgo} was told of, and since when something is locked by others. */
	public static final Instant LONG_AGO = Instant.ofEpochSecond(1_234_567_890);

	/** A request that came. */
	public record Seen(String method, String path, Map<String, List<String>> headers) {
	}

	/** What a test puts in the way of requests. */
	@FunctionalInterface
	public interface Trouble {
		/** @return the status to answer with, 0 to answer as usual, negative to hang up */
		int with(Seen request);
	}

	private record Removed(Path at, String location, long time) {
	}

	/** As the app {@code files_lock} has it. @param type 0 for a user's, 1 for an app's, 2 for one of WebDAV @param timeout in seconds since it was made, 0 for ever */
	private record Locked(String owner, String name, int type, String token, long made, long timeout) {
		boolean isOver() {
			return timeout > 0 && Instant.now().getEpochSecond() >= made + timeout;
		}
	}

	/** As whoever uploaded a file gave it. @param etag of the content that it is of */
	private record Checksum(String etag, String told) {
	}

	private record Old(byte[] content) {
	}

	private final String base;
	private final Path files;
	private final Path beside;
	private final HttpServer server;
	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
	private final List<Seen> seen = new CopyOnWriteArrayList<>();
	private final Map<String, String> appPasswords = new ConcurrentHashMap<>();
	/** By the token of the poll. */
	private final Map<String, String> flows = new ConcurrentHashMap<>();
	private final Map<String, String> granted = new ConcurrentHashMap<>();
	private final Map<String, Removed> trash = new ConcurrentHashMap<>();
	private final Map<Path, Long> ids = new ConcurrentHashMap<>();
	private final Map<Long, TreeMap<Long, Old>> versions = new ConcurrentHashMap<>();
	private final Map<Path, Checksum> checksums = new ConcurrentHashMap<>();
	private final Map<String, Map<String, String>> shares = new TreeMap<>();
	private final BlockingQueue<String> wiped = new LinkedBlockingQueue<>();
	private final AtomicLong number = new AtomicLong(100);
	private volatile Trouble trouble = _ -> 0;
	private volatile Predicate<Seen> silent = _ -> false;
	private final Set<HttpExchange> unanswered = ConcurrentHashMap.newKeySet();
	private volatile boolean maintenance;
	private volatile boolean wiping;
	/** JSON that is added to what it says of shares. */
	private volatile String sharingCapabilities = "";
	/** JSON that is added to what it says of its apps. */
	private volatile String otherCapabilities = "";
	/** Whether the app for locks is installed. */
	private volatile boolean locking;
	/** How long a lock lasts, in seconds; 0 for ever. */
	private volatile long lockTimeout;
	private volatile Path damaged;
	private final Map<Path, Locked> locks = new ConcurrentHashMap<>();
	/** What makes a file's entity tag another one for the same content. */
	private final Map<Path, Long> retagged = new ConcurrentHashMap<>();
	/** What the content of a copy is known by, and that of its original. */
	private final Map<String, String> copies = new ConcurrentHashMap<>();

	/**
	 * @param folder empty, for its files and what is beside them
	 * @param base the folder of the installation: empty, or such as {@code /cloud}
	 */
	public EmulatedNextcloud(Path folder, String base) throws IOException {
		this.base = base;
		files = Files.createDirectories(folder.resolve("files"));
		beside = Files.createDirectories(folder.resolve("beside"));
		server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
		server.setExecutor(threads);
		server.createContext("/", this::serve);
		server.start();
	}

	// What tests see and do.

	@Override
	public URI uri() {
		return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + base);
	}

	@Override
	public String user() {
		return USER;
	}

	@Override
	public String password() {
		return PASSWORD;
	}

	public Path files() {
		return files;
	}

	public List<Seen> seen(String method) {
		return seen.stream().filter(s -> s.method().equals(method)).toList();
	}

	/** Names of the app passwords that are good. */
	public List<String> appPasswords() {
		return appPasswords.values().stream().sorted().toList();
	}

	public void trouble(Trouble now) {
		trouble = now;
	}

	/** Which requests are done, but not answered. */
	public void afterwards(Predicate<Seen> hangsUp) {
		silent = hangsUp;
	}

	/** Names of the uploads under way. */
	public List<String> uploads() throws IOException {
		Path folder = beside.resolve("uploads");
		if (!Files.exists(folder))
			return List.of();
		try (Stream<Path> all = Files.list(folder)) {
			return all.map(u -> u.getFileName().toString()).toList();
		}
	}

	@Override
	public void revoke(String appPassword) {
		appPasswords.remove(appPassword);
	}

	public void maintenance(boolean now) {
		maintenance = now;
	}

	/** Its owner wants everything removed from where the app passwords are, none of which is good any more. */
	public void wipe() {
		wiping = true;
	}

	/** Waits until it is told that everything was removed for an app password, and gives that; null if it is not told soon. */
	public String awaitWiped() throws InterruptedException {
		return wiped.poll(60, TimeUnit.SECONDS);
	}

	/** The last byte of a file gets lost on its way, and another one arrives. */
	public void damage(String name) {
		damaged = files.resolve(name);
	}

	/** All files were changed in 2009, for the server tells versions by their second. */
	public void longAgo() throws IOException {
		try (Stream<Path> all = Files.walk(files)) {
			for (Path one : (Iterable<Path>) all::iterator)
				Files.setLastModifiedTime(one, FileTime.from(LONG_AGO));
		}
	}

	/** What was removed until now was removed that much earlier. */
	public void removedBefore(Duration time) {
		trash.replaceAll((_, r) -> new Removed(r.at(), r.location(), r.time() - time.toSeconds()));
	}

	/** The trash forgets what lay at a path, and all below. @return whether there was something */
	public boolean forgetRemoved(String path) {
		return trash.values().removeIf(r -> Path.of(r.location()).startsWith(path));
	}

	/** The trash forgets what lay at a path, but not what was removed from it before. */
	public void forgetRemovedAt(String path) {
		trash.values().removeIf(r -> r.location().equals(path));
	}

	/** Where what is in the trash has lain. */
	public List<String> removed() {
		return trash.values().stream().map(Removed::location).sorted().toList();
	}

	/** A file is copied with its entity tag, as the server does it where contents are in an object store; and with its checksum. */
	public synchronized void copy(String name, String to) throws IOException {
		Path file = files.resolve(name);
		Path copy = Files.copy(file, files.resolve(to));
		String content = content(file);
		copies.put(content(copy), copies.getOrDefault(content, content));
		if (retagged.containsKey(file))
			retagged.put(copy, retagged.get(file));
		checksum(file).ifPresent(told -> checksums.put(copy, checksums.get(file)));
	}

	@Override
	public void installLocks() {
		locking = true;
	}

	/** What it says of itself besides, to those who sign in from now on. @param sharing members of the object {@code files_sharing} @param others of the one that this is in */
	public void says(String sharing, String others) {
		sharingCapabilities = sharing.isEmpty() ? "" : "," + sharing;
		otherCapabilities = others.isEmpty() ? "" : "," + others;
	}

	/** How long locks last that are made from now on, in seconds; 0 for ever. */
	public void lockTimeout(long seconds) {
		lockTimeout = seconds;
	}

	/** Somebody locks a file: another user, or by {@code type} 1 an app. */
	public void lock(String name, String owner, int type) {
		locks.put(files.resolve(name), new Locked(owner, owner.substring(0, 1).toUpperCase(Locale.ROOT) + owner.substring(1), type, "files_lock/" + number.incrementAndGet(), LONG_AGO.getEpochSecond(), 0));
	}

	/** Whoever has a file locked unlocks it. */
	public void unlock(String name) {
		locks.remove(files.resolve(name));
	}

	/** Who has a file locked; null for nobody. */
	public String lockedBy(String name) {
		Locked locked = locked(files.resolve(name));
		return locked == null ? null : locked.owner();
	}

	private Locked locked(Path file) {
		Locked locked = locks.get(file);
		if (locked != null && locked.isOver())
			locks.remove(file, locked);
		return locks.get(file);
	}

	private void mayChange(Path file) throws IOException {
		Locked locked = locked(file);
		if (locked != null && !isPassed(locked))
			throw new Refusal(423);
	}

	/** Whether all programs of the user pass a lock. */
	private static boolean isPassed(Locked locked) {
		return locked.type() == 0 && locked.owner().equals(USER);
	}

	private void lock(HttpExchange e, Path file) throws IOException {
		e.getRequestBody().readAllBytes();
		if (!locking || !"1".equals(e.getRequestHeaders().getFirst("X-User-Lock")))
			throw new Refusal(501);
		if (!Files.exists(file))
			throw new Refusal(500);
		synchronized (this) {
			Locked locked = locked(file);
			long now = Instant.now().getEpochSecond();
			if (locked == null) {
				locks.put(file, new Locked(USER, "Alice", 0, "files_lock/" + number.incrementAndGet(), now, lockTimeout));
				retag(file);
			} else if (isPassed(locked)) {
				locks.put(file, new Locked(USER, locked.name(), 0, locked.token(), locked.made(), locked.timeout() == 0 ? 0 : now - locked.made() + lockTimeout));
			} else {
				throw new Refusal(423);
			}
			properties(e, file);
		}
	}

	private void unlock(HttpExchange e, Path file) throws IOException {
		e.getRequestBody().readAllBytes();
		synchronized (this) {
			Locked locked = locked(file);
			if (locked == null)
				throw new Refusal(412);
			// the file's owner takes other users' locks away, too
			if (locked.type() != 0)
				throw new Refusal(423);
			locks.remove(file);
			retag(file);
			properties(e, file);
		}
	}

	private void retag(Path file) throws IOException {
		Checksum checksum = checksums.get(file);
		boolean isKnown = checksum != null && checksum.etag().equals(etag(file));
		retagged.put(file, number.incrementAndGet());
		if (isKnown)
			checksums.put(file, new Checksum(etag(file), checksum.told()));
	}

	/** As the answer to locking and unlocking tells them: the entity tag without its quotes. */
	private void properties(HttpExchange e, Path file) throws IOException {
		e.getResponseHeaders().set("Content-Type", "application/xml; charset=utf-8");
		send(e, 200, "<?xml version=\"1.0\"?>\n<d:prop xmlns:d=\"DAV:\" xmlns:nc=\"http://nextcloud.org/ns\">\n <d:getetag>%s</d:getetag>%s</d:prop>".formatted(etag(file).replace("\"", ""), lock(file))
				.getBytes(StandardCharsets.UTF_8));
	}

	/** Signs in in the browser, second factor and all. */
	@Override
	public boolean browse(URI address) {
		String token = address.getPath().substring(address.getPath().lastIndexOf('/') + 1);
		String agent = flows.get(token);
		if (agent == null)
			return false;
		String password = "app-" + number.incrementAndGet();
		appPasswords.put(password, agent);
		granted.put(token, password);
		return true;
	}

	// Answering.

	private static final class Refusal extends IOException {
		private static final long serialVersionUID = 1L;
		private final int status;
		/** Whether a 401 does not tell how to sign in. */
		private final boolean silent;

		Refusal(int status) {
			this(status, false);
		}

		Refusal(int status, boolean silent) {
			super("status " + status);
			this.status = status;
			this.silent = silent;
		}
	}

	private static final class HangUp extends IOException {
		private static final long serialVersionUID = 1L;
	}

	private void serve(HttpExchange e) throws IOException {
		var request = new Seen(e.getRequestMethod(), e.getRequestURI().getRawPath(), Map.copyOf(e.getRequestHeaders()));
		seen.add(request);
		try {
			int status = trouble.with(request);
			if (status < 0) {
				e.getRequestBody().readAllBytes();
				return; // closing without an answer
			}
			if (status > 0)
				throw new Refusal(status == FORBIDDEN_PASSWORD ? 401 : status, status == FORBIDDEN_PASSWORD);
			if (silent.test(request))
				unanswered.add(e);
			answer(e, request.method(), request.path());
		} catch (HangUp h) {
			// closed without an answer
		} catch (Refusal r) {
			e.getRequestBody().readAllBytes();
			if (r.status == 401 && !r.silent)
				e.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"Nextcloud\", charset=\"UTF-8\"");
			if (r.status == 503)
				e.getResponseHeaders().set("X-Nextcloud-Maintenance-Mode", "1");
			status(e, r.status);
		} catch (NoSuchFileException | InvalidPathException x) {
			e.getRequestBody().readAllBytes();
			status(e, 404);
		} finally {
			e.close();
		}
	}

	private void answer(HttpExchange e, String method, String raw) throws IOException {
		if (raw.equals("/.well-known/webdav")) {
			e.getRequestBody().readAllBytes();
			e.getResponseHeaders().set("Location", uri() + "/remote.php/dav/");
			status(e, 301);
			return;
		}
		if (!raw.startsWith(base + "/"))
			throw new Refusal(404);
		String path = raw.substring(base.length());
		if (path.equals("/status.php")) {
			send(e, 200, "{\"installed\":true,\"maintenance\":%b,\"needsDbUpgrade\":false,\"version\":\"27.0.2.1\",\"versionstring\":\"27.0.2\",\"edition\":\"\",\"productname\":\"Nextcloud\"}".formatted(maintenance));
			return;
		}
		if (maintenance)
			throw new Refusal(503);
		if (path.startsWith("/index.php/")) {
			open(e, method, path.substring("/index.php".length()));
			return;
		}
		String password = authenticate(e);
		e.getResponseHeaders().add("Set-Cookie", "session=known; path=" + (base.isEmpty() ? "/" : base) + "; HttpOnly; SameSite=Lax");
		if (path.startsWith("/ocs/v2.php/"))
			ocs(e, method, path.substring("/ocs/v2.php/".length()), password);
		else if (path.startsWith("/remote.php/dav/"))
			dav(e, method, path.substring("/remote.php/dav".length()));
		else
			throw new Refusal(404);
	}

	/** What needs no sign-in. */
	private void open(HttpExchange e, String method, String path) throws IOException {
		String body = new String(e.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
		switch (method + " " + path) {
		case "POST /login/v2" -> {
			String token = "flow" + number.incrementAndGet();
			flows.put(token, e.getRequestHeaders().getFirst("User-Agent"));
			send(e, 200, "{\"poll\":{\"token\":\"%s\",\"endpoint\":\"%s\"},\"login\":\"%s\"}".formatted(token, escaped(uri() + "/index.php/login/v2/poll"),
					escaped(uri() + "/index.php/login/v2/flow/" + token)));
		}
		case "POST /login/v2/poll" -> {
			String password = granted.remove(form(body).getOrDefault("token", ""));
			if (password == null)
				throw new Refusal(404);
			send(e, 200, "{\"server\":\"%s\",\"loginName\":\"%s\",\"appPassword\":\"%s\"}".formatted(escaped(uri().toString()), USER, password));
		}
		case "POST /core/wipe/check" -> {
			if (!wiping || !appPasswords.containsKey(form(body).get("token")))
				throw new Refusal(404);
			send(e, 200, "{\"wipe\":true}");
		}
		case "POST /core/wipe/success" -> {
			if (!wiping || appPasswords.remove(form(body).get("token")) == null)
				throw new Refusal(404);
			wiped.add(form(body).get("token"));
			send(e, 200, "[]");
		}
		default -> throw new Refusal(404);
		}
	}

	private static String escaped(String text) {
		return text.replace("/", "\\/");
	}

	private static Map<String, String> form(String body) {
		var all = new TreeMap<String, String>();
		for (String pair : body.split("&")) {
			int equals = pair.indexOf('=');
			if (equals > 0)
				all.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
		}
		return all;
	}

	private String authenticate(HttpExchange e) throws IOException {
		String header = e.getRequestHeaders().getFirst("Authorization");
		if (header == null || !header.startsWith("Basic "))
			throw new Refusal(401);
		String both = new String(Base64.getDecoder().decode(header.substring(6)), StandardCharsets.UTF_8);
		String password = both.substring(both.indexOf(':') + 1);
		if (!both.startsWith(USER + ":") || !password.equals(PASSWORD) && (wiping || !appPasswords.containsKey(password)))
			throw new Refusal(401);
		return password;
	}

	private static void send(HttpExchange e, int status, String json) throws IOException {
		e.getRequestBody().readAllBytes();
		e.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
		send(e, status, json.getBytes(StandardCharsets.UTF_8));
	}

	/** Answers without a body, unless nobody is to be answered. */
	private void status(HttpExchange e, int status) throws IOException {
		if (unanswered.remove(e))
			throw new HangUp();
		e.sendResponseHeaders(status, -1);
	}

	private static void send(HttpExchange e, int status, byte[] body) throws IOException {
		e.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
		if (body.length > 0)
			e.getResponseBody().write(body);
	}

	// Beside WebDAV.

	private void ocs(HttpExchange e, String method, String path, String password) throws IOException {
		if (e.getRequestHeaders().getFirst("OCS-APIRequest") == null)
			throw new Refusal(412);
		String body = new String(e.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
		String shared = "apps/files_sharing/api/v1/shares";
		if (method.equals("GET") && path.equals("cloud/capabilities")) {
			data(e, "{\"version\":{\"major\":27},\"capabilities\":{\"files\":{\"bigfilechunking\":true,%s\"undelete\":true,\"versioning\":true},\"files_sharing\":{\"api_enabled\":true%s}%s}}"
					.formatted(locking ? "\"locking\":\"1.0\",\"api-feature-lock-type\":true," : "", sharingCapabilities, otherCapabilities));
		} else if (method.equals("DELETE") && path.equals("core/apppassword")) {
			if (appPasswords.remove(password) == null)
				throw new Refusal(403);
			data(e, "[]");
		} else if (method.equals("POST") && path.equals(shared)) {
			share(e, form(body));
		} else if (method.equals("GET") && path.equals(shared)) {
			String of = form(String.valueOf(e.getRequestURI().getRawQuery())).get("path");
			synchronized (shares) {
				data(e, "[" + String.join(",", shares.values().stream().filter(s -> of == null || s.get("path").equals(of)).map(EmulatedNextcloud::json).toList()) + "]");
			}
		} else if (method.equals("PUT") && path.startsWith(shared + "/")) {
			synchronized (shares) {
				Map<String, String> share = shares.get(path.substring(shared.length() + 1));
				share.put("permissions", form(body).get("permissions"));
				data(e, json(share));
			}
		} else if (method.equals("DELETE") && path.startsWith(shared + "/")) {
			synchronized (shares) {
				if (shares.remove(path.substring(shared.length() + 1)) == null) {
					meta(e, 404, "Wrong share ID, share does not exist");
					return;
				}
			}
			data(e, "[]");
		} else {
			throw new Refusal(404);
		}
	}

	private static void data(HttpExchange e, String json) throws IOException {
		send(e, 200, "{\"ocs\":{\"meta\":{\"status\":\"ok\",\"statuscode\":200,\"message\":\"OK\"},\"data\":%s}}".formatted(json));
	}

	private static void meta(HttpExchange e, int status, String message) throws IOException {
		send(e, status, "{\"ocs\":{\"meta\":{\"status\":\"failure\",\"statuscode\":%d,\"message\":\"%s\"},\"data\":[]}}".formatted(status, message));
	}

	private void share(HttpExchange e, Map<String, String> wish) throws IOException {
		if (!Files.exists(file(DavPaths.encode(wish.get("path"))))) {
			meta(e, 404, "Wrong path, file/folder does not exist");
			return;
		}
		if (!wish.get("shareType").equals("3") && !List.of("bob", "staff").contains(wish.get("shareWith"))) {
			meta(e, 404, "Please specify a valid user");
			return;
		}
		String id = Long.toString(number.incrementAndGet());
		var share = new TreeMap<String, String>();
		share.put("id", id);
		share.put("share_type", wish.get("shareType"));
		share.put("path", wish.get("path"));
		// what is new may be read whatever was wished for, and links shared on
		share.put("permissions", Integer.toString(Integer.parseInt(wish.get("permissions")) | (wish.get("shareType").equals("3") ? 17 : 1)));
		share.put("note", wish.getOrDefault("note", ""));
		if (wish.get("shareType").equals("3")) {
			share.put("url", uri() + "/s/" + id);
			if (wish.containsKey("password"))
				share.put("share_with", "*** hidden ***");
		} else {
			share.put("share_with", wish.get("shareWith"));
		}
		if (wish.containsKey("expireDate"))
			share.put("expiration", wish.get("expireDate") + " 00:00:00");
		synchronized (shares) {
			shares.put(id, share);
		}
		data(e, json(share));
	}

	private static String json(Map<String, String> share) {
		return "{" + String.join(",", share.entrySet().stream().map(s -> "\"%s\":%s".formatted(s.getKey(), List.of("share_type", "permissions").contains(s.getKey()) ? s.getValue() : "\"" + escaped(s.getValue()) + "\"")).toList()) + "}";
	}

	// WebDAV.

	private void dav(HttpExchange e, String method, String path) throws IOException {
		String[] parts = path.split("/", 4);
		String tree = parts.length > 1 ? parts[1] : "";
		String rest = parts.length > 3 ? "/" + parts[3] : "";
		if (method.equals("SEARCH") && tree.isEmpty()) {
			search(e);
		} else if (tree.isEmpty()) {
			multistatus(e, List.of(response(path, "<d:current-user-principal><d:href>%s/remote.php/dav/principals/users/%s/</d:href></d:current-user-principal>".formatted(base, USER), true)));
		} else if (parts.length < 3 || !parts[2].equals(USER)) {
			throw new Refusal(404);
		} else {
			switch (tree) {
			case "files" -> files(e, method, rest);
			case "uploads" -> uploads(e, method, rest);
			case "versions" -> versions(e, method, rest);
			case "trashbin" -> trash(e, method, rest);
			default -> throw new Refusal(404);
			}
		}
	}

	/** @param raw percent-encoded, from the user's root on */
	private Path file(String raw) throws IOException {
		String decoded = DavPaths.decode(raw).orElseThrow(() -> new Refusal(400));
		Path file = files.resolve(decoded.substring(1)).normalize();
		if (!file.startsWith(files) || file.getFileName().toString().getBytes(StandardCharsets.UTF_8).length > 255)
			throw new Refusal(400);
		return file;
	}

	private Path destination(HttpExchange e) throws IOException {
		String to = e.getRequestHeaders().getFirst("Destination");
		String prefix = uri() + "/remote.php/dav/files/" + USER;
		if (to == null || !to.startsWith(prefix + "/"))
			throw new Refusal(400);
		return file(to.substring(prefix.length()));
	}

	/** Where a chunk is. @param address of it */
	private Path upload(String address) throws IOException {
		String prefix = uri() + "/remote.php/dav/uploads/" + USER;
		if (address == null || !address.startsWith(prefix + "/"))
			throw new Refusal(400);
		return beside.resolve("uploads").resolve(address.substring(prefix.length() + 1)).normalize();
	}

	private static boolean isFolder(Path file) {
		return Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
	}

	private String etag(Path file) throws IOException {
		String content = content(file);
		return "\"%s-%x\"".formatted(copies.getOrDefault(content, content), retagged.getOrDefault(file, 0L));
	}

	private static String content(Path file) throws IOException {
		Map<String, Object> a = Files.readAttributes(file, "unix:ino,ctime,size");
		return "%x-%x-%x".formatted(a.get("ino"), ((FileTime) a.get("ctime")).toInstant().hashCode(), a.get("size"));
	}

	private void files(HttpExchange e, String method, String raw) throws IOException {
		Path file = file(raw);
		switch (method) {
		case "PROPFIND" -> {
			e.getRequestBody().readAllBytes();
			var all = new ArrayList<String>();
			all.add(describe(file));
			if ("1".equals(e.getRequestHeaders().getFirst("Depth")) && isFolder(file)) {
				try (Stream<Path> below = Files.list(file)) {
					for (Path one : (Iterable<Path>) below::iterator) {
						try {
							all.add(describe(one));
						} catch (NoSuchFileException x) {
							// gone meanwhile
						}
					}
				}
			}
			multistatus(e, all);
		}
		case "GET" -> get(e, file);
		case "PUT" -> put(e, file);
		case "MKCOL" -> {
			e.getRequestBody().readAllBytes();
			if (Files.exists(file))
				throw new Refusal(405);
			if (!isFolder(file.getParent()))
				throw new Refusal(409);
			Files.createDirectory(file);
			status(e, 201);
		}
		case "DELETE" -> {
			e.getRequestBody().readAllBytes();
			synchronized (this) {
				if (!Files.exists(file))
					throw new Refusal(404);
				mayChange(file);
				locks.remove(file);
				long now = Instant.now().getEpochSecond();
				Path to = beside.resolve("removed" + number.incrementAndGet());
				trash.put(file.getFileName() + ".d" + now, new Removed(Files.move(file, to), files.relativize(file).toString(), now));
			}
			status(e, 204);
		}
		case "MOVE" -> {
			e.getRequestBody().readAllBytes();
			Path to = destination(e);
			synchronized (this) {
				if (!Files.exists(file))
					throw new Refusal(404);
				mayChange(file);
				boolean there = mayReplace(e, to);
				if (!file.equals(to))
					Files.move(file, to, StandardCopyOption.ATOMIC_MOVE);
				Long id = ids.remove(file);
				if (id != null)
					ids.put(to, id);
				status(e, there ? 204 : 201);
			}
		}
		case "COPY" -> {
			e.getRequestBody().readAllBytes();
			if (!Files.exists(file))
				throw new Refusal(404);
			Path to = upload(e.getRequestHeaders().getFirst("Destination"));
			if (!isFolder(to.getParent()))
				throw new Refusal(409);
			Files.copy(file, to);
			status(e, 201);
		}
		case "LOCK" -> lock(e, file);
		case "UNLOCK" -> unlock(e, file);
		default -> throw new Refusal(501);
		}
	}

	/** Whether there is something already; refuses what must not be. */
	private boolean mayReplace(HttpExchange e, Path to) throws IOException {
		if (!isFolder(to.getParent()))
			throw new Refusal(409);
		mayChange(to);
		boolean there = Files.exists(to, LinkOption.NOFOLLOW_LINKS);
		if (there && "F".equals(e.getRequestHeaders().getFirst("Overwrite")))
			throw new Refusal(412);
		String condition = e.getRequestHeaders().getFirst("If");
		if (condition != null) {
			Matcher tag = ETAG.matcher(condition);
			if (!tag.find() || !there || !tag.group().equals(etag(to)))
				throw new Refusal(412);
		}
		if (there && isFolder(to))
			throw new Refusal(400);
		return there;
	}

	private String href(Path file) {
		Path relative = files.relativize(file);
		return base + "/remote.php/dav/files/" + USER + "/" + (relative.toString().isEmpty() ? "" : DavPaths.encode(relative.toString()) + (isFolder(file) ? "/" : ""));
	}

	private String describe(Path file) throws IOException {
		if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS))
			throw new Refusal(404);
		boolean folder = isFolder(file);
		long id = ids.computeIfAbsent(file, _ -> number.incrementAndGet());
		return response(href(file), """
				<d:resourcetype>%s</d:resourcetype>%s<d:getlastmodified>%s</d:getlastmodified><d:getetag>%s</d:getetag><oc:fileid>%d</oc:fileid><nc:upload_time>%d</nc:upload_time>\
				<oc:permissions>%s</oc:permissions><oc:size>%d</oc:size><oc:owner-display-name>Alice</oc:owner-display-name>%s%s\
				<d:quota-used-bytes>1000</d:quota-used-bytes><d:quota-available-bytes>1000000</d:quota-available-bytes>"""
				.formatted(folder ? "<d:collection/>" : "", folder ? "" : "<d:getcontentlength>%d</d:getcontentlength>".formatted(Files.size(file)), time(Files.getLastModifiedTime(file).toInstant()),
						etag(file).replace("\"", "&quot;"), id, ((FileTime) Files.getAttribute(file, "unix:ctime")).to(TimeUnit.SECONDS), permissions(file), folder ? 0 : Files.size(file),
						checksum(file).map("<oc:checksums><oc:checksum>%s</oc:checksum></oc:checksums>"::formatted).orElse(""), lock(file)), true);
	}

	private String lock(Path file) {
		Locked locked = locked(file);
		return locked == null ? "<nc:lock></nc:lock>" : "<nc:lock>1</nc:lock>%s<nc:lock-owner-displayname>%s</nc:lock-owner-displayname><nc:lock-owner-type>%d</nc:lock-owner-type><nc:lock-time>%d</nc:lock-time><nc:lock-timeout>%d</nc:lock-timeout><nc:lock-token>%s</nc:lock-token>"
				.formatted(locked.type() == 1 ? "" : "<nc:lock-owner>%s</nc:lock-owner>".formatted(locked.owner()), locked.name(), locked.type(), locked.made(), locked.timeout(), locked.token());
	}

	private static String permissions(Path file) {
		if (file.getFileName().toString().startsWith("read-only"))
			return "RG";
		return isFolder(file) ? "RGDNVCK" : Files.isWritable(file) ? "RGDNVW" : "RG";
	}

	private static String time(Instant time) {
		return DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT).format(time.atZone(ZoneOffset.UTC));
	}

	private static String response(String href, String properties, boolean found) {
		return "<d:response><d:href>%s</d:href><d:propstat><d:prop>%s</d:prop><d:status>HTTP/1.1 %s</d:status></d:propstat></d:response>".formatted(href, properties, found ? "200 OK" : "404 Not Found");
	}

	private static void multistatus(HttpExchange e, List<String> responses) throws IOException {
		e.getRequestBody().readAllBytes();
		e.getResponseHeaders().set("Content-Type", "application/xml; charset=utf-8");
		send(e, 207, ("<?xml version=\"1.0\"?>\n<d:multistatus xmlns:d=\"DAV:\" xmlns:s=\"http://sabredav.org/ns\" xmlns:oc=\"http://owncloud.org/ns\" xmlns:nc=\"http://nextcloud.org/ns\">"
				+ String.join("", responses) + "</d:multistatus>").getBytes(StandardCharsets.UTF_8));
	}

	private void get(HttpExchange e, Path file) throws IOException {
		e.getRequestBody().readAllBytes();
		if (isFolder(file))
			throw new Refusal(501);
		try (InputStream in = Files.newInputStream(file)) {
			long size = Files.size(file);
			e.getResponseHeaders().set("ETag", etag(file));
			e.getResponseHeaders().set("Last-Modified", time(Files.getLastModifiedTime(file).toInstant()));
			checksum(file).ifPresent(c -> e.getResponseHeaders().set("OC-Checksum", c));
			String asked = e.getRequestHeaders().getFirst("Range");
			Matcher range = RANGE.matcher(asked == null ? "" : asked);
			long from = 0;
			long length = size;
			if (range.matches()) {
				from = Long.parseLong(range.group(1));
				if (from >= size)
					throw new Refusal(416);
				length = (range.group(2).isEmpty() ? size : Math.min(size, Long.parseLong(range.group(2)) + 1)) - from;
				e.getResponseHeaders().set("Content-Range", "bytes %d-%d/%d".formatted(from, from + length - 1, size));
			}
			e.sendResponseHeaders(range.matches() ? 206 : 200, length == 0 ? -1 : length);
			in.skipNBytes(from);
			OutputStream out = e.getResponseBody();
			byte[] buffer = new byte[64 << 10];
			for (long left = length; left > 0;) {
				int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
				if (n < 0)
					break;
				left -= n;
				if (left == 0 && from + length == size && file.equals(damaged))
					buffer[n - 1]++;
				out.write(buffer, 0, n);
			}
		}
	}

	private static void whole(HttpExchange e, byte[] body) throws IOException {
		String length = e.getRequestHeaders().getFirst("Content-Length");
		if (length != null && Long.parseLong(length) != body.length)
			throw new Refusal(400);
		if ("sha256".equals(e.getRequestHeaders().getFirst("X-Hash")))
			e.getResponseHeaders().set("X-Hash-SHA256", sha256(body));
	}

	private static String sha256(byte[] body) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
		} catch (NoSuchAlgorithmException x) {
			throw new IllegalStateException(x);
		}
	}

	private void put(HttpExchange e, Path file) throws IOException {
		byte[] body = e.getRequestBody().readAllBytes();
		whole(e, body);
		Path part = Files.write(beside.resolve("part" + number.incrementAndGet()), body);
		synchronized (this) {
			try {
				boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
				if (there && isFolder(file) || file.equals(files))
					throw new Refusal(409);
				if (!isFolder(file.getParent()))
					throw new Refusal(404);
				if (there && permissions(file).indexOf('W') < 0)
					throw new Refusal(403);
				mayChange(file);
				String match = e.getRequestHeaders().getFirst("If-Match");
				if (match != null && (!there || !match.equals(etag(file))) || e.getRequestHeaders().getFirst("If-None-Match") != null && there)
					throw new Refusal(412);
				replace(e, part, file);
				checksum(e, file);
				e.getResponseHeaders().set("ETag", etag(file));
				status(e, there ? 204 : 201);
			} finally {
				Files.deleteIfExists(part);
			}
		}
	}

	private void replace(HttpExchange e, Path part, Path file) throws IOException {
		if (Files.exists(file))
			versions.computeIfAbsent(ids.computeIfAbsent(file, _ -> number.incrementAndGet()), _ -> new TreeMap<>()).put(Files.getLastModifiedTime(file).toInstant().getEpochSecond(),
					new Old(Files.readAllBytes(file)));
		String time = e.getRequestHeaders().getFirst("X-OC-MTime");
		if (time != null) {
			Files.setLastModifiedTime(part, FileTime.from(Instant.ofEpochSecond(Long.parseLong(time))));
			e.getResponseHeaders().set("X-OC-MTime", "accepted");
		}
		Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
	}

	/** Of a content that was changed in another way there is none. */
	private Optional<String> checksum(Path file) throws IOException {
		Checksum known = checksums.get(file);
		return known == null || !known.etag().equals(etag(file)) ? Optional.empty() : Optional.of(known.told());
	}

	private void checksum(HttpExchange e, Path file) throws IOException {
		String told = e.getRequestHeaders().getFirst("OC-Checksum");
		if (told != null)
			checksums.put(file, new Checksum(etag(file), told));
		else
			checksums.remove(file);
	}

	private void uploads(HttpExchange e, String method, String raw) throws IOException {
		String path = DavPaths.decode(raw).orElseThrow(() -> new Refusal(400));
		Path at = beside.resolve("uploads").resolve(path.substring(1)).normalize();
		switch (method) {
		case "MKCOL" -> {
			e.getRequestBody().readAllBytes();
			Files.createDirectories(at);
			status(e, 201);
		}
		case "PUT" -> {
			byte[] body = e.getRequestBody().readAllBytes();
			whole(e, body);
			synchronized (this) {
				if (!isFolder(at.getParent()))
					throw new Refusal(404);
				Files.write(at, body);
			}
			status(e, 201);
		}
		case "GET" -> get(e, at);
		case "PROPFIND" -> {
			if (!Files.exists(at))
				throw new Refusal(404);
			e.getRequestBody().readAllBytes();
			var all = new ArrayList<String>();
			all.add(upload(raw, at));
			if (isFolder(at) && "1".equals(e.getRequestHeaders().getFirst("Depth"))) {
				try (Stream<Path> below = Files.list(at)) {
					for (Path one : (Iterable<Path>) below::iterator)
						all.add(upload(raw + "/" + one.getFileName(), one));
				}
			}
			multistatus(e, all);
		}
		case "DELETE" -> {
			e.getRequestBody().readAllBytes();
			synchronized (this) {
				if (!Files.exists(at))
					throw new Refusal(404);
				deleteTree(at);
			}
			status(e, 204);
		}
		case "MOVE" -> {
			e.getRequestBody().readAllBytes();
			if (!at.getFileName().toString().equals(".file"))
				throw new Refusal(403);
			assemble(e, at.getParent());
		}
		default -> throw new Refusal(501);
		}
	}

	private String upload(String raw, Path at) throws IOException {
		return response(base + "/remote.php/dav/uploads/" + USER + raw, isFolder(at) ? "<d:resourcetype><d:collection/></d:resourcetype>"
				: "<d:resourcetype/><d:getcontentlength>%d</d:getcontentlength>".formatted(Files.size(at)), true);
	}

	private void assemble(HttpExchange e, Path chunks) throws IOException {
		Path to = destination(e);
		var whole = new ByteArrayOutputStream();
		try (Stream<Path> all = Files.list(chunks)) {
			for (Path chunk : all.sorted(Comparator.comparing(Path::getFileName)).toList())
				whole.write(Files.readAllBytes(chunk));
		}
		String total = e.getRequestHeaders().getFirst("OC-Total-Length");
		if (total != null && Long.parseLong(total) != whole.size())
			throw new Refusal(400);
		Path part = Files.write(beside.resolve("part" + number.incrementAndGet()), whole.toByteArray());
		boolean there;
		synchronized (this) {
			try {
				there = mayReplace(e, to);
				replace(e, part, to);
				checksum(e, to);
			} finally {
				Files.deleteIfExists(part);
			}
		}
		deleteTree(chunks);
		status(e, there ? 204 : 201);
	}

	private static void deleteTree(Path at) throws IOException {
		try (Stream<Path> all = Files.walk(at)) {
			for (Path one : all.sorted(Comparator.reverseOrder()).toList())
				Files.deleteIfExists(one);
		}
	}

	private void versions(HttpExchange e, String method, String raw) throws IOException {
		e.getRequestBody().readAllBytes();
		Matcher at = Pattern.compile("/versions/(\\d+)(?:/(\\d+))?").matcher(raw);
		if (!at.matches())
			throw new Refusal(404);
		long id = Long.parseLong(at.group(1));
		TreeMap<Long, Old> all = versions.getOrDefault(id, new TreeMap<>());
		Path file = ids.entrySet().stream().filter(i -> i.getValue() == id).map(Map.Entry::getKey).findFirst().orElseThrow(() -> new NoSuchFileException(raw));
		String href = base + "/remote.php/dav/versions/" + USER + "/versions/" + id;
		if (at.group(2) == null) {
			var responses = new ArrayList<String>();
			responses.add(response(href + "/", "<d:resourcetype><d:collection/></d:resourcetype>", true));
			all.forEach((time, old) -> responses.add(response(href + "/" + time, "<d:resourcetype/><d:getcontentlength>%d</d:getcontentlength>".formatted(old.content().length), true)));
			// the content it has now is told as well
			responses.add(response(href + "/" + Files.getLastModifiedTime(file).toInstant().getEpochSecond(), "<d:resourcetype/><d:getcontentlength>%d</d:getcontentlength>".formatted(Files.size(file)), true));
			multistatus(e, responses);
			return;
		}
		Old old = Optional.ofNullable(all.get(Long.parseLong(at.group(2)))).orElseThrow(() -> new NoSuchFileException(raw));
		switch (method) {
		case "GET" -> get(e, Files.write(beside.resolve("old" + number.incrementAndGet()), old.content()));
		case "MOVE" -> {
			Path part = Files.write(beside.resolve("part" + number.incrementAndGet()), old.content());
			synchronized (this) {
				Files.setLastModifiedTime(part, FileTime.from(Instant.ofEpochSecond(Long.parseLong(at.group(2)))));
				replace(e, part, file);
			}
			status(e, 201);
		}
		default -> throw new Refusal(501);
		}
	}

	private void trash(HttpExchange e, String method, String raw) throws IOException {
		e.getRequestBody().readAllBytes();
		String path = DavPaths.decode(raw).orElseThrow(() -> new Refusal(400));
		String href = base + "/remote.php/dav/trashbin/" + USER + "/trash/";
		if (method.equals("PROPFIND") && path.equals("/trash")) {
			var responses = new ArrayList<String>();
			responses.add(response(href, "<d:resourcetype><d:collection/></d:resourcetype>", true));
			for (var one : trash.entrySet())
				responses.add(response(href + DavPaths.encode(one.getKey()), """
						<d:resourcetype>%s</d:resourcetype><oc:size>%d</oc:size><nc:trashbin-original-location>%s</nc:trashbin-original-location><nc:trashbin-deletion-time>%d</nc:trashbin-deletion-time>"""
						.formatted(isFolder(one.getValue().at()) ? "<d:collection/>" : "", Files.size(one.getValue().at()), one.getValue().location().replace("&", "&amp;").replace("<", "&lt;"),
								one.getValue().time()), true));
			multistatus(e, responses);
		} else if (method.equals("MOVE") && path.startsWith("/trash/")) {
			synchronized (this) {
				Removed removed = trash.remove(path.substring("/trash/".length()));
				if (removed == null)
					throw new Refusal(404);
				Path to = files.resolve(removed.location());
				if (!isFolder(to.getParent()))
					to = files.resolve(to.getFileName());
				Files.move(removed.at(), Files.exists(to) ? to.resolveSibling(to.getFileName() + " (restored)") : to);
			}
			status(e, 201);
		} else if (method.equals("GET") && path.startsWith("/trash/")) {
			String[] at = path.substring("/trash/".length()).split("/", 2);
			Removed removed = Optional.ofNullable(trash.get(at[0])).orElseThrow(() -> new NoSuchFileException(path));
			get(e, at.length == 1 ? removed.at() : removed.at().resolve(at[1]));
		} else {
			throw new Refusal(501);
		}
	}

	private void search(HttpExchange e) throws IOException {
		String body = new String(e.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
		Matcher literal = Pattern.compile("<d:literal>%(.*)%</d:literal>").matcher(body);
		Matcher scope = Pattern.compile("<d:href>" + Pattern.quote(uri() + "/remote.php/dav/files/" + USER) + "(.*)</d:href>").matcher(body);
		if (!literal.find() || !scope.find())
			throw new Refusal(400);
		String part = literal.group(1).replace("\\", "").toLowerCase(Locale.ROOT);
		var found = new ArrayList<String>();
		try (Stream<Path> all = Files.walk(file(scope.group(1)))) {
			for (Path one : (Iterable<Path>) all::iterator)
				if (!one.equals(files) && one.getFileName().toString().toLowerCase(Locale.ROOT).contains(part))
					found.add(describe(one));
		}
		multistatus(e, found);
	}

	@Override
	public void close() {
		server.stop(0);
		threads.shutdownNow();
	}
}
