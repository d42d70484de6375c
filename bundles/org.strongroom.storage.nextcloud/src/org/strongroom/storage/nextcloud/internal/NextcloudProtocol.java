package org.strongroom.storage.nextcloud.internal;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.strongroom.core.Bookmark;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.residency.Requirements;
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
	/** Pages of the server's own, which come after the folder of the installation. */
	private static final Pattern PAGES = Pattern.compile("/(index\\.php|remote\\.php|public\\.php|status\\.php|apps|login|settings|s|f)(/.*)?$");
	/** The folder that the page of the files shows. */
	private static final Pattern FOLDER = Pattern.compile("(?:^|&)dir=(/[^&]*)");

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
	public boolean follows(Requirements requirements) {
		return requirements.hostKeys().isEmpty();
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

	/** Of a page of the server's, such as that of a folder, where the installation is, and the folder. */
	@Override
	public Optional<URI> ofWeb(URI web) {
		String base = PAGES.matcher(String.valueOf(web.getPath())).replaceFirst("");
		Matcher folder = FOLDER.matcher(String.valueOf(web.getQuery()));
		String path = (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + (folder.find() ? folder.group(1) : "/");
		try {
			return Optional.of(new URI("nextcloud", web.getUserInfo(), web.getHost(), web.getPort(), path, null, null));
		} catch (URISyntaxException e) {
			return Optional.empty();
		}
	}
}
