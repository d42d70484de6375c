package org.strongroom.vault.cryptomator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.DetailedListing;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.core.vault.Vault;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;

/** Damage, accidental or not, concerns what is damaged and nothing else, and is told as what it is. */
class DamagedEntriesTest {
	@TempDir
	Path folder;
	private CryptomatorOracle oracle;
	private Server server;

	@BeforeEach
	void make() throws IOException {
		oracle = CryptomatorOracle.create(folder, Server.PASSPHRASE, Cipher.SIV_GCM);
		server = new Server(folder);
		oracle.write("/sound", "sound");
		oracle.write("/file", Contents.bytes(100_000));
		oracle.write("/other", Contents.bytes(100_001));
		oracle.write("/" + Contents.LONG, "long");
		oracle.createFolder("/folder/below");
		oracle.write("/folder/inside", "inside");
		oracle.createFolder("/second");
	}

	@AfterEach
	void close() throws IOException {
		server.close();
		oracle.close();
	}

	private static List<String> names(Path folder) throws IOException {
		try (Stream<Path> list = Files.list(folder)) {
			return list.map(p -> p.getFileName().toString()).toList();
		}
	}

	private static void assertDamaged(Path path) {
		assertThatThrownBy(() -> Files.readAllBytes(path)).isInstanceOf(DamagedVaultException.class)
				.satisfies(e -> assertThat(((DamagedVaultException) e).getFile()).isEqualTo(path.toString()));
	}

	/** The entry that stands for a folder in the folder it lies in. */
	private Path entry(String parent, String... known) throws IOException {
		Path content = oracle.ciphertext(parent);
		try (Stream<Path> all = Files.list(content)) {
			return all.filter(Files::isDirectory).filter(p -> p.toString().endsWith(".c9r")).filter(p -> List.of(known).stream().noneMatch(k -> p.endsWith(k))).findFirst().orElseThrow();
		}
	}

	@Test
	void contents() throws Exception {
		Path file = oracle.ciphertext("/file");
		Path other = oracle.ciphertext("/other");
		oracle.lock();
		byte[] whole = Files.readAllBytes(file);
		try (Vault vault = server.unlock()) {
			Path path = vault.root().resolve("file");
			assertThat(path).hasBinaryContent(Contents.bytes(100_000));
			int[] cuts = { 0, 1, 67, 68 + 1, 68 + 28, 68 + 32796 + 1, 68 + 32796 + 28, whole.length - 1, 68 + 32796 + 5000 };
			for (int length : cuts) {
				Files.write(file, java.util.Arrays.copyOf(whole, length));
				server.changed();
				assertDamaged(path);
				assertThat(names(vault.root())).contains("file", "sound");
				assertThat(Files.size(path)).isBetween(0L, 100_000L);
			}
			for (int place : new int[] { 0, 12, 60, 68, 80, 40_000, whole.length - 1 }) {
				byte[] changed = whole.clone();
				changed[place] ^= 1;
				Files.write(file, changed);
				server.changed();
				assertDamaged(path);
			}
			// swapped chunks
			byte[] swapped = whole.clone();
			System.arraycopy(whole, 68, swapped, 68 + 32796, 32796);
			System.arraycopy(whole, 68 + 32796, swapped, 68, 32796);
			Files.write(file, swapped);
			server.changed();
			assertDamaged(path);
			// one file's content under another one's header
			byte[] mixed = Files.readAllBytes(other);
			System.arraycopy(whole, 0, mixed, 0, 68);
			Files.write(file, mixed);
			server.changed();
			assertDamaged(path);
			// whole chunks missing at the end cannot be told from a shorter file, as the format has it
			Files.write(file, java.util.Arrays.copyOf(whole, 68 + 2 * 32796));
			server.changed();
			assertThat(path).hasSize(65536);
			Files.write(file, whole);
			server.changed();
			assertThat(path).hasBinaryContent(Contents.bytes(100_000));
			// a damaged file can be written anew
			Files.write(file, new byte[10]);
			server.changed();
			Files.writeString(path, "new");
			assertThat(path).hasContent("new");
		}
	}

	@Test
	void aChunkInTheMiddleHurtsReadingItOnly() throws Exception {
		Path file = oracle.ciphertext("/file");
		oracle.lock();
		byte[] changed = Files.readAllBytes(file);
		changed[68 + 32796 + 100] ^= 1;
		Files.write(file, changed);
		try (Vault vault = server.unlock(); FileChannel channel = FileChannel.open(vault.root().resolve("file"))) {
			var buffer = java.nio.ByteBuffer.allocate(1000);
			assertThat(channel.read(buffer, 0)).isEqualTo(1000);
			assertThatThrownBy(() -> channel.read(buffer.clear(), 40_000)).isInstanceOf(DamagedVaultException.class);
			assertThat(channel.read(buffer.clear(), 70_000)).isEqualTo(1000);
		}
	}

