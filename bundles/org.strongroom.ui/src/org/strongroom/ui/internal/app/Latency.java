package org.strongroom.ui.internal.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.strongroom.core.Session;
import org.strongroom.core.Session.State;
import org.strongroom.core.Session.Unlocking;

/** Measures now and then how long a server takes to answer one small question; so a lost connection is noticed, too. Thread-safe. */
public final class Latency {
	private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(20);
	private final Map<Session, Long> asked = new ConcurrentHashMap<>();
	private final Map<Session, Long> millis = new ConcurrentHashMap<>();

	/** Asks those that have not been asked for a while. Returns at once. */
	void measure(List<Session> sessions) {
		asked.keySet().retainAll(sessions);
		millis.keySet().retainAll(sessions);
		long now = System.nanoTime();
		for (Session s : sessions) {
			Long before = asked.get(s);
			if (s.state() == State.SIGNED_IN && (before == null || now - before > EVERY_NANOS)) {
				asked.put(s, now);
				Thread.ofVirtual().name("latency").start(() -> ask(s));
			}
		}
	}

	private void ask(Session session) {
		try {
			millis.put(session, ofNow(session));
		} catch (IOException e) {
			// a lost connection shows by the session's state
			millis.remove(session);
		}
	}

	/** How long one small question takes now, in milliseconds; waits for the answer. */
	public static long ofNow(Session session) throws IOException {
		Path root = session.item("/", Unlocking.NEVER);
		long start = System.nanoTime();
		session.fileSystem().storage().stat(root.toString(), true);
		return Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
	}

	/** The last answer took so long, in milliseconds. */
	OptionalLong of(Session session) {
		Long last = millis.get(session);
		return last == null ? OptionalLong.empty() : OptionalLong.of(last);
	}

	/** Forgets all. */
	void stop() {
		asked.clear();
		millis.clear();
	}
}
