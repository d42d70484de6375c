package org.strongroom.storage.nextcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Home;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.DetailedListing;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.History;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Traffic;
import org.strongroom.core.storage.Trash;
import org.strongroom.core.vault.Vault;
import org.strongroom.remotefs.internal.RemoteFileSystems;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.nextcloud.EmulatedNextcloud;
import org.strongroom.vault.cryptomator.internal.CryptomatorFormat;

/** A vault on a Nextcloud server, its old versions and what was removed from it among the rest. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class VaultTest {
	private static final String PASSPHRASE = "the vault's passphrase";

	@TempDir
	Path temp;
	private EmulatedNextcloud server;
	private CryptomatorOracle oracle;
	private Storage storage;
	private StorageFileSystem fileSystem;
	private Vault vault;

	@BeforeEach
	void begin() throws IOException {
		System.setProperty(Home.PROPERTY, temp.resolve("home").toString());
		server = new EmulatedNextcloud(temp.resolve("server"), "");
		oracle = CryptomatorOracle.create(server.files().resolve("vault"), PASSPHRASE, Cipher.SIV_GCM);
		oracle.write("/notes.txt", "first");
		oracle.createFolder("/Contracts");
		oracle.lock();
		server.longAgo();
		storage = server.connect();
		fileSystem = new RemoteFileSystems().open("cloud", storage);
		try (Secret secret = Secret.of(PASSPHRASE.toCharArray())) {
			vault = new CryptomatorFormat().inspect(fileSystem.getPath("/vault")).unlock(secret);
		}
	}

	@AfterEach
	void end() throws IOException {
		if (vault != null)
			vault.close();
		if (fileSystem != null)
			fileSystem.close();
		if (storage != null)
			storage.close();
		if (oracle != null)
			oracle.close();
		server.close();
	}

	private static void save(Path file, Save save, byte[] content) throws IOException {
		var options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING, save);
		try (var channel = FileChannel.open(file, options)) {
			channel.write(ByteBuffer.wrap(content));
			save.whole();
		}
	}

	@Test
	void filesAreReadAndSaved() throws Exception {
		Path notes = vault.root().resolve("notes.txt");
		assertThat(Files.readString(notes)).isEqualTo("first");
		Save save = Save.ifUnchanged(Files.readAttributes(notes, StorageAttributes.class).version().orElseThrow());
		Traffic before = storage.traffic();
		save(notes, save, "second".getBytes());
		assertThat(storage.traffic().minus(before).roundTrips()).isLessThanOrEqualTo(4);
		assertThatThrownBy(() -> save(notes, save, "third".getBytes())).isInstanceOf(ConflictException.class);
		byte[] content = new byte[60_000_000];
		new Random(1).nextBytes(content);
		save(vault.root().resolve("Contracts/long"), Save.createNew(), content);
		assertThat(Files.readAllBytes(vault.root().resolve("Contracts/long"))).isEqualTo(content);
		assertThat(storage.details(vault.encrypted(vault.root().resolve("Contracts/long")).toString()).get("checksum")).startsWith("SHA256:");
		Files.move(vault.root().resolve("Contracts/long"), vault.root().resolve("moved"));
		assertThat(DetailedListing.of(vault.root())).extracting(r -> r.path().getFileName().toString()).containsExactlyInAnyOrder("notes.txt", "Contracts", "moved");
		Traffic copying = storage.traffic();
		Files.copy(vault.root().resolve("moved"), vault.root().resolve("Contracts/copy"));
		assertThat(storage.traffic().minus(copying).sent()).as("no content passes").isLessThan(20_000);
		assertThat(server.uploads()).isEmpty();
		oracle.unlock();
		assertThat(oracle.read("/notes.txt")).isEqualTo("second".getBytes());
		assertThat(oracle.read("/moved")).isEqualTo(content);
		assertThat(oracle.read("/Contracts/copy")).isEqualTo(content);
	}

	@Test
	void whatWasInAVaultComesBack() throws Exception {
		Path notes = vault.root().resolve("notes.txt");
		save(notes, Save.overwrite(), "the second".getBytes());
		History history = storage.extra(History.class).orElseThrow();
		String held = vault.encrypted(notes).toString();
		History.Past past = history.list(held).getFirst();
		history.restore(held, past.id());
		fileSystem.refresh(fileSystem.getPath("/vault"));
		assertThat(Files.readString(notes)).isEqualTo("first");

		Path contract = vault.root().resolve("Contracts/with Smith.txt");
		save(contract, Save.createNew(), "signed".getBytes());
		Files.delete(contract);
		Path folder = contract.getParent();
		Trash trash = storage.extra(Trash.class).orElseThrow();
		Trash.Removed removed = trash.list().stream().filter(r -> StoragePaths.parent(r.path()).equals(folder(folder))).findFirst().orElseThrow();
		assertThat(vault.removed(folder, trash)).containsExactly(new Vault.Removed(removed, Optional.of("with Smith.txt"), FileInfo.Type.FILE));
		assertThat(vault.removed(vault.root(), trash)).isEmpty();
		trash.restore(removed.id());
		fileSystem.refresh(fileSystem.getPath("/vault"));
		assertThat(Files.readString(contract)).isEqualTo("signed");
	}

	private String folder(Path readable) {
		try {
			return vault.encrypted(readable).toString();
		} catch (IOException e) {
			throw new java.io.UncheckedIOException(e);
		}
	}
}
