package org.strongroom.storage.webdav;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.strongroom.core.storage.LockedException;
import org.strongroom.core.storage.Locks;

/**
 * Exclusive write locks of single files (RFC 4918 class 2). Their tokens are known to all storages of one account in this process, so that a connection goes on with the locks of one that was
 * lost. Thread-safe.
 */
final class DavLocks implements Locks {
	/** Asked for, in seconds: what is left by a machine that lost its power is soon gone. */
	private static final int TIMEOUT = 300;
	private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
	/** How long the end of a storage waits for locks to be taken away. */
	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);
	private static final int LONGEST_OWNER = 200;
	private static final String DISCOVERY = DavStorage.propfindOf("<lockdiscovery/>");
	/** By account, and then by path. */
	private static final Map<String, Map<String, String>> TOKENS = new ConcurrentHashMap<>();

	private final DavStorage storage;
	private final Map<String, String> tokens;
	private final Set<Held> held = ConcurrentHashMap.newKeySet();
	private volatile boolean refused;

	DavLocks(DavStorage storage) {
		this.storage = storage;
		DavSettings settings = storage.settings();
		tokens = TOKENS.computeIfAbsent("%s %s %s".formatted(settings.origin(), settings.user().orElse(""), storage.target("/", true)), _ -> new ConcurrentHashMap<>());
	}

	/** Whether the server was seen to lock nothing, whatever it says. */
	boolean isRefused() {
		return refused;
	}

	/** Of an own lock. */
	Optional<String> token(String path) {
		return Optional.ofNullable(tokens.get(path));
	}

	/** An own lock is of no use any more. */
	void forget(String path) {
		tokens.remove(path);
	}

	@Override
	public Optional<String> holder(String path) throws IOException {
		DavResource resource = storage.resource(path, DISCOVERY).orElseThrow(() -> new NoSuchFileException(path));
		return resource.locks().stream().filter(lock -> !lock.token().equals(tokens.get(path))).findFirst()
				.map(lock -> lock.owner().map(o -> o.length() > LONGEST_OWNER ? o.substring(0, LONGEST_OWNER) : o).orElse("somebody else"));
	}

	@Override
	public Optional<Lock> lock(String path) throws IOException {
		Optional<String> known = token(path);
		if (known.isPresent()) {
			Optional<DavLock> refreshed = refresh(path, known.get());
			if (refreshed.isPresent())
				return Optional.of(new Held(path, known.get(), pause(refreshed.get())));
			tokens.remove(path, known.get());
		}
		if (refused)
			return Optional.empty();
		String owner = storage.settings().user().map(u -> u + " (Strongroom)").orElse("Strongroom").replace("&", "&amp;").replace("<", "&lt;");
		String body = "<?xml version=\"1.0\" encoding=\"utf-8\"?><lockinfo xmlns=\"DAV:\"><lockscope><exclusive/></lockscope><locktype><write/></locktype><owner>%s</owner></lockinfo>".formatted(owner);
		// the condition is for servers that heed it: a file that is gone meanwhile is not to be made
		DavCall call = timed(path).with("Depth", "0").with("If-Match", "*").with("Content-Type", "application/xml; charset=utf-8").with(body.getBytes(StandardCharsets.UTF_8));
		try (DavAnswer answer = storage.change(call)) {
			switch (answer.status()) {
			case 200, 201 -> {
				DavLock made = Multistatus.lock(answer, path);
				String token = answer.header("Lock-Token").map(t -> t.strip().replaceAll("^<|>$", "")).orElse(made.token());
				if (token.isEmpty())
					return Optional.empty();
				if (answer.status() == 201) {
					unmake(path, token);
					throw new NoSuchFileException(path);
				}
				tokens.put(path, token);
				return Optional.of(new Held(path, token, pause(made)));
			}
			case 404, 409, 410, 412 -> throw new NoSuchFileException(path);
			case 423 -> throw locked(path);
			case 405, 501 -> {
				refused = true;
				return Optional.empty();
			}
			default -> {
				return Optional.empty();
			}
			}
		}
	}

	private DavCall timed(String path) {
		return DavCall.of("LOCK", storage.target(path, false)).with("Timeout", "Second-" + TIMEOUT);
	}

	/** There was no such file, and the server has made an empty one to be locked (RFC 4918 section 7.3). */
	private void unmake(String path, String token) throws IOException {
		storage.client().send(DavCall.of("DELETE", storage.target(path, false)).with("If", "(<" + token + ">)")).close();
		unlock(path, token);
	}

	private void unlock(String path, String token) throws IOException {
		storage.client().send(DavCall.of("UNLOCK", storage.target(path, false)).with("Lock-Token", "<" + token + ">")).close();
	}

	/** @return how it stands now; empty if it is gone */
	private Optional<DavLock> refresh(String path, String token) throws IOException {
		try (DavAnswer answer = storage.client().send(timed(path).with("If", "(<" + token + ">)"))) {
			return answer.status() == 200 ? Optional.of(Multistatus.lock(answer, path)) : Optional.empty();
		}
	}

	private static Duration pause(DavLock lock) {
		Duration half = lock.timeout().orElse(Duration.ofSeconds(TIMEOUT)).dividedBy(2);
		return half.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : half.compareTo(Duration.ofSeconds(TIMEOUT)) > 0 ? Duration.ofSeconds(TIMEOUT) : half;
	}

	/** What to say of a file that somebody else has locked. */
	LockedException locked(String path) {
		try {
			return new LockedException(path, holder(path));
		} catch (IOException e) {
			return new LockedException(path, Optional.empty());
		}
	}

	/** Lets go of the own locks of an item and all below it, which is about to go. */
	void letGo(String path) {
		held.stream().filter(h -> h.path.equals(path) || h.path.startsWith(path + "/")).forEach(Held::close);
	}

	/** The storage is about to be closed. */
	void end() {
		List<Held> last = List.copyOf(held);
		last.forEach(h -> Thread.ofVirtual().name("unlock").start(h::close));
		long end = System.nanoTime() + PATIENCE;
		for (Held h : last)
			h.await(end - System.nanoTime());
	}

	private final class Held implements Lock {
		private final String path;
		private final String token;
		private final FutureTask<Void> unlocking;
		private final Thread keeper;
		private volatile boolean lost;

		Held(String path, String token, Duration pause) {
			this.path = path;
			this.token = token;
			unlocking = new FutureTask<>(this::unlock, null);
			held.add(this);
			keeper = Thread.ofVirtual().name("keep a lock").start(() -> keep(pause));
		}

		private void keep(Duration first) {
			Duration pause = first;
			try {
				while (!lost && storage.isOpen()) {
					Thread.sleep(pause);
					try {
						Optional<DavLock> now = refresh(path, token);
						if (now.isPresent())
							pause = pause(now.get());
						else
							lose();
					} catch (IOException e) {
						// it is tried again, as long as there is a connection
					}
				}
			} catch (InterruptedException e) {
				// closed
			}
		}

		private void lose() {
			lost = true;
			tokens.remove(path, token);
			held.remove(this);
		}

		@Override
		public boolean isHeld() {
			return !lost && !unlocking.isDone() && storage.isOpen();
		}

		private void unlock() {
			keeper.interrupt();
			try {
				if (!lost)
					DavLocks.this.unlock(path, token);
				tokens.remove(path, token);
			} catch (IOException e) {
				// it ends by itself; whoever locks the file before that goes on with it
			} finally {
				held.remove(this);
			}
		}

		@Override
		public void close() {
			unlocking.run();
			await(Long.MAX_VALUE);
		}

		void await(long nanoseconds) {
			try {
				unlocking.get(Math.max(0, nanoseconds), TimeUnit.NANOSECONDS);
			} catch (InterruptedException e) {
				Thread.currentThread().interrupt();
			} catch (ExecutionException | TimeoutException e) {
				// it ends by itself
			}
		}
	}
}
