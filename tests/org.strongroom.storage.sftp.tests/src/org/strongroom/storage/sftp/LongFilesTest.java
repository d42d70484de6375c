package org.strongroom.storage.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Traffic;
import org.strongroom.core.storage.Upload;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.OpenSshServer;

/** Long files on a real OpenSSH server: over several channels, copied there, read back while being written. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class LongFilesTest {
	@TempDir
	Path temp;
	private OpenSshServer server;
	private DelayProxy link;
	private Storage storage;
	private Path root;

	@BeforeEach
	void settle() {
		assumeTrue(OpenSshServer.unavailable().isEmpty(), () -> OpenSshServer.unavailable().orElseThrow());
		Servers.settle(temp);
	}

	private void start(OpenSshServer.Builder builder) throws IOException {
		server = builder.keyOnly().start();
		root = server.root();
		link = DelayProxy.to(server.host(), server.port()).start();
		storage = Servers.connectThrough(link, server);
		link.delay(Duration.ofMillis(20), Duration.ofMillis(20));
	}

	@AfterEach
	void stop() throws IOException {
		if (storage != null)
			storage.close();
		if (link != null)
			link.close();
		if (server != null)
			server.close();
	}

	private String at(String name) {
		return server.remoteRoot() + "/" + name;
	}

	private static byte[] random(int length) {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		return bytes;
	}

	/** A file that takes no room. */
	private void sparse(String name, long length) throws IOException {
		try (var channel = Files.newByteChannel(root.resolve(name), java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE)) {
			channel.position(length - 1).write(ByteBuffer.wrap(new byte[] { 7 }));
		}
	}

	@ParameterizedTest
	@CsvSource({ "MaxSessions 10, 6", "MaxSessions 1, 1", "MaxSessions 3, 3" })
	void isWrittenOverAsManyChannelsAsTheServerAllows(String config, int channels) throws IOException {
		start(OpenSshServer.builder().config(config));
		byte[] content = random(50_000_000);
		Servers.save(storage, at("long"), content, new Precondition.Absent());
		assertThat(root.resolve("long")).hasBinaryContent(content);
		assertThat(server.log().lines().filter(line -> line.contains("Starting session: subsystem 'sftp'"))).as("channels").hasSize(channels);
		Servers.save(storage, at("long"), random(20_000_000), new Precondition.Any());
		assertThat(root.resolve("long")).hasBinaryContent(random(20_000_000));
		assertThat(storage.isOpen()).isTrue();
	}

	@Test
	void whatIsWrittenTwiceIsWhatWasWrittenLast() throws IOException {
		start(OpenSshServer.builder());
		byte[] content = random(30_000_000);
		var order = new Random(1);
		try (Upload upload = storage.upload(at("long"), new Precondition.Absent())) {
			upload.write(0, ByteBuffer.wrap(new byte[content.length]));
			for (int at = 0; at < content.length; at += 1_000_000) {
				upload.write(at, ByteBuffer.wrap(random(1_000_000)));
				upload.write(at, ByteBuffer.wrap(content, at, 1_000_000));
			}
			assertThat(upload.isReadable()).isTrue();
			for (int i = 0; i < 20; i++) {
				int at = order.nextInt(content.length - 100_000);
				ByteBuffer back = ByteBuffer.allocate(100_000);
				assertThat(upload.read(at, back)).isEqualTo(100_000);
				assertThat(Arrays.equals(back.array(), 0, 100_000, content, at, at + 100_000)).isTrue();
			}
			assertThat(upload.read(content.length, ByteBuffer.allocate(10))).isEqualTo(-1);
			upload.commit(content.length - 5);
		}
		assertThat(root.resolve("long")).hasBinaryContent(Arrays.copyOf(content, content.length - 5));
	}

	@ParameterizedTest
	@ValueSource(strings = { "MaxSessions 10", "MaxSessions 1" })
	void isCopiedOnTheServer(String config) throws IOException {
		start(OpenSshServer.builder().config(config));
		sparse("source", 200L << 20);
		Traffic before = storage.traffic();
		try (Reader source = storage.open(at("source")); Upload upload = storage.upload(at("copy"), new Precondition.Absent())) {
			assertThat(upload.copy(source, 0, 0, 100 << 20)).isTrue();
			upload.write(100 << 20, ByteBuffer.wrap("in the middle".getBytes()));
			assertThat(upload.copy(source, (100 << 20) + 13, (100 << 20) + 13, (100 << 20) - 13)).isTrue();
			upload.commit(200L << 20);
		}
		Traffic traffic = storage.traffic().minus(before);
		assertThat(traffic.sent() + traffic.received()).isLessThan(10_000);
		assertThat(traffic.roundTrips()).isLessThanOrEqualTo(8);
		try (var copy = Files.newByteChannel(root.resolve("copy"))) {
			assertThat(copy.size()).isEqualTo(200L << 20);
			ByteBuffer some = ByteBuffer.allocate(13);
			copy.position(100 << 20).read(some);
			assertThat(new String(some.array())).isEqualTo("in the middle");
			copy.position((200 << 20) - 1).read(some.clear());
			assertThat(some.get(0)).isEqualTo((byte) 7);
		}
	}

	@Test
	void aSourceThatChangesIsNotMixed() throws IOException {
		start(OpenSshServer.builder());
		sparse("source", 200L << 20);
		try (Reader source = storage.open(at("source")); Upload upload = storage.upload(at("copy"), new Precondition.Absent())) {
			Files.delete(root.resolve("source"));
			sparse("source", 201L << 20);
			assertThatThrownBy(() -> upload.copy(source, 0, 0, 200 << 20)).isInstanceOf(ConflictException.class);
		}
		try (var all = Files.list(root)) {
			assertThat(all.map(p -> p.getFileName().toString())).containsExactly("source");
		}
	}

	@Test
	void withoutCopyDataBytesAreToBeSent() throws IOException {
		start(OpenSshServer.builder().deny("copy-data"));
		sparse("source", 1000);
		try (Reader source = storage.open(at("source")); Upload upload = storage.upload(at("copy"), new Precondition.Absent())) {
			assertThat(upload.copy(source, 0, 0, 1000)).isFalse();
		}
	}
}
