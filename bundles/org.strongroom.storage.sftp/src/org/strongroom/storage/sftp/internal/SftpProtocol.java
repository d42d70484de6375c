package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.time.Duration;

import org.strongroom.core.Bookmark;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.storage.Protocol;
import org.strongroom.core.storage.Storage;

/**
 * {@code sftp://user@host:port/folder}. The host may be an alias of {@code ~/.ssh/config}. The option {@value #TIMEOUT} of a bookmark, or else the system property
 * {@code strongroom.timeout}, says how many seconds a server may be silent.
 */
public final class SftpProtocol implements Protocol {
	static final String TIMEOUT = "timeout";
	private static final String TIMEOUT_PROPERTY = "strongroom.timeout";
	private static final int USUAL_SECONDS = 30;
	private static final int MOST_SECONDS = 3600;

	@Override
	public Storage connect(Bookmark bookmark, SignIn signIn) throws IOException {
		Duration limit = limit(bookmark);
		return SftpStorage.open(SshConnection.open(Hop.of(bookmark), signIn, limit), bookmark.server(), limit);
	}

	@Override
	public String check(Bookmark bookmark) {
		try {
			Hop.Address.of(bookmark.uri());
			limit(bookmark);
			return "";
		} catch (IllegalArgumentException e) {
			return e.getMessage();
		}
	}

	private static Duration limit(Bookmark bookmark) {
		String text = bookmark.options().getOrDefault(TIMEOUT, System.getProperty(TIMEOUT_PROPERTY, Integer.toString(USUAL_SECONDS)));
		try {
			int seconds = Integer.parseInt(text.strip());
			if (seconds > 0 && seconds <= MOST_SECONDS)
				return Duration.ofSeconds(seconds);
		} catch (NumberFormatException e) {
			// Said below.
		}
		throw new IllegalArgumentException("The timeout '%s' is not usable: give seconds, 1 to %,d.".formatted(text, MOST_SECONDS));
	}
}
