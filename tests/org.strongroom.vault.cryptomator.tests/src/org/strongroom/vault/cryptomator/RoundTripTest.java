package org.strongroom.vault.cryptomator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.strongroom.vault.cryptomator.Contents.LONG;
import static org.strongroom.vault.cryptomator.Contents.NAMES;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.text.Normalizer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.WrongSecretException;
import org.strongroom.core.vault.Vault;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.vault.cryptomator.internal.CryptomatorFormat;

/** What cryptofs alone wrote is read here, and the other way round. */
class RoundTripTest {
	@TempDir
	Path folder;

	@ParameterizedTest
	@EnumSource(Cipher.class)
	void readsWhatCryptomatorWrote(Cipher cipher) throws Exception {
		try (var oracle = CryptomatorOracle.create(folder, Server.PASSPHRASE, cipher); var server = new Server(folder)) {
			fill(oracle);
			oracle.lock();
			try (Vault vault = server.unlock()) {
				check(vault.root());
			}
		}
	}

	/** As whoever reads a whole file into one array does. */
	@Test
	void readsIntoTheMiddleOfABuffer() throws Exception {
		byte[] content = new byte[5 * 32 * 1024 + 2];
		new java.util.Random(1).nextBytes(content);
		try (var oracle = CryptomatorOracle.create(folder, Server.PASSPHRASE, Cipher.SIV_GCM); var server = new Server(folder)) {
			oracle.write("/file", content);
			oracle.lock();
			try (Vault vault = server.unlock(); FileChannel in = FileChannel.open(vault.root().resolve("file"))) {
				ByteBuffer all = ByteBuffer.allocate(content.length + 7).position(7);
				while (all.hasRemaining()) {
					all.limit(Math.min(all.capacity(), all.position() + 50_000));
					int before = all.position();
					int count = in.read(all);
					assertThat(count).isPositive().isEqualTo(all.position() - before);
					assertThat(all.limit()).isEqualTo(Math.min(all.capacity(), before + 50_000));
					all.limit(all.capacity());
				}
				assertThat(all.flip().position(7).slice()).isEqualTo(ByteBuffer.wrap(content));
				assertThat(in.read(ByteBuffer.allocate(9).position(4))).isEqualTo(-1);
			}
		}
	}

	@Test
	void readsAndWritesFormat7WithoutMigratingIt() throws Exception {
		try (var oracle = CryptomatorOracle.create(folder, Server.PASSPHRASE, Cipher.SIV_CTRMAC); var server = new Server(folder)) {
			fill(oracle);
			oracle.downgradeToFormat7();
			assertThat(folder.resolve("vault.cryptomator")).doesNotExist();
			Map<String, String> before = server.state();
			assertThat(new CryptomatorFormat().inspect(server.folder()).info().properties()).containsEntry("Format version", "7").containsEntry("Cipher", "SIV_CTRMAC");
			assertThatThrownBy(() -> server.unlock("wrong")).isInstanceOf(WrongSecretException.class);
			try (Vault vault = server.unlock()) {
				check(vault.root());
				assertThat(server.state()).isEqualTo(before);
				Files.writeString(vault.root().resolve("new.txt"), "new");
			}
			assertThat(folder.resolve("vault.cryptomator")).doesNotExist();
			assertThat(oracle.needsMigration()).isTrue();
			oracle.migrate();
			oracle.unlock();
			assertThat(oracle.text("/new.txt")).isEqualTo("new");
		}
	}

	private static String composed(String name) {
		return Normalizer.normalize(name, Normalizer.Form.NFC);
	}

	private static void fill(CryptomatorOracle oracle) throws IOException {
		for (String name : NAMES) {
			oracle.write("/" + name, name);
			oracle.createFolder("/folders/" + name + "/below");
		}
		for (var file : Contents.sizes().entrySet())
			oracle.write("/" + file.getKey(), file.getValue());
		oracle.createLink("/relative", "folders/../plain.txt");
		oracle.createLink("/absolute", "/folders");
		oracle.createLink("/" + LONG + "link", LONG);
	}

