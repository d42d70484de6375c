package org.strongroom.storage.nextcloud.internal;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.stream.Collectors;

import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.storage.webdav.DavAnswer;
import org.strongroom.storage.webdav.DavCall;

/** The calls of Nextcloud beside WebDAV (Open Collaboration Services, version 2). Thread-safe. */
public final class Ocs {
	private static final int LONGEST = 8 << 20;
	private final Sender sender;
	private final String base;

	/** Sends a request. */
	@FunctionalInterface
	public interface Sender {
		/** @return its answer, whatever its status */
		DavAnswer send(DavCall call) throws IOException;
	}

	/** @param base percent-encoded path of the installation */
	public Ocs(Sender sender, String base) {
		this.sender = sender;
		this.base = base;
	}

	/**
	 * Asks for something.
	 *
	 * @param path below {@code /ocs/v2.php/}, percent-encoded
	 * @param subject what errors are about
	 * @return what the answer holds
	 */
	public Json get(String path, Map<String, String> query, String subject) throws IOException {
		return data(DavCall.of("GET", target(path) + query.entrySet().stream().map(q -> "&" + pair(q)).collect(Collectors.joining())), subject);
	}

	/** Has something made. */
	public Json post(String path, Map<String, String> form, String subject) throws IOException {
		return send("POST", path, form, subject);
	}

	/** Has something changed. */
	public Json put(String path, Map<String, String> form, String subject) throws IOException {
		return send("PUT", path, form, subject);
	}

	private Json send(String method, String path, Map<String, String> form, String subject) throws IOException {
		String body = form.entrySet().stream().map(Ocs::pair).collect(Collectors.joining("&"));
		return data(DavCall.of(method, target(path)).with("Content-Type", "application/x-www-form-urlencoded").with(body.getBytes(StandardCharsets.US_ASCII)).once(), subject);
	}

	/** Has something removed. */
	public void delete(String path, String subject) throws IOException {
		data(DavCall.of("DELETE", target(path)).once(), subject);
	}

	private String target(String path) {
		return base + "/ocs/v2.php/" + path + "?format=json";
	}

	private static String pair(Map.Entry<String, String> pair) {
		return pair.getKey() + "=" + URLEncoder.encode(pair.getValue(), StandardCharsets.UTF_8);
	}

	private Json data(DavCall call, String subject) throws IOException {
		try (DavAnswer answer = sender.send(call.with("OCS-APIRequest", "true").with("Accept", "application/json"))) {
			Json json;
			try {
				json = Json.of(answer.content(LONGEST));
			} catch (ServerFaultException e) {
				if (answer.isOk())
					throw e;
				json = Json.NOTHING;
			}
			if (answer.isOk())
				return json.get("ocs", "data");
			String reason = json.get("ocs", "meta", "message").text().orElse(null);
			throw switch (answer.status()) {
			case 403 -> new AccessDeniedException(subject, null, reason);
			case 404 -> new NoSuchFileException(subject, null, reason);
			default -> new FileSystemException(subject, null, reason == null ? "the server failed to do this (status %d)".formatted(answer.status()) : reason);
			};
		}
	}
}
