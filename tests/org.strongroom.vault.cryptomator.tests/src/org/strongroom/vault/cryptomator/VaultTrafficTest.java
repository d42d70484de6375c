package org.strongroom.vault.cryptomator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.storage.DetailedListing;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.Traffic;
import org.strongroom.core.vault.Vault;

/** How often the length of the way to a real OpenSSH server counts for what is done in a vault. The link has 20 ms in each direction, so that what could go together does. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class VaultTrafficTest {
	@TempDir
	Path temp;
	private FarVault far;

	@BeforeEach
	void start() throws IOException {
		far = new FarVault(temp);
	}

	@AfterEach
	void stop() throws IOException {
		if (far != null)
			far.close();
	}

	/** What it costs over the long link. */
	private Traffic traffic(Storage storage, FarVault.Work work) throws IOException {
		far.link.delay(Duration.ofMillis(20), Duration.ofMillis(20));
		Traffic cost = FarVault.traffic(storage, work);
		far.link.delay(Duration.ZERO, Duration.ZERO);
		return cost;
	}

	private static void show(Path folder, int count) throws IOException {
		assertThat(DetailedListing.of(folder)).hasSize(count);
	}

	@Test
	void unlockingAndListing() throws IOException {
		for (int i = 0; i < 800; i++)
			far.oracle.write("/a file with a usual name " + i, "x");
		for (int i = 0; i < 200; i++)
			far.oracle.createFolder("/folder " + i);
		far.oracle.lock();
		var unlocked = new ArrayList<Vault>();
		Storage storage = far.connect();
		try (StorageFileSystem fileSystem = FarVault.open(storage)) {
			assertThat(traffic(storage, () -> unlocked.add(far.unlock(fileSystem))).roundTrips()).as("unlocking").isLessThanOrEqualTo(3);
			try (Vault vault = unlocked.getFirst()) {
				fileSystem.refresh(far.remote(fileSystem));
				assertThat(traffic(storage, () -> show(vault.root(), 1000)).roundTrips()).as("a folder of 800 files and 200 folders").isLessThanOrEqualTo(5);
				assertThat(traffic(storage, () -> show(vault.root().resolve("folder 7"), 0)).roundTrips()).as("a folder in it").isLessThanOrEqualTo(2);
			}
		}
	}

	@Test
	void smallFiles() throws IOException {
		byte[] content = Contents.bytes(10_240);
		far.oracle.write("/notes.txt", content);
		far.oracle.write("/" + Contents.LONG, content);
		far.oracle.createFolder("/folder");
		far.oracle.createFolder("/old");
		far.oracle.lock();
		try (var session = far.signIn()) {
			Path root = session.vault().root();
			show(root, 4);
			Path notes = root.resolve("notes.txt");
			assertThat(traffic(session.storage(), () -> assertThat(Files.readAllBytes(notes)).isEqualTo(content)).roundTrips()).as("opening and reading").isLessThanOrEqualTo(2);
			Save save = Save.asFound();
			assertThat(traffic(session.storage(), () -> Contents.save(notes, content, save)).roundTrips()).as("saving").isLessThanOrEqualTo(4);
			Save again = Save.ifUnchanged(save.version().orElseThrow());
			assertThat(traffic(session.storage(), () -> Contents.save(notes, content, again)).roundTrips()).as("saving what is known").isLessThanOrEqualTo(4);
			assertThat(traffic(session.storage(), () -> Contents.save(root.resolve("new"), content, Save.createNew())).roundTrips()).as("a new file").isLessThanOrEqualTo(3);
			assertThat(traffic(session.storage(), () -> Contents.save(root.resolve(Contents.LONG + "2"), content, Save.createNew())).roundTrips()).as("a new file with a long name").isLessThanOrEqualTo(9);
			assertThat(traffic(session.storage(), () -> Files.createDirectory(root.resolve("made"))).roundTrips()).as("making a folder").isLessThanOrEqualTo(7);
			assertThat(traffic(session.storage(), () -> Files.move(notes, root.resolve("renamed"))).roundTrips()).as("renaming a file").isLessThanOrEqualTo(2);
			assertThat(traffic(session.storage(), () -> Files.move(root.resolve("made"), root.resolve("moved"))).roundTrips()).as("renaming a folder").isLessThanOrEqualTo(2);
			assertThat(traffic(session.storage(), () -> Files.move(root.resolve(Contents.LONG), root.resolve("short"))).roundTrips()).as("giving a short name").isLessThanOrEqualTo(7);
			assertThat(traffic(session.storage(), () -> Files.delete(root.resolve("renamed"))).roundTrips()).as("removing a file").isLessThanOrEqualTo(2);
			assertThat(traffic(session.storage(), () -> Files.delete(root.resolve("old"))).roundTrips()).as("removing a folder").isLessThanOrEqualTo(10);
		}
		far.oracle.unlock();
		assertThat(far.oracle.list("/")).containsOnlyKeys("/new", "/" + Contents.LONG + "2", "/folder", "/moved", "/short");
		assertThat(far.oracle.read("/short")).isEqualTo(content);
	}

	/** Where its entries lie is asked for once, however many want to know at the same time. */
	@Test
	void manyInAFolderThatNobodyHasEntered() throws Exception {
		int many = 64;
		far.oracle.createFolder("/folder");
		for (int i = 0; i < many; i++)
			far.oracle.write("/folder/file " + i, "x".repeat(i));
		far.oracle.lock();
		try (var session = far.signIn()) {
			show(session.vault().root(), 1);
			Traffic cost = traffic(session.storage(), () -> {
				try {
					AtOnce.run(AtOnce.of(many, i -> () -> {
						assertThat(Files.size(session.item("folder/file " + i))).isEqualTo(i);
						return null;
					}));
				} catch (Exception e) {
					throw new IOException(e);
				}
			});
			assertThat(cost.requests()).as("requests for %d files", many).isLessThan(2 * many);
		}
	}

	private static void saveWithTime(Path file, Save save, byte[] content, FileTime modified) throws IOException {
		try (var out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE, save)) {
			out.write(content);
			Files.setLastModifiedTime(file, modified);
			save.whole();
		}
	}

	/** A time of change goes with the content of a file: nobody waits for that, and it is nobody else's change. */
	@Test
	void aTimeOfItsOwn() throws IOException {
		byte[] content = Contents.bytes(10_240);
		far.oracle.write("/there", content);
		far.oracle.lock();
		try (var session = far.signIn()) {
			FileTime time = FileTime.from(Instant.ofEpochSecond(1_000_000_000));
			for (String name : List.of("new", Contents.LONG, "there")) {
				Path file = session.item(name);
				Path other = session.item(name.equals("there") ? name : name + "!");
				Save plain = name.equals("there") ? Save.asFound() : Save.createNew();
				DetailedListing.of(session.vault().root());
				Traffic without = traffic(session.storage(), () -> Contents.save(other, content, plain));
				DetailedListing.of(session.vault().root());
				Save save = name.equals("there") ? Save.asFound() : Save.createNew();
				Traffic with = traffic(session.storage(), () -> saveWithTime(file, save, content, time));
				assertThat(with.roundTrips()).as("round trips for " + name).isLessThanOrEqualTo(without.roundTrips());
				assertThat(Files.getLastModifiedTime(file)).isEqualTo(time);
				assertThat(Files.getLastModifiedTime(far.local(session, file))).as("on the server").isEqualTo(time);
				Save again = Save.ifUnchanged(save.version().orElseThrow());
				saveWithTime(file, again, content, FileTime.from(time.toInstant().plusSeconds(1)));
				Contents.save(file, content, Save.ifUnchanged(again.version().orElseThrow()));
				assertThat(Files.getLastModifiedTime(file)).as("of a save that says nothing").isGreaterThan(FileTime.from(time.toInstant().plusSeconds(1)));
			}
		}
		far.oracle.unlock();
		assertThat(far.oracle.read("/" + Contents.LONG)).isEqualTo(content);
	}

	/** One of a size that the server copies in one go, on the channel that is there; {@link LargeVaultFileTest} has larger ones. */
	@Test
	void aBigFile() throws IOException {
		far.oracle.writeRandom("/big", 64 << 20, 1);
		far.oracle.lock();
		try (var session = far.signIn()) {
			Path big = session.item("big");
			show(session.vault().root(), 1);
			Traffic read = traffic(session.storage(), () -> {
				try (FileChannel channel = FileChannel.open(big)) {
					assertThat(channel.read(ByteBuffer.allocate(1 << 20), 40 << 20)).isEqualTo(1 << 20);
				}
			});
			assertThat(read.roundTrips()).as("1 MiB from the middle").isLessThanOrEqualTo(3);
			Traffic changed = traffic(session.storage(), () -> {
				try (FileChannel channel = FileChannel.open(big, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
					channel.write(ByteBuffer.wrap(new byte[4096]), 33 << 20);
				}
			});
			assertThat(changed.roundTrips()).as("4 KiB changed in the middle").isLessThanOrEqualTo(8);
			assertThat(changed.sent() + changed.received()).as("bytes for 4 KiB changed in the middle").isLessThanOrEqualTo(1 << 20);
			Traffic copied = traffic(session.storage(), () -> Files.copy(big, session.item("copy")));
			assertThat(copied.roundTrips()).as("a copy").isLessThanOrEqualTo(8);
			assertThat(copied.sent() + copied.received()).as("bytes for a copy").isLessThanOrEqualTo(1 << 20);
		}
		far.oracle.unlock();
		assertThat(far.oracle.digest("/copy")).isEqualTo(far.oracle.digest("/big"));
		assertThat(far.oracle.list("/")).containsEntry("/big", "file " + (64 << 20));
	}
}
