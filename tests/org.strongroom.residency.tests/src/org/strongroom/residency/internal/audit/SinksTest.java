package org.strongroom.residency.internal.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.residency.audit.AuditSettings;
import org.strongroom.testing.JdkTool;

/** Sinks that are up, down, and up again. */
class SinksTest {
	@TempDir
	private Path home;
	private AuditService audit;
	private AuditSettings settings = AuditSettings.DEFAULT;
	private final List<AutoCloseable> open = new ArrayList<>();

	/** A syslog server that keeps what it is sent. */
	private static final class Server implements AutoCloseable {
		private final AutoCloseable socket;
		private final List<String> messages = new CopyOnWriteArrayList<>();
		private final List<AutoCloseable> connections = new CopyOnWriteArrayList<>();

		private interface Accepting {
			AutoCloseable next() throws IOException;
		}

		private Server(AutoCloseable socket, Accepting accepting) {
			this.socket = socket;
			Thread.ofVirtual().start(() -> {
				try {
					while (true) {
						AutoCloseable connection = accepting.next();
						connections.add(connection);
						Thread.ofVirtual().start(() -> read(connection));
					}
				} catch (IOException e) {
					// it was closed
				}
			});
		}

		static Server tcp(ServerSocket socket) {
			return new Server(socket, socket::accept);
		}

		static Server unix(Path path) throws IOException {
			ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
			return new Server(channel, channel::accept);
		}

		/** RFC 6587 section 3.4.1: MSG-LEN SP SYSLOG-MSG. */
		private void read(AutoCloseable connection) {
			try (InputStream in = connection instanceof Socket s ? s.getInputStream() : Channels.newInputStream((SocketChannel) connection)) {
				while (true) {
					int length = 0;
					for (int c; (c = in.read()) != ' ';) {
						if (c < '0' || c > '9')
							return;
						length = length * 10 + c - '0';
					}
					messages.add(new String(in.readNBytes(length), StandardCharsets.UTF_8));
				}
			} catch (IOException e) {
				// it was closed
			}
		}

		@Override
		public void close() throws Exception {
			socket.close();
			for (AutoCloseable connection : connections)
				connection.close();
		}

		List<Long> numbers() {
			return messages.stream().map(m -> (Long) Json.read(m.substring(m.indexOf("] {") + 2)).get("n")).toList();
		}
	}

	@BeforeEach
	void begin() {
		audit = service();
	}

	private AuditService service() {
		var service = new AuditService(() -> new LogFolder(home.resolve("audit")), Logs.ORIGIN, Clock.systemUTC(), id -> id.equals("syslog") ? new SyslogSink() : new FileSink(), Set::of);
		service.setPolicy(() -> settings);
		return service;
	}

	@AfterEach
	void end() throws Exception {
		audit.deactivate();
		for (AutoCloseable o : open)
			o.close();
	}

	private void sink(String kind, Map<String, String> its, boolean noLogNoAccess) {
		settings = new AuditSettings(true, Optional.empty(), List.of(new AuditSettings.Sink("one", kind, its)), noLogNoAccess);
	}

	private void record(int events) throws IOException {
		for (int i = 0; i < events; i++)
			audit.record(AuditEvent.of(AuditEvent.Kind.PRINT, AuditEvent.Result.OK, Map.of("i", Integer.toString(i))));
	}

	private static void until(BooleanSupplier what) throws InterruptedException {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
		while (!what.getAsBoolean()) {
			assertThat(System.nanoTime()).as("in time").isLessThan(end);
			TimeUnit.MILLISECONDS.sleep(20);
		}
	}

	private long last() throws IOException {
		return Logs.verify(home.resolve("audit")).last();
	}

	private static List<Long> to(long last) {
		return LongStream.rangeClosed(1, last).boxed().toList();
	}

	@Test
	void syslogOverTcpIsFramedAndStructured() throws Exception {
		Server server = Server.tcp(new ServerSocket(0, 5, InetAddress.getLoopbackAddress()));
		open.add(server);
		sink("syslog", Map.of("address", "tcp://127.0.0.1:" + ((ServerSocket) server.socket).getLocalPort()), false);
		record(3);
		audit.record(AuditEvent.of(AuditEvent.Kind.PRINT, AuditEvent.Result.DENIED, Map.of()));
		audit.settle(Duration.ofSeconds(10));
		until(() -> server.messages.size() == 6);

		assertThat(server.numbers()).isEqualTo(to(6));
		assertThat(server.messages.get(1)).matches("<110>1 \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z desk strongroom 17-00000000 print \\[meta sequenceId=\"2\"]\\[origin software=\"Strongroom\"] \\{.*}");
		assertThat(server.messages.get(4)).startsWith("<108>1 ");
		assertThat(server.messages.stream().map(m -> m.substring(m.indexOf("] {") + 2)).toList()).isEqualTo(Files.readAllLines(home.resolve("audit/audit-000001.jsonl")));
	}