	@Test
	void entriesWithoutContent() throws Exception {
		Path root = oracle.ciphertext("/");
		Path shortened = oracle.ciphertext("/" + Contents.LONG).getParent();
		Path entry = entry("/folder");
		oracle.lock();
		Files.delete(shortened.resolve("contents.c9r"));
		Files.delete(entry.resolve("dir.c9r"));
		Files.createDirectory(root.resolve("AAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9r")); // no name of this vault
		Files.createDirectory(root.resolve("AAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9s")); // long name without a name
		Files.writeString(root.resolve("-_".repeat(60) + ".c9r"), "x"); // cryptofs would try the parts of it for ever
		Files.createDirectory(root.resolve("BAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9s"));
		Files.writeString(root.resolve("BAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9s/name.c9s"), "x".repeat(20_000));
		Files.createDirectory(root.resolve("CAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9s"));
		Files.createDirectory(root.resolve("CAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9s/name.c9s"));
		Files.createDirectory(root.resolve("DAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9s"));
		Files.writeString(root.resolve("DAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9s/name.c9s"), "../../\0/etc/passwd");
		try (Vault vault = server.unlock()) {
			assertThat(assertTimeoutPreemptively(Duration.ofSeconds(20), () -> names(vault.root()))).containsExactlyInAnyOrder("sound", "file", "other", Contents.LONG, "folder", "second");
			assertThat(names(vault.root().resolve("folder"))).containsExactlyInAnyOrder("below", "inside");
			Path broken = vault.root().resolve(Contents.LONG);
			assertDamaged(broken);
			assertThatThrownBy(() -> Files.readAttributes(broken, BasicFileAttributes.class)).isInstanceOf(DamagedVaultException.class);
			Path below = vault.root().resolve("folder/below");
			assertThatThrownBy(() -> Files.readAttributes(below, BasicFileAttributes.class)).isInstanceOf(DamagedVaultException.class).hasMessageContaining("/folder/below");
			assertThatThrownBy(() -> names(below)).isInstanceOf(DamagedVaultException.class);
			assertThat(vault.root().resolve("sound")).hasContent("sound");
			assertThat(server.storage.writes).isEmpty();
			Files.delete(broken);
			Files.delete(below);
			assertThat(names(vault.root())).doesNotContain(Contents.LONG);
			assertThat(names(vault.root().resolve("folder"))).containsExactly("inside");
		}
	}

	@Test
	void whatCannotBeReadIsCountedAndWhatIsNoEntryIsNot() throws Exception {
		Path root = oracle.ciphertext("/");
		Path elsewhere = oracle.ciphertext("/folder/inside");
		oracle.lock();
		Files.copy(elsewhere, root.resolve(elsewhere.getFileName())); // its name belongs to another folder
		Files.createDirectory(root.resolve("AAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9s"));
		Files.writeString(root.resolve(".DS_Store"), "x");
		Files.createDirectory(root.resolve(".strongroom-0123456789abcdef"));
		try (Vault vault = server.unlock()) {
			DetailedListing.Contents contents = DetailedListing.contentsOf(vault.root());
			assertThat(contents.unreadable()).isEqualTo(2);
			assertThat(contents.rows()).extracting(row -> row.path().getFileName().toString()).containsExactlyInAnyOrder("sound", "file", "other", Contents.LONG, "folder", "second");
			assertThat(DetailedListing.contentsOf(vault.root().resolve("folder")).unreadable()).isZero();
			assertThat(DetailedListing.contentsOf(server.folder()).unreadable()).as("the encrypted folder itself").isZero();
		}
	}

	@Test
	void missingContentFolder() throws Exception {
		Path below = oracle.ciphertext("/folder/below");
		oracle.lock();
		deleteAll(below);
		try (Vault vault = server.unlock()) {
			Path path = vault.root().resolve("folder/below");
			assertThat(names(vault.root().resolve("folder"))).containsExactlyInAnyOrder("below", "inside");
			assertThatThrownBy(() -> names(path)).isInstanceOf(DamagedVaultException.class).hasMessageContaining("the folder with its content is missing");
			assertThatThrownBy(() -> Files.readAttributes(path, BasicFileAttributes.class)).isInstanceOf(DamagedVaultException.class);
			Files.delete(path);
			assertThat(names(vault.root().resolve("folder"))).containsExactly("inside");
		}
	}

	@Test
	void oddFolderIds() throws Exception {
		Path entry = entry("/folder");
		String id = Files.readString(entry.resolve("dir.c9r"));
		oracle.lock();
		try (Vault vault = server.unlock()) {
			Path below = vault.root().resolve("folder/below");
			for (String odd : List.of("", "x".repeat(2000), "\u00e4\u00f6", "00000000-0000-0000-0000-000000000000")) {
				Files.writeString(entry.resolve("dir.c9r"), odd);
				server.changed();
				for (int i = 0; i < 2; i++) { // cryptofs would wait for ever the second time
					assertTimeoutPreemptively(Duration.ofSeconds(10), () -> assertThatThrownBy(() -> names(below)).isInstanceOf(DamagedVaultException.class));
					assertTimeoutPreemptively(Duration.ofSeconds(10),
							() -> assertThatThrownBy(() -> Files.readAttributes(below, BasicFileAttributes.class)).isInstanceOf(DamagedVaultException.class));
				}
			}
			Files.writeString(entry.resolve("dir.c9r"), id);
			server.changed();
			assertThat(below).isEmptyDirectory();
		}
	}

