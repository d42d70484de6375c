package org.strongroom.residency.internal.audit;

import org.strongroom.core.Bookmark;

/** Names of servers, and of places on them. */
final class Places {
	private Places() {
	}

	/** The server of a bookmark, without the folder it begins in: {@code sftp://me@hq.example.org:2222}. */
	static String server(Bookmark bookmark) {
		String authority = bookmark.uri().getRawAuthority();
		return bookmark.scheme() + "://" + (authority == null ? "" : authority);
	}

	/** What the hash of a path is of: the server, a line feed, the bookmark's start folder and the location in it as one path. */
	static String of(Bookmark bookmark, String location) {
		return server(bookmark) + "\n" + bookmark.onServer(location);
	}

	/** The same of where something went. On this machine it is as a bookmark of the machine itself has it, so that both have one hash; the start folder of the bookmark that it came from has nothing to do with it. */
	static String away(String place) {
		return "file://\n" + place;
	}
}