	@Test
	void syslogOverTlsTrustsWhomItIsTold() throws Exception {
		Path store = home.resolve("store.p12");
		Path pem = home.resolve("ca.pem");
		JdkTool.run("keytool", "-genkeypair", "-keyalg", "EC", "-alias", "log", "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-keystore", store.toString(), "-storepass", "changeit");
		JdkTool.run("keytool", "-exportcert", "-rfc", "-alias", "log", "-keystore", store.toString(), "-storepass", "changeit", "-file", pem.toString());
		KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
		KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
		factory.init(keys, "changeit".toCharArray());
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(factory.getKeyManagers(), null, null);
		ServerSocket socket = context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getByName("localhost"));
		Server server = Server.tcp(socket);
		open.add(server);
		String address = "tls://localhost:" + socket.getLocalPort();
		assertThatThrownBy(() -> new SyslogSink().open(Map.of("address", address))).isInstanceOf(IOException.class).hasMessageContaining("does not prove who it is");
		sink("syslog", Map.of("address", address, "ca", pem.toString()), false);
		record(5);
		audit.settle(Duration.ofSeconds(10));
		until(() -> server.messages.size() == 7);
		assertThat(server.numbers()).isEqualTo(to(7));
	}

	@Test
	void syslogOverALocalStream() throws Exception {
		Path path = home.resolve("log");
		Server server = Server.unix(path);
		open.add(server);
		sink("syslog", Map.of("address", "unix://" + path), false);
		record(2);
		audit.settle(Duration.ofSeconds(10));
		until(() -> server.messages.size() == 4);
		assertThat(server.numbers()).isEqualTo(to(4));
	}

	@Test
	void syslogOverLocalDatagrams() throws Exception {
		Path path = home.resolve("log");
		Path out = home.resolve("received");
		Process server = new ProcessBuilder("python3", "-c", """
				import socket, sys
				s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
				s.bind(sys.argv[1])
				s.settimeout(30)
				with open(sys.argv[2], 'wb') as out:
				    for i in range(4):
				        out.write(s.recv(65536) + b'\\n')
				        out.flush()
				""", path.toString(), out.toString()).redirectErrorStream(true).start();
		try {
			until(() -> Files.exists(path));
			sink("syslog", Map.of("address", "unix://" + path), false);
			record(2);
			audit.settle(Duration.ofSeconds(10));
			assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
		} finally {
			server.destroy();
		}
		assertThat(Files.readAllLines(out)).hasSize(4).allSatisfy(l -> assertThat(l).startsWith("<110>1 "));
	}

	@Test
	void whatASinkMissedWhileItWasDownItGetsInOrder() throws Exception {
		ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
		int port = socket.getLocalPort();
		Server first = Server.tcp(socket);
		sink("syslog", Map.of("address", "tcp://127.0.0.1:" + port), false);
		record(10);
		audit.settle(Duration.ofSeconds(10));
		until(() -> first.messages.size() >= 12);
		first.close();
		record(500);
		audit.settle(Duration.ofSeconds(10));
		until(() -> audit.problem().isPresent());
		assertThat(audit.problem().get()).startsWith("The audit sink 'one' is down");
		record(500);

		ServerSocket again = new ServerSocket();
		again.setReuseAddress(true);
		again.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		Server second = Server.tcp(again);
		open.add(second);
		audit.settle(Duration.ofSeconds(10));
		until(() -> audit.problem().isEmpty() && !second.numbers().isEmpty() && second.numbers().getLast() >= 1012);
		long last = last();
		until(() -> second.numbers().getLast() == last);
		var got = new ArrayList<>(first.numbers());
		got.addAll(second.numbers());
		assertThat(new java.util.TreeSet<>(got)).containsExactlyElementsOf(to(last));
		assertThat(second.numbers()).isSorted();
	}

	@Test
	void theNextProcessDeliversWhatThisOneCouldNot() throws Exception {
		Path share = home.resolve("share");
		sink("file", Map.of("path", share.resolve("copy.jsonl").toString()), false);
		record(20);
		audit.settle(Duration.ofSeconds(2));
		assertThat(audit.problem()).isPresent();
		audit.deactivate();
		Files.createDirectories(share);
		audit = service();
		record(1);
		audit.settle(Duration.ofSeconds(10));
		until(() -> {
			try {
				return Files.exists(share.resolve("copy.jsonl")) && Files.readAllLines(share.resolve("copy.jsonl")).size() == last();
			} catch (IOException e) {
				return false;
			}
		});
		assertThat(share.resolve("copy.jsonl")).hasSameBinaryContentAs(home.resolve("audit/audit-000001.jsonl"));
		assertThat(Logs.verifyCopy(share.resolve("copy.jsonl")).last()).isEqualTo(last());
	}

	@Test
	void twoProcessesDeliverEachLineOnce() throws Exception {
		Path copy = home.resolve("copy.jsonl");
		sink("file", Map.of("path", copy.toString()), false);
		AuditService other = service();
		for (int i = 0; i < 20; i++) {
			record(5);
			other.record(AuditEvent.of(AuditEvent.Kind.PRINT, AuditEvent.Result.OK, Map.of("other", "yes")));
			audit.settle(Duration.ofSeconds(10));
			other.settle(Duration.ofSeconds(10));
		}
		audit.settle(Duration.ofSeconds(10));
		other.deactivate();
		long last = last();
		until(() -> {
			try {
				return Files.readAllLines(copy).size() >= last;
			} catch (IOException e) {
				return false;
			}
		});
		assertThat(copy).hasSameBinaryContentAs(home.resolve("audit/audit-000001.jsonl"));
	}

	@Test
	void noLogNoAccessRefusesWhileASinkIsDown() throws Exception {
		Path share = home.resolve("share");
		sink("file", Map.of("path", share.resolve("copy.jsonl").toString()), true);
		long before = System.nanoTime();
		assertThatThrownBy(() -> record(1)).isInstanceOf(ForbiddenException.class).hasMessageContaining("no log, no access");
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
		Files.createDirectories(share);
		until(() -> audit.problem().isEmpty());
		audit.admit();
		record(1);
		assertThat(Files.readAllLines(share.resolve("copy.jsonl"))).hasSize(3);
	}
}
