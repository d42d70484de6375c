package org.strongroom.storage.nextcloud;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Optional;

import org.strongroom.core.storage.LockedException;
import org.strongroom.storage.webdav.DavAnswer;
import org.strongroom.storage.webdav.DavCall;
import org.strongroom.storage.webdav.DavResource;
import org.strongroom.storage.webdav.KeptLocks;

/**
 * Locks of the server's app {@code files_lock}, which belong to a user and need no token: all of the user's programs pass them. How long one lasts is up to the administrator. One that the user
 * has made by other means is left to these.
 */
final class NextcloudLocks extends KeptLocks {
	private static final String ELEMENTS = "<resourcetype/><lock xmlns=\"%1$s\"/><lock-owner xmlns=\"%1$s\"/><lock-owner-displayname xmlns=\"%1$s\"/><lock-owner-type xmlns=\"%1$s\"/><lock-timeout xmlns=\"%1$s\"/>"
			.formatted(NextcloudStorage.NC);
	private static final String BY_AN_APP = "1";

	private final NextcloudStorage storage;

	NextcloudLocks(NextcloudStorage storage) {
		super(storage);
		this.storage = storage;
	}

	private DavResource look(String path) throws IOException {
		return storage.ask(path, ELEMENTS).orElseThrow(() -> new NoSuchFileException(path));
	}

	private static boolean isLocked(DavResource resource) {
		return resource.property(NextcloudStorage.NC, "lock").filter(l -> l.equals("1") || l.equals("true")).isPresent();
	}

	/** Whether nobody but the user has it locked. */
	private boolean isOwn(DavResource resource) {
		return resource.property(NextcloudStorage.NC, "lock-owner-type").filter(BY_AN_APP::equals).isEmpty()
				&& resource.property(NextcloudStorage.NC, "lock-owner").filter(o -> o.equalsIgnoreCase(storage.user())).isPresent();
	}

	private static String words(DavResource resource) {
		return resource.property(NextcloudStorage.NC, "lock-owner-displayname").or(() -> resource.property(NextcloudStorage.NC, "lock-owner")).orElse("somebody else");
	}

	@Override
	public Optional<String> holder(String path) throws IOException {
		return Optional.of(look(path)).filter(r -> isLocked(r) && !isOwn(r)).map(NextcloudLocks::words);
	}

	@Override
	public Optional<Lock> lock(String path) throws IOException {
		DavResource now = look(path);
		if (isLocked(now) && !isOwn(now))
			throw new LockedException(path, Optional.of(words(now)));
		if (isLocked(now))
			return Optional.of(kept(path).orElseGet(Theirs::new));
		try (DavAnswer answer = storage.change(call("LOCK", path))) {
			switch (answer.status()) {
			case 200 -> {
				return Optional.of(keep(path, pause(look(path)), new Means() {
					@Override
					public Optional<Duration> refresh() throws IOException {
						storage.http().send(call("LOCK", path)).close();
						return pause(look(path));
					}

					@Override
					public void unlock() throws IOException {
						storage.http().send(call("UNLOCK", path)).close();
					}
				}));
			}
			case 423 -> throw locked(path);
			case 404 -> throw new NoSuchFileException(path);
			default -> {
				return Optional.empty();
			}
			}
		}
	}

	/** Empty for one that lasts for ever. */
	private static Optional<Duration> pause(DavResource locked) {
		long timeout = locked.number(NextcloudStorage.NC, "lock-timeout").orElse(0);
		return timeout <= 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(Math.max(1, timeout / 2)));
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
