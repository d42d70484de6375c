package org.strongroom.storage.webdav;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One request.
 *
 * @param method such as {@code PROPFIND}
 * @param target path on the server, percent-encoded (see {@link DavPaths}), with a query if need be
 * @param headers by name, without those of signing in
 * @param content what is sent, empty for nothing; not copied
 * @param repeatable whether it may be sent again if the connection is lost before there is an answer, because doing it twice is as good as doing it once
 * @param apart whether it is to have a connection of its own, because a long content comes or goes with it
 */
public record DavCall(String method, String target, Map<String, String> headers, Optional<byte[]> content, boolean repeatable, boolean apart) {
	public DavCall {
		headers = Map.copyOf(headers);
	}

	/** A request without content that does no harm if it is sent twice. */
	public static DavCall of(String method, String target) {
		return new DavCall(method, target, Map.of(), Optional.empty(), true, false);
	}

	/** The same with one more header. */
	public DavCall with(String header, String value) {
		return with(Map.of(header, value));
	}

	/** The same with more headers. */
	public DavCall with(Map<String, String> others) {
		var more = new LinkedHashMap<>(headers);
		more.putAll(others);
		return new DavCall(method, target, more, content, repeatable, apart);
	}

	/** The same with a content. */
	public DavCall with(byte[] body) {
		return new DavCall(method, target, headers, Optional.of(body), repeatable, apart);
	}

	/** The same, to be sent once only. */
	public DavCall once() {
		return new DavCall(method, target, headers, content, false, apart);
	}

	/** The same, over a connection of its own. */
	public DavCall aside() {
		return new DavCall(method, target, headers, content, repeatable, true);
	}

	/** The same to another place on the server. */
	public DavCall at(String otherTarget) {
		return new DavCall(method, otherTarget, headers, content, repeatable, apart);
	}
}
