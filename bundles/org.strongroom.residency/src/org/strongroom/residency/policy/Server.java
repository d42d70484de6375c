package org.strongroom.residency.policy;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.strongroom.core.find.Glob;

/**
 * Servers that a policy lets people sign in to.
 *
 * @param scheme of the address, in lower case
 * @param host pattern of the host's name
 * @param port TCP port; empty for any
 */
public record Server(String scheme, String host, OptionalInt port) {
	private static final Pattern FORM = Pattern.compile("([a-z][a-z0-9+.-]*)://([^/:@\\s]+|\\[[0-9a-fA-F:.*?]+\\])(?::(\\d{1,5}))?/?");

	/** By what a policy says, such as {@code sftp://*.example.org:2222}. */
	static Optional<Server> of(String text) {
		Matcher m = FORM.matcher(text.toLowerCase(Locale.ROOT));
		if (!m.matches())
			return Optional.empty();
		return Optional.of(new Server(m.group(1), m.group(2), m.group(3) == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(m.group(3)))));
	}

	/** Whether an address is one of them. */
	public boolean fits(URI address) {
		String of = address.getHost() == null ? "" : address.getHost().toLowerCase(Locale.ROOT);
		return scheme.equals(address.getScheme().toLowerCase(Locale.ROOT)) && new Glob(host).matches(of) && (port.isEmpty() || port.getAsInt() == address.getPort());
	}

	@Override
	public String toString() {
		return scheme + "://" + host + (port.isPresent() ? ":" + port.getAsInt() : "");
	}
}
