package org.strongroom.vault.cryptomator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
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
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.auth.ssh.SshConfig;
import org.strongroom.auth.ssh.internal.SshAuthenticator;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Home;
import org.strongroom.core.auth.Authenticator;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.storage.DetailedListing;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.Traffic;
import org.strongroom.core.vault.Vault;
import org.strongroom.remotefs.internal.RemoteFileSystems;
import org.strongroom.storage.sftp.internal.SftpProtocol;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.Person;
import org.strongroom.vault.cryptomator.internal.CryptomatorFormat;

/** How often the length of the way to a real OpenSSH server counts for what is done in a vault. The link has 20 ms in each direction, so that what could go together does. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class VaultTrafficTest {
	@TempDir
	Path temp;
	private OpenSshServer server;
	private DelayProxy link;
	private CryptomatorOracle oracle;
	private Storage storage;
	private StorageFileSystem fileSystem;
	private Path folder;

	@BeforeEach
	void start() throws IOException {
		assumeTrue(OpenSshServer.unavailable().isEmpty(), () -> OpenSshServer.unavailable().orElseThrow());
		System.setProperty(SshConfig.FOLDER_PROPERTY, temp.resolve("ssh").toString());
		System.setProperty(Home.PROPERTY, temp.resolve("home").toString());
		System.setProperty("strongroom.ssh.agent", "none");
		server = OpenSshServer.builder().keyOnly().start();
		oracle = CryptomatorOracle.create(server.root().resolve("vault"), Server.PASSPHRASE, Cipher.SIV_GCM);
		link = DelayProxy.to(server.host(), server.port()).start();
		connect();
	}

	@AfterEach
	void stop() throws IOException {
		if (fileSystem != null)
			fileSystem.close();
		if (oracle != null)
			oracle.close();
		if (link != null)
			link.close();
		if (server != null)
			server.close();
	}

	private void connect() throws IOException {
		URI uri = URI.create("sftp://%s@%s:%d%s".formatted(server.user(), link.host(), link.port(), server.remoteRoot()));
		var signIn = new SignIn(List.<Authenticator>of(new SshAuthenticator()), Person.of(server));
		storage = new SftpProtocol().connect(new Bookmark("Far", uri, List.of(server.keyFile()), Map.of()), signIn);
		fileSystem = new RemoteFileSystems().open("far", storage);
		folder = fileSystem.getPath(server.remoteRoot() + "/vault");
	}

	private Vault unlock() throws IOException {
		try (Secret secret = Secret.of(Server.PASSPHRASE.toCharArray())) {
			return new CryptomatorFormat().inspect(folder).unlock(secret);
		}
	}

	private interface Work {
		void run() throws IOException;
	}

	/** What it costs over the long link. */
	private Traffic traffic(Work work) throws IOException {
		link.delay(Duration.ofMillis(20), Duration.ofMillis(20));
		Traffic before = storage.traffic();
		work.run();
		Traffic cost = storage.traffic().minus(before);
		link.delay(Duration.ZERO, Duration.ZERO);
		return cost;
	}

	private static void show(Path folder, int count) throws IOException {
		assertThat(DetailedListing.of(folder)).hasSize(count);
	}

	@Test
	void unlockingAndListing() throws IOException {
		for (int i = 0; i < 800; i++)
			oracle.write("/a file with a usual name " + i, "x");
		for (int i = 0; i < 200; i++)
			oracle.createFolder("/folder " + i);
		oracle.lock();
		var unlocked = new ArrayList<Vault>();
		assertThat(traffic(() -> unlocked.add(unlock())).roundTrips()).as("unlocking").isLessThanOrEqualTo(3);
		try (Vault vault = unlocked.getFirst()) {
			fileSystem.refresh(folder);
			assertThat(traffic(() -> show(vault.root(), 1000)).roundTrips()).as("a folder of 800 files and 200 folders").isLessThanOrEqualTo(5);
			assertThat(traffic(() -> show(vault.root().resolve("folder 7"), 0)).roundTrips()).as("a folder in it").isLessThanOrEqualTo(2);
		}
	}

	@Test
	void smallFiles() throws IOException {
		byte[] content = Contents.bytes(10_240);
		oracle.write("/notes.txt", content);
		oracle.write("/" + Contents.LONG, content);
		oracle.createFolder("/folder");
		oracle.createFolder("/old");
		oracle.lock();
		try (Vault vault = unlock()) {
			Path root = vault.root();
			show(root, 4);
			Path notes = root.resolve("notes.txt");
			assertThat(traffic(() -> assertThat(Files.readAllBytes(notes)).isEqualTo(content)).roundTrips()).as("opening and reading").isLessThanOrEqualTo(2);
			Save save = Save.asFound();
			assertThat(traffic(() -> save(notes, save, content)).roundTrips()).as("saving").isLessThanOrEqualTo(4);
			Save again = Save.ifUnchanged(save.version().orElseThrow());
			assertThat(traffic(() -> save(notes, again, content)).roundTrips()).as("saving what is known").isLessThanOrEqualTo(4);
			assertThat(traffic(() -> save(root.resolve("new"), Save.createNew(), content)).roundTrips()).as("a new file").isLessThanOrEqualTo(3);
			assertThat(traffic(() -> save(root.resolve(Contents.LONG + "2"), Save.createNew(), content)).roundTrips()).as("a new file with a long name").isLessThanOrEqualTo(9);
			assertThat(traffic(() -> Files.createDirectory(root.resolve("made"))).roundTrips()).as("making a folder").isLessThanOrEqualTo(7);
			assertThat(traffic(() -> Files.move(notes, root.resolve("renamed"))).roundTrips()).as("renaming a file").isLessThanOrEqualTo(2);
			assertThat(traffic(() -> Files.move(root.resolve("made"), root.resolve("moved"))).roundTrips()).as("renaming a folder").isLessThanOrEqualTo(2);
			assertThat(traffic(() -> Files.move(root.resolve(Contents.LONG), root.resolve("short"))).roundTrips()).as("giving a short name").isLessThanOrEqualTo(7);
			assertThat(traffic(() -> Files.delete(root.resolve("renamed"))).roundTrips()).as("removing a file").isLessThanOrEqualTo(2);
			assertThat(traffic(() -> Files.delete(root.resolve("old"))).roundTrips()).as("removing a folder").isLessThanOrEqualTo(10);
		}
		oracle.unlock();
		assertThat(oracle.list("/")).containsOnlyKeys("/new", "/" + Contents.LONG + "2", "/folder", "/moved", "/short");
		assertThat(oracle.read("/short")).isEqualTo(content);
	}

	private static void save(Path file, Save save, byte[] content) throws IOException {
		save(file, save, content, null);
	}

	/** @param modified the time it is to have; null for that of the save */
	private static void save(Path file, Save save, byte[] content, FileTime modified) throws IOException {
		try (var out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE, save)) {
			out.write(content);
			if (modified != null)
				Files.setLastModifiedTime(file, modified);
			save.whole();
		}
	}

	/** A time of change goes with the content of a file: it costs one request, nobody waits for it, and it is nobody else's change. */
	@Test
	void aTimeOfItsOwn() throws IOException {
		byte[] content = Contents.bytes(10_240);
		oracle.write("/there", content);
		oracle.lock();
		try (Vault vault = unlock()) {
			FileTime time = FileTime.from(Instant.ofEpochSecond(1_000_000_000));
			for (String name : List.of("new", Contents.LONG, "there")) {
				Path file = vault.root().resolve(name);
				Path other = vault.root().resolve(name.equals("there") ? name : name + "!");
				Save plain = name.equals("there") ? Save.asFound() : Save.createNew();
				DetailedListing.of(vault.root());
				Traffic without = traffic(() -> save(other, plain, content));
				DetailedListing.of(vault.root());
				Save save = name.equals("there") ? Save.asFound() : Save.createNew();
				Traffic with = traffic(() -> save(file, save, content, time));
				assertThat(with.roundTrips()).as("round trips for " + name).isEqualTo(without.roundTrips());
				assertThat(with.requests()).as("requests for " + name).isEqualTo(without.requests() + 1);
				assertThat(Files.getLastModifiedTime(file)).isEqualTo(time);
				assertThat(Files.getLastModifiedTime(server.root().resolve("vault").resolve(folder.relativize(vault.encrypted(file)).toString()))).as("on the server").isEqualTo(time);
				Save again = Save.ifUnchanged(save.version().orElseThrow());
				save(file, again, content, FileTime.from(time.toInstant().plusSeconds(1)));
				save(file, Save.ifUnchanged(again.version().orElseThrow()), content);
				assertThat(Files.getLastModifiedTime(file)).as("of a save that says nothing").isGreaterThan(FileTime.from(time.toInstant().plusSeconds(1)));
			}
		}
		oracle.unlock();
		assertThat(oracle.read("/" + Contents.LONG)).isEqualTo(content);
	}

	/** One of a size that the server copies in one go, on the channel that is there; {@link LargeVaultFileTest} has larger ones. */
	@Test
	void aBigFile() throws IOException {
		oracle.writeRandom("/big", 64 << 20, 1);
		oracle.lock();
		try (Vault vault = unlock()) {
			Path big = vault.root().resolve("big");
			show(vault.root(), 1);
			Traffic read = traffic(() -> {
				try (FileChannel channel = FileChannel.open(big)) {
					assertThat(channel.read(ByteBuffer.allocate(1 << 20), 40 << 20)).isEqualTo(1 << 20);
				}
			});
			assertThat(read.roundTrips()).as("1 MiB from the middle").isLessThanOrEqualTo(3);
			Traffic changed = traffic(() -> {
				try (FileChannel channel = FileChannel.open(big, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
					channel.write(ByteBuffer.wrap(new byte[4096]), 33 << 20);
				}
			});
			assertThat(changed.roundTrips()).as("4 KiB changed in the middle").isLessThanOrEqualTo(8);
			assertThat(changed.sent() + changed.received()).as("bytes for 4 KiB changed in the middle").isLessThanOrEqualTo(1 << 20);
			Traffic copied = traffic(() -> Files.copy(big, vault.root().resolve("copy")));
			assertThat(copied.roundTrips()).as("a copy").isLessThanOrEqualTo(8);
			assertThat(copied.sent() + copied.received()).as("bytes for a copy").isLessThanOrEqualTo(1 << 20);
		}
		oracle.unlock();
		assertThat(oracle.digest("/copy")).isEqualTo(oracle.digest("/big"));
		assertThat(oracle.list("/")).containsEntry("/big", "file " + (64 << 20));
	}
}
