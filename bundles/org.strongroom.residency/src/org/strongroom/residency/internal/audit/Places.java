package org.strongroom.residency.internal.audit;

import org.strongroom.core.Bookmark;
import org.strongroom.core.Location;

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
		return server(bookmark) + "\n" + path(bookmark, location);
	}

	/** The start folder and the location in it as one path. */
	static String path(Bookmark bookmark, String location) {
		String start = bookmark.startFolder();
		// Most are normal already, and making many of them so costs more than all else.
		boolean isNormal = (start.isEmpty() || start.equals("/")) && location.length() > 1 && location.startsWith("/") && !location.endsWith("/") && !location.contains("//") && !location.contains("/.");
		return isNormal ? location : Location.normal(start + "/" + location);
	}
}
