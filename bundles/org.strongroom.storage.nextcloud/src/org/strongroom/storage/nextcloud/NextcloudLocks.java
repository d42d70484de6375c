package org.strongroom.storage.nextcloud;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import org.strongroom.core.storage.LockedException;
import org.strongroom.storage.webdav.DavAnswer;
import org.strongroom.storage.webdav.DavCall;
import org.strongroom.storage.webdav.DavResource;
import org.strongroom.storage.webdav.KeptLocks;

/**
 * Locks of the server's app {@code files_lock}, which belong to a user and need no token: all of the user's programs pass them. How long one lasts is up to the administrator, and is mostly for
 * ever. One that the user has made by other means is left to these. Thread-safe.
 */
final class NextcloudLocks extends KeptLocks {
	private static final String ELEMENTS = ("<resourcetype/><getetag/><getlastmodified/><getcontentlength/><fileid xmlns=\"%1$s\"/><checksums xmlns=\"%1$s\"/><upload_time xmlns=\"%2$s\"/><lock xmlns=\"%2$s\"/>"
			+ "<lock-owner xmlns=\"%2$s\"/><lock-owner-displayname xmlns=\"%2$s\"/><lock-owner-type xmlns=\"%2$s\"/><lock-time xmlns=\"%2$s\"/><lock-timeout xmlns=\"%2$s\"/><lock-token xmlns=\"%2$s\"/>")
			.formatted(NextcloudStorage.OC, NextcloudStorage.NC);
	/** The type of locks that all programs of their user pass; others are those of an app, and those of WebDAV, which want their token. */
	private static final String BY_A_USER = "0";

	private final NextcloudStorage storage;
	private final LockMarks marks;

	NextcloudLocks(NextcloudStorage storage, LockMarks marks) {
		super(storage);
		this.storage = storage;
		this.marks = marks;
	}

	private DavResource look(String path) throws IOException {
		return storage.ask(path, ELEMENTS).orElseThrow(() -> new NoSuchFileException(path));
	}

	private static boolean isLocked(DavResource resource) {
		return resource.property(NextcloudStorage.NC, "lock").filter(l -> l.equals("1") || l.equals("true")).isPresent();
	}

	/** Whether a lock is one that the user's programs pass. */
	private boolean isUsers(DavResource locked) {
		return locked.property(NextcloudStorage.NC, "lock-owner-type").filter(BY_A_USER::equals).isPresent()
				&& locked.property(NextcloudStorage.NC, "lock-owner").filter(o -> o.equalsIgnoreCase(storage.user())).isPresent();
	}

	/** The lock of a file, if it was made here or by another storage of the account. */
	private Optional<LockMarks.Own> made(String path, DavResource resource) {
		return isLocked(resource) ? resource.property(NextcloudStorage.NC, "lock-token").flatMap(t -> marks.own(path, t)) : Optional.empty();
	}

	private Optional<LockMarks.Own> own(String path, DavResource resource) {
		return made(path, resource).filter(own -> own.by() == storage);
	}

	/** Goes on with a lock that nobody takes care of any more. */
	private Optional<Lock> adopt(String path, DavResource locked) {
		return made(path, locked).filter(left -> left.by() == storage || !left.by().isOpen()).map(left -> {
			var own = new LockMarks.Own(left.token(), left.pause(), storage);
			marks.made(path, own);
			return keep(path, own);
		});
	}

	private static String words(DavResource resource) {
		return resource.property(NextcloudStorage.NC, "lock-owner-displayname").or(() -> resource.property(NextcloudStorage.NC, "lock-owner")).orElse("somebody else");
	}

	@Override
	public Optional<String> holder(String path) throws IOException {
		return Optional.of(look(path)).filter(r -> isLocked(r) && !isUsers(r)).map(NextcloudLocks::words);
	}

	@Override
	public Optional<Lock> lock(String path) throws IOException {
		long begun = System.nanoTime();
		DavResource now = look(path);
		if (isLocked(now) && !isUsers(now))
			throw new LockedException(path, Optional.of(words(now)));
		if (isLocked(now))
			return Optional.of(kept(path).or(() -> adopt(path, now)).orElseGet(Theirs::new));
		return make(path, now, begun).map(own -> keep(path, own));
	}

	private Lock keep(String path, LockMarks.Own made) {
		return keep(path, made.pause(), new Means() {
			@Override
			public Optional<Duration> refresh() throws IOException {
				return NextcloudLocks.this.refresh(path);
			}

			@Override
			public void unlock() throws IOException {
				NextcloudLocks.this.unlock(path);
			}
		});
	}

