package org.strongroom.core.internal;

import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

import org.strongroom.core.Session;

/** Which session paths belong to, for who is given paths alone and has to record what is done with them. Thread-safe. */
public final class Trails {
	private static final Map<FileSystem, Session> SESSIONS = Collections.synchronizedMap(new IdentityHashMap<>());

	private Trails() {
	}

	static void register(FileSystem fileSystem, Session session) {
		SESSIONS.put(fileSystem, session);
	}

	static void forget(FileSystem fileSystem) {
		SESSIONS.remove(fileSystem);
	}

	/** A place in the tree of a session. */
	public record Place(Session session, String location) {
	}

	/** Where a path lies; empty for those of this machine. */
	public static Optional<Place> of(Path path) {
		return Optional.ofNullable(SESSIONS.get(path.getFileSystem())).map(session -> new Place(session, session.locate(path).orElseGet(() -> path.toAbsolutePath().toString())));
	}
}
