package org.strongroom.residency.internal.audit;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

import org.strongroom.core.residency.AuditSink;

/**
 * A syslog server (RFC 5424). Setting {@code address}: {@code tcp://host:port}, {@code tls://host:port} (RFC 5425) or {@code unix:///path} of a local socket; {@code ca} for TLS: a file with the
 * certificates (PEM) that are trusted, instead of the system's. Messages on streams are framed by counting octets (RFC 6587 section 3.4.1).
 * <p>
 * Syslog does not say that it has received something. But who has read all that came on a connection, and then its end, ends it, too; a system tells the other side when a program ended that had not read all.
 * So what was sent is certain once a connection has ended in good order, as far as that can be told: what a server does with what it has read only that knows. Datagrams have no end.
 */
public final class SyslogSink implements AuditSink {
	/** Milliseconds to connect, and that one write, handshake or end may take at the most. */
	private static final int PATIENCE = 10_000;
	/** How long the other side has to end a connection, in milliseconds; and one more for each message. */
	private static final int LAST = 1500;
	/** Ports of syslog over TCP, by custom, and over TLS (RFC 5425 section 4.1). */
	private static final int TCP_PORT = 514;
	private static final int TLS_PORT = 6514;

	/** Somewhere that messages are sent to. */
	interface Wire extends AutoCloseable {
		/** Sends messages, framed as they must be there. */
		void send(List<byte[]> messages) throws IOException;

		/** @throws IOException if the other side is known to be gone */
		void check() throws IOException;

		/** Whether {@link #end} can tell more than {@link #send} did. */
		boolean hasEnd();

		/**
		 * Says that nothing more comes, and waits for the other side to say the same.
		 *
		 * @param limit milliseconds
		 * @throws IOException if it does not
		 */
		void end(int limit) throws IOException;

		@Override
		void close() throws IOException;
	}

	@Override
	public Delivery open(Map<String, String> settings) throws IOException {
		URI address;
		try {
			address = URI.create(settings.getOrDefault("address", ""));
		} catch (IllegalArgumentException e) {
			throw new IllegalArgumentException("The address of a syslog server is not usable: give tcp://host:port, tls://host:port or unix:///path.");
		}
		Wire wire = switch (String.valueOf(address.getScheme())) {
		case "tcp" -> stream(connect(address, TCP_PORT));
		case "tls" -> secured(connect(address, TLS_PORT), address, settings.get("ca"));
		case "unix" -> local(Path.of(address.getPath()));
		default -> throw new IllegalArgumentException("The address of a syslog server is not usable: give tcp://host:port, tls://host:port or unix:///path.");
		};
		return new Sending(address, wire);
	}

	/** To one server. */
	private static final class Sending implements Delivery {
		private final URI address;
		private final Wire wire;
		private int sent;
		private boolean isBroken;

		Sending(URI address, Wire wire) {
			this.address = address;
			this.wire = wire;
		}

		@Override
		public void deliver(List<Line> lines) throws IOException {
			var messages = new ArrayList<byte[]>();
			for (Line line : lines)
				messages.add(SyslogMessage.of(line));
			sent += messages.size();
			try {
				wire.check();
				wire.send(messages);
				wire.check();
			} catch (IOException e) {
				isBroken = true;
				throw new IOException("%s has cut the connection, or takes nothing (%s).".formatted(address, e.getMessage()), e);
			}
		}

		@Override
		public boolean isCertain() {
			return sent == 0 || !wire.hasEnd();
		}

		@Override
		public void close() throws IOException {
			try (wire) {
				if (!isBroken && !isCertain())
					wire.end(Math.min(PATIENCE, LAST + sent));
			} catch (IOException e) {
				throw new IOException("%s does not end a connection in good order, so it may not have read what it was sent: that is sent again.".formatted(address), e);
			}
		}
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

	private static Wire stream(Socket socket) throws IOException {
		return new Stream(socket, socket);
	}

