package org.strongroom.storage.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.Meter;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Traffic;
import org.strongroom.core.storage.Upload;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.OpenSshServer;

/** How often the length of the way to a real OpenSSH server counts. The link has 20 ms in each direction, so that what could go together does. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TrafficTest {
	@TempDir
	Path temp;
	private OpenSshServer server;
	private DelayProxy link;
	private Storage storage;
	private Path root;

	@BeforeEach
	void start() throws IOException {
		assumeTrue(OpenSshServer.unavailable().isEmpty(), () -> OpenSshServer.unavailable().orElseThrow());
		Servers.settle(temp);
		server = OpenSshServer.builder().keyOnly().start();
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

	private interface Work {
		void run() throws IOException;
	}

	private Traffic traffic(Work work) throws IOException {
		Traffic before = storage.traffic();
		work.run();
		return storage.traffic().minus(before);
	}

	private String at(String name) {
		return server.remoteRoot() + "/" + name;
	}

	@Test
	void signingInIsCountedApart() throws IOException {
		try (Storage far = Servers.connectThrough(link, server)) {
			assertThat(far.traffic().requests()).isZero();
			assertThat(far.signInCost()).hasValueSatisfying(c -> {
				// network, identification, key exchange, service with methods, key, signature, channel, SFTP
				assertThat(c.roundTrips()).isEqualTo(8);
				assertThat(c.time()).isGreaterThan(Duration.ofMillis(7 * 40));
			});
		}
	}

	@Test
	void countsRequestsAndBytesExactly() throws IOException {
		Traffic once = traffic(() -> storage.stat(server.remoteRoot(), true));
		int path = server.remoteRoot().length();
		// length, type, number, path with its length; length, type, number, flags, size, two ids, mode, two times
		assertThat(once).isEqualTo(new Traffic(1, 1, 4 + 1 + 4 + 4 + path, 4 + 1 + 4 + 4 + 8 + 8 + 4 + 8));
		Traffic thrice = traffic(() -> {
			for (int i = 0; i < 3; i++)
				storage.stat(server.remoteRoot(), true);
		});
		assertThat(thrice).isEqualTo(new Traffic(3, 3, 3 * once.sent(), 3 * once.received()));
	}

	@Test
	void chainsOfRequests() throws Exception {
		var meter = new Meter();
		Traffic start = meter.traffic();
		long a = meter.sent(10);
		long b = meter.sent(10);
		meter.waitedFor(a);
		long c = meter.sent(10);
		meter.waitedFor(b);
		assertThat(meter.traffic().minus(start)).isEqualTo(new Traffic(1, 3, 30, 0));
		meter.waitedFor(c);
		meter.received(7);
		assertThat(meter.traffic().minus(start)).isEqualTo(new Traffic(2, 3, 30, 7));
		meter.sent(1); // nobody waits for this one
		assertThat(meter.traffic().minus(start)).isEqualTo(new Traffic(2, 4, 31, 7));
		// two at once that have nothing to do with each other, of two requests each
		var one = Chain.start("one", () -> askTwice(meter));
		var other = Chain.start("other", () -> askTwice(meter));
		one.get();
		other.get();
		assertThat(meter.traffic().minus(start).roundTrips()).isEqualTo(4);
	}

	private static Void askTwice(Meter meter) {
		meter.waitedFor(meter.sent(0));
		meter.waitedFor(meter.sent(0));
		return null;
	}

	@Test
	void openingAndReadingASmallFile() throws IOException {
		Files.write(root.resolve("notes.txt"), new byte[10_240]);
		FileInfo info = storageInfo();
		Traffic traffic = traffic(() -> {
			try (Reader reader = storage.open(at("notes.txt"))) {
				assertThat(reader.info()).isEqualTo(info);
				assertThat(reader.read(0, ByteBuffer.allocate(64 << 10))).isEqualTo(10_240);
			}
		});
		assertThat(traffic.roundTrips()).isEqualTo(2);
		assertThat(traffic.requests()).as("STAT, OPEN, STAT, READ, READ at the end, CLOSE").isEqualTo(6);
	}

	private FileInfo storageInfo() throws IOException {
		try (Storage near = Servers.connect(server)) {
			return near.stat(at("notes.txt"), true);
		}
	}

	@ParameterizedTest
	@CsvSource({ "10, 2", "1000, 2", "11000, 3" })
	void listing(int count, int roundTrips) throws IOException {
		for (int i = 0; i < count; i++)
			Files.createFile(root.resolve("a file with a usual name " + i));
		assertThat(traffic(() -> assertThat(Servers.list(storage, server.remoteRoot())).hasSize(count)).roundTrips()).isEqualTo(roundTrips);
	}

	@Test
	void saving() throws IOException {
		byte[] content = new byte[10_240];
		assertThat(traffic(() -> Servers.save(storage, at("a"), content, new Precondition.Absent())).roundTrips()).as("a new file").isEqualTo(3);
		var version = storage.stat(at("a"), true).version().orElseThrow();
		assertThat(traffic(() -> Servers.save(storage, at("a"), content, new Precondition.Unchanged(version))).roundTrips()).as("one known").isEqualTo(3);
		assertThat(traffic(() -> Servers.save(storage, at("a"), content, new Precondition.Any())).roundTrips()).as("whatever is there").isEqualTo(3);
		assertThat(traffic(() -> Servers.save(storage, at("b"), content, new Precondition.Any())).roundTrips()).as("there may be nothing").isEqualTo(3);
		Instant time = Instant.ofEpochSecond(1_000_000_000);
		assertThat(traffic(() -> {
			try (Upload upload = storage.upload(at("c"), new Precondition.Absent())) {
				upload.write(0, ByteBuffer.wrap(content));
				assertThat(upload.setAttributes(time, 0604)).isTrue();
				FileInfo saved = upload.commit(content.length);
				assertThat(saved.modified()).isEqualTo(time);
				assertThat(saved.permissions()).hasValue(0604);
			}
		}).roundTrips()).as("with a time and permissions of its own").isEqualTo(3);
		try (var all = Files.list(root)) {
			assertThat(all.map(p -> p.getFileName().toString())).containsExactlyInAnyOrder("a", "b", "c");
		}
	}

	@Test
	void aConflictIsSeenBeforeAnythingIsDone() throws IOException {
		Files.writeString(root.resolve("a"), "old");
		var version = storage.stat(at("a"), true).version().orElseThrow();
		Files.writeString(root.resolve("a"), "somebody else's");
		byte[] mine = "mine".getBytes(StandardCharsets.UTF_8);
		assertThatThrownBy(() -> Servers.save(storage, at("a"), mine, new Precondition.Unchanged(version))).isInstanceOf(ConflictException.class);
		assertThat(root.resolve("a")).hasContent("somebody else's");
	}

	@Test
	void foldersNamesAndRemoval() throws IOException {
		assertThat(traffic(() -> storage.createDirectory(at("folder"))).roundTrips()).isEqualTo(1);
		Files.createFile(root.resolve("a"));
		assertThat(traffic(() -> storage.rename(at("a"), at("b"), false)).roundTrips()).isEqualTo(1);
		assertThat(traffic(() -> storage.rename(at("b"), at("c"), true)).roundTrips()).isEqualTo(1);
		Files.writeString(root.resolve("d"), "in the way");
		assertThat(traffic(() -> storage.rename(at("c"), at("d"), true)).roundTrips()).isEqualTo(2);
		assertThat(root.resolve("d")).isEmptyFile();
		assertThat(traffic(() -> storage.delete(at("d"))).roundTrips()).isEqualTo(1);
		assertThat(traffic(() -> storage.deleteDirectory(at("folder"))).roundTrips()).isEqualTo(1);
		assertThat(root).isEmptyDirectory();
	}
}
