package org.strongroom.vault.cryptomator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.doctor.Finding;
import org.strongroom.core.doctor.Finding.Severity;
import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultLockedException;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.vault.cryptomator.internal.CryptomatorFormat;

/** What the doctor finds in vaults that Cryptomator's own library made, and that were damaged then. */
class HealthTest {
	private static final int MANY = 1000;

	@TempDir
	Path folder;
	private CryptomatorOracle oracle;
	private Server server;

	private void make(Cipher cipher) throws IOException {
		oracle = CryptomatorOracle.create(folder, Server.PASSPHRASE, cipher);
		server = new Server(folder);
		oracle.write("/sound", "sound");
		oracle.write("/file", Contents.bytes(100_000));
		oracle.write("/empty", "");
		oracle.write("/" + Contents.LONG, "long");
		oracle.createFolder("/folder/below/more");
		oracle.write("/folder/inside", "inside");
		oracle.createLink("/link", "sound");
	}

	@BeforeEach
	void make() throws IOException {
		make(Cipher.SIV_GCM);
	}

	@AfterEach
	void close() throws IOException {
		server.close();
		oracle.close();
	}

	private List<Finding> health(int most) throws IOException {
		Map<String, String> before = server.state();
		try (Vault vault = server.unlock()) {
			List<Finding> found = vault.health(most);
			assertThat(server.state()).as("nothing was changed").isEqualTo(before);
			assertThat(server.storage.writes).isEmpty();
			return found;
		}
	}

	private static Map<String, Severity> severities(List<Finding> found) {
		var all = new TreeMap<String, Severity>();
		found.forEach(f -> all.put(f.id(), f.severity()));
		return all;
	}

	private static String what(String id, List<Finding> found) {
		return found.stream().filter(f -> f.id().equals(id)).findFirst().orElseThrow().what();
	}

	/** The entry that stands for the only folder in another one. */
	private static Path entry(Path content) throws IOException {
		try (Stream<Path> all = Files.list(content)) {
			return all.filter(p -> Files.isRegularFile(p.resolve("dir.c9r"))).findFirst().orElseThrow();
		}
	}

	@Test
	void aSoundVaultIsSound() throws Exception {
		oracle.lock();
		List<Finding> found = health(MANY);
		assertThat(severities(found)).containsOnly(Map.entry("vault.health", Severity.OK), Map.entry("vault.orphans", Severity.OK));
		assertThat(what("vault.health", found)).isEqualTo("No damage found: 4 folders with 9 items looked through, without reading contents.");
	}

