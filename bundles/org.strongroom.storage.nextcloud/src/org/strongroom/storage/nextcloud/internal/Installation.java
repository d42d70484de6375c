package org.strongroom.storage.nextcloud.internal;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.strongroom.core.Bookmark;
import org.strongroom.core.Location;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.storage.webdav.DavAnswer;
import org.strongroom.storage.webdav.DavCall;
import org.strongroom.storage.webdav.DavClient;
import org.strongroom.storage.webdav.DavPaths;
import org.strongroom.storage.webdav.DavSettings;

/**
 * Where Nextcloud is on a server, found from as little as the server's address: at its root, in a folder at the beginning of the bookmark's path, or where {@code /.well-known/webdav} leads.
 *
 * @param client connected, not signed in
 * @param base percent-encoded path of its folder, empty for the root
 * @param version as it tells
 */
public record Installation(DavClient client, String base, String version) {
	private static final int MOST_FOLDERS = 4;
	private static final int LONGEST = 64 << 10;
	private static final String DAV = "/remote.php/dav";

	/** What {@code status.php} tells. */
	private record Status(String version, boolean maintenance, boolean update) {
	}

	/**
	 * Finds it. Asks for nothing but whether a certificate is right.
	 *
	 * @throws ConnectionException if there is none, or it is under maintenance
	 */
	static Installation find(Bookmark bookmark, SignIn signIn) throws IOException {
		DavSettings settings = settings(bookmark, !isUnencrypted(bookmark));
		boolean plain = settings.isSecure() && settings.isLoopback() && settings.clientCertificate().isEmpty() && bookmark.uri().getPort() >= 0 && !signIn.requirements().demandsTls()
				&& speaksPlainly(settings(bookmark, false), signIn);
		return find(plain ? settings(bookmark, false) : settings, bookmark.startFolder(), signIn);
	}

	/** Whether a server on this machine speaks HTTP without TLS: what never leaves the machine needs no encryption. One that speaks TLS at that port does not answer, or with 400. */
	private static boolean speaksPlainly(DavSettings settings, SignIn signIn) throws IOException {
		try (DavClient client = DavClient.open(settings); DavAnswer answer = client.signIn(signIn, DavCall.of("GET", "/status.php"))) {
			return answer.status() != 400;
		} catch (ConnectionException e) {
			return false;
		}
	}

	/** The settings of a bookmark. @throws IllegalArgumentException with a line for the person */
	static DavSettings settings(Bookmark bookmark, boolean secure) {
		return DavSettings.of(bookmark, secure);
	}

	/** Whether the bookmark says that the connection need not be encrypted. */
	static boolean isUnencrypted(Bookmark bookmark) {
		return "yes".equals(bookmark.options().get(DavSettings.UNENCRYPTED_PASSWORD));
	}

	private static Installation find(DavSettings settings, String startFolder, SignIn signIn) throws IOException {
		DavClient client = DavClient.open(settings, Cookies.inMemory());
		try {
			try (DavAnswer first = client.signIn(signIn, DavCall.of("GET", "/status.php"))) {
				Optional<Status> root = status(first);
				if (root.isPresent())
					return of(client, "", root.get());
				if (first.status() == 503)
					throw maintenance(settings);
			}
			for (String folder : candidates(client, startFolder)) {
				try (DavAnswer answer = client.send(DavCall.of("GET", folder + "/status.php"))) {
					Optional<Status> there = status(answer);
					if (there.isPresent())
						return of(client, folder, there.get());
				}
			}
			throw new ConnectionException("%s is no Nextcloud server, as far as can be seen: if Nextcloud is in a folder of it, write that in the bookmark's address: nextcloud://user@server/folder."
					.formatted(settings.asker()));
		} catch (IOException | RuntimeException e) {
			client.close();
			throw e;
		}
	}

	private static Installation of(DavClient client, String base, Status status) throws ConnectionException {
		if (status.maintenance())
			throw maintenance(client.settings());
		if (status.update())
			throw new ConnectionException("Nextcloud on %s waits for its administrator to finish an update (%s).".formatted(client.settings().asker(), Challenge.printable(status.version())));
		return new Installation(client, base, status.version());
	}

	private static ConnectionException maintenance(DavSettings settings) {
		return new ConnectionException("Nextcloud on %s is under maintenance: try again later.".formatted(settings.asker()));
	}

	private static Optional<Status> status(DavAnswer answer) throws IOException {
		if (answer.status() != 200 && answer.status() != 503)
			return Optional.empty();
		try {
			Json json = Json.of(answer.content(LONGEST));
			if (!json.get("installed").isTrue() || json.get("version").text().isEmpty())
				return Optional.empty();
			return Optional.of(new Status(json.get("versionstring").text().or(() -> json.get("version").text()).orElseThrow(), json.get("maintenance").isTrue(), json.get("needsDbUpgrade").isTrue()));
		} catch (ServerFaultException e) {
			return Optional.empty(); // some other page
		}
	}

	/** The folders to look into, the root aside. */
	private static List<String> candidates(DavClient client, String startFolder) throws IOException {
		var all = new ArrayList<String>();
		String path = Location.normal(startFolder.startsWith("/~") ? "/" : startFolder);
		for (int slash = path.indexOf('/', 1); path.length() > 1 && all.size() < MOST_FOLDERS; slash = path.indexOf('/', slash + 1)) {
			all.add(DavPaths.encode(slash < 0 ? path : path.substring(0, slash)));
			if (slash < 0)
				break;
		}
		wellKnown(client).ifPresent(all::add);
		return all;
	}

	/** Where the server says that its WebDAV is (RFC 6764 section 5 has the same for calendars). A POST is answered, but not followed. */
	private static Optional<String> wellKnown(DavClient client) throws IOException {
		try (DavAnswer answer = client.send(DavCall.of("POST", "/.well-known/webdav"))) {
			if (answer.status() < 300 || answer.status() >= 400)
				return Optional.empty();
			return answer.header("Location").flatMap(location -> folder(client.settings(), location));
		}
	}

	private static Optional<String> folder(DavSettings settings, String location) {
		try {
			URI to = settings.origin().resolve("/").resolve(location.strip());
			String path = to.getRawPath() == null ? "" : to.getRawPath();
			int dav = path.lastIndexOf(DAV);
			return settings.host().equalsIgnoreCase(to.getHost()) && dav > 0 ? Optional.of(path.substring(0, dav)) : Optional.empty();
		} catch (IllegalArgumentException e) {
			return Optional.empty();
		}
	}
}
