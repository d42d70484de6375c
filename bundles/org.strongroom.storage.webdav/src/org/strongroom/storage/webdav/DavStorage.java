package org.strongroom.storage.webdav;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.strongroom.core.auth.SignIn;
import org.strongroom.core.doctor.Posture;
import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.Checksum;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Features;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.LockedException;
import org.strongroom.core.storage.Locks;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.SignInCost;
import org.strongroom.core.storage.Space;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Traffic;
import org.strongroom.core.storage.Upload;
import org.strongroom.core.storage.Version;

/**
 * Files over WebDAV class 1 (RFC 4918). The storage's {@code /} is a folder of the server, mostly its root. Recursion is ours, never the server's.
 * <p>
 * <b>Versions</b> are the entity tag and the length, or the time of change and the length where the server has no entity tags in its listings. Weak tags count as strong ones: servers
 * give them to files that changed a moment ago, and the same tag a moment later as a strong one; the length beside it tells more.
 * <p>
 * <b>Saving.</b> A new content goes to a temporary name and takes the target's place by {@code MOVE}, which carries the condition (RFC 4918 section 10.4) where the server understands it; the
 * target is looked at before in any case. Where it is known that a {@code PUT} puts the whole content in place in one step or not at all ({@link #isPutAtomic}), very small files are
 * {@code PUT} on the target itself, with {@code If-Match} or {@code If-None-Match}. Most servers look at a condition a moment before they do what it is for: of two who save in that moment,
 * the later one wins. The version that a save gives is what a look right after it shows: where the answer to the save itself tells none, it may be that of somebody who saved as many bytes
 * in between.
 * <p>
 * For protocols that stand on WebDAV: the protected methods may be overridden.
 */
public class DavStorage implements Storage {
	/** What mod_dav_fs of Apache says of itself: it writes what is PUT to a file of its own, and renames that (since 2.4); and it makes no folder where there is something. */
	private static final String MOD_DAV_FS = "<http://apache.org/dav/propset/fs/1>";
	/** What is taken for an entity tag. */
	private static final Pattern TAG = Pattern.compile("[ -~]{1,256}");
	private static final Pattern QUOTED = Pattern.compile("\"[ !#-~]*\"");
	private static final SecureRandom RANDOM = new SecureRandom();
	private static final int MOST_MISMATCHES = 3;
	private static final int MOST_WEAK = 10_000;
	/** In nanoseconds, longer than an entity tag is a weak one because the file was changed within a second. */
	private static final long WEAK = 1_500_000_000;

	/** Bytes that a server copies in a second, at least. */
	private static final long COPY_SPEED = 10 << 20;
	/** Between looks at what a server makes without saying so. */
	private static final Duration LOOK = Duration.ofSeconds(1);
	private static final Duration LONGEST_PAUSE = Duration.ofSeconds(16);

	private final DavClient client;
	private final String root;
	private final DavLeftovers leftovers;
	private final DavLocks locks;
	/** Whether the server says that it locks files. */
	private volatile boolean canLock;
	private volatile boolean isModDav;
	/** Whether the server heeds conditions on the target of a {@code MOVE}; null while that is not known. */
	private volatile Boolean conditions;
	/** Whether the server copies files, as far as is known. */
	private volatile boolean copies = true;
	/** What the headers of a file's content tell, as far as is known. */
	private volatile Tells tells = Tells.UNKNOWN;
	private int mismatches;
	/** When entity tags were seen as weak ones, which are good for no {@code If-Match} (RFC 9110 section 13.1.1). */
	private final Map<String, Long> weak = new ConcurrentHashMap<>();

	/** What the headers that come with a file's content tell of its version, beside what a listing tells. */
	enum Tells {
		UNKNOWN, ETAG, TIME, NOTHING
	}

	/** What was asked for to sign in. */
	private volatile String looked = "/";