	@Test
	void aFolderInItself() throws Exception {
		Path own = entry("/").resolve("dir.c9r");
		Path other = entry("/", own.getParent().getFileName().toString()).resolve("dir.c9r");
		Path below = entry("/folder").resolve("dir.c9r");
		oracle.lock();
		int circles = 0;
		for (Path id : List.of(own, other)) { // one of them is that of /folder, the other one that of /second
			Files.copy(id, below, StandardCopyOption.REPLACE_EXISTING);
			server.changed();
			try (Vault vault = server.unlock(); Stream<Path> all = Files.walk(vault.root())) {
				assertThat(assertTimeoutPreemptively(Duration.ofSeconds(20), () -> all.limit(10_000).count())).isLessThan(20);
			} catch (UncheckedIOException e) {
				assertThat(e.getCause()).isInstanceOf(DamagedVaultException.class).hasMessageContaining("/folder/below").hasMessageContaining("a folder that holds itself");
				circles++;
			}
		}
		assertThat(circles).isEqualTo(1);
	}

	@Test
	void aFolderThatHoldsUnreadableThingsIsNotRemoved() throws Exception {
		Path second = oracle.ciphertext("/second");
		oracle.lock();
		Files.writeString(second.resolve("AAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9r"), "perhaps of value");
		try (Vault vault = server.unlock()) {
			assertThatThrownBy(() -> Files.delete(vault.root().resolve("folder"))).isInstanceOf(DirectoryNotEmptyException.class);
			assertThatThrownBy(() -> Files.delete(vault.root().resolve("second"))).isInstanceOf(FileSystemException.class).hasMessageContaining("1 items that cannot be read");
		}
		assertThat(second.resolve("AAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9r")).exists();
	}

	@Test
	void aLostConnectionIsNoDamage() throws Exception {
		oracle.lock();
		try (Vault vault = server.unlock()) {
			assertThat(names(vault.root())).isNotEmpty();
			server.storage.cut = true;
			server.changed();
			for (int i = 0; i < 2; i++) {
				assertThatThrownBy(() -> names(vault.root())).isInstanceOf(ConnectionException.class);
				assertThatThrownBy(() -> names(vault.root().resolve("folder/below"))).isInstanceOf(ConnectionException.class);
				assertThatThrownBy(() -> Files.readString(vault.root().resolve("folder/inside"))).isInstanceOf(ConnectionException.class);
				assertThatThrownBy(() -> Files.createDirectory(vault.root().resolve("folder/new"))).isInstanceOf(ConnectionException.class);
				assertThatThrownBy(() -> Files.writeString(vault.root().resolve("sound"), "x")).isInstanceOf(ConnectionException.class);
				assertThatThrownBy(() -> Files.delete(vault.root().resolve("sound"))).isInstanceOf(ConnectionException.class);
				assertThatThrownBy(() -> Files.readAttributes(vault.root().resolve(Contents.LONG), BasicFileAttributes.class)).isInstanceOf(ConnectionException.class);
			}
			server.storage.cut = false;
			server.changed();
			assertThat(vault.root().resolve("folder/inside")).hasContent("inside");
			assertThat(vault.root().resolve("folder/below")).isEmptyDirectory();
			assertThat(vault.root().resolve("sound")).hasContent("sound");
		}
	}

	@Test
	void othersChangesAreSeen() throws Exception {
		try (Vault vault = server.unlock()) {
			Path root = vault.root();
			assertThat(root.resolve("folder/inside")).hasContent("inside");
			assertThat(root.resolve("later/file")).doesNotExist();
			oracle.move("/folder", "/renamed");
			oracle.move("/second", "/folder");
			oracle.createFolder("/later");
			oracle.write("/later/file", "later");
			oracle.write("/sound", "longer than before");
			oracle.write("/folder/new", "new");
			server.changed();
			assertThat(root.resolve("renamed/inside")).hasContent("inside");
			// where a folder leads is believed for a fifth of a second
			for (long deadline = System.nanoTime() + 5_000_000_000L; Files.exists(root.resolve("folder/inside")) && System.nanoTime() < deadline;)
				Thread.onSpinWait();
			assertThat(root.resolve("folder/inside")).doesNotExist();
			assertThat(root.resolve("folder/new")).hasContent("new");
			assertThat(root.resolve("later/file")).hasContent("later");
			assertThat(root.resolve("sound")).hasContent("longer than before");
			try (FileChannel open = FileChannel.open(root.resolve("sound"), StandardOpenOption.READ)) {
				oracle.write("/sound", "again another");
				server.changed();
				assertThat(root.resolve("sound")).hasContent("again another");
				assertThat(open.isOpen()).isTrue();
			}
		}
	}

	private static void deleteAll(Path folder) throws IOException {
		try (Stream<Path> all = Files.walk(folder)) {
			for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList())
				Files.delete(path);
		}
	}
}
