package org.strongroom.storage.nextcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Home;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.storage.DetailedListing;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.Trash;
import org.strongroom.core.transfer.Progress;
import org.strongroom.core.transfer.Transfer;
import org.strongroom.core.vault.Vault;
import org.strongroom.remotefs.internal.RemoteFileSystems;
import org.strongroom.testing.nextcloud.NextcloudUnderTest;
import org.strongroom.vault.cryptomator.internal.CryptomatorFormat;

/** What was removed from a vault comes back from the trash of its server, the emulated one or a real one. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
abstract class VaultTrashTest {
	static final String LONG_NAME = "a name so long that the vault shortens it ".repeat(5).strip();
	private static final String PASSPHRASE = "the vault's passphrase";

	/** Notes what it is told. */
	static final class Told implements Progress {
		final List<String> begun = new ArrayList<>();
		final List<String> failed = new ArrayList<>();
		volatile int cancelledAfter = Integer.MAX_VALUE;

		@Override
		public synchronized void begin(Path item, long size) {
			begun.add(item.toString());
		}

		@Override
		public synchronized void failed(Path item, IOException why) {
			failed.add(item + ": " + why.getMessage());
		}

		@Override
		public synchronized boolean cancelled() {
			return begun.size() > cancelledAfter;
		}
	}

	@TempDir
	Path temp;
	private String folder;
	StorageFileSystem fileSystem;
	Storage storage;
	Vault vault;
	Trash trash;

	abstract NextcloudUnderTest server() throws IOException;

	@BeforeEach
	final void begin() throws IOException {
		System.setProperty(Home.PROPERTY, temp.resolve("home").toString());
		storage = server().connect();
		folder = ServerTest.newFolder(storage);
		fileSystem = new RemoteFileSystems().open("cloud", storage);
		trash = storage.extra(Trash.class).orElseThrow();
		try (Secret secret = Secret.of(PASSPHRASE.toCharArray())) {
			new CryptomatorFormat().create(fileSystem.getPath(folder), secret);
			vault = new CryptomatorFormat().inspect(fileSystem.getPath(folder)).unlock(secret);
		}
		Files.createDirectories(at("/Contracts/2026/empty"));
		Files.createDirectories(at("/Contracts/" + LONG_NAME));
		Files.writeString(at("/Contracts/Smith.txt"), "signed");
		Files.writeString(at("/Contracts/" + LONG_NAME + "/within.txt"), "within");
		Files.writeString(at("/Contracts/2026/Jones.txt"), "not yet");
		Files.writeString(at("/Contracts/2026/" + LONG_NAME + ".txt"), "long");
		Files.writeString(at("/stays.txt"), "stays");
	}

	@AfterEach
	final void end() throws IOException {
		try (NextcloudUnderTest server = server(); Storage last = storage) {
			vault.close();
			trash.remove(folder);
			fileSystem.close();
		}
	}

	final Path at(String path) {
		return vault.root().resolve(path.substring(1));
	}

	/** All below a folder: texts of files, nothing for folders. */
	final Map<String, String> tree(Path readable) throws IOException {
		var all = new TreeMap<String, String>();
		for (DetailedListing.Row row : DetailedListing.of(readable)) {
			boolean isFolder = row.attributes().orElseThrow().isDirectory();
			all.put(row.path().toString(), isFolder ? "" : Files.readString(row.path()));
			if (isFolder)
				all.putAll(tree(row.path()));
		}
		return all;
	}

	final void refresh() {
		fileSystem.refresh(fileSystem.getPath("/"));
	}

	final void delete(Path readable) throws IOException {
		var told = new Told();
		Transfer.delete(readable, told);
		assertThat(told.failed).isEmpty();
	}

	final Vault.Removed removed(Path readable) throws IOException {
		return vault.removed(readable.getParent(), trash).stream().filter(r -> r.name().equals(java.util.Optional.of(readable.getFileName().toString()))).findFirst().orElseThrow();
	}

	final Told restore(Path readable) throws IOException {
		var told = new Told();
		vault.restore(readable.getParent(), trash, removed(readable), told);
		return told;
	}

	@Test
	void aFolderThatWeRemovedIsThereAgain() throws Exception {
		Map<String, String> before = tree(vault.root());
		delete(at("/Contracts"));
		assertThat(tree(vault.root())).containsOnlyKeys("/stays.txt");
		List<Vault.Removed> listed = vault.removed(vault.root(), trash);
		assertThat(listed).singleElement().satisfies(r -> {
			assertThat(r.name()).contains("Contracts");
			assertThat(r.type()).isEqualTo(FileInfo.Type.DIRECTORY);
		});
		Told told = restore(at("/Contracts"));
		assertThat(told.failed).isEmpty();
		assertThat(told.begun).contains("/Contracts", "/Contracts/2026", "/Contracts/2026/empty", "/Contracts/" + LONG_NAME);
		assertThat(tree(vault.root())).isEqualTo(before);
		refresh();
		assertThat(tree(vault.root())).isEqualTo(before);
		assertThat(vault.removed(vault.root(), trash)).isEmpty();
		assertThat(vault.removed(at("/Contracts/2026"), trash)).isEmpty();
		// and once more, now that its pieces were in the trash before
		delete(at("/Contracts"));
		restore(at("/Contracts"));
		assertThat(tree(vault.root())).isEqualTo(before);
	}

	/** Folders of entries and folders with what was in them, each as a whole: so do those who synchronize. */
	@Test
	void aFolderThatOthersRemovedIsThereAgain() throws Exception {
		Map<String, String> before = tree(vault.root());
		for (String within : List.of("/Contracts/2026/empty", "/Contracts/2026", "/Contracts/" + LONG_NAME, "/Contracts"))
			trash.remove(vault.encrypted(at(within)).toString());
		trash.remove(entry(vault.root()));
		refresh();
		assertThat(tree(vault.root())).containsOnlyKeys("/stays.txt");
		assertThat(restore(at("/Contracts")).failed).isEmpty();
		assertThat(tree(vault.root())).isEqualTo(before);
	}

	/** The only entry of a folder. */
	private String entry(Path readable) throws IOException {
		try (var all = Files.list(fileSystem.getPath(vault.encrypted(readable).toString()))) {
			return all.filter(p -> p.toString().endsWith(".c9r") && Files.isDirectory(p)).findFirst().orElseThrow().toString();
		}
	}

	@Test
	void whatIsThereByNowIsNotReplaced() throws Exception {
		delete(at("/Contracts"));
		Files.createDirectory(at("/Contracts"));
		Files.writeString(at("/Contracts/new.txt"), "new");
		assertThatThrownBy(() -> restore(at("/Contracts"))).isInstanceOf(FileAlreadyExistsException.class).hasMessage("/Contracts");
		assertThat(tree(vault.root())).containsOnlyKeys("/stays.txt", "/Contracts", "/Contracts/new.txt");
		Files.move(at("/Contracts"), at("/Newer"));
		assertThat(restore(at("/Contracts")).failed).isEmpty();
		assertThat(tree(vault.root())).containsEntry("/Contracts/Smith.txt", "signed").containsEntry("/Newer/new.txt", "new");
	}

	@Test
	void whatHasALongNameIsThereAgain() throws Exception {
		Path file = at("/Contracts/2026/" + LONG_NAME + ".txt");
		delete(file);
		assertThat(removed(file).type()).isEqualTo(FileInfo.Type.FILE);
		restore(file);
		assertThat(Files.readString(file)).isEqualTo("long");
		Path folder = at("/Contracts/" + LONG_NAME);
		delete(folder);
		assertThat(removed(folder).type()).isEqualTo(FileInfo.Type.DIRECTORY);
		restore(folder);
		assertThat(tree(folder)).hasSize(1).containsValue("within");
	}
}
