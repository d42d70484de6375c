package org.strongroom.storage.webdav;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strongroom.storage.webdav.internal.TlsProbe;
import org.strongroom.storage.webdav.internal.TlsProbe.Weak;

/** What is made of the answers of servers that are too old, or too strange, to be had. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class TlsProbeTest {
	private static final String RANDOM = "00".repeat(32);

	/** What is asked of a server that gives this answer, in hexadecimal digits, to whatever comes. */
	private interface Question {
		Optional<Boolean> ask(TlsProbe probe);
	}

	private static Optional<Boolean> answered(String answer, Question question) throws IOException {
		try (var listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
			Thread server = Thread.ofVirtual().start(() -> {
				try (var socket = listening.accept()) {
					var in = new DataInputStream(socket.getInputStream());
					in.skipNBytes(3);
					in.skipNBytes(in.readUnsignedShort());
					socket.getOutputStream().write(HexFormat.of().parseHex(answer));
					socket.getOutputStream().flush();
					socket.getInputStream().read(); // until it has been read
				} catch (IOException e) {
					// the question is over
				}
			});
			Optional<Boolean> result = question.ask(new TlsProbe("127.0.0.1", listening.getLocalPort(), Duration.ofSeconds(2)));
			server.interrupt();
			return result;
		}
	}

	/** A ServerHello (RFC 5246 section 7.4.1.3). */
	private static String hello(String version, String suite) {
		String body = version + RANDOM + "00" + suite + "00";
		String handshake = "02" + "%06x".formatted(body.length() / 2) + body;
		return "16" + version + "%04x".formatted(handshake.length() / 2) + handshake;
	}

	@ParameterizedTest
	@CsvSource({ "0300,768,true", "0301,769,true", "0302,770,true", "0303,769,false" })
	void aServerThatGoesOnWithAVersionTakesIt(String said, int asked, boolean takes) throws IOException {
		assertThat(answered(hello(said, "002f"), probe -> probe.takes(asked))).contains(takes);
	}

	@ParameterizedTest
	@CsvSource({ "0005,RC4", "000a,TRIPLE_DES", "009c,NO_FORWARD_SECRECY" })
	void aServerThatGoesOnWithAWeakCipherTakesIt(String suite, Weak weak) throws IOException {
		assertThat(answered(hello("0303", suite), probe -> probe.takes(weak))).contains(true);
		assertThat(answered(hello("0303", "c02f"), probe -> probe.takes(weak))).as("one that was not offered").contains(false);
	}

	@Test
	void anAlertIsANo() throws IOException {
		assertThat(answered("15030100020246", probe -> probe.takes(TlsProbe.TLS_1_0))).contains(false);
	}

	@ParameterizedTest
	@CsvSource({ "48545450", "16030100020e00", "16ffffffff", "160301000402000000" })
	void nonsenseIsNeither(String answer) throws IOException {
		assertThat(answered(answer + "00".repeat(5), probe -> probe.takes(TlsProbe.TLS_1_0))).satisfiesAnyOf(a -> assertThat(a).isEmpty(), a -> assertThat(a).contains(false));
	}

	@Test
	void whereNobodyListensNothingIsClaimed() throws IOException {
		int port;
		try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = closed.getLocalPort();
		}
		assertThat(new TlsProbe("127.0.0.1", port, Duration.ofSeconds(2)).takes(TlsProbe.TLS_1_1)).isEmpty();
	}
}