	/**
	 * @param client signed in to the server, or about to be; closed with this
	 * @param root percent-encoded path of the folder that is {@code /} here, without a slash at its end; empty for the server's root
	 */
	protected DavStorage(DavClient client, String root) {
		this.client = client;
		this.root = root;
		leftovers = DavLeftovers.of(client.settings(), () -> !client.isLost());
		locks = new DavLocks(this);
	}

	/**
	 * Signs in.
	 *
	 * @param folder a folder of the server that the person wants to see
	 */
	public static DavStorage open(DavSettings settings, SignIn signIn, String folder) throws IOException {
		var storage = new DavStorage(DavClient.open(settings), "");
		try {
			storage.enter(signIn, folder);
			return storage;
		} catch (IOException | RuntimeException e) {
			storage.close();
			throw e;
		}
	}

	/** Signs in by looking at a folder, and learns what the server can do. */
	protected final void enter(SignIn signIn, String folder) throws IOException {
		DavCall look = propfind(target(folder, !folder.equals("/")), 0, BASIC);
		looked = look.target();
		try (DavAnswer answer = client.signIn(signIn, look)) {
			switch (answer.status()) {
			case 207 -> read(answer, folder);
			case 403, 404, 409, 410 -> {
				// let in, but not there: whoever looks at the folder is told
			}
			case 429, 500, 502, 503, 504 -> throw new ConnectionException("%s cannot answer now (status %d): it is busy, under maintenance or broken. Try again later.".formatted(client.settings().asker(), answer.status()));
			default -> throw new ConnectionException("%s does not speak WebDAV at %s (status %d): check the folder in the address.".formatted(client.settings().asker(), folder, answer.status()));
			}
		}
		try (DavAnswer options = client.send(DavCall.of("OPTIONS", look.target()))) {
			List<String> classes = DavClient.list(options, "DAV");
			isModDav = classes.contains(MOD_DAV_FS);
			canLock = classes.contains("2");
		} catch (ServerFaultException e) {
			// It does not say: nothing is taken for granted.
		}
		leftovers.items().forEach(this::tidy);
	}

	final DavSettings settings() {
		return client.settings();
	}

	/** Speaks with the server. */
	protected final DavClient client() {
		return client;
	}

	/** Where an item is on the server, percent-encoded. @param folder whether it is one: then it ends in a slash, which some servers insist on */
	protected final String target(String path, boolean folder) {
		String target = root + DavPaths.encode(path);
		return folder && !target.endsWith("/") ? target + "/" : target;
	}

	/** A {@code propfind} element that asks for what {@link #describe} needs. */
	protected String properties() {
		return BASIC;
	}

	/** The elements that {@link #describe} needs on any server. */
	protected static final String BASIC_ELEMENTS = "<resourcetype/><getcontentlength/><getlastmodified/><getetag/>";
	private static final String BASIC = propfindOf(BASIC_ELEMENTS);

	/** A {@code propfind} element for some elements of the namespace {@code DAV:}, or others that bring their namespace. */
	public static String propfindOf(String elements) {
		return "<?xml version=\"1.0\" encoding=\"utf-8\"?><propfind xmlns=\"DAV:\"><prop>" + elements + "</prop></propfind>";
	}

	/** Asks for properties. @param depth 0 or 1 @param body a {@code propfind} element */
	public static DavCall propfind(String target, int depth, String body) {
		return DavCall.of("PROPFIND", target).with("Depth", Integer.toString(depth)).with("Content-Type", "application/xml; charset=utf-8").with("Accept-Encoding", "gzip")
				.with(body.getBytes(StandardCharsets.UTF_8));
	}

	/** An item as the server describes it. */
	protected FileInfo describe(DavResource resource) {
		return resource.collection() ? FileInfo.of(Type.DIRECTORY, 0, resource.modified(), null)
				: FileInfo.of(Type.FILE, resource.size(), resource.modified(), version(resource.etag(), resource.size(), Optional.of(resource.modified())));
	}

	/** Whether it is certain that a {@code PUT} replaces a file in one step or not at all, whatever becomes of the connection. Its condition may be looked at before the content has come. */
	protected boolean isPutAtomic() {
		return isModDav;
	}

