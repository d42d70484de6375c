package org.strongroom.core;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Objects;

/**
 * A place as a person writes it: {@code BOOKMARK:/path}, or a URI such as {@code sftp://user@host:2222/path}.
 *
 * @param bookmark the way to the server; of a URI one made up for it, whose start folder is the server's root
 * @param path normal and absolute in the bookmark's tree; {@code /} for its root
 */
public record Location(Bookmark bookmark, String path) {
	public Location {
		Objects.requireNonNull(bookmark);
		Objects.requireNonNull(path);
	}

	/**
	 * Reads a place.
	 *
	 * @throws IllegalArgumentException with a line for the person if it is not of either form
	 * @throws NoSuchFileException if there is no such bookmark
	 */
	public static Location parse(String text, Bookmarks bookmarks) throws IOException {
		int colon = text.indexOf(':');
		if (colon <= 0)
			throw new IllegalArgumentException("'%s' is no place on a server: write BOOKMARK:/path or protocol://user@host/path.".formatted(text));
		if (text.startsWith("://", colon))
			return ofUri(text);
		String name = text.substring(0, colon);
		Bookmark bookmark = bookmarks.find(name).orElseThrow(() -> new NoSuchFileException(
				"bookmark " + name, null, "there is no such bookmark; see 'strongroom bookmark list'."));
		return new Location(bookmark, normal(text.substring(colon + 1)));
	}

	private static Location ofUri(String text) {
		URI uri;
		try {
			uri = new URI(text);
		} catch (URISyntaxException e) {
			throw new IllegalArgumentException("'%s' is no address: %s (write a blank as %%20, %% as %%25).".formatted(text, e.getReason()));
		}
		String path = uri.getPath() == null || uri.getPath().isEmpty() ? "/" : uri.getPath();
		boolean home = path.equals("/~") || path.startsWith("/~/");
		try {
			URI root = new URI(uri.getScheme(), uri.getRawAuthority() == null ? null : uri.getAuthority(), home ? "/~" : "/", uri.getQuery(), uri.getFragment());
			String name = (uri.getScheme() + " " + root.getAuthority()).replaceAll("[/\\\\:]", " ");
			return new Location(new Bookmark(name.length() > 100 ? name.substring(0, 100) : name, root),
					normal(home ? path.substring(2) : path));
		} catch (URISyntaxException e) {
			throw new IllegalArgumentException("'%s' is no address: %s".formatted(text, e.getReason()));
		}
	}

	/** A path without empty names, {@code .} and {@code ..}, beginning with {@code /}; never leads above the root. */
	public static String normal(String path) {
		var names = new ArrayDeque<String>();
		for (String name : path.split("/")) {
			switch (name) {
			case "", "." -> {
			}
			case ".." -> names.pollLast();
			default -> names.add(name);
			}
		}
		return "/" + String.join("/", names);
	}
}
