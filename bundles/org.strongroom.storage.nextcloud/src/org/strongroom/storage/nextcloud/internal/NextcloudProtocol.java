package org.strongroom.storage.nextcloud.internal;

import java.io.IOException;

import org.strongroom.core.Bookmark;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.Protocol;
import org.strongroom.core.storage.Storage;
import org.strongroom.storage.nextcloud.NextcloudStorage;

/**
 * {@code nextcloud://user@host:port/path} over HTTPS. The path is that of the user's files; before it stands the folder that Nextcloud is installed in, if it is in one. The user may be left
 * out where one signs in in the browser. Plain HTTP is for servers on this machine, and where the bookmark says so in words (the option of {@code dav://}).
 */
public final class NextcloudProtocol implements Protocol {
	/** Option of a bookmark: how one signs in, {@value #BROWSER} (which is usual) or {@value #PASSWORD}: an app password made by hand. */
	static final String SIGN_IN = "sign-in";
	static final String BROWSER = "browser";
	static final String PASSWORD = "password";

	@Override
	public Storage connect(Bookmark bookmark, SignIn signIn) throws IOException {
		long begun = System.nanoTime();
		long roundTrips = Chain.length();
		Installation installation = Installation.find(bookmark, signIn);
		try {
			return NextcloudStorage.open(installation, Account.signIn(installation, bookmark, signIn), roundTrips, begun);
		} catch (IOException | RuntimeException e) {
			installation.client().close();
			throw e;
		}
	}

	@Override
	public String check(Bookmark bookmark) {
		try {
			boolean hasUser = Installation.settings(bookmark, !Installation.isUnencrypted(bookmark)).user().isPresent();
			String how = bookmark.options().getOrDefault(SIGN_IN, BROWSER);
			if (!how.equals(BROWSER) && !how.equals(PASSWORD))
				return "The option %s is '%s': give %s or %s.".formatted(SIGN_IN, how, BROWSER, PASSWORD);
			if (how.equals(PASSWORD) && !hasUser)
				return "To sign in with a password, write the user in the address: nextcloud://user@%s.".formatted(bookmark.server());
			return "";
		} catch (IllegalArgumentException e) {
			return e.getMessage();
		}
	}
}
