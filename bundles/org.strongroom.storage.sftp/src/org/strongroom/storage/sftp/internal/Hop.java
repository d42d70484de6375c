package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.strongroom.auth.ssh.SshConfig;
import org.strongroom.core.Bookmark;
import org.strongroom.core.storage.ConnectionException;

/**
 * One server on the way: the last one, or one that is jumped through.
 *
 * @param asker who asks, for a person
 * @param host as the person named it
 * @param hostName to connect to
 * @param port TCP port
 * @param user the account
 * @param keyFiles private key files to offer
 * @param onlyThese whether no other key may be offered
 * @param keyAlias under what name its host key is known, empty for that of the host
 */
record Hop(String asker, String host, String hostName, int port, String user, List<Path> keyFiles, boolean onlyThese, Optional<String> keyAlias) {
	static final int SSH_PORT = 22;
	/** More jumps than anybody has are a loop in the configuration. */
	private static final int MOST_JUMPS = 8;

	/** The servers to pass, the bookmark's own last. User and port of its address win over the configuration. */
	static List<Hop> of(Bookmark bookmark) throws IOException {
		Address address = Address.of(bookmark.uri());
		var hops = new ArrayList<Hop>();
		add(hops, address, bookmark.server(), bookmark.keys(), 0);
		return hops;
	}

	private static void add(List<Hop> hops, Address address, String asker, List<Path> keys, int depth) throws IOException {
		if (depth > MOST_JUMPS || hops.size() > MOST_JUMPS)
			throw new ConnectionException("The SSH configuration jumps through more than %d servers to reach %s: look for a loop in ProxyJump.".formatted(MOST_JUMPS, address.host()));
		SshConfig config = SshConfig.of(address.host(), address.user());
		String user = address.user() != null ? address.user() : config.value("User").orElse(System.getProperty("user.name"));
		int port = address.port() > 0 ? address.port() : config.value("Port").map(Hop::port).orElse(SSH_PORT);
		Optional<String> proxy = config.value("ProxyJump").filter(p -> !p.equalsIgnoreCase("none"));
		if (proxy.isPresent())
			for (String jump : proxy.get().split(","))
				if (!jump.isBlank()) {
					Address via = Address.of(jump.strip());
					add(hops, via, via.toString(), List.of(), depth + 1);
				}
		List<Path> files = keys.isEmpty() ? config.files("IdentityFile", user, port) : keys;
		boolean only = !keys.isEmpty() || !files.isEmpty() && config.isYes("IdentitiesOnly");
		hops.add(new Hop(asker, address.host(), config.hostName(), port, user, files, only, config.value("HostKeyAlias")));
	}

	private static int port(String text) {
		try {
			int port = Integer.parseInt(text);
			return port > 0 && port < 65536 ? port : SSH_PORT;
		} catch (NumberFormatException e) {
			return SSH_PORT;
		}
	}

	/** The name under which its host key is looked up. */
	String keyName() {
		return keyAlias.orElse(hostName);
	}

	/** The port that belongs to {@link #keyName()}: an alias has none. */
	int keyPort() {
		return keyAlias.isPresent() ? SSH_PORT : port;
	}

	/** Its address, as the person named it, without an account. */
	URI address() {
		try {
			return new URI("sftp", (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port, "/", null, null);
		} catch (URISyntaxException e) {
			throw new IllegalArgumentException("'%s' is no name of a server.".formatted(host), e);
		}
	}

	/** The server in words for a person. */
	String server() {
		return port == SSH_PORT ? host : host + ":" + port;
	}

	/**
	 * {@code [user@]host[:port]}, also with {@code ssh://} before it.
	 *
	 * @param user null if not named
	 * @param port 0 if not named
	 */
	record Address(String user, String host, int port) {
		static Address of(URI uri) {
			if (uri.getAuthority() == null)
				throw new IllegalArgumentException("The address '%s' names no server: give sftp://user@host/folder.".formatted(uri));
			return of(uri.getAuthority());
		}

		static Address of(String text) {
			String rest = text.startsWith("ssh://") ? text.substring(6) : text;
			int at = rest.lastIndexOf('@');
			String user = at < 0 ? null : rest.substring(0, at);
			rest = rest.substring(at + 1);
			int colon = rest.startsWith("[") ? rest.indexOf(':', rest.indexOf(']')) : rest.indexOf(':');
			int port = 0;
			if (colon >= 0) {
				try {
					port = rest.length() == colon + 1 ? 0 : Integer.parseInt(rest.substring(colon + 1));
				} catch (NumberFormatException e) {
					port = -1;
				}
				rest = rest.substring(0, colon);
			}
			if (rest.startsWith("[") && rest.endsWith("]"))
				rest = rest.substring(1, rest.length() - 1);
			if (rest.isEmpty() || rest.startsWith("-") || rest.chars().anyMatch(c -> c <= ' ') || port < 0 || port > 65535)
				throw new IllegalArgumentException("'%s' is no address of a server: give user@host or user@host:port.".formatted(text));
			return new Address(user == null || user.isEmpty() ? null : user, rest, port);
		}

		@Override
		public String toString() {
			return (user == null ? "" : user + "@") + host + (port == 0 ? "" : ":" + port);
		}
	}
}
