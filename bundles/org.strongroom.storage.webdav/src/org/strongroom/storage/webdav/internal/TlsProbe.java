package org.strongroom.storage.webdav.internal;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * Shakes hands with a server to see which versions of TLS and which old ciphers it takes. The first message of a handshake is written here by hand, for Java itself speaks nothing old; nothing but that
 * is sent, and the answer shows what the server would go on with.
 */
public final class TlsProbe {
	/** Versions as in the protocol: SSL 3.0 (RFC 6101), TLS 1.0 (RFC 2246), 1.1 (RFC 4346), 1.2 (RFC 5246). */
	public static final int SSL_3_0 = 0x0300, TLS_1_0 = 0x0301, TLS_1_1 = 0x0302, TLS_1_2 = 0x0303;
	private static final int HANDSHAKE = 22;
	private static final int ALERT = 21;
	private static final int CLIENT_HELLO = 1;
	private static final int SERVER_HELLO = 2;
	private static final int LONGEST_RECORD = 1 << 14;
	/** RFC 5746 section 3.3: some servers want to hear of it. */
	private static final int RENEGOTIATION_INFO = 0x00ff;
	/** Suites of IANA's registry that servers with old versions have: ECDHE, DHE and RSA with AES-CBC, 3DES. */
	private static final List<Integer> OLD_SUITES = List.of(0xc00a, 0xc009, 0xc014, 0xc013, 0x0039, 0x0033, 0x0035, 0x002f, 0x000a, 0xc012);

	/** What is weak in TLS 1.2, the worst first. */
	public enum Weak {
		RC4(0x0005, 0x0004, 0xc011, 0xc007),
		TRIPLE_DES(0x000a, 0xc012, 0xc008, 0x0016),
		/** The key exchange of RSA: past traffic can be read by who gets the server's key. */
		NO_FORWARD_SECRECY(0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f);

		private final List<Integer> suites;

		Weak(Integer... suites) {
			this.suites = List.of(suites);
		}
	}

	private final String host;
	private final int port;
	private final Duration limit;

	/**
	 * @param host name or address, without brackets
	 * @param limit how long the server may be silent
	 */
	public TlsProbe(String host, int port, Duration limit) {
		this.host = host;
		this.port = port;
		this.limit = limit;
	}

	/**
	 * What was agreed on with a client of today.
	 *
	 * @param version as Java names it
	 * @param suite likewise
	 * @param chain the server's certificate first
	 */
	public record Agreed(String version, String suite, List<X509Certificate> chain) {
	}

