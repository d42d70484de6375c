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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.AuditSink;
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

	/** Of a server that is called {@code localhost}. @param pem where its certificate is put */
	private SSLContext tls(Path pem) throws Exception {
		Path store = home.resolve("store.p12");
		JdkTool.run("keytool", "-genkeypair", "-keyalg", "EC", "-alias", "log", "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-keystore", store.toString(), "-storepass", "changeit");
		JdkTool.run("keytool", "-exportcert", "-rfc", "-alias", "log", "-keystore", store.toString(), "-storepass", "changeit", "-file", pem.toString());
		KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
		KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
		factory.init(keys, "changeit".toCharArray());
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(factory.getKeyManagers(), null, null);
		return context;
	}

	@Test
	void syslogOverTlsTrustsWhomItIsTold() throws Exception {
		Path pem = home.resolve("ca.pem");
		SSLContext context = tls(pem);
		ServerSocket socket = context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getByName("localhost"));
		Server server = Server.tcp(socket);
		open.add(server);
		String address = "tls://localhost:" + socket.getLocalPort();
		assertThatThrownBy(() -> new SyslogSink().open(Map.of("address", address))).isInstanceOf(IOException.class).hasMessage(
				"the certificate of %s is not trusted: name the authority that issued it, a file of PEM, as 'ca:' of the sink.", address);
		assertThatThrownBy(() -> new SyslogSink().open(Map.of("address", address.replace("localhost", "127.0.0.1"), "ca", pem.toString()))).isInstanceOf(IOException.class).hasMessageContaining("is not of a server of that name");
		Path none = Files.writeString(home.resolve("none.pem"), "none");
		assertThatThrownBy(() -> new SyslogSink().open(Map.of("address", address, "ca", none.toString()))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("holds no certificates");
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

	/** Takes connections, and reads nothing, until it is closed: killed, as the other side sees it, for the system tells that something was not read. */
	private static final class Hung implements AutoCloseable {
		private final ServerSocket socket;
		private final List<Socket> connections = new CopyOnWriteArrayList<>();

		Hung(ServerSocket socket) {
			this.socket = socket;
			Thread.ofVirtual().start(() -> {
				try {
					while (true)
						connections.add(socket.accept());
				} catch (IOException e) {
					// it was closed
				}
			});
		}

		@Override
		public void close() throws IOException {
			socket.close();
			for (Socket connection : connections)
				connection.close();
		}
	}

	private static ServerSocket listening(int port) throws IOException {
		var socket = new ServerSocket();
		socket.setReuseAddress(true);
		socket.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		return socket;
	}

	/** A port that was given back just now, which takes the system a moment. */
	private static ServerSocket again(int port) throws InterruptedException {
		var socket = new AtomicReference<ServerSocket>();
		until(() -> {
			try {
				socket.set(listening(port));
			} catch (IOException e) {
				return false;
			}
			return true;
		});
		return socket.get();
	}

	@Test
	void whatAHungServerDidNotReadTheNextOneGets() throws Exception {
		int port;
		try (var hung = new Hung(listening(0))) {
			port = hung.socket.getLocalPort();
			sink("syslog", Map.of("address", "tcp://127.0.0.1:" + port), false);
			record(20);
			until(() -> audit.problem().isPresent());
			assertThat(audit.problem()).get().asString().contains("'one'", "does not end a connection in good order");
			audit.deactivate();
			audit = service();
			record(3);
			audit.settle(Duration.ofSeconds(10));
			audit.deactivate();
		}
		Server server = Server.tcp(again(port));
		open.add(server);
		audit = service();
		record(1);
		until(() -> !server.messages.isEmpty() && audit.problem().isEmpty());
		audit.settle(Duration.ofSeconds(10));
		long last = last();
		until(() -> server.numbers().contains(last));
		assertThat(new java.util.TreeSet<>(server.numbers())).containsExactlyElementsOf(to(last));
	}

	@Test
	void whatAServerThatHungBehindTlsDidNotReadTheNextOneGets() throws Exception {
		Path pem = home.resolve("ca.pem");
		SSLContext context = tls(pem);
		var connections = new CopyOnWriteArrayList<Socket>();
		ServerSocket socket = new ServerSocket(0, 5, InetAddress.getByName("localhost"));
		open.add(socket);
		var reads = new AtomicBoolean();
		Server server = new Server(socket, () -> {
			while (true) {
				Socket plain = socket.accept();
				SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(plain, null, plain.getPort(), true);
				secured.setUseClientMode(false);
				secured.startHandshake();
				if (reads.get())
					return secured;
				connections.add(plain);
			}
		});
		sink("syslog", Map.of("address", "tls://localhost:" + socket.getLocalPort(), "ca", pem.toString()), false);
		record(20);
		until(() -> audit.problem().isPresent());
		assertThat(audit.problem()).get().asString().contains("does not end a connection in good order");
		reads.set(true);
		for (Socket connection : connections)
			connection.close();
		until(() -> !server.messages.isEmpty());
		record(1);
		audit.settle(Duration.ofSeconds(10));
		long last = last();
		until(() -> server.numbers().contains(last));
		assertThat(new java.util.TreeSet<>(server.numbers())).containsExactlyElementsOf(to(last));
	}

	@Test
	void whatAServerReadIsNotSentAgainByTheNextProcess() throws Exception {
		Server server = Server.tcp(listening(0));
		open.add(server);
		sink("syslog", Map.of("address", "tcp://127.0.0.1:" + ((ServerSocket) server.socket).getLocalPort()), false);
		for (int i = 0; i < 3; i++) {
			record(1000);
			audit.settle(Duration.ofSeconds(10));
			audit.deactivate();
			audit = service();
		}
		assertThat(audit.problem()).isEmpty();
		assertThat(server.numbers()).isEqualTo(to(last()));
	}

	@Test
	void aLongLogIsMadeCertainPieceByPiece() throws Exception {
		Server server = Server.tcp(listening(0));
		open.add(server);
		record(12_000);
		audit.settle(Duration.ofSeconds(20));
		sink("syslog", Map.of("address", "tcp://127.0.0.1:" + ((ServerSocket) server.socket).getLocalPort()), false);
		record(1);
		until(() -> server.messages.size() >= 12_002);
		audit.settle(Duration.ofSeconds(20));
		assertThat(server.numbers()).isEqualTo(to(last()));
		assertThat(server.connections.size()).isGreaterThan(2);
	}

	private static AuditSettings.Sink file(String name, Path path) {
		return new AuditSettings.Sink(name, "file", Map.of("path", path.toString()));
	}

	private List<String> words(String event) throws IOException {
		return Files.readAllLines(home.resolve("audit/audit-000001.jsonl")).stream().map(Json::read).filter(l -> event.equals(l.get("event"))).map(l -> l.get("result") + " " + l.get("detail")).toList();
	}

	@Test
	void whatWasRefusedIsNotSaidToHaveHappened() throws Exception {
		Path share = home.resolve("share");
		settings = new AuditSettings(true, Optional.empty(), List.of(file("one", share.resolve("1")), file("two", home.resolve("2")), file("three", share.resolve("3"))), true);
		for (int i = 0; i < 2; i++)
			assertThatThrownBy(() -> audit.grant(AuditEvent.of(AuditEvent.Kind.CLIPBOARD, AuditEvent.Result.OK, Map.of()))).isInstanceOf(ForbiddenException.class)
					.hasMessageContainingAll("no log, no access", "2 audit sinks are down: 'one' (", "'three' (").hasMessageNotContaining("'two'");
		assertThatThrownBy(() -> audit.during(AuditEvent.of(AuditEvent.Kind.OPEN, AuditEvent.Result.OK, Map.of()), () -> {
			throw new AssertionError("nothing is read");
		})).isInstanceOf(ForbiddenException.class);
		assertThat(words("clipboard")).containsExactly("denied {why=forbidden}", "denied {why=forbidden}");
		assertThat(words("open")).containsExactly("denied {why=forbidden}");
		Files.createDirectories(share);
		audit.grant(AuditEvent.of(AuditEvent.Kind.CLIPBOARD, AuditEvent.Result.OK, Map.of()));
		assertThat(words("clipboard")).last().isEqualTo("ok null");
	}

	@Test
	void whatASinkDidNotTakeWhenItWasWrittenIsTakenBack() throws Exception {
		var takes = new AtomicBoolean(true);
		audit.deactivate();
		audit = new AuditService(() -> new LogFolder(home.resolve("audit")), Logs.ORIGIN, Clock.systemUTC(), _ -> _ -> new AuditSink.Delivery() {
			@Override
			public void deliver(List<AuditSink.Line> lines) throws IOException {
				if (!takes.get() || lines.stream().anyMatch(l -> l.event().equals("print") && l.result().equals("ok")))
					throw new IOException("it broke.");
			}

			@Override
			public void close() {
				// nothing to end
			}
		}, Set::of);
		audit.setPolicy(() -> settings);
		sink("own", Map.of(), true);
		audit.admit();
		AuditEvent event = AuditEvent.of(AuditEvent.Kind.PRINT, AuditEvent.Result.OK, Map.of());
		assertThatThrownBy(() -> audit.grant(event)).isInstanceOf(ForbiddenException.class).hasMessageContaining("it broke");
		takes.set(false);
		assertThatThrownBy(() -> audit.record(AuditEvent.of(AuditEvent.Kind.SAVE, AuditEvent.Result.OK, Map.of()))).as("it was saved").isInstanceOf(ForbiddenException.class);
		List<String> printed = words("print");
		assertThat(printed).hasSize(2);
		assertThat(printed.getFirst()).isEqualTo("ok null");
		String time = Files.readAllLines(home.resolve("audit/audit-000001.jsonl")).stream().map(Json::read).filter(l -> "print".equals(l.get("event"))).map(l -> (String) l.get("time")).findFirst().orElseThrow();
		assertThat(printed.getLast()).isEqualTo("denied {instead-of=%s, why=forbidden}".formatted(time));
		assertThat(words("save")).containsExactly("ok null");
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
