package org.strongroom.core.storage;

import java.util.Objects;

/**
 * What a storage can tell about the state of a file's content: two equal versions mean, as far as the server can
 * tell, the same bytes. Over SFTP it is made of size and time (whole seconds, draft-ietf-secsh-filexfer-02 section 5),
 * over HTTP it is the entity tag (RFC 9110 section 8.8.3).
 *
 * @param token opaque to everybody but the storage that made it; never empty
 */
public record Version(String token) {
	public Version {
		if (Objects.requireNonNull(token).isEmpty())
			throw new IllegalArgumentException("a version has a token");
	}
}
