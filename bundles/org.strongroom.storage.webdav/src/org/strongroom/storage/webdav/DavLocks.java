package org.strongroom.storage.webdav;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Exclusive write locks of single files (RFC 4918 class 2). Their tokens are known to all storages of one account in this process, so that a connection goes on with the locks of one that was
 * lost. Thread-safe.
 */
final class DavLocks extends KeptLocks {
	/** Asked for, in seconds: what is left by a machine that lost its power is soon gone. */
	private static final int TIMEOUT = 300;
	private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
	private static final int LONGEST_OWNER = 200;
	private static final String DISCOVERY = DavStorage.propfindOf("<lockdiscovery/>");
	/** By account, and then by path. */
	private static final Map<String, Map<String, String>> TOKENS = new ConcurrentHashMap<>();

	private final DavStorage storage;
	private final Map<String, String> tokens;
	private volatile boolean refused;

	DavLocks(DavStorage storage) {
		super(storage);
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
				return Optional.of(keep(path, known.get(), refreshed.get()));
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
				return Optional.of(keep(path, token, made));
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

	private Lock keep(String path, String token, DavLock made) {
		return keep(path, Optional.of(pause(made)), new Means() {
			@Override
			public Optional<Duration> refresh() throws IOException {
				Optional<DavLock> now = DavLocks.this.refresh(path, token);
				if (now.isEmpty())
					tokens.remove(path, token);
				return now.map(DavLocks::pause);
			}

			@Override
			public void unlock() throws IOException {
				// if that fails, whoever locks the file before it ends goes on with it
				DavLocks.this.unlock(path, token);
				tokens.remove(path, token);
			}
		});
	}
}
