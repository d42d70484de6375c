package org.strongroom.storage.nextcloud;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import org.strongroom.core.doctor.Posture;
import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.Checksum;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.History;
import org.strongroom.core.storage.LockedException;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.Search;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.Shares;
import org.strongroom.core.storage.SignInCost;
import org.strongroom.core.storage.Trash;
import org.strongroom.core.storage.Upload;
import org.strongroom.core.storage.Version;
import org.strongroom.storage.nextcloud.internal.Account;
import org.strongroom.storage.nextcloud.internal.Installation;
import org.strongroom.storage.nextcloud.internal.Json;
import org.strongroom.storage.nextcloud.internal.Ocs;
import org.strongroom.storage.webdav.DavAnswer;
import org.strongroom.storage.webdav.DavCall;
import org.strongroom.storage.webdav.DavClient;
import org.strongroom.storage.webdav.DavPaths;
import org.strongroom.storage.webdav.DavResource;
import org.strongroom.storage.webdav.DavStorage;
import org.strongroom.storage.webdav.KeptLocks;
import org.strongroom.storage.webdav.Multistatus;

/**
 * The files of somebody on a Nextcloud server. Saves replace a file in one step: a short content is {@code PUT} on the file itself, with its condition; a long one goes up in chunks, outside of
 * the user's files, and is put together by one {@code MOVE} that carries the condition. So what is on its way is seen neither by others nor by those who synchronize.
 */
public final class NextcloudStorage extends DavStorage {
	/** The namespace of what is older than Nextcloud. */
	static final String OC = "http://owncloud.org/ns";
	/** The namespace of Nextcloud. */
	static final String NC = "http://nextcloud.org/ns";
	private static final String DESCRIBED = propfindOf(BASIC_ELEMENTS + "<permissions xmlns=\"%s\"/>".formatted(OC));
	private static final String DAV = "/remote.php/dav/";
	/** Bytes of a chunk where the server says nothing, as its own clients have it. */
	private static final int USUAL_CHUNK = 10 << 20;
	/** The server takes no shorter ones, but for the last. */
	private static final int LEAST_CHUNK = 5 << 20;
	/** Times before that are refused as senseless. */
	private static final long LEAST_TIME = 86_400;
	/** How often something that others are just at work on is tried, and how long is waited first, in milliseconds. */
	private static final int MOST_TRIES = 7;
	private static final long FIRST_WAIT = 40;
	/** Names of checksums that are good for something, the strongest first, and what Java calls them. */
	private static final Map<String, String> CHECKSUMS = new LinkedHashMap<>();
	static {
		CHECKSUMS.put("SHA256", "SHA-256");
		CHECKSUMS.put("SHA1", "SHA-1");
		CHECKSUMS.put("MD5", "MD5");
	}
	private static final int LONGEST_ELEMENT = 64 << 10;
	private static final long WIPE_CHECK_PAUSE = Duration.ofMinutes(5).toNanos();

	private final Installation installation;
	private final Account account;
	private final SignInCost cost;
	private final Ocs ocs;
	private final int chunkSize;
	private final CutOff cutOff;
	private final LockMarks marks;
	/** Null where the app for that is not installed. */
	private final NextcloudLocks locks;
	private final Json capabilities;
	private final AtomicLong lastWipeCheck = new AtomicLong(System.nanoTime() - WIPE_CHECK_PAUSE);

	private NextcloudStorage(Installation installation, Account account, Json capabilities, SignInCost cost) {
		super(installation.client(), installation.base() + DAV + "files/" + DavPaths.encode(account.user()));
		this.installation = installation;
		this.account = account;
		this.capabilities = capabilities;
		this.cost = cost;
		ocs = new Ocs(this::change, installation.base());
		long most = capabilities.get("files", "chunked_upload", "max_size").number().orElse(USUAL_CHUNK);
		chunkSize = (int) Math.clamp(most, LEAST_CHUNK, USUAL_CHUNK);
		String files = client().address(target("/", true));
		cutOff = CutOff.of(files);
		marks = LockMarks.of(files);
		locks = capabilities.get("files", "locking").text().isPresent() ? new NextcloudLocks(this, marks) : null;
		client().onRefusal(e -> isWiped() ? wiped(e) : e);
	}

