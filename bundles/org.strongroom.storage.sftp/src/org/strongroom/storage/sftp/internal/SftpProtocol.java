package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.time.Duration;

import org.strongroom.core.Bookmark;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.residency.Requirements;
import org.strongroom.core.storage.Protocol;
import org.strongroom.core.storage.Storage;

/**
 * {@code sftp://user@host:port/folder}. The host may be an alias of {@code ~/.ssh/config}. {@link Bookmark#timeout} says how long
 * a server may be silent.
 */
public final class SftpProtocol implements Protocol {
	@Override
	public Storage connect(Bookmark bookmark, SignIn signIn) throws IOException {
		Duration limit = bookmark.timeout();
		return SftpStorage.open(SshConnection.open(Hop.of(bookmark), signIn, limit), bookmark.server(), limit);
	}

	@Override
	public boolean follows(Requirements requirements) {
		return requirements.certificates().isEmpty();
	}

	@Override
	public String check(Bookmark bookmark) {
		try {
			Hop.Address.of(bookmark.uri());
			bookmark.timeout();
			return "";
		} catch (IllegalArgumentException e) {
			return e.getMessage();
		}
	}
}
