package org.strongroom.vault.cryptomator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeMap;

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
	private static final String LONG = "a long name that gets shortened when it is encrypted, since the encrypted form is longer than two hundred and twenty characters, ".repeat(2) + ".txt";

	@TempDir
	Path folder;

	@ParameterizedTest
	@EnumSource(Cipher.class)
	void both(Cipher cipher) throws Exception {
		try (var oracle = CryptomatorOracle.create(folder, "correct horse", cipher)) {
			oracle.write("/hello.txt", "hello");
			oracle.createFolder("/a/b/c");
			oracle.write("/a/b/" + LONG, "long");
			oracle.createLink("/a/link", "../hello.txt");
			oracle.writeRandom("/big", 5 << 20, 1);
			oracle.lock();
			assertThatThrownBy(() -> new CryptomatorFormat().unlock(folder, Secret.of("wrong".toCharArray()))).isInstanceOf(WrongSecretException.class);
			try (Vault vault = new CryptomatorFormat().unlock(folder, Secret.of("correct horse".toCharArray()))) {
				Path root = vault.root();
				assertThat(root.resolve("hello.txt")).hasContent("hello");
				assertThat(root.resolve("a/link")).hasContent("hello");
				assertThat(root.resolve("a/b/" + LONG)).hasContent("long");
				try (var all = Files.walk(root)) {
					assertThat(all.map(Path::toString)).containsExactlyInAnyOrder("/", "/hello.txt", "/a", "/a/b", "/a/b/c", "/a/b/" + LONG, "/a/link", "/big");
				}
				Files.writeString(root.resolve("hello.txt"), "changed");
				Files.writeString(root.resolve("new"), "new");
				Files.writeString(root.resolve("a/b/" + LONG), "longer");
				Files.writeString(root.resolve("a/b/c/" + LONG), "new long");
				Files.createDirectories(root.resolve("x/" + LONG));
				Files.createSymbolicLink(root.resolve("x/l"), root.resolve("new"));
				byte[] big = new byte[100_000];
				new Random(2).nextBytes(big);
				Files.write(root.resolve("x/big"), big);
				Files.move(root.resolve("big"), root.resolve("x/" + LONG + "/moved"));
			}
			oracle.unlock();
			assertThat(new TreeMap<>(oracle.list("/"))).containsEntry("/x/" + LONG, "folder").containsEntry("/x/l", "link /new").containsEntry("/x/big", "file 100000")
					.containsKey("/x/" + LONG + "/moved").doesNotContainKey("/big");
			assertThat(oracle.text("/hello.txt")).isEqualTo("changed");
			assertThat(oracle.text("/a/b/" + LONG)).isEqualTo("longer");
			assertThat(oracle.text("/a/b/c/" + LONG)).isEqualTo("new long");
		}
	}
}
