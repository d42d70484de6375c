package org.strongroom.core;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A saved way to a server; never holds a secret.
 *
 * @param name what the person calls it: 1 to 100 characters, no control characters, none of {@code / \ :}
 * @param uri protocol, user, host, port and start folder, such as {@code sftp://me@hq.example.org:2222/srv/files}. The start folder is the
 *            root of the bookmark's tree: no path or {@code /} is the server's root, {@code /~} and {@code /~/x} lie in the user's own folder
 * @param keys private key files to sign in with, in the order to try them; none means the usual ones and the agent's
 * @param options further settings that a protocol plug-in understands
 */
public record Bookmark(String name, URI uri, List<Path> keys, Map<String, String> options) {
	/** The option that says how long a server may be silent, see {@link #timeout}. */
	public static final String TIMEOUT = "timeout";
	private static final int USUAL_SECONDS = 30;
	private static final int MOST_SECONDS = 3600;

	public Bookmark {
		Objects.requireNonNull(name);
		Objects.requireNonNull(uri);
		keys = List.copyOf(keys);
		options = Map.copyOf(new TreeMap<>(options));
		if (name.isBlank() || name.length() > 100 || name.startsWith(".")
				|| name.chars().anyMatch(c -> c == '/' || c == '\\' || c == ':' || Character.isISOControl(c)))
			throw new IllegalArgumentException("Bookmark name '%s' is not usable: give 1 to 100 characters without / \\ : and not beginning with a dot."
					.formatted(name.codePoints().filter(c -> !Character.isISOControl(c)).limit(100)
							.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)));
		if (uri.getScheme() == null || uri.isOpaque())
			throw new IllegalArgumentException(
					"Bookmark address '%s' is not usable: give protocol://user@host:port/folder.".formatted(uri));
		if (uri.getRawUserInfo() != null && uri.getRawUserInfo().indexOf(':') >= 0)
			throw new IllegalArgumentException(
					"A bookmark holds no password: leave it out of the address, you are asked for it when signing in.");
		if (uri.getRawQuery() != null || uri.getRawFragment() != null)
			throw new IllegalArgumentException("Bookmark address must not contain '?' or '#': write %3F or %23 in a folder's name.");
	}

	/** A bookmark with an address alone. */
	public Bookmark(String name, URI uri) {
		this(name, uri, List.of(), Map.of());
	}

	/** The protocol, in lower case. */
	public String scheme() {
		return uri.getScheme().toLowerCase(Locale.ROOT);
	}

	/** The start folder as written in the address: empty, {@code /}, {@code /~…} or an absolute path. */
	public String startFolder() {
		return uri.getPath() == null ? "" : uri.getPath();
	}

	/** Where something of the bookmark's tree lies on the server: the start folder and the location in it as one path. */
	public String onServer(String location) {
		String start = startFolder();
		// Most are normal already, and making many of them so costs more than all that an audit log does with them.
		boolean isNormal = (start.isEmpty() || start.equals("/")) && location.length() > 1 && location.startsWith("/") && !location.endsWith("/") && !location.contains("//") && !location.contains("/.");
		return isNormal ? location : Location.normal(start + "/" + location);
	}

	/**
	 * How long the server may be silent: as the option {@value #TIMEOUT} says in seconds, or else the system property {@code strongroom.timeout}, or else {@value #USUAL_SECONDS} s.
	 *
	 * @throws IllegalArgumentException with one line for the person if that is not 1 to {@value #MOST_SECONDS} seconds
	 */
	public Duration timeout() {
		String text = options.getOrDefault(TIMEOUT, System.getProperty("strongroom." + TIMEOUT, Integer.toString(USUAL_SECONDS)));
		try {
			int seconds = Integer.parseInt(text.strip());
			if (seconds > 0 && seconds <= MOST_SECONDS)
				return Duration.ofSeconds(seconds);
		} catch (NumberFormatException e) {
			// Said below.
		}
		throw new IllegalArgumentException("The timeout '%s' is not usable: give seconds, 1 to %,d.".formatted(text, MOST_SECONDS));
	}

	/** Who is signed in where, in words for a person: {@code me@hq.example.org:2222}. */
	public String server() {
		return uri.getAuthority() == null ? "this machine" : uri.getAuthority();
	}
}