	/**
	 * For the protocol.
	 *
	 * @param account signed in with the installation's client; released when this is closed, or if it fails
	 * @param roundTrips that signing in has begun with, of this thread
	 * @param begun when signing in has begun, as {@link System#nanoTime()}
	 */
	public static NextcloudStorage open(Installation installation, Account account, long roundTrips, long begun) throws IOException {
		try {
			Json capabilities = new Ocs(installation.client()::send, installation.base()).get("cloud/capabilities", Map.of(), "Nextcloud").get("capabilities");
			return new NextcloudStorage(installation, account, capabilities, new SignInCost(Chain.length() - roundTrips, Duration.ofNanos(System.nanoTime() - begun)));
		} catch (IOException | RuntimeException e) {
			account.release(Optional.of(installation.client()));
			throw e;
		}
	}

	/** The version of the server, in words. */
	public String serverVersion() {
		return installation.version();
	}

	@Override
	public Optional<SignInCost> signInCost() {
		return Optional.of(cost);
	}

	// What the parts of this bundle need.

	DavClient http() {
		return client();
	}

	Ocs ocs() {
		return ocs;
	}

	CutOff cutOff() {
		return cutOff;
	}

	int chunkSize() {
		return chunkSize;
	}

	String user() {
		return account.user();
	}

	/** A place of the user's beside the files. @param tree such as {@code uploads} @param path percent-encoded, empty or with a slash at its beginning */
	String beside(String tree, String path) {
		return installation.base() + DAV + tree + "/" + DavPaths.encode(account.user()) + path;
	}

	String at(String path) {
		return target(path, false);
	}

	Optional<FileInfo> look(String path) throws IOException {
		return find(path);
	}

	Optional<DavResource> ask(String path, String elements) throws IOException {
		return resource(path, propfindOf(elements));
	}

	Optional<String> pathOf(Reader reader) {
		return path(reader);
	}

	/** @see DavStorage#copy */
	boolean copied(Reader source, String to) throws IOException {
		return copy(source, to);
	}

	IOException refusal(DavAnswer answer, String path) {
		return error(answer, path);
	}

	/** All that {@link #describe} needs to know of an item, empty if there is none. */
	Optional<DavResource> resource(String path) throws IOException {
		return resource(path, DESCRIBED);
	}

	/** The entity tag by which the server knows a content now, as far as is known: of several copies of a file, each may have another one after it was locked. */
	Optional<String> tag(Version version) {
		return etag(version).map(marks::last);
	}

	Map<String, String> timed(Instant modified) {
		return timeHeaders(modified);
	}

	/** Looks at a folder that is not one of the user's files. @return all that is told of it, itself among it */
	List<DavResource> list(String target, String elements, String subject) throws IOException {
		var all = new ArrayList<DavResource>();
		try (DavAnswer answer = client().send(propfind(target, 1, propfindOf(elements)))) {
			if (answer.status() != 207)
				throw error(answer, subject);
			try (var responses = new Multistatus(answer, subject)) {
				for (Optional<DavResource> next = responses.next(); next.isPresent(); next = responses.next())
					all.add(next.get());
			}
		}
		return all;
	}