	/**
	 * Makes one.
	 *
	 * @param free the file as it was a moment ago
	 * @param begun when it was asked for, as {@link System#nanoTime()}
	 * @return empty if the server does not lock the file
	 */
	private Optional<LockMarks.Own> make(String path, DavResource free, long begun) throws IOException {
		try (DavAnswer answer = storage.change(call("LOCK", path))) {
			switch (answer.status()) {
			case 200 -> {
				Duration elapsed = Duration.ofNanos(System.nanoTime() - begun);
				String told = NextcloudStorage.text(answer);
				LockMarks.Own own = own(name -> NextcloudStorage.element(told, "nc:" + name));
				// before anything else may fail: one that nobody knows as ours could stay for ever
				marks.made(path, own);
				try {
					DavResource locked = look(path);
					if (own.token().isEmpty()) {
						own = own(name -> locked.property(NextcloudStorage.NC, name));
						marks.made(path, own);
					}
					retagged(free, locked, locked.number(NextcloudStorage.NC, "lock-time").orElse(0), elapsed);
				} catch (IOException e) {
					// it is locked all the same, though whether it has changed just before is not known
					if (e instanceof InterruptedIOException)
						Thread.currentThread().interrupt();
				}
				return Optional.of(own);
			}
			case 423 -> throw locked(path);
			case 404 -> throw new NoSuchFileException(path);
			default -> {
				return Optional.empty();
			}
			}
		}
	}

	/** A lock that was made just now. @param told what the server tells of it, by name */
	private LockMarks.Own own(Function<String, Optional<String>> told) {
		long timeout = told.apply("lock-timeout").filter(t -> t.matches("\\d{1,18}")).map(Long::parseLong).orElse(0L);
		return new LockMarks.Own(told.apply("lock-token").orElse(""), timeout == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(Math.max(1, timeout / 2))), storage);
	}

	/**
	 * A file was locked or unlocked: its entity tags before and after are those of one content, if it is certain that nobody has changed it between the looks at them.
	 *
	 * @param second on the server's clock, when it was locked or unlocked
	 * @param elapsed since before the first look until then, at most
	 */
	private void retagged(DavResource before, DavResource after, long second, Duration elapsed) {
		if (before.etag().isPresent() && after.etag().isPresent() && isSame(before, after, second - elapsed.plusSeconds(1).toSeconds()))
			marks.retagged(before.etag().get(), after.etag().get());
	}

	/**
	 * Whether a file had the same content. The server's times are in whole seconds: a content that may be as young as the look before is known by its checksum alone.
	 *
	 * @param looked on the server's clock, the earliest second in which the first look may have been
	 */
	private static boolean isSame(DavResource before, DavResource after, long looked) {
		for (String name : List.of("getcontentlength", "getlastmodified"))
			if (!before.property(DavResource.DAV, name).equals(after.property(DavResource.DAV, name)))
				return false;
		Optional<String> checksums = before.property(NextcloudStorage.OC, "checksums");
		long uploaded = before.number(NextcloudStorage.NC, "upload_time").orElse(0);
		if (!before.property(NextcloudStorage.OC, "fileid").equals(after.property(NextcloudStorage.OC, "fileid")) || !checksums.equals(after.property(NextcloudStorage.OC, "checksums"))
				|| uploaded != after.number(NextcloudStorage.NC, "upload_time").orElse(0))
			return false;
		return checksums.isPresent() || Math.max(uploaded, before.modified().getEpochSecond()) < looked;
	}

	private Optional<Duration> refresh(String path) throws IOException {
		long begun = System.nanoTime();
		DavResource now = look(path);
		try {
			if (!isLocked(now))
				return make(path, now, begun).flatMap(LockMarks.Own::pause); // it has ended meanwhile
		} catch (LockedException e) {
			return Optional.empty();
		}
		Optional<LockMarks.Own> own = own(path, now);
		if (own.isEmpty())
			return Optional.empty();
		// the server tells how long it lasts since it was made; each time, it is as long from now on as it was then
		try (DavAnswer answer = storage.http().send(call("LOCK", path))) {
			if (answer.status() == 200) {
				String told = NextcloudStorage.text(answer);
				LockMarks.Own again = own(name -> NextcloudStorage.element(told, "nc:" + name));
				// if it has ended since the look, this is another one
				if (!again.token().isEmpty() && !again.token().equals(own.get().token())) {
					marks.made(path, again);
					DavResource locked = look(path);
					retagged(now, locked, locked.number(NextcloudStorage.NC, "lock-time").orElse(0), Duration.ofNanos(System.nanoTime() - begun));
				}
			}
		}
		return own.get().pause();
	}

	private void unlock(String path) throws IOException {
		long begun = System.nanoTime();
		DavResource locked = look(path);
		if (own(path, locked).isEmpty())
			return;
		try (DavAnswer answer = storage.http().send(call("UNLOCK", path))) {
			Duration elapsed = Duration.ofNanos(System.nanoTime() - begun);
			// if it was refused for now, whoever locks the file next goes on with it
			if (answer.status() == 200 || answer.status() == 404 || answer.status() == 412)
				marks.taken(path);
			if (answer.status() == 200)
				retagged(locked, look(path), answer.header("Date").flatMap(DavResource::time).map(Instant::getEpochSecond).orElse(0L), elapsed);
		}
	}

	private DavCall call(String method, String path) {
		return DavCall.of(method, storage.at(path)).with("X-User-Lock", "1");
	}

	/** The user has locked it by another program, or in the browser, and unlocks it there. */
	private static final class Theirs implements Lock {
		private volatile boolean closed;

		@Override
		public boolean isHeld() {
			return !closed;
		}

		@Override
		public void close() {
			closed = true;
		}
	}
}