	private static void check(Path root) throws IOException {
		try (Stream<Path> entries = Files.list(root)) {
			// cryptofs keeps all names in normal form C, and finds them by either
			List<String> expected = Stream.of(NAMES.stream().map(RoundTripTest::composed), Contents.sizes().keySet().stream(), Stream.of("folders", "relative", "absolute", LONG + "link"))
					.flatMap(s -> s).toList();
			assertThat(entries.map(p -> p.getFileName().toString())).containsExactlyInAnyOrderElementsOf(expected);
		}
		for (String name : NAMES) {
			assertThat(root.resolve(name)).isRegularFile().hasContent(name);
			assertThat(root.resolve("folders").resolve(name).resolve("below")).isDirectory().isEmptyDirectory();
		}
		for (var file : Contents.sizes().entrySet())
			assertThat(root.resolve(file.getKey())).hasBinaryContent(file.getValue()).hasSize(file.getValue().length);
		assertThat(root.resolve("relative")).isSymbolicLink().hasContent("plain.txt");
		assertThat(root.resolve("absolute").resolve(LONG)).isDirectory();
		assertThat(root.resolve(LONG + "link")).hasContent(LONG);
		assertThat(Files.readSymbolicLink(root.resolve("absolute"))).hasToString("/folders");
	}

	@ParameterizedTest
	@EnumSource(Cipher.class)
	void cryptomatorReadsWhatWasWritten(Cipher cipher) throws Exception {
		try (var oracle = CryptomatorOracle.create(folder, Server.PASSPHRASE, cipher); var server = new Server(folder)) {
			oracle.lock();
			try (Vault vault = server.unlock()) {
				write(vault.root());
			}
			oracle.unlock();
			checkWith(oracle);
		}
	}

	@Test
	void cryptomatorReadsVaultsMadeHere() throws Exception {
		try (var server = new Server(folder)) {
			try (Secret secret = Secret.of(Server.PASSPHRASE.toCharArray())) {
				new CryptomatorFormat().create(server.folder(), secret);
			}
			assertThatThrownBy(() -> new CryptomatorFormat().create(server.folder(), Secret.of("x".toCharArray()))).isInstanceOf(DirectoryNotEmptyException.class);
			try (Vault vault = server.unlock()) {
				write(vault.root());
			}
			try (var oracle = CryptomatorOracle.open(folder, Server.PASSPHRASE)) {
				checkWith(oracle);
			}
		}
	}

	private static void write(Path root) throws IOException {
		Files.createDirectory(root.resolve("folders"));
		for (String name : NAMES) {
			Files.writeString(root.resolve(name), name);
			Files.createDirectories(root.resolve("folders").resolve(name).resolve("below"));
		}
		for (var file : Contents.sizes().entrySet())
			Files.write(root.resolve(file.getKey()), file.getValue());
		Files.createSymbolicLink(root.resolve("relative"), Path.of("folders/../plain.txt"));
		Files.createSymbolicLink(root.resolve(LONG + "link"), root.getFileSystem().getPath(LONG));
	}

	private static void checkWith(CryptomatorOracle oracle) throws IOException {
		Map<String, String> all = oracle.list("/");
		for (String name : NAMES) {
			assertThat(oracle.text("/" + name)).isEqualTo(name);
			assertThat(all).containsEntry("/folders/" + composed(name), "folder").containsEntry("/folders/" + composed(name) + "/below", "folder");
		}
		for (var file : Contents.sizes().entrySet()) {
			assertThat(all).containsEntry("/" + file.getKey(), "file " + file.getValue().length);
			assertThat(oracle.read("/" + file.getKey())).isEqualTo(file.getValue());
		}
		assertThat(all).containsEntry("/relative", "link folders/../plain.txt").containsEntry("/" + LONG + "link", "link " + LONG);
		assertThat(all).hasSize(1 + NAMES.size() * 3 + Contents.sizes().size() + 2);
	}