	/** Whether each save replaces a file in one step. A {@code MOVE} may remove what is there first (RFC 4918 section 9.9.3). */
	protected boolean isReplaceAtomic() {
		return false;
	}

	/** The server's locks; empty where it has none. */
	protected Optional<KeptLocks> locks() {
		return Optional.of(locks).filter(l -> canLock && !l.isRefused()).map(l -> l);
	}

	/** Headers of a {@code PUT} that give the new content a time of change; empty if the server does not take any. */
	protected Map<String, String> timeHeaders(Instant modified) {
		return Map.of();
	}

	/**
	 * The error that a status is.
	 *
	 * @param path what it is about
	 */
	protected IOException error(DavAnswer answer, String path) {
		return switch (answer.status()) {
		case 401 -> new ConnectionException("%s does not accept the sign-in any more: sign in again.".formatted(client.settings().asker()));
		case 403 -> new AccessDeniedException(path);
		case 404, 410 -> new NoSuchFileException(path);
		case 409 -> new NoSuchFileException(StoragePaths.parent(path), null, "there is no such folder");
		case 413 -> new FileSystemException(path, null, "the server takes no file as large as this");
		case 414 -> new FileSystemException(path, null, "the name is too long for the server");
		case 423 -> locks().map(l -> l.locked(path)).orElseGet(() -> new LockedException(path, Optional.empty()));
		case 429, 503 -> new FileSystemException(path, null, "the server is busy or under maintenance: try again later");
		case 507 -> new FileSystemException(path, null, "there is no room left on the server (disk full or quota)");
		case 405, 501 -> new FileSystemException(path, null, "the server does not know how to do this");
		default -> answer.isOk() || answer.status() < 200 ? new ServerFaultException(path, "the server's answer makes no sense (status " + answer.status() + ")")
				: new FileSystemException(path, null, "the server failed to do this (status " + answer.status() + ")");
		};
	}

	/** Sends a request that changes something. If nobody knows whether it was done, the connection counts as lost. */
	protected DavAnswer change(DavCall call) throws IOException {
		try {
			return client.send(call.once());
		} catch (UnansweredException e) {
			throw client.lose(e);
		}
	}

	/** Changes something; the answer's body does not matter. */
	protected final void perform(DavCall call, String path) throws IOException {
		try (DavAnswer answer = change(call)) {
			if (!answer.isOk() || answer.status() == 207)
				throw error(answer, path);
		}
	}

	@Override
	public Features features() {
		return new Features(isReplaceAtomic(), false, false, false, Duration.ofSeconds(1), false);
	}

	// Looking.

	@Override
	public FileInfo stat(String path, boolean followLinks) throws IOException {
		return find(path).orElseThrow(() -> new NoSuchFileException(path));
	}

	/** One item, empty if there is none. */
	protected final Optional<FileInfo> find(String path) throws IOException {
		return look(path).map(this::describe);
	}

	/** One item as the server describes it, empty if there is none. */
	final Optional<DavResource> look(String path) throws IOException {
		return resource(path, properties());
	}

	/** A file as the server describes it, and of a length that was found out in another way if that is not told. */
	final FileInfo describe(DavResource resource, long size) {
		FileInfo told = describe(resource);
		return resource.tellsSize() ? told : FileInfo.of(told.type(), size, told.modified(), told.version().orElse(null)).refusing(told.refused());
	}

	/** Whether there is a folder at a path. */
	final boolean isFolder(String path) throws IOException {
		return path.equals("/") || find(path).filter(i -> i.type() == Type.DIRECTORY).isPresent();
	}