	/** Shakes hands as usual, and hangs up. @param context says whom to trust */
	public Agreed agree(SSLContext context) throws IOException {
		try (var plain = new Socket()) {
			plain.connect(new InetSocketAddress(host, port), (int) limit.toMillis());
			plain.setSoTimeout((int) limit.toMillis());
			try (var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true)) {
				var parameters = socket.getSSLParameters();
				parameters.setProtocols(new String[] { "TLSv1.3", "TLSv1.2" });
				parameters.setEndpointIdentificationAlgorithm("HTTPS");
				socket.setSSLParameters(parameters);
				socket.startHandshake();
				var session = socket.getSession();
				return new Agreed(session.getProtocol(), session.getCipherSuite(), Arrays.stream(session.getPeerCertificates()).map(X509Certificate.class::cast).toList());
			}
		}
	}

	/** Whether the server goes on with an old version; empty if its answer says neither. */
	public Optional<Boolean> takes(int version) {
		return hello(version, OLD_SUITES).map(answer -> answer.version() == version);
	}

	/** Whether it goes on with something weak in TLS 1.2; empty if its answer says neither. */
	public Optional<Boolean> takes(Weak weak) {
		return hello(TLS_1_2, weak.suites).map(answer -> answer.version() == TLS_1_2 && weak.suites.contains(answer.suite()));
	}

	/** @param version 0 if the server refused */
	private record Answer(int version, int suite) {
		static final Answer REFUSED = new Answer(0, 0);
	}

	private Optional<Answer> hello(int version, List<Integer> suites) {
		try (var socket = new Socket()) {
			socket.connect(new InetSocketAddress(host, port), (int) limit.toMillis());
			socket.setSoTimeout((int) limit.toMillis());
			socket.getOutputStream().write(clientHello(version, suites));
			var in = new DataInputStream(socket.getInputStream());
			try {
				int type = in.readUnsignedByte();
				in.readUnsignedShort();
				int length = in.readUnsignedShort();
				if (type == ALERT)
					return Optional.of(Answer.REFUSED);
				if (type != HANDSHAKE || length > LONGEST_RECORD)
					return Optional.empty();
				if (in.readUnsignedByte() != SERVER_HELLO)
					return Optional.empty();
				in.skipNBytes(3); // its length
				int chosen = in.readUnsignedShort();
				in.skipNBytes(32); // random
				in.skipNBytes(in.readUnsignedByte()); // session id
				return Optional.of(new Answer(chosen, in.readUnsignedShort()));
			} catch (SocketTimeoutException e) {
				return Optional.empty();
			} catch (EOFException | java.net.SocketException e) {
				return Optional.of(Answer.REFUSED); // it hung up
			}
		} catch (IOException e) {
			return Optional.empty();
		}
	}

	/** RFC 5246 section 7.4.1.2, with the extensions without which servers of today answer nothing. */
	private byte[] clientHello(int version, List<Integer> suites) throws IOException {
		var body = new ByteArrayOutputStream();
		var out = new DataOutputStream(body);
		out.writeShort(version);
		var random = new byte[32];
		new SecureRandom().nextBytes(random);
		out.write(random);
		out.writeByte(0); // no session to go on with
		out.writeShort(2 * (suites.size() + 1));
		for (int suite : suites)
			out.writeShort(suite);
		out.writeShort(RENEGOTIATION_INFO);
		out.writeShort(0x0100); // one compression: none
		if (version > SSL_3_0) {
			byte[] extensions = extensions(version);
			out.writeShort(extensions.length);
			out.write(extensions);
		}
		var record = new ByteArrayOutputStream();
		var all = new DataOutputStream(record);
		all.writeByte(HANDSHAKE);
		all.writeShort(Math.min(version, TLS_1_0)); // RFC 5246 appendix E.1
		all.writeShort(body.size() + 4);
		all.writeByte(CLIENT_HELLO);
		all.writeByte(body.size() >> 16);
		all.writeShort(body.size() & 0xffff);
		body.writeTo(all);
		return record.toByteArray();
	}

	private byte[] extensions(int version) throws IOException {
		var bytes = new ByteArrayOutputStream();
		var out = new DataOutputStream(bytes);
		if (!host.contains(":") && !host.matches("[0-9.]+")) {
			byte[] name = host.getBytes(StandardCharsets.US_ASCII);
			out.writeShort(0); // server_name (RFC 6066)
			out.writeShort(name.length + 5);
			out.writeShort(name.length + 3);
			out.writeByte(0);
			out.writeShort(name.length);
			out.write(name);
		}
		list(out, 10, 0x001d, 0x0017, 0x0018); // supported_groups (RFC 8422): X25519, P-256, P-384
		out.writeShort(11); // ec_point_formats
		out.writeShort(2);
		out.writeShort(0x0100);
		if (version == TLS_1_2)
			list(out, 13, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0403, 0x0503, 0x0603, 0x0807, 0x0201, 0x0203); // signature_algorithms
		return bytes.toByteArray();
	}

	private static void list(DataOutputStream out, int extension, int... values) throws IOException {
		out.writeShort(extension);
		out.writeShort(2 * values.length + 2);
		out.writeShort(2 * values.length);
		for (int value : values)
			out.writeShort(value);
	}

	/** A context that trusts whom the client trusts. */
	public static SSLContext context(javax.net.ssl.KeyManager[] keys, Certificates trusted) throws IOException {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keys, new javax.net.ssl.TrustManager[] { trusted }, null);
			return context;
		} catch (GeneralSecurityException e) {
			throw new IOException("This Java has no TLS.", e);
		}
	}
}