	/** Reads a file that is not one of the user's, from a place in it to its end. @param none thrown if there is none */
	InputStream read(String target, long from, String subject, NoSuchFileException none) throws IOException {
		DavCall get = DavCall.of("GET", target).with("Accept-Encoding", "identity");
		DavAnswer answer = client().send(from == 0 ? get : get.with("Range", "bytes=%d-".formatted(from)));
		boolean isPart = answer.status() == 206 && answer.header("Content-Range").filter(r -> r.startsWith("bytes %d-".formatted(from))).isPresent();
		if (answer.status() != 200 && !isPart) {
			try (answer) {
				if (answer.status() == 416)
					return InputStream.nullInputStream();
				throw answer.status() == 404 ? none : answer.status() == 206 ? new ServerFaultException(subject, "the server sent another part than was asked for") : error(answer, subject);
			}
		}
		var in = new FilterInputStream(answer.body()) {
			@Override
			public void close() {
				answer.close();
			}
		};
		if (!isPart) {
			try {
				in.skipNBytes(from);
			} catch (EOFException e) {
				// nothing comes from there
			}
		}
		return in;
	}

	/** Removes an item, a folder with all that is in it. */
	void deleteAll(String path) throws IOException {
		perform(DavCall.of("DELETE", target(path, false)), path);
	}

	// What is different from other servers.

	/** The strongest that whoever uploaded the file gave it. */
	@Override
	protected Optional<Checksum> checksum(DavAnswer answer) {
		List<String> all = answer.header("OC-Checksum").map(h -> List.of(h.strip().split("\\s+"))).orElse(List.of());
		return CHECKSUMS.entrySet().stream().flatMap(kind -> all.stream().filter(c -> c.toUpperCase(Locale.ROOT).startsWith(kind.getKey() + ":"))
				.map(c -> new Checksum(kind.getValue(), c.substring(c.indexOf(':') + 1)))).findFirst();
	}

	@Override
	protected String properties() {
		return DESCRIBED;
	}

	@Override
	protected FileInfo describe(DavResource resource) {
		FileInfo info = super.describe(resource);
		return resource.property(OC, "permissions").map(letters -> info.refusing(Permissions.refused(letters, info.type()))).orElse(info);
	}

	@Override
	protected String known(String etag) {
		return marks.first(etag);
	}

	@Override
	protected boolean isPutAtomic() {
		return true;
	}

	@Override
	protected boolean isReplaceAtomic() {
		return true;
	}

	@Override
	protected Map<String, String> timeHeaders(Instant modified) {
		return modified.getEpochSecond() <= LEAST_TIME ? Map.of() : Map.of("X-OC-MTime", Long.toString(modified.getEpochSecond()));
	}

	@Override
	protected DavAnswer change(DavCall call) throws IOException {
		return patiently(super::change, call);
	}

	/** As {@link #change}, but whoever asks finds out whether something was done that was not answered. */
	DavAnswer send(DavCall call) throws IOException {
		return patiently(client()::send, call);
	}

	/** The server locks a file as long as somebody reads or writes it, and does not wait for them: we do, unless somebody has it locked for longer. */
	private DavAnswer patiently(Ocs.Sender sender, DavCall call) throws IOException {
		for (int tries = 1;; tries++) {
			DavAnswer answer = sender.send(call);
			if (answer.status() != 423 || tries == MOST_TRIES || tries == 1 && isLocked(call))
				return answer;
			answer.close();
			pause(tries);
		}
	}

	/** Whether somebody has locked what a request is to change. */
	private boolean isLocked(DavCall call) {
		if (locks == null)
			return false;
		String own = DavPaths.decode(target("/", false)).orElseThrow() + "/";
		return Stream.of(call.target(), call.headers().getOrDefault("Destination", "")).flatMap(t -> DavPaths.decode(t).stream()).filter(t -> t.startsWith(own))
				.anyMatch(t -> locks.locked(t.substring(own.length() - 1)).holder().isPresent());
	}

	private static void pause(int tries) throws InterruptedIOException {
		try {
			Thread.sleep(FIRST_WAIT << tries);
		} catch (InterruptedException e) {
			throw new InterruptedIOException("waiting for a locked file was cancelled");
		}
	}