	@Test
	void filesThatAreCutOffAreFoundWithoutReadingThem() throws Exception {
		Path file = oracle.ciphertext("/file");
		Path inside = oracle.ciphertext("/folder/inside");
		oracle.lock();
		Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), 68 + 32796 + 5));
		Files.write(inside, new byte[10]);
		List<Finding> found = health(MANY);
		assertThat(severities(found)).containsEntry("vault.health", Severity.SERIOUS);
		assertThat(what("vault.health", found)).startsWith("2 damaged: ").contains("/file (its encrypted file is cut off)", "/folder/inside (its encrypted file is cut off within the header)");
	}

	@Test
	void aFolderWhoseContentIsMissingIsFoundAndSoIsWhatThenBelongsToNone() throws Exception {
		Path below = oracle.ciphertext("/folder/below");
		oracle.lock();
		try (Stream<Path> all = Files.walk(below)) {
			for (Path p : all.sorted(java.util.Comparator.reverseOrder()).toList())
				Files.delete(p);
		}
		List<Finding> found = health(MANY);
		assertThat(what("vault.health", found)).contains("1 damaged: /folder/below (the folder with its content is missing)");
		assertThat(what("vault.orphans", found)).startsWith("1 encrypted folder belongs to no folder of the vault");
	}

	@Test
	void whatBelongsToNoFolderIsFound() throws Exception {
		Path entry = entry(oracle.ciphertext("/folder"));
		oracle.lock();
		Files.delete(entry.resolve("dir.c9r"));
		Files.delete(entry);
		List<Finding> found = health(MANY);
		assertThat(severities(found)).containsOnly(Map.entry("vault.health", Severity.OK), Map.entry("vault.orphans", Severity.WARNING));
		assertThat(what("vault.orphans", found)).startsWith("2 encrypted folders belong");
	}

	@Test
	void aFolderThatIsThereTwiceIsFoundAndIsNotGoneThroughForEver() throws Exception {
		Path root = entry(oracle.ciphertext("/"));
		Path below = entry(oracle.ciphertext("/folder"));
		oracle.lock();
		Files.copy(root.resolve("dir.c9r"), below.resolve("dir.c9r"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
		List<Finding> found = health(MANY);
		assertThat(what("vault.health", found)).contains("/folder/below (it is the same folder as /folder)");
	}

	@Test
	void namesThatCannotBeReadAreCountedAndNothingIsSaidOfWhatMayBelongToThem() throws Exception {
		Path root = oracle.ciphertext("/");
		oracle.lock();
		Files.createDirectory(root.resolve("AAAAAAAAAAAAAAAAAAAAAAAAAAAA.c9r"));
		Files.writeString(root.resolve(".DS_Store"), "x");
		Files.createDirectory(root.resolve(".strongroom-0123456789abcdef"));
		List<Finding> found = health(MANY);
		assertThat(severities(found)).containsOnly(Map.entry("vault.health", Severity.SERIOUS), Map.entry("vault.strange", Severity.NOTE), Map.entry("vault.orphans", Severity.UNCHECKED));
		assertThat(what("vault.health", found)).startsWith("1 whose names cannot be read");
		assertThat(what("vault.strange", found)).isEqualTo("2 things between its items that are none, of which 1 were left by saves that were cut off.");
	}

	@Test
	void whatWasNotLookedAtIsTold() throws Exception {
		oracle.lock();
		List<Finding> found = health(2);
		assertThat(severities(found)).containsOnly(Map.entry("vault.health", Severity.OK), Map.entry("vault.extent", Severity.UNCHECKED), Map.entry("vault.orphans", Severity.UNCHECKED));
		assertThat(what("vault.health", found)).contains("2 folders with");
	}

	@Test
	void aVaultThatIsLockedMeanwhileSaysSo() throws Exception {
		oracle.lock();
		Vault vault = server.unlock();
		vault.close();
		assertThatThrownBy(() -> vault.health(MANY)).isInstanceOf(VaultLockedException.class);
	}

	@Test
	void aNewVaultIsAsCryptomatorMakesIt() throws Exception {
		oracle.lock();
		List<Finding> found = new CryptomatorFormat().inspect(server.folder()).info().findings();
		assertThat(severities(found)).containsEntry("vault.format", Severity.OK).containsEntry("vault.cipher", Severity.OK).containsKey("vault.passphrase-cost");
	}

	@Test
	void anOldOneIsTold() throws Exception {
		oracle.close();
		server.close();
		folder = Files.createDirectory(folder.resolve("old"));
		make(Cipher.SIV_CTRMAC);
		oracle.downgradeToFormat7();
		assertThat(severities(new CryptomatorFormat().inspect(server.folder()).info().findings())).containsEntry("vault.format", Severity.NOTE).containsEntry("vault.cipher", Severity.NOTE);
	}

	@Test
	void aPassphraseIsToCostEnough() throws Exception {
		oracle.lock();
		Path file = folder.resolve("masterkey.cryptomator");
		String written = Files.readString(file);
		for (Cost cost : List.of(new Cost(32768, 8, Severity.OK), new Cost(65536, 8, Severity.OK), new Cost(16384, 8, Severity.WARNING), new Cost(16384, 16, Severity.WARNING), new Cost(2048, 8, Severity.SERIOUS))) {
			Files.writeString(file, written.replaceAll("\"scryptCostParam\": *\\d+", "\"scryptCostParam\": " + cost.n()).replaceAll("\"scryptBlockSize\": *\\d+", "\"scryptBlockSize\": " + cost.r()));
			server.changed();
			assertThat(severities(new CryptomatorFormat().inspect(server.folder()).info().findings())).as(cost.toString()).containsEntry("vault.passphrase-cost", cost.severity());
		}
	}

	/** scrypt's N and r. */
	private record Cost(int n, int r, Severity severity) {
	}
}
