package org.strongroom.storage.sftp;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.Traffic;
import org.strongroom.remotefs.internal.RemoteFileSystems;
import org.strongroom.remotefs.internal.Settings;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.OpenSshServer;

/** The remote file system over a real OpenSSH server, 40 ms away: what each thing costs. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class FileSystemTest {
	private static final int MEMORY = 2 << 20;

	@TempDir
	Path temp;
	private OpenSshServer server;
	private DelayProxy link;
	private Storage storage;
	private StorageFileSystem fileSystem;
	private Path local;
	private Path root;

	@BeforeEach
	void start() throws IOException {
		assumeTrue(OpenSshServer.unavailable().isEmpty(), () -> OpenSshServer.unavailable().orElseThrow());
		Servers.settle(temp);
		server = OpenSshServer.builder().keyOnly().start();
		local = server.root();
		link = DelayProxy.to(server.host(), server.port()).start();
		storage = Servers.connectThrough(link, server);
		link.delay(Duration.ofMillis(20), Duration.ofMillis(20));
		// nothing may spill: there is no folder to spill to
		var settings = new Settings(Duration.ofMinutes(5), System::nanoTime, 300_000, 1_000_000, MEMORY, temp.resolve("none"));
		fileSystem = new RemoteFileSystems().open("far", storage, settings);
		root = fileSystem.getPath(server.remoteRoot());
	}

	@AfterEach
	void stop() throws IOException {
		if (fileSystem != null)
			fileSystem.close();
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

	/** As a window does before anything is opened. */
	private void show() throws IOException {
		try (var all = Files.newDirectoryStream(root)) {
			all.forEach(_ -> {
				// Just looking.
			});
		}
	}

	private void sparse(String name, long length) throws IOException {
		try (var channel = Files.newByteChannel(local.resolve(name), CREATE_NEW, WRITE)) {
			channel.position(length - 1).write(ByteBuffer.wrap(new byte[] { 7 }));
		}
	}

	@Test
	void aSmallFileInAFolderThatIsShown() throws IOException {
		Files.write(local.resolve("notes.txt"), new byte[10_240]);
		show();
		Path file = root.resolve("notes.txt");
		assertThat(traffic(() -> assertThat(Files.readAllBytes(file)).hasSize(10_240)).roundTrips()).isEqualTo(2);
		Save save = Save.ifUnchanged(Files.readAttributes(file, StorageAttributes.class).version().orElseThrow());
		assertThat(traffic(() -> {
			try (var channel = FileChannel.open(file, java.util.Set.of(WRITE, java.nio.file.StandardOpenOption.TRUNCATE_EXISTING, save))) {
				channel.write(ByteBuffer.wrap(new byte[10_000]));
				Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
				save.whole();
			}
		}).roundTrips()).isEqualTo(3);
		assertThat(Files.getLastModifiedTime(local.resolve("notes.txt")).toInstant()).isEqualTo(Instant.ofEpochSecond(1_000_000_000));
		show();
		assertThat(save.version()).isEqualTo(Files.readAttributes(file, StorageAttributes.class).version());
		Path fresh = root.resolve("new.txt");
		assertThat(traffic(() -> Files.write(fresh, new byte[10])).roundTrips()).isEqualTo(3);
		assertThat(traffic(() -> Files.createDirectory(root.resolve("folder"))).roundTrips()).isEqualTo(1);
		assertThat(traffic(() -> Files.move(fresh, root.resolve("folder/new.txt"))).roundTrips()).isEqualTo(1);
		assertThat(traffic(() -> Files.delete(root.resolve("folder/new.txt"))).roundTrips()).isEqualTo(1);
	}

	@Test
	void aCopyStaysOnTheServer() throws IOException {
		sparse("long", 512L << 20);
		show();
		Traffic traffic = traffic(() -> Files.copy(root.resolve("long"), root.resolve("copy"), StandardCopyOption.COPY_ATTRIBUTES));
		assertThat(traffic.roundTrips()).isLessThanOrEqualTo(7);
		assertThat(traffic.sent() + traffic.received()).isLessThan(10_000);
		assertThat(local.resolve("copy")).hasSameBinaryContentAs(local.resolve("long"));
		assertThat(Files.getLastModifiedTime(local.resolve("copy")).toInstant().getEpochSecond()).isEqualTo(Files.getLastModifiedTime(local.resolve("long")).toInstant().getEpochSecond());
	}

	@Test
	void aSmallChangeOfALongFileCostsTheChange() throws IOException {
		sparse("long", 1L << 30);
		show();
		Traffic traffic = traffic(() -> {
			try (var channel = FileChannel.open(root.resolve("long"), READ, WRITE)) {
				channel.write(ByteBuffer.wrap("a small change".getBytes()), 512L << 20);
			}
		});
		assertThat(traffic.roundTrips()).isLessThanOrEqualTo(8);
		assertThat(traffic.sent() + traffic.received()).isLessThan(1 << 20);
		try (var channel = FileChannel.open(local.resolve("long"))) {
			assertThat(channel.size()).isEqualTo(1L << 30);
			ByteBuffer some = ByteBuffer.allocate(16);
			channel.read(some, 512L << 20);
			assertThat(new String(some.array())).isEqualTo("a small change\0\0");
			channel.read(some.clear(), (1L << 30) - 1);
			assertThat(some.get(0)).isEqualTo((byte) 7);
		}
	}

	@Test
	void manyChangesOfALongFileGoTogether() throws IOException {
		byte[] content = new byte[40 << 20];
		var random = new Random(3);
		random.nextBytes(content);
		Files.write(local.resolve("long"), content);
		try (var channel = FileChannel.open(root.resolve("long"), READ, WRITE)) {
			for (int i = 0; i < 20; i++) {
				byte[] change = new byte[random.nextInt(100_000)];
				random.nextBytes(change);
				int at = random.nextInt(content.length - change.length);
				System.arraycopy(change, 0, content, at, change.length);
				channel.write(ByteBuffer.wrap(change), at);
			}
			channel.truncate(39_999_999);
			channel.write(ByteBuffer.wrap(new byte[] { 1, 2, 3 }), 40_000_001);
		}
		byte[] expected = java.util.Arrays.copyOf(java.util.Arrays.copyOf(content, 39_999_999), 40_000_004);
		System.arraycopy(new byte[] { 1, 2, 3 }, 0, expected, 40_000_001, 3);
		assertThat(local.resolve("long")).hasBinaryContent(expected);
	}

	@Test
	void aLongFileWrittenInAnyOrderNeedsNoRoomHere() throws IOException {
		byte[] content = new byte[20 << 20];
		new Random(4).nextBytes(content);
		var pieces = new ArrayList<Integer>();
		for (int at = 0; at < content.length; at += 1 << 18)
			pieces.add(at);
		Collections.shuffle(pieces, new Random(5));
		try (var channel = FileChannel.open(root.resolve("long"), CREATE_NEW, READ, WRITE)) {
			channel.write(ByteBuffer.wrap(new byte[] { 0 }), content.length - 1);
			for (int at : pieces)
				channel.write(ByteBuffer.wrap(content, at, 1 << 18), at);
			ByteBuffer back = ByteBuffer.allocate(1 << 18);
			channel.read(back, pieces.getFirst());
			assertThat(back.array()).isEqualTo(java.util.Arrays.copyOfRange(content, pieces.getFirst(), pieces.getFirst() + (1 << 18)));
		}
		assertThat(local.resolve("long")).hasBinaryContent(content);
	}

	@Test
	void hereAndThereInALongFile() throws IOException {
		sparse("long", 1L << 30);
		try (var channel = FileChannel.open(root.resolve("long"), READ)) {
			for (long at : new long[] { 700 << 20, 3, 512 << 20 })
				assertThat(traffic(() -> {
					ByteBuffer some = ByteBuffer.allocate(1 << 20);
					assertThat(channel.read(some, at)).isEqualTo(1 << 20);
				})).satisfies(t -> {
					assertThat(t.roundTrips()).isEqualTo(1);
					assertThat(t.received()).isLessThan(1_100_000);
				});
		}
	}
}