	@Override
	protected IOException error(DavAnswer answer, String path) {
		switch (answer.status()) {
		case 400, 415 -> {
			return new FileSystemException(path, null, reason(answer).orElse("the server does not take this"));
		}
		case 403 -> {
			long now = System.nanoTime();
			long last = lastWipeCheck.get();
			if (now - last >= WIPE_CHECK_PAUSE && lastWipeCheck.compareAndSet(last, now) && isWiped())
				return client().lose(wiped(null));
			return new AccessDeniedException(path, null, reason(answer).orElse(null));
		}
		case 423 -> {
			Optional<LockedException> locked = locks().map(l -> l.locked(path)).filter(e -> e.holder().isPresent());
			return locked.isPresent() ? locked.get() : new FileSystemException(path, null, "somebody has locked it on the server, or is just changing it: try again later");
		}
		case 503 -> {
			if (answer.header("X-Nextcloud-Maintenance-Mode").isPresent())
				return new FileSystemException(path, null, "Nextcloud is under maintenance: try again later");
			return super.error(answer, path);
		}
		default -> {
			return super.error(answer, path);
		}
		}
	}

	/** What the server says of its refusal, in the language of the account. */
	private static Optional<String> reason(DavAnswer answer) {
		return element(text(answer), "s:message");
	}

	/** The body of an answer, empty if it does not come or is endless. */
	static String text(DavAnswer answer) {
		try {
			return new String(answer.content(LONGEST_ELEMENT), StandardCharsets.UTF_8);
		} catch (IOException e) {
			return "";
		}
	}