	/** What the server says of one item, empty if there is none. */
	protected final Optional<DavResource> resource(String path, String body) throws IOException {
		try (DavAnswer answer = client.send(propfind(target(path, path.equals("/")), 0, body))) {
			if (answer.status() == 404 || answer.status() == 410 || answer.status() == 409)
				return Optional.empty();
			// Apache, below what is a file
			if (answer.status() == 400 && !path.equals("/") && !isFolder(StoragePaths.parent(path)))
				return Optional.empty();
			if (answer.status() != 207)
				throw error(answer, path);
			return read(answer, path);
		}
	}

	private Optional<DavResource> read(DavAnswer answer, String path) throws IOException {
		try (var responses = new Multistatus(answer, path)) {
			DavResource resource = responses.next().orElseThrow(() -> new ServerFaultException(path, "the server's answer says nothing of it"));
			return resource.status() == 404 || resource.status() == 410 ? Optional.empty() : Optional.of(resource);
		}
	}

	@Override
	public Listing list(String path) throws IOException {
		return listing(path);
	}

	private DavListing listing(String path) throws IOException {
		DavAnswer answer;
		try {
			answer = client.send(propfind(target(path, true), 1, properties()));
		} catch (ServerFaultException e) {
			find(path).orElseThrow(() -> new NoSuchFileException(path));
			throw new AccessDeniedException(path, null, "the server hangs up instead of listing it"); // as Apache does where it may not read a folder
		}
		if (answer.status() == 207)
			return new DavListing(this, path, answer);
		try (answer) {
			if (isRefusal(answer) && find(path).orElseThrow(() -> new NoSuchFileException(path)).type() != Type.DIRECTORY)
				throw new NotDirectoryException(path);
			throw error(answer, path);
		}
	}

	/** Whether an answer is about the item, so that another look may tell more. */
	static boolean isRefusal(DavAnswer answer) {
		return answer.status() >= 300 && answer.status() < 500 && answer.status() != 401 && answer.status() != 429;
	}

	/** What an answer with a content, or a part of one, says of all of it. */
	protected Optional<Checksum> checksum(DavAnswer answer) {
		return Optional.empty();
	}

	@Override
	public Reader open(String path) throws IOException {
		return DavReader.open(this, path);
	}

	// Versions.

	/** @param written as the server wrote it; one that is endless or could not be sent back counts as none */
	final Version version(Optional<String> written, long size, Optional<Instant> modified) {
		Optional<String> etag = written.filter(e -> TAG.matcher(e).matches());
		if (etag.isPresent()) {
			String strong = strong(etag.get());
			if (!strong.equals(etag.get())) {
				if (weak.size() >= MOST_WEAK)
					weak.clear();
				weak.put(strong, System.nanoTime());
			}
			return new Version(size + " " + known(strong));
		}
		return modified.filter(m -> !m.equals(Instant.EPOCH)).map(m -> new Version(size + "@" + m.getEpochSecond())).orElse(null);
	}

	/** The entity tag that stands for a content in its versions, for servers that give a file another one though its content stays. What it is on the server is then up to whoever overrides this. */
	protected String known(String etag) {
		return etag;
	}

	static String strong(String etag) {
		return etag.startsWith("W/") ? etag.substring(2) : etag;
	}

	/** The entity tag that a version holds; empty for one without quotes, too, as some servers write it: it is good for a comparison, but for no condition. */
	protected static Optional<String> etag(Version version) {
		int space = version.token().indexOf(' ');
		return space < 0 ? Optional.empty() : Optional.of(version.token().substring(space + 1)).filter(e -> QUOTED.matcher(e).matches());
	}

	/** Whether an entity tag that {@link #etag} gave is most likely still a weak one on the server. */
	final boolean isWeak(String etag) {
		Long seen = weak.get(etag);
		if (seen == null || System.nanoTime() - seen <= WEAK)
			return seen != null;
		weak.remove(etag, seen);
		return false;
	}

	final Tells tells() {
		return tells;
	}

