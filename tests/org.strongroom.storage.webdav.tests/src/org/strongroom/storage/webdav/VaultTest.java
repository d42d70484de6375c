package org.strongroom.storage.webdav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.DetailedListing;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.Traffic;
import org.strongroom.core.vault.Vault;
import org.strongroom.remotefs.internal.RemoteFileSystems;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.WebDavServer;
import org.strongroom.testing.WebDavServer.Kind;
import org.strongroom.vault.cryptomator.internal.CryptomatorFormat;

/** A vault on real servers, 20 ms away in each direction: that it works, and how often the length of the way counts. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class VaultTest {
	private static final String PASSPHRASE = "the vault's passphrase";

	@TempDir
	Path temp;
	private WebDavServer server;
	private DelayProxy link;
	private CryptomatorOracle oracle;
	private Storage storage;
	private StorageFileSystem fileSystem;
	private Path folder;

	@AfterEach
	void stop() throws IOException {
		if (fileSystem != null)
			fileSystem.close();
		if (storage != null)
			storage.close();
		if (oracle != null)
			oracle.close();
		if (link != null)
			link.close();
		if (server != null)
			server.close();
	}

	private void start(Kind kind) throws IOException {
		assumeTrue(WebDavServer.unavailable(kind).isEmpty(), () -> WebDavServer.unavailable(kind).orElseThrow());
		Servers.settle(temp);
		server = WebDavServer.of(kind).start();
		oracle = CryptomatorOracle.create(server.root().resolve("vault"), PASSPHRASE, Cipher.SIV_GCM);
		link = DelayProxy.to(server.host(), server.port()).start();
		URI far = URI.create("http://%s:%d".formatted(link.host(), link.port()));
		storage = Servers.connect(Servers.bookmark(far, server.user(), Map.of()), Servers.person(server));
		fileSystem = new RemoteFileSystems().open("far", storage);
		folder = fileSystem.getPath("/vault");
	}

	/** The oracle has made all of the vault; now the server may change it. */
	private void handOver() throws IOException {
		oracle.lock();
		server.handOverAll();
	}

	private Vault unlock() throws IOException {
		try (Secret secret = Secret.of(PASSPHRASE.toCharArray())) {
			return new CryptomatorFormat().inspect(folder).unlock(secret);
		}
	}

	private interface Work {
		void run() throws IOException;
	}

	private Traffic traffic(Work work) throws IOException {
		link.delay(Duration.ofMillis(20), Duration.ofMillis(20));
		Traffic before = storage.traffic();
		work.run();
		Traffic cost = storage.traffic().minus(before);
		link.delay(Duration.ZERO, Duration.ZERO);
		return cost;
	}

	private static void save(Path file, Save save, byte[] content) throws IOException {
		var options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING, save);
		try (var channel = FileChannel.open(file, options)) {
			channel.write(ByteBuffer.wrap(content));
			save.whole();
		}
	}

	private static byte[] random(int length) {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		return bytes;
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void unlockingAndListing(Kind kind) throws IOException {
		start(kind);
		for (int i = 0; i < 800; i++)
			oracle.write("/a file with a usual name " + i, "x");
		for (int i = 0; i < 200; i++)
			oracle.createFolder("/folder " + i);
		handOver();
		var unlocked = new ArrayList<Vault>();
		assertThat(traffic(() -> unlocked.add(unlock())).roundTrips()).as("unlocking").isLessThanOrEqualTo(4);
		try (Vault vault = unlocked.getFirst()) {
			fileSystem.refresh(folder);
			Traffic listing = traffic(() -> assertThat(DetailedListing.of(vault.root())).hasSize(1000));
			assertThat(listing.roundTrips()).as("a folder of 800 files and 200 folders").isEqualTo(2);
			assertThat(listing.requests()).as("one for the folder, and one for each folder in it").isLessThanOrEqualTo(205);
		}
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void smallFiles(Kind kind) throws IOException {
		start(kind);
		byte[] content = random(10_240);
		oracle.write("/notes.txt", content);
		oracle.createFolder("/folder");
		handOver();
		try (Vault vault = unlock()) {
			Path root = vault.root();
			assertThat(DetailedListing.of(root)).hasSize(2);
			Path notes = root.resolve("notes.txt");
			assertThat(traffic(() -> assertThat(Files.readAllBytes(notes)).isEqualTo(content)).roundTrips()).as("opening").isEqualTo(1);
			Save save = Save.ifUnchanged(Files.readAttributes(notes, StorageAttributes.class).version().orElseThrow());
			save(notes, save, content); // whether the server heeds conditions is found out with the first
			Save again = Save.ifUnchanged(save.version().orElseThrow());
			assertThat(traffic(() -> save(notes, again, content)).roundTrips()).as("saving").isLessThanOrEqualTo(4);
			assertThat(traffic(() -> save(root.resolve("new"), Save.createNew(), content)).roundTrips()).as("a new file").isLessThanOrEqualTo(4);
			// some servers tell a change by length and second alone
			save(notes, Save.overwrite(), random(10_300));
			assertThatThrownBy(() -> save(notes, again, content)).isInstanceOf(ConflictException.class);
			Files.move(root.resolve("new"), root.resolve("folder/moved"));
			assertThat(traffic(() -> Files.createDirectory(root.resolve("folder/deeper"))).roundTrips()).as("making a folder").isLessThanOrEqualTo(kind == Kind.APACHE ? 7 : 10);
			assertThat(Files.readAllBytes(root.resolve("folder/moved"))).isEqualTo(content);
			Files.delete(root.resolve("folder/moved"));
			Files.delete(root.resolve("folder/deeper"));
			assertThat(DetailedListing.of(root.resolve("folder"))).isEmpty();
		}
		oracle.unlock();
		assertThat(oracle.read("/notes.txt")).isEqualTo(random(10_300));
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void longFiles(Kind kind) throws IOException {
		start(kind);
		handOver();
		byte[] content = random(40_000_000);
		try (Vault vault = unlock()) {
			Path file = vault.root().resolve("long");
			save(file, Save.createNew(), content);
			assertThat(Files.readAllBytes(file)).isEqualTo(content);
			try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
				channel.write(ByteBuffer.wrap(new byte[100]), 20_000_000);
			}
			java.util.Arrays.fill(content, 20_000_000, 20_000_100, (byte) 0);
			assertThat(traffic(() -> Files.copy(file, vault.root().resolve("copy"))).sent()).as("no content passes").isLessThan(20_000);
			changeWhileWriting(vault.root().resolve("changed"), content);
		}
		oracle.unlock();
		assertThat(oracle.read("/changed")).isEqualTo(content);
		assertThat(oracle.read("/long")).isEqualTo(content);
		assertThat(oracle.read("/copy")).isEqualTo(content);
		Servers.awaitTidy(server.root());
	}

	/** What was sent already has to be had back, for only a part of what is encrypted together is written again; then the file goes on for more than can be held here. */
	private static void changeWhileWriting(Path file, byte[] content) throws IOException {
		try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
			ByteBuffer beginning = ByteBuffer.allocate(18_000_000).put(content, 0, 18_000_000).put(5_000_000, new byte[100]);
			channel.write(beginning.flip());
			channel.write(ByteBuffer.wrap(content, 5_000_000, 100), 5_000_000);
			channel.write(ByteBuffer.wrap(content, 18_000_000, content.length - 18_000_000));
		}
	}
}