	@Test
	void movesCopiesAndRemoves() throws Exception {
		try (var oracle = CryptomatorOracle.create(folder, Server.PASSPHRASE, Cipher.SIV_GCM); var server = new Server(folder)) {
			oracle.createFolder("/a/b");
			oracle.createFolder("/gone/deep");
			oracle.write("/a/b/file", "file");
			oracle.write("/a/" + LONG, "long");
			oracle.write("/target", "old");
			oracle.createLink("/a/link", "b/file");
			oracle.createFolder("/full");
			oracle.write("/full/x", "x");
			oracle.createFolder("/empty");
			oracle.createFolder("/" + LONG + "folder");
			oracle.lock();
			try (Vault vault = server.unlock()) {
				Path root = vault.root();
				Files.move(root.resolve("a/b/file"), root.resolve("a/b/" + LONG)); // short to long
				Files.move(root.resolve("a/" + LONG), root.resolve("short"));
				assertThatThrownBy(() -> Files.move(root.resolve("short"), root.resolve("target"))).isInstanceOf(FileAlreadyExistsException.class);
				Files.move(root.resolve("short"), root.resolve("target"), StandardCopyOption.REPLACE_EXISTING);
				Files.move(root.resolve("a"), root.resolve("moved"));
				Files.move(root.resolve(LONG + "folder"), root.resolve("moved/" + LONG + "f"));
				assertThatThrownBy(() -> Files.move(root.resolve("moved"), root.resolve("moved/b/inside"))).hasMessageContaining("into itself");
				assertThatThrownBy(() -> Files.move(root.resolve("moved"), root.resolve("full"), StandardCopyOption.REPLACE_EXISTING))
						.isInstanceOf(DirectoryNotEmptyException.class);
				Files.move(root.resolve("moved"), root.resolve("empty"), StandardCopyOption.REPLACE_EXISTING);
				Files.copy(root.resolve("target"), root.resolve("empty/copy"));
				Files.copy(root.resolve("empty/b/" + LONG), root.resolve("full/x"), StandardCopyOption.REPLACE_EXISTING);
				Files.copy(root.resolve("full/x"), root.resolve("full/" + LONG));
				assertThatThrownBy(() -> Files.delete(root.resolve("gone"))).isInstanceOf(DirectoryNotEmptyException.class).hasMessage("/gone");
				Files.delete(root.resolve("gone/deep"));
				Files.delete(root.resolve("gone"));
				assertThat(root.resolve("gone")).doesNotExist();
				assertThat(root.resolve("empty/copy")).hasContent("long");
				Files.createDirectory(root.resolve("gone"));
				assertThat(root.resolve("gone")).isEmptyDirectory();
			}
			oracle.unlock();
			assertThat(oracle.list("/")).containsOnly(Map.entry("/target", "file 4"), Map.entry("/empty", "folder"), Map.entry("/empty/b", "folder"),
					Map.entry("/empty/b/" + LONG, "file 4"), Map.entry("/empty/" + LONG + "f", "folder"), Map.entry("/empty/link", "link b/file"),
					Map.entry("/empty/copy", "file 4"), Map.entry("/full", "folder"), Map.entry("/full/x", "file 4"), Map.entry("/full/" + LONG, "file 4"),
					Map.entry("/gone", "folder"));
			assertThat(oracle.text("/full/" + LONG)).isEqualTo("file");
		}
	}

	@Test
	void writesHereAndThereInAFile() throws Exception {
		try (var oracle = CryptomatorOracle.create(folder, Server.PASSPHRASE, Cipher.SIV_GCM); var server = new Server(folder)) {
			byte[] content = Contents.bytes(20 * 32768 + 5);
			oracle.write("/file", content);
			oracle.lock();
			try (Vault vault = server.unlock()) {
				Path file = vault.root().resolve("file");
				try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
					for (int place : new int[] { 0, 32760, 19 * 32768, 5, 10 * 32768 + 7, 20 * 32768 + 5 }) {
						channel.write(ByteBuffer.wrap("here".getBytes()), place);
						if (place + 4 > content.length)
							content = java.util.Arrays.copyOf(content, place + 4);
						System.arraycopy("here".getBytes(), 0, content, place, 4);
					}
					channel.truncate(19 * 32768 + 100);
					content = java.util.Arrays.copyOf(content, 19 * 32768 + 100);
					assertThat(channel.size()).isEqualTo(content.length);
				}
				assertThat(file).hasBinaryContent(content);
				Files.writeString(file, "end", StandardOpenOption.APPEND);
			}
			oracle.unlock();
			byte[] now = oracle.read("/file");
			assertThat(java.util.Arrays.copyOf(now, content.length)).isEqualTo(content);
			assertThat(new String(now, content.length, 3)).isEqualTo("end");
		}
	}

	@Test
	void aWrongPassphraseIsSaidToBeOne() throws Exception {
		try (var oracle = CryptomatorOracle.create(folder, Server.PASSPHRASE, Cipher.SIV_GCM); var server = new Server(folder)) {
			oracle.lock();
			assertThatThrownBy(() -> server.unlock("wrong")).isInstanceOf(WrongSecretException.class).hasMessageContaining("passphrase");
			assertThatThrownBy(() -> server.unlock("")).isInstanceOf(WrongSecretException.class);
			assertThat(server.storage.writes).isEmpty();
		}
	}
}