	/** A file was looked at and opened at once: what do the headers of the content tell? */
	final synchronized void compare(FileInfo looked, FileInfo byTag, FileInfo byTime) {
		if (tells != Tells.UNKNOWN)
			return;
		if (byTag != null && looked.version().equals(byTag.version()))
			tells = Tells.ETAG;
		else if (byTime != null && looked.version().equals(byTime.version()))
			tells = Tells.TIME;
		else if (++mismatches == MOST_MISMATCHES)
			tells = Tells.NOTHING;
	}

	/** Whether to send conditions on the target of a {@code MOVE}. */
	final boolean sendsConditions() {
		return conditions != Boolean.FALSE;
	}

	/** The server refuses them though they hold. */
	final void ignoresConditions() {
		conditions = false;
	}

	// Changing.

	@Override
	public Upload upload(String path, Precondition precondition) throws IOException {
		client.check();
		return new DavUpload(this, path, precondition);
	}

	/** The absolute address of a file. */
	final String address(String path) {
		return client.address(target(path, false));
	}

	/** A name beside a file that no other one has. */
	final String temporaryName(String path) {
		byte[] random = new byte[10];
		RANDOM.nextBytes(random);
		String name = StoragePaths.child(StoragePaths.parent(path), StoragePaths.TEMPORARY + HexFormat.of().formatHex(random) + ".part");
		leftovers.add(name);
		return name;
	}

	/** A temporary file is about to replace another one. */
	final void replaces(String temporary, String target) {
		leftovers.replaces(temporary, target);
	}

	/** Where a file is that is open for reading on this storage; empty if it is not. */
	protected final Optional<String> path(Reader reader) {
		return reader instanceof DavReader r && r.isOn(this) ? Optional.of(r.path()) : Optional.empty();
	}

	/**
	 * Has the server copy a whole file to where there is nothing. If it does not answer, it is waited for what becomes of it, as long as such work may take.
	 *
	 * @param source open on this storage
	 * @param to percent-encoded
	 * @return false if the server does not do that: there is nothing
	 * @throws ConflictException if the file is not what it was any more
	 * @throws UnansweredException if nobody knows whether there is something, or will be
	 */
	protected final boolean copy(Reader source, String to) throws IOException {
		if (!copies)
			return false;
		String path = path(source).orElseThrow();
		DavCall call = DavCall.of("COPY", target(path, false)).with("Destination", client.address(to)).with("Overwrite", "F").with("Depth", "0").once();
		try (DavAnswer answer = client.send(call)) {
			if (answer.status() == 405 || answer.status() == 501)
				copies = false;
			if (answer.status() != 201 && answer.status() != 204)
				return false;
		} catch (UnansweredException e) {
			awaitCopy(to, source.info().size(), e);
		}
		if (!stat(path, true).version().equals(source.info().version()))
			throw new ConflictException(path, "it was changed while it was being copied");
		return true;
	}

	private void awaitCopy(String to, long size, UnansweredException unanswered) throws IOException {
		long end = System.nanoTime() + client.settings().limit().plusSeconds(size / COPY_SPEED).toNanos();
		while (System.nanoTime() < end) {
			try (DavAnswer answer = client.send(propfind(to, 0, BASIC))) {
				if (answer.status() == 207 && read(answer, to).filter(r -> r.tellsSize() && r.size() == size).isPresent())
					return;
			}
			try {
				Thread.sleep(LOOK);
			} catch (InterruptedException e) {
				throw new InterruptedIOException("copying was cancelled");
			}
		}
		throw unanswered;
	}

	/** A temporary file was to be made by a request that nobody has answered: it may appear after it was removed. */
	final void mayAppear(String temporary) {
		leftovers.mayAppear(temporary);
	}

	/** A temporary file has taken its place, or was never made. */
	final void isGone(String temporary) {
		leftovers.gone(temporary);
	}

	/** Removes a temporary file. */
	final void remove(String temporary) throws IOException {
		remove(temporary, LOOK);
	}

