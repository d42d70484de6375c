package org.strongroom.vault.cryptomator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.vault.Vault;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.vault.cryptomator.internal.CryptomatorFormat;

/** Looking changes nothing on the server. */
class BrowsingTest {
	@TempDir
	Path folder;

	@ParameterizedTest
	@EnumSource(Cipher.class)
	void writesNothing(Cipher cipher) throws Exception {
		try (var oracle = CryptomatorOracle.create(folder, Server.PASSPHRASE, cipher); var server = new Server(folder)) {
			oracle.write("/file", "content");
			oracle.createFolder("/folder/deeper");
			oracle.write("/folder/" + Contents.LONG, Contents.bytes(100_000));
			oracle.createLink("/folder/link", "../file");
			oracle.createLink("/nowhere", "missing");
			oracle.lock();
			try (Stream<Path> files = Files.list(folder)) {
				for (Path bkup : files.filter(f -> f.toString().endsWith(".bkup")).toList())
					Files.delete(bkup);
			}
			Map<String, String> before = server.state();
			new CryptomatorFormat().inspect(server.folder());
			try (Vault vault = server.unlock()) {
				List<Path> all;
				try (Stream<Path> walk = Files.walk(vault.root())) {
					all = walk.toList();
				}
				assertThat(all).hasSize(7);
				for (Path path : all) {
					Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
					Files.exists(path.resolve("not there"));
					vault.encrypted(path);
					if (Files.isRegularFile(path))
						assertThat(Files.readAllBytes(path)).isNotEmpty();
				}
			}
			assertThat(server.storage.writes).isEmpty();
			assertThat(server.state()).isEqualTo(before);
		}
	}

	@Test
	void leavesConflictingEntriesAndShowsThemApart() throws Exception {
		try (var oracle = CryptomatorOracle.create(folder, Server.PASSPHRASE, Cipher.SIV_GCM); var server = new Server(folder)) {
			oracle.write("/notes.txt", "first");
			oracle.write("/alone.txt", "alone");
			oracle.createFolder("/sub");
			Path notes = oracle.ciphertext("/notes.txt");
			Path alone = oracle.ciphertext("/alone.txt");
			oracle.write("/notes.txt", "second");
			oracle.lock();
			String name = notes.getFileName().toString().replace(".c9r", "");
			Files.copy(notes, notes.resolveSibling(name + " (1).c9r"));
			Files.copy(notes, notes.resolveSibling(name + " (conflict of Alice).c9r"));
			Files.move(alone, alone.resolveSibling(alone.getFileName().toString().replace(".c9r", " (1).c9r")));
			// a folder's entry twice, as a sync client leaves it
			Map<String, String> before = server.state();
			try (Vault vault = server.unlock()) {
				assertThat(vault.root().resolve("notes (2).txt")).doesNotExist();
				assertThat(vault.root().resolve("notes (conflict of Alice).txt")).as("before the folder was shown").hasContent("second");
			}
			try (Vault vault = server.unlock()) {
				for (int i = 0; i < 2; i++) {
					try (Stream<Path> list = Files.list(vault.root())) {
						assertThat(list.map(Path::toString)).containsExactlyInAnyOrder("/notes.txt", "/notes (1).txt", "/notes (conflict of Alice).txt", "/alone.txt", "/sub");
					}
					assertThat(vault.root().resolve("notes (1).txt")).hasContent("second");
					assertThat(vault.root().resolve("alone.txt")).hasContent("alone").hasSize(5);
					assertThat(Files.readAttributes(vault.root().resolve("notes (conflict of Alice).txt"), StorageAttributes.class).version()).isPresent();
				}
				assertThat(server.state()).isEqualTo(before);
				assertThat(server.storage.writes).isEmpty();
				// changing them is no looking
				Files.writeString(vault.root().resolve("notes (1).txt"), "changed");
				assertThat(vault.root().resolve("notes (1).txt")).hasContent("changed");
				Files.move(vault.root().resolve("notes (1).txt"), vault.root().resolve("own name"));
				Files.delete(vault.root().resolve("notes (conflict of Alice).txt"));
			}
			oracle.unlock();
			assertThat(oracle.list("/").keySet()).containsExactlyInAnyOrder("/notes.txt", "/own name", "/alone.txt", "/sub");
			assertThat(oracle.text("/own name")).isEqualTo("changed");
		}
	}

	@Test
	void asksLittle() throws Exception {
		try (var oracle = CryptomatorOracle.create(folder, Server.PASSPHRASE, Cipher.SIV_GCM); var server = new Server(folder)) {
			for (int i = 0; i < 100; i++)
				oracle.write("/file " + i, "x");
			oracle.lock();
			try (Vault vault = server.unlock()) {
				server.storage.reads.clear();
				try (Stream<Path> list = Files.walk(vault.root())) {
					assertThat(list).hasSize(101);
				}
				assertThat(server.storage.reads).as("requests for a folder of 100 files").hasSizeLessThan(10);
			}
		}
	}
}
