package org.strongroom.storage.webdav;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** A server whose answers a test makes up: one handler for each method; {@code OPTIONS} is answered by itself. */
final class OddServer implements AutoCloseable {
	/** What one request is answered with. */
	interface Handler {
		void answer(HttpExchange exchange) throws IOException;
	}

	/** A request that came. */
	record Seen(String method, String target, Headers headers) {
	}

	private final HttpServer server;
	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
	private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
	private final List<Seen> seen = new CopyOnWriteArrayList<>();
	private final Set<Integer> ports = ConcurrentHashMap.newKeySet();

	OddServer() throws IOException {
		server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
		server.setExecutor(threads);
		on("OPTIONS", e -> status(e, 200));
		server.createContext("/", e -> {
			try {
				var headers = new Headers();
				headers.putAll(e.getRequestHeaders());
				ports.add(e.getRemoteAddress().getPort());
				seen.add(new Seen(e.getRequestMethod(), e.getRequestURI().getRawPath(), headers));
				Handler handler = handlers.get(e.getRequestMethod());
				if (handler == null)
					status(e, 405);
				else
					handler.answer(e);
			} finally {
				e.close();
			}
		});
		server.start();
	}

	/** How a method is answered from now on. */
	OddServer on(String method, Handler handler) {
		handlers.put(method, handler);
		return this;
	}

	URI uri() {
		return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
	}

	List<Seen> seen() {
		return List.copyOf(seen);
	}

	List<Seen> seen(String method) {
		return seen.stream().filter(s -> s.method().equals(method)).toList();
	}

	/** Connections that requests have come over so far. */
	int connections() {
		return ports.size();
	}

	static void status(HttpExchange e, int status) throws IOException {
		e.getRequestBody().readAllBytes();
		e.sendResponseHeaders(status, -1);
	}

	static void body(HttpExchange e, int status, byte[] body) throws IOException {
		e.getRequestBody().readAllBytes();
		e.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
		if (body.length > 0)
			e.getResponseBody().write(body);
	}

	/** A multistatus with these responses, in the prefix {@code D}. */
	static Handler multistatus(String... responses) {
		return e -> body(e, 207, multistatusOf(responses).getBytes(StandardCharsets.UTF_8));
	}

	static String multistatusOf(String... responses) {
		return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:multistatus xmlns:D=\"DAV:\">" + String.join("", responses) + "</D:multistatus>";
	}

	static String folder(String href) {
		return response(href, "<D:resourcetype><D:collection/></D:resourcetype>");
	}

	static String file(String href, long size, String etag) {
		return response(href, "<D:resourcetype/><D:getcontentlength>%d</D:getcontentlength><D:getetag>%s</D:getetag><D:getlastmodified>Fri, 13 Feb 2009 23:31:30 GMT</D:getlastmodified>"
				.formatted(size, etag));
	}

	static String response(String href, String properties) {
		return "<D:response><D:href>%s</D:href><D:propstat><D:prop>%s</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>".formatted(href, properties);
	}

	/** Answers without end: the same again and again. */
	static Handler endless(int status, String first, String again) {
		return e -> {
			e.getRequestBody().readAllBytes();
			e.sendResponseHeaders(status, 0);
			try (OutputStream out = e.getResponseBody()) {
				out.write(first.getBytes(StandardCharsets.UTF_8));
				byte[] piece = again.repeat(Math.max(1, 8192 / again.length())).getBytes(StandardCharsets.UTF_8);
				for (;;)
					out.write(piece);
			}
		};
	}

	@Override
	public void close() {
		server.stop(0);
		threads.shutdownNow();
	}
}