	/** @param pause after which it is tried again if it may still appear */
	private void remove(String temporary, Duration pause) throws IOException {
		try (DavAnswer answer = client.send(DavCall.of("DELETE", target(temporary, false)))) {
			if (answer.isOk() || (answer.status() == 404 || answer.status() == 410) && !leftovers.isAwaited(temporary))
				leftovers.gone(temporary);
			else if (leftovers.isAwaited(temporary))
				removeLater(temporary, pause);
		}
	}

	/** If the connection ends before, the next one of the account goes on with it. */
	private void removeLater(String temporary, Duration pause) {
		Thread.ofVirtual().name("tidying up").start(() -> {
			try {
				Thread.sleep(pause);
				remove(temporary, pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause);
			} catch (IOException | InterruptedException e) {
				// It is tried again when somebody signs in anew.
			}
		});
	}

	/** Removes a temporary file; nobody waits for it. */
	final void discard(String temporary) {
		tidy(temporary, "");
	}

	/** Removes a temporary file, but not if it was about to replace another one and there is no such file any more: then it stays until there is one again. */
	private void tidy(String temporary, String target) {
		Thread.ofVirtual().name("tidying up").start(() -> {
			try {
				if (target.isEmpty() || find(target).isPresent())
					remove(temporary);
			} catch (IOException e) {
				// It is tried again when somebody signs in anew.
			}
		});
	}

	/** A request that replaces a file, with what makes it pass an own lock of that file. @param etag the one that the file must have, empty for any */
	final DavCall replacing(DavCall call, String path, Optional<String> etag) {
		Optional<String> token = locks.token(path).map(t -> "<" + t + ">");
		if (token.isEmpty() && etag.isEmpty())
			return call;
		return call.with("If", "<%s> (%s)".formatted(address(path), Stream.concat(token.stream(), etag.stream().map(e -> "[" + e + "]")).collect(Collectors.joining(" "))));
	}

	/** Whether a file has an own lock, as far as is known. */
	final boolean isLocked(String path) {
		return locks.token(path).isPresent();
	}

	/** An own lock of a file is of no use any more. */
	final void forgetLock(String path) {
		locks.forget(path);
	}

	@Override
	public void createDirectory(String path) throws IOException {
		// some servers are content if it is there already; a name of ours nobody else gives
		if (!isModDav && !StoragePaths.isTemporary(StoragePaths.name(path)) && find(path).isPresent())
			throw new FileAlreadyExistsException(path);
		try (DavAnswer answer = change(DavCall.of("MKCOL", target(path, true)))) {
			if (answer.isOk())
				return;
			// Apache has several words for that; 409 is a missing parent
			if (isRefusal(answer) && answer.status() != 409 && find(path).isPresent())
				throw new FileAlreadyExistsException(path);
			throw error(answer, path);
		}
	}

	@Override
	public void delete(String path) throws IOException {
		// a DELETE takes a folder with all that is in it
		if (stat(path, false).type() == Type.DIRECTORY)
			throw new FileSystemException(path, null, "this is a folder, not a file");
		locks().ifPresent(l -> l.letGo(path));
		perform(DavCall.of("DELETE", target(path, false)), path);
	}

	@Override
	public void deleteDirectory(String path) throws IOException {
		try (DavListing listing = listing(path)) {
			if (!listing.isEmpty())
				throw new DirectoryNotEmptyException(path);
		}
		perform(DavCall.of("DELETE", target(path, true)), path);
	}

	@Override
	public void rename(String from, String to, boolean replace) throws IOException {
		if (to.startsWith(from + "/"))
			throw new FileSystemException(from, to, "a folder cannot be moved into itself");
		Future<Optional<FileInfo>> there = Chain.start("look at the target", () -> find(to));
		String folderOfTarget = StoragePaths.parent(to);
		boolean away = !folderOfTarget.equals(StoragePaths.parent(from));
		// some servers would make a missing folder
		Future<Boolean> inFolder = away ? Chain.start("look at its folder", () -> isFolder(folderOfTarget)) : null;
		FileInfo source = stat(from, false);
		Optional<FileInfo> target = await(there);
		if (away && !await(inFolder))
			throw new NoSuchFileException(folderOfTarget);
		boolean folder = source.type() == Type.DIRECTORY;
		if (target.isPresent() && (!replace || folder || target.get().type() == Type.DIRECTORY))
			throw new FileAlreadyExistsException(to);
		locks().ifPresent(l -> {
			l.letGo(from);
			l.letGo(to);
		});
		try (DavAnswer answer = change(move(target(from, folder), target(to, folder), target.isPresent()))) {
			switch (answer.status()) {
			case 200, 201, 204 -> {
				// done
			}
			case 412 -> throw new FileAlreadyExistsException(to);
			case 409 -> throw new NoSuchFileException(folderOfTarget);
			default -> throw error(answer, from);
			}
		}
	}