	private static Wire secured(Socket plain, URI address, String authorities) throws IOException {
		try {
			SSLSocketFactory factory = authorities == null ? SSLContext.getDefault().getSocketFactory() : trusting(authorities);
			SSLSocket socket = (SSLSocket) factory.createSocket(plain, address.getHost(), plain.getPort(), true);
			SSLParameters parameters = socket.getSSLParameters();
			parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 6125 as RFC 5425 section 5.2 wants it
			socket.setSSLParameters(parameters);
			socket.startHandshake();
			return new Stream(plain, socket);
		} catch (SSLException e) {
			plain.close();
			throw new IOException(distrusted(address, authorities, e), e);
		} catch (IOException | GeneralSecurityException e) {
			plain.close();
			throw new IOException("%s cannot be connected to by TLS (%s).".formatted(address, e.getMessage()), e);
		} catch (IllegalArgumentException e) {
			plain.close();
			throw e;
		}
	}

	/** Why a server is not believed, and what to do. */
	private static String distrusted(URI address, String authorities, SSLException why) {
		for (Throwable cause = why; cause != null; cause = cause.getCause()) {
			if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException)
				return "the certificate of %s is not valid today.".formatted(address);
			if (cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException)
				return authorities == null ? "the certificate of %s is not trusted: name the authority that issued it, a file of PEM, as 'ca:' of the sink.".formatted(address)
						: "the certificate of %s is not trusted: none of the authorities in %s ('ca:' of the sink) has issued it.".formatted(address, authorities);
		}
		return why.getCause() instanceof CertificateException ? "the certificate of %s is not of a server of that name (%s).".formatted(address, why.getCause().getMessage())
				: "%s cannot be connected to by TLS (%s).".formatted(address, why.getMessage());
	}

	private static SSLSocketFactory trusting(String authorities) throws IOException, GeneralSecurityException {
		KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
		store.load(null, null);
		try (InputStream in = Files.newInputStream(Path.of(authorities))) {
			int i = 0;
			for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in))
				store.setCertificateEntry("ca" + i++, certificate);
		} catch (IOException | CertificateException | InvalidPathException e) {
			throw new IllegalArgumentException("%s ('ca:' of the sink) cannot be read, or holds no certificates.".formatted(authorities), e);
		}
		if (store.size() == 0)
			throw new IllegalArgumentException("%s ('ca:' of the sink) holds no certificates.".formatted(authorities));
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

	/** Does something on a connection that is cut if it takes too long: a write to what does not read would never end. @param limit milliseconds */
	private static void within(int limit, Closeable connection, Work work) throws IOException {
		Thread watch = Thread.ofVirtual().start(() -> {
			try {
				Thread.sleep(limit);
				connection.close();
			} catch (InterruptedException | IOException e) {
				// It was in time, or is closed.
			}
		});
		try {
			work.run();
		} finally {
			watch.interrupt();
		}
	}

	@FunctionalInterface
	private interface Work {
		void run() throws IOException;
	}

	private static void readToTheEnd(InputStream in) throws IOException {
		byte[] unwanted = new byte[1024];
		while (in.read(unwanted) >= 0) {
			// on
		}
	}

	/** A connection over TCP, secured or not. */
	private static final class Stream implements Wire {
		private final Socket plain;
		private final Socket socket;
		private final OutputStream out;

		/** @param plain that is beneath; the same if it is not secured */
		Stream(Socket plain, Socket socket) throws IOException {
			this.plain = plain;
			this.socket = socket;
			out = new BufferedOutputStream(socket.getOutputStream(), 64 << 10);
			socket.setSoTimeout(1);
		}

		@Override
		public void send(List<byte[]> messages) throws IOException {
			within(PATIENCE, plain, () -> framed(out, messages));
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
		public boolean hasEnd() {
			return true;
		}

		@Override
		public void end(int limit) throws IOException {
			within(limit, plain, () -> {
				socket.setSoTimeout(limit);
				socket.shutdownOutput();
				readToTheEnd(socket.getInputStream());
			});
		}

		@Override
		public void close() throws IOException {
			plain.close();
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
			within(PATIENCE, channel, () -> {
				while (bytes.hasRemaining())
					channel.write(bytes);
			});
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
		public boolean hasEnd() {
			return true;
		}

		@Override
		public void end(int limit) throws IOException {
			within(limit, channel, () -> {
				channel.shutdownOutput();
				readToTheEnd(Channels.newInputStream(channel));
			});
		}

		@Override
		public void close() throws IOException {
			channel.close();
		}
	}
}
