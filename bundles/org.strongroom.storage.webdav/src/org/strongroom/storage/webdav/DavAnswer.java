package org.strongroom.storage.webdav;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.util.Optional;

import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.storage.webdav.internal.Incoming;

/** What came back for a request. To be closed: until its body is read or given up, it takes one of the few connections. Used by one thread. */
public final class DavAnswer implements Closeable {
	private final int status;
	private final HttpHeaders headers;
	private final String target;
	private final Incoming body;

	DavAnswer(int status, HttpHeaders headers, String target, Incoming body) {
		this.status = status;
		this.headers = headers;
		this.target = target;
		this.body = body;
	}

	/** The status code, as in RFC 9110 section 15. */
	public int status() {
		return status;
	}

	/** Whether the server did what it was asked for. */
	public boolean isOk() {
		return status >= 200 && status < 300;
	}

	/** All headers. */
	public HttpHeaders headers() {
		return headers;
	}

	/** The first header of a name. */
	public Optional<String> header(String name) {
		return headers.firstValue(name);
	}

	/** What was asked for in the end, other than what was asked for first if the server sent on. */
	public String target() {
		return target;
	}

	/**
	 * The body as it comes. A read waits no longer than the client's limit, and an interrupt ends it.
	 */
	public InputStream body() {
		return body;
	}

	/** Some of a long body, for whoever reads on and on: where nothing has come yet, a moment is given to what comes. @return the number of bytes, -1 at the end */
	int readOn(byte[] bytes, int offset, int length) throws IOException {
		return body.readOn(bytes, offset, length);
	}

	/** Reads until the buffer is full or the body ends. @return the number of bytes, 0 at the end */
	public int fill(ByteBuffer target) throws IOException {
		return body.readFully(target);
	}

	/**
	 * All of the body.
	 *
	 * @param most in bytes
	 * @throws ServerFaultException if it is longer
	 */
	public byte[] content(int most) throws IOException {
		try (this) {
			byte[] all = body.readNBytes(most);
			if (body.read() >= 0)
				throw new ServerFaultException(null, "the server's answer is longer than %,d bytes; it was given up".formatted(most));
			return all;
		}
	}

	/** Lets go of the rest of the body. */
	@Override
	public void close() {
		body.close();
	}
}