	/** A {@code MOVE}. */
	final DavCall move(String from, String to, boolean overwrite) {
		return DavCall.of("MOVE", from).with("Destination", client.address(to)).with("Overwrite", overwrite ? "T" : "F").once();
	}

	/** What another thread has found out; an interrupt ends it. */
	static <T> T await(Future<T> work) throws IOException {
		try {
			return result(work);
		} catch (InterruptedIOException e) {
			work.cancel(true);
			throw e;
		}
	}

	/** What another thread has done; an interrupt does not end it. */
	public static <T> T result(Future<T> work) throws IOException {
		try {
			return work.get();
		} catch (InterruptedException e) {
			throw new InterruptedIOException("a request was cancelled");
		} catch (ExecutionException e) {
			switch (e.getCause()) {
			case IOException io -> throw io;
			case RuntimeException r -> throw r;
			default -> throw new IOException(e.getCause());
			}
		}
	}

	@Override
	public void setModified(String path, Instant modified) throws IOException {
		throw new FileSystemException(path, null, "the server cannot set the time of a change");
	}

	@Override
	public void setPermissions(String path, int permissions) throws IOException {
		throw new UnsupportedOperationException("The server has no permissions.");
	}

	@Override
	public String readLink(String path) throws IOException {
		stat(path, false);
		throw new NotLinkException(path);
	}

	@Override
	public void createLink(String path, String target) throws IOException {
		throw new UnsupportedOperationException("The server has no links.");
	}

	@Override
	public String home() throws IOException {
		return "/";
	}

	/** Room as RFC 4331 tells it. */
	@Override
	public Optional<Space> space(String path) throws IOException {
		DavResource resource = resource(path, propfindOf("<quota-available-bytes/><quota-used-bytes/>")).orElseThrow(() -> new NoSuchFileException(path));
		OptionalLong free = resource.number(DavResource.DAV, "quota-available-bytes");
		OptionalLong used = resource.number(DavResource.DAV, "quota-used-bytes");
		if (free.isEmpty() || used.isEmpty())
			return Optional.empty();
		long total = free.getAsLong() + used.getAsLong();
		return Optional.of(new Space(total < 0 ? Long.MAX_VALUE : total, free.getAsLong()));
	}

	/** Who has it locked. */
	@Override
	public Map<String, String> details(String path) throws IOException {
		Optional<KeptLocks> all = locks();
		return all.isEmpty() ? Map.of() : all.get().holder(path).map(who -> Map.of("locked by", who)).orElse(Map.of());
	}

	@Override
	public <T> Optional<T> extra(Class<T> kind) {
		if (kind == Posture.class)
			return Optional.of(kind.cast(client.posture(looked)));
		return kind == Locks.class ? locks().map(kind::cast) : Optional.empty();
	}

	@Override
	public Traffic traffic() {
		return client.traffic();
	}

	@Override
	public Optional<SignInCost> signInCost() {
		return client.signInCost();
	}

	@Override
	public boolean isOpen() {
		return client.isOpen();
	}

	/** Takes all locks away, as long as that can be done. */
	protected final void unlock() {
		locks().ifPresent(KeptLocks::end);
	}

	@Override
	public void close() throws IOException {
		unlock();
		client.close();
		leftovers.end();
	}
}