	/** The text of the first element of a name, as Nextcloud writes it; empty if there is none. */
	static Optional<String> element(String body, String name) {
		int begin = body.indexOf("<" + name + ">");
		int end = body.indexOf("</" + name + ">");
		return begin < 0 || end < begin ? Optional.empty()
				: Optional.of(body.substring(begin + name.length() + 2, end).replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#039;", "'").replace("&amp;", "&").strip())
						.filter(s -> !s.isEmpty());
	}

	/** @param refusal by which it was found out; null if there was none that ends a sign-in */
	private ConnectionException wiped(ConnectionException refusal) {
		return new ConnectionException("The owner of this account had it removed from this machine: you are signed out of %s.".formatted(client().settings().asker()), refusal);
	}

	private boolean isWiped() {
		try {
			return account.obeyWipe();
		} catch (IOException e) {
			return false; // it is asked again with the next refusal
		}
	}

	/** The folder that Nextcloud is installed in is no part of the path of a file. */
	@Override
	public String startFolder(String written) throws IOException {
		String base = DavPaths.decode(installation.base()).orElse("/");
		if (base.equals("/"))
			return super.startFolder(written);
		return written.equals(base) ? "/" : written.startsWith(base + "/") ? written.substring(base.length()) : super.startFolder(written);
	}

	@Override
	public String home() {
		return "/";
	}

	@Override
	public Upload upload(String path, Precondition precondition) throws IOException {
		client().check();
		return new NextcloudUpload(this, path, precondition);
	}

	@Override
	public Map<String, String> details(String path) throws IOException {
		String elements = "<fileid xmlns=\"%1$s\"/><permissions xmlns=\"%1$s\"/><size xmlns=\"%1$s\"/><owner-display-name xmlns=\"%1$s\"/><checksums xmlns=\"%1$s\"/><lock-owner-displayname xmlns=\"%2$s\"/><lock-time xmlns=\"%2$s\"/>"
				.formatted(OC, NC);
		DavResource resource = ask(path, elements).orElseThrow(() -> new NoSuchFileException(path));
		var all = new LinkedHashMap<String, String>();
		resource.property(OC, "fileid").ifPresent(v -> all.put("file id", v));
		resource.property(OC, "owner-display-name").ifPresent(v -> all.put("owner", v));
		resource.property(OC, "permissions").ifPresent(v -> all.put("permitted", Permissions.words(v)));
		resource.property(OC, "size").ifPresent(v -> all.put("size with all in it", v));
		resource.property(OC, "checksums").ifPresent(v -> all.put("checksum", v));
		resource.property(NC, "lock-owner-displayname").ifPresent(v -> all.put("locked by", v));
		resource.number(NC, "lock-time").ifPresent(v -> all.put("locked since", Instant.ofEpochSecond(Math.min(v, Instant.MAX.getEpochSecond())).toString()));
		return all;
	}

	/** The number that the server knows an item by, whatever its name. */
	String fileId(String path) throws IOException {
		return ask(path, "<fileid xmlns=\"%s\"/>".formatted(OC)).orElseThrow(() -> new NoSuchFileException(path)).property(OC, "fileid").filter(id -> id.matches("\\d{1,18}"))
				.orElseThrow(() -> new ServerFaultException(path, "the server does not tell its number"));
	}

	@Override
	protected Optional<KeptLocks> locks() {
		return Optional.ofNullable(locks);
	}

	@Override
	public <T> Optional<T> extra(Class<T> kind) {
		Object extra = kind == Shares.class && capabilities.get("files_sharing", "api_enabled").isTrue() ? new NextcloudShares(this)
				: kind == History.class && capabilities.get("files", "versioning").isTrue() ? new NextcloudHistory(this)
						: kind == Trash.class && capabilities.get("files", "undelete").isTrue() ? new NextcloudTrash(this)
								: kind == Search.class ? (Search) this::search : kind == Posture.class ? posture() : kind == NextcloudStorage.class ? this : super.extra(kind).orElse(null);
		return Optional.ofNullable(extra).map(kind::cast);
	}

	private Posture posture() {
		return new NextcloudPosture(client().settings().asker(), serverVersion(), client().posture(target("/", true)), capabilities);
	}

	private List<Search.Found> search(String folder, String part, int most) throws IOException {
		String like = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
		String body = """
				<?xml version="1.0" encoding="utf-8"?>
				<d:searchrequest xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:basicsearch>
				<d:select><d:prop><d:resourcetype/><d:getcontentlength/><d:getlastmodified/><d:getetag/><oc:permissions/></d:prop></d:select>
				<d:from><d:scope><d:href>%s</d:href><d:depth>infinity</d:depth></d:scope></d:from>
				<d:where><d:like><d:prop><d:displayname/></d:prop><d:literal>%%%s%%</d:literal></d:like></d:where>
				<d:limit><d:nresults>%d</d:nresults></d:limit>
				</d:basicsearch></d:searchrequest>
				""".formatted(client().address(target(folder, false)), escaped(like), most);
		DavCall call = DavCall.of("SEARCH", installation.base() + DAV).with("Content-Type", "text/xml; charset=utf-8").with(body.getBytes(StandardCharsets.UTF_8));
		String own = DavPaths.decode(target("/", false)).orElseThrow();
		var found = new ArrayList<Search.Found>();
		try (DavAnswer answer = client().send(call)) {
			if (answer.status() != 207)
				throw error(answer, folder);
			try (var responses = new Multistatus(answer, folder)) {
				for (Optional<DavResource> next = responses.next(); next.isPresent() && found.size() < most; next = responses.next()) {
					DavResource resource = next.get();
					DavPaths.decode(resource.href()).filter(p -> p.startsWith(own + "/")).ifPresent(p -> found.add(new Search.Found(p.substring(own.length()), describe(resource))));
				}
			}
		}
		return found;
	}

	private static String escaped(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
	}

	/** Takes away chunks that nobody needs any more. */
	void discard(String folder) {
		try {
			send(DavCall.of("DELETE", folder)).close();
		} catch (IOException e) {
			// The server takes uploads away by itself after a day.
		}
	}

	@Override
	public void close() throws IOException {
		unlock();
		if (isOpen())
			cutOff.takeAll().forEach(left -> discard(left.folder()));
		account.release(Optional.of(client()));
		super.close();
	}
}
