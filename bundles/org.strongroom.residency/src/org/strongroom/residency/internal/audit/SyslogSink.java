package org.strongroom.residency.internal.audit;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

import org.strongroom.core.residency.AuditSink;

/**
 * A syslog server (RFC 5424). Setting {@code address}: {@code tcp://host:port}, {@code tls://host:port} (RFC 5425) or {@code unix:///path} of a local socket; {@code ca} for TLS: a file with the
 * certificates (PEM) that are trusted, instead of the system's. Messages on streams are framed by counting octets (RFC 6587 section 3.4.1).
 * <p>
 * Syslog does not say that it has received something. So what was sent within the last seconds before a connection broke is sent again.
 */
public final class SyslogSink implements AuditSink {
	/** Milliseconds to connect, and that one write or handshake may take. */
	private static final int PATIENCE = 10_000;
	/** How long what was sent counts as perhaps lost, in nanoseconds, and how many messages at the most. */
	private static final long RECENT = 10_000_000_000L;
	private static final int MOST_RECENT = 5000;
	/** Ports of syslog over TCP, by custom, and over TLS (RFC 5425 section 4.1). */
	private static final int TCP_PORT = 514;
	private static final int TLS_PORT = 6514;

	private record Sent(long at, byte[] message) {
	}

	/** Somewhere that messages are sent to. */
	interface Wire extends AutoCloseable {
		/** Sends messages, framed as they must be there. */
		void send(List<byte[]> messages) throws IOException;

		/** @throws IOException if the other side is known to be gone */
		void check() throws IOException;

		@Override
		void close() throws IOException;
	}

	private final Map<Map<String, String>, Deque<Sent>> recent = new java.util.concurrent.ConcurrentHashMap<>();

	@Override
	public Delivery open(Map<String, String> settings) throws IOException {
		URI address;
		try {
			address = URI.create(settings.getOrDefault("address", ""));
		} catch (IllegalArgumentException e) {
			throw new IllegalArgumentException("The address of a syslog server is not usable: give tcp://host:port, tls://host:port or unix:///path.");
		}
		Wire wire = switch (String.valueOf(address.getScheme())) {
		case "tcp" -> new Stream(connect(address, TCP_PORT));
		case "tls" -> new Stream(secured(connect(address, TLS_PORT), address, settings.get("ca")));
		case "unix" -> local(Path.of(address.getPath()));
		default -> throw new IllegalArgumentException("The address of a syslog server is not usable: give tcp://host:port, tls://host:port or unix:///path.");
		};
		Deque<Sent> sent = recent.computeIfAbsent(settings, _ -> new ArrayDeque<>());
		try {
			wire.send(sent.stream().map(Sent::message).toList());
		} catch (IOException | RuntimeException e) {
			wire.close();
			throw e;
		}
		return new Delivery() {
			@Override
			public void deliver(List<Line> lines) throws IOException {
				long now = System.nanoTime();
				sent.removeIf(s -> now - s.at() > RECENT);
				var messages = new ArrayList<byte[]>();
				for (Line line : lines)
					messages.add(SyslogMessage.of(line));
				wire.check();
				wire.send(messages);
				wire.check();
				messages.forEach(m -> sent.add(new Sent(now, m)));
				while (sent.size() > MOST_RECENT)
					sent.remove();
			}

			@Override
			public void close() throws IOException {
				wire.close();
			}
		};
	}

	private static Socket connect(URI address, int usualPort) throws IOException {
		if (address.getHost() == null)
			throw new IllegalArgumentException("The address of a syslog server needs a host.");
		var socket = new Socket();
		try {
			socket.connect(new InetSocketAddress(address.getHost(), address.getPort() < 0 ? usualPort : address.getPort()), PATIENCE);
			socket.setSoTimeout(PATIENCE);
			socket.setKeepAlive(true);
			return socket;
		} catch (IOException e) {
			socket.close();
			throw new IOException("%s cannot be reached (%s).".formatted(address, e.getMessage()), e);
		}
	}

	private static Socket secured(Socket plain, URI address, String authorities) throws IOException {
		try {
			SSLSocketFactory factory = authorities == null ? SSLContext.getDefault().getSocketFactory() : trusting(Path.of(authorities));
			SSLSocket socket = (SSLSocket) factory.createSocket(plain, address.getHost(), plain.getPort(), true);
			SSLParameters parameters = socket.getSSLParameters();
			parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 6125 as RFC 5425 section 5.2 wants it
			socket.setSSLParameters(parameters);
			socket.startHandshake();
			return socket;
		} catch (IOException | GeneralSecurityException e) {
			plain.close();
			throw new IOException("%s does not prove who it is (%s).".formatted(address, e.getMessage()), e);
		}
	}

	private static SSLSocketFactory trusting(Path file) throws IOException, GeneralSecurityException {
		KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
		store.load(null, null);
		try (InputStream in = Files.newInputStream(file)) {
			int i = 0;
			for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in))
				store.setCertificateEntry("ca" + i++, certificate);
		}
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(store);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trust.getTrustManagers(), null);
		return context.getSocketFactory();
	}

	/** By stream if there is one, else by datagrams, as most systems have it. */
	private static Wire local(Path path) throws IOException {
		try {
			return new LocalStream(SocketChannel.open(UnixDomainSocketAddress.of(path)));
		} catch (IOException e) {
			if (!UnixDatagrams.isPossible() || !Files.exists(path))
				throw new IOException("%s cannot be reached (%s).".formatted(path, e.getMessage()), e);
			return new UnixDatagrams(path);
		}
	}

	private static void framed(OutputStream out, List<byte[]> messages) throws IOException {
		for (byte[] message : messages) {
			out.write(org.strongroom.residency.internal.audit.Line.bytes(message.length + " "));
			out.write(message);
		}
		out.flush();
	}

	/** A connection over TCP, secured or not. */
	private static final class Stream implements Wire {
		private final Socket socket;
		private final OutputStream out;

		Stream(Socket socket) throws IOException {
			this.socket = socket;
			out = new BufferedOutputStream(socket.getOutputStream(), 64 << 10);
			socket.setSoTimeout(1);
		}

		@Override
		public void send(List<byte[]> messages) throws IOException {
			framed(out, messages);
		}

		@Override
		public void check() throws IOException {
			try {
				if (socket.getInputStream().read() < 0)
					throw new IOException("the server hung up");
			} catch (SocketTimeoutException e) {
				// It is silent, as it should be.
			}
		}

		@Override
		public void close() throws IOException {
			socket.close();
		}
	}

	/** A local socket that is a stream. */
	private static final class LocalStream implements Wire {
		private final SocketChannel channel;

		LocalStream(SocketChannel channel) {
			this.channel = channel;
		}

		@Override
		public void send(List<byte[]> messages) throws IOException {
			var all = new java.io.ByteArrayOutputStream();
			framed(all, messages);
			ByteBuffer bytes = ByteBuffer.wrap(all.toByteArray());
			while (bytes.hasRemaining())
				channel.write(bytes);
		}

		@Override
		public void check() throws IOException {
			channel.configureBlocking(false);
			try {
				if (channel.read(ByteBuffer.allocate(1)) < 0)
					throw new IOException("the server hung up");
			} finally {
				channel.configureBlocking(true);
			}
		}

		@Override
		public void close() throws IOException {
			channel.close();
		}
	}
}
