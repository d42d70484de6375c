package org.strongroom.storage.webdav;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * One {@code activelock} (RFC 4918 section 14.1).
 *
 * @param token names it, empty where the server does not tell
 * @param owner what whoever locked it said of himself, as text
 * @param timeout how long it lasts if it is not refreshed; empty for not told or for ever
 */
public record DavLock(String token, Optional<String> owner, Optional<Duration> timeout) {
	public DavLock {
		Objects.requireNonNull(token);
		Objects.requireNonNull(owner);
		Objects.requireNonNull(timeout);
	}
}
