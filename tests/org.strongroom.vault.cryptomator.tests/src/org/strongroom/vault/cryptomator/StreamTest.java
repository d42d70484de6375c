package org.strongroom.vault.cryptomator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultLockedException;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;

/** What an encrypted file that comes as a stream holds. */
class StreamTest {
	private static final int CHUNK = 32 * 1024;

	@TempDir
	Path folder;
	private CryptomatorOracle oracle;
	private Server server;

	private Vault unlock(Cipher cipher) throws IOException {
		oracle = CryptomatorOracle.create(folder, Server.PASSPHRASE, cipher);
		server = new Server(folder);
		return server.unlock();
	}

	@AfterEach
	void close() throws IOException {
		server.close();
		oracle.close();
	}

	private static byte[] read(Vault vault, Path file, byte[] encrypted) throws IOException {
		try (InputStream in = vault.readable(file, new ByteArrayInputStream(encrypted))) {
			return in.readAllBytes();
		}
	}

	@ParameterizedTest
	@EnumSource(Cipher.class)
	void isWhatTheFileHolds(Cipher cipher) throws Exception {
		try (Vault vault = unlock(cipher)) {
			Path file = vault.root().resolve("file");
			for (int size : new int[] { 0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK, 5 * CHUNK + 1000 }) {
				byte[] content = new byte[size];
				new Random(size).nextBytes(content);
				Files.write(file, content);
				byte[] encrypted = Files.readAllBytes(vault.encrypted(file));
				assertThat(read(vault, file, encrypted)).as("%d bytes", size).isEqualTo(content);
				try (InputStream in = vault.readable(file, new ByteArrayInputStream(encrypted))) {
					assertThat(in.read()).as("%d bytes, the first", size).isEqualTo(size == 0 ? -1 : content[0] & 0xFF);
				}
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Cipher.class)
	void isRefusedIfItIsNotWhole(Cipher cipher) throws Exception {
		try (Vault vault = unlock(cipher)) {
			Path file = vault.root().resolve("file");
			Files.write(file, new byte[2 * CHUNK + 10]);
			byte[] encrypted = Files.readAllBytes(vault.encrypted(file));
			for (int length : new int[] { 0, 30, encrypted.length - 1, encrypted.length - 10 })
				assertThatThrownBy(() -> read(vault, file, Arrays.copyOf(encrypted, length))).as("cut to %d", length).isInstanceOf(DamagedVaultException.class);
			for (int at : new int[] { 20, 200, encrypted.length - 5 }) {
				byte[] changed = encrypted.clone();
				changed[at] ^= 1;
				assertThatThrownBy(() -> read(vault, file, changed)).as("changed at %d", at).isInstanceOf(DamagedVaultException.class);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Cipher.class)
	void endsWhenTheVaultIsLocked(Cipher cipher) throws Exception {
		Vault vault = unlock(cipher);
		Path file = vault.root().resolve("file");
		Files.write(file, new byte[3 * CHUNK]);
		byte[] encrypted = Files.readAllBytes(vault.encrypted(file));
		var closed = new AtomicBoolean();
		InputStream source = new ByteArrayInputStream(encrypted) {
			@Override
			public void close() {
				closed.set(true);
			}
		};
		try (InputStream in = vault.readable(file, source)) {
			assertThat(in.readNBytes(10)).hasSize(10);
			vault.close();
			assertThatThrownBy(in::readAllBytes).isInstanceOf(VaultLockedException.class);
		}
		assertThat(closed).isTrue();
		assertThatThrownBy(() -> vault.readable(file, source)).isInstanceOf(VaultLockedException.class);
	}
}
