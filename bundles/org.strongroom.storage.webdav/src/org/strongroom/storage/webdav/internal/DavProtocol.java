package org.strongroom.storage.webdav.internal;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

import org.strongroom.core.Bookmark;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.residency.Requirements;
import org.strongroom.core.storage.Protocol;
import org.strongroom.core.storage.Storage;
import org.strongroom.storage.webdav.DavSettings;
import org.strongroom.storage.webdav.DavStorage;

/** {@code davs://user@host:port/folder} over HTTPS, {@code dav://…} over plain HTTP. The path is the server's own. */
public final class DavProtocol implements Protocol {
	private static final String SECURE = "davs";

	@Override
	public Storage connect(Bookmark bookmark, SignIn signIn) throws IOException {
		String folder = bookmark.startFolder();
		if (folder.equals("/~") || folder.startsWith("/~/"))
			folder = folder.substring(2);
		while (folder.endsWith("/"))
			folder = folder.substring(0, folder.length() - 1);
		return DavStorage.open(settings(bookmark), signIn, folder.isEmpty() ? "/" : folder);
	}

	@Override
	public boolean follows(Requirements requirements) {
		return requirements.hostKeys().isEmpty();
	}

	@Override
	public String check(Bookmark bookmark) {
		try {
			settings(bookmark);
			return "";
		} catch (IllegalArgumentException e) {
			return e.getMessage();
		}
	}

	private static DavSettings settings(Bookmark bookmark) {
		return DavSettings.of(bookmark, bookmark.scheme().equals(SECURE));
	}

	@Override
	public Optional<URI> ofWeb(URI web) {
		try {
			return Optional.of(new URI(web.getScheme().equalsIgnoreCase("https") ? "davs" : "dav", web.getUserInfo(), web.getHost(), web.getPort(), web.getPath(), null, null));
		} catch (URISyntaxException e) {
			return Optional.empty();
		}
	}
}
