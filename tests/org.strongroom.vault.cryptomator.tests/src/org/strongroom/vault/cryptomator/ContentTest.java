package org.strongroom.vault.cryptomator;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultLockedException;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.CryptomatorOracle;

/** Whatever is read and written in whatever order, a file is what an array of bytes would be. */
class ContentTest {
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

	/** A file as an array. */
	private static final class Model {
		private byte[] bytes = new byte[0];

		void write(byte[] source, int at) {
			if (source.length > 0 && at + source.length > bytes.length)
				bytes = Arrays.copyOf(bytes, at + source.length);
			System.arraycopy(source, 0, bytes, source.length == 0 ? 0 : at, source.length);
		}

		void truncate(int to) {
			bytes = Arrays.copyOf(bytes, Math.min(to, bytes.length));
		}
	}

	/** Mostly at the border of a chunk or near it. */
	private static int place(Random random, int most) {
		int place = random.nextInt(3) == 0 ? random.nextInt(most) : random.nextInt(most / CHUNK + 1) * CHUNK + random.nextInt(5) - 2;
		return Math.clamp(place, 0, most);
	}

	@ParameterizedTest
	@EnumSource(Cipher.class)
	@Timeout(240)
	void isAsAnArray(Cipher cipher) throws Exception {
		try (Vault vault = unlock(cipher)) {
			var written = new LinkedHashMap<String, byte[]>();
			for (int seed = 0; seed < 12; seed++) {
				var random = new Random(seed);
				String name = seed % 3 == 2 ? Contents.LONG + seed : "file " + seed;
				Path file = vault.root().resolve(name);
				int most = seed % 2 == 0 ? 4 * CHUNK : 40 * CHUNK;
				var model = new Model();
				for (int opening = 0; opening < 3; opening++) {
					try (FileChannel channel = FileChannel.open(file, READ, WRITE, CREATE)) {
						for (int step = 0; step < 60; step++)
							step(random, channel, model, most, "seed %d, opening %d, step %d".formatted(seed, opening, step));
					}
					assertThat(Arrays.equals(Files.readAllBytes(file), model.bytes)).as("seed %d, opening %d", seed, opening).isTrue();
				}
				written.put("/" + name, model.bytes);
			}
			oracle.lock();
			oracle.unlock();
			for (var file : written.entrySet())
				assertThat(Arrays.equals(oracle.read(file.getKey()), file.getValue())).as("%s as cryptofs reads it", file.getKey()).isTrue();
		}
	}

	private static void step(Random random, FileChannel channel, Model model, int most, String where) throws IOException {
		int at = place(random, most);
		switch (random.nextInt(8)) {
		case 0 -> {
			channel.truncate(at);
			model.truncate(at);
		}
		case 1, 2, 3 -> {
			byte[] source = new byte[random.nextInt(4) == 0 ? place(random, most / 2) : random.nextInt(2000)];
			random.nextBytes(source);
			channel.position(at);
			ByteBuffer buffer = random.nextBoolean() ? ByteBuffer.wrap(source) : ByteBuffer.allocateDirect(source.length).put(source).flip();
			assertThat(channel.write(buffer)).as(where).isEqualTo(source.length);
			model.write(source, at);
			assertThat(channel.position()).as(where).isEqualTo(at + source.length);
		}
		case 4 -> channel.force(true);
		default -> {
			int room = random.nextInt(3) == 0 ? place(random, most) : random.nextInt(3000);
			var target = random.nextBoolean() ? ByteBuffer.allocate(room) : ByteBuffer.allocateDirect(room);
			int count = channel.read(target, at);
			int expected = target.capacity() == 0 ? 0 : at >= model.bytes.length ? -1 : Math.min(target.capacity(), model.bytes.length - at);
			assertThat(count).as(where).isEqualTo(expected);
			if (count > 0)
				assertThat(target.flip().mismatch(ByteBuffer.wrap(model.bytes, at, count))).as(where).isEqualTo(-1);
		}
		}
		assertThat(channel.size()).as(where).isEqualTo(model.bytes.length);
	}

	@Test
	void appendsWhereverThePositionIs() throws Exception {
		try (Vault vault = unlock(Cipher.SIV_GCM)) {
			Path file = vault.root().resolve("log");
			Files.writeString(file, "one ");
			try (FileChannel channel = FileChannel.open(file, APPEND)) {
				channel.write(ByteBuffer.wrap("two ".getBytes()));
				channel.position(0);
				channel.write(ByteBuffer.wrap("three ".getBytes()));
				channel.write(ByteBuffer.wrap("four".getBytes()), 1);
				assertThat(channel.position()).isEqualTo(channel.size());
			}
			assertThat(file).hasContent("one two three four");
		}
	}

	@Test
	@Timeout(60)
	void threadsThatShareAChannelDoNotMix() throws Exception {
		try (Vault vault = unlock(Cipher.SIV_GCM)) {
			Path file = vault.root().resolve("shared");
			var failed = new AtomicReference<Throwable>();
			try (FileChannel channel = FileChannel.open(file, READ, WRITE, CREATE_NEW)) {
				var threads = java.util.stream.IntStream.range(0, 8).mapToObj(n -> Thread.ofVirtual().start(() -> {
					try {
						byte[] own = Contents.bytes(10_000 + n);
						for (int i = 0; i < 20; i++) {
							long at = (i * 8L + n) * 12_000;
							channel.write(ByteBuffer.wrap(own), at);
							var back = ByteBuffer.allocate(own.length);
							channel.read(back, at);
							assertThat(back.array()).isEqualTo(own);
						}
					} catch (Throwable t) {
						failed.compareAndSet(null, t);
					}
				})).toList();
				for (Thread thread : threads)
					thread.join();
			}
			assertThat(failed.get()).isNull();
			byte[] all = Files.readAllBytes(file);
			for (int i = 0; i < 160; i++)
				assertThat(Arrays.equals(Contents.bytes(10_000 + i % 8), 0, 10_000, all, i * 12_000, i * 12_000 + 10_000)).isTrue();
		}
	}

	@Test
	@Timeout(60)
	void farBehindTheEnd() throws Exception {
		try (Vault vault = unlock(Cipher.SIV_GCM)) {
			Path file = vault.root().resolve("sparse");
			Files.writeString(file, "old");
			FileChannel channel = FileChannel.open(file, READ, WRITE);
			assertThatThrownBy(() -> channel.write(ByteBuffer.wrap(new byte[1]), Long.MAX_VALUE - 1)).isInstanceOf(FileSystemException.class).hasMessageContaining("cannot be that long");
			assertThat(channel.read(ByteBuffer.allocate(10), Long.MAX_VALUE - 5)).isEqualTo(-1);
			assertThatThrownBy(channel::close).isInstanceOf(IOException.class);
			assertThat(file).hasContent("old");
			// zeros without end, until somebody cancels
			var failed = new AtomicReference<Throwable>();
			Thread thread = Thread.ofPlatform().start(() -> {
				try (FileChannel far = FileChannel.open(file, WRITE)) {
					Thread.currentThread().interrupt();
					far.write(ByteBuffer.wrap(new byte[1]), 1L << 45);
				} catch (IOException e) {
					failed.set(e);
				}
			});
			thread.join();
			assertThat(failed.get()).isInstanceOf(InterruptedIOException.class);
			assertThat(file).hasContent("old");
		}
	}

	@Test
	void whatFailsInTheMiddleIsNotSaved() throws Exception {
		try (Vault vault = unlock(Cipher.SIV_GCM)) {
			Path file = vault.root().resolve("file");
			Files.writeString(file, "old");
			FileChannel channel = FileChannel.open(file, WRITE, java.nio.file.StandardOpenOption.TRUNCATE_EXISTING);
			channel.write(ByteBuffer.wrap(new byte[100]));
			assertThatThrownBy(() -> channel.write((ByteBuffer) null)).isInstanceOf(NullPointerException.class);
			assertThatThrownBy(channel::close).isInstanceOf(IOException.class).hasMessageContaining("not saved");
			assertThat(file).hasContent("old");
		}
	}

	private static byte[] stream(Vault vault, Path file, byte[] encrypted, long from) throws IOException {
		try (InputStream in = vault.readable(file, at -> new ByteArrayInputStream(encrypted, (int) at, encrypted.length), from)) {
			return in.readAllBytes();
		}
	}

	@ParameterizedTest
	@EnumSource(Cipher.class)
	void asAStreamIsWhatTheFileHolds(Cipher cipher) throws Exception {
		try (Vault vault = unlock(cipher)) {
			Path file = vault.root().resolve("file");
			for (int size : new int[] { 0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK, 5 * CHUNK + 1000 }) {
				byte[] content = new byte[size];
				new Random(size).nextBytes(content);
				Files.write(file, content);
				byte[] encrypted = Files.readAllBytes(vault.encrypted(file));
				assertThat(stream(vault, file, encrypted, 0)).as("%d bytes", size).isEqualTo(content);
				assertThat(vault.readableSize(encrypted.length)).isEqualTo(size);
				for (int from : new int[] { 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7, size, size + 1, size + CHUNK })
					assertThat(stream(vault, file, encrypted, from)).as("%d bytes, from %d", size, from).isEqualTo(Arrays.copyOfRange(content, Math.min(from, size), size));
				try (InputStream in = vault.readable(file, _ -> new ByteArrayInputStream(encrypted), 0)) {
					assertThat(in.read()).as("%d bytes, the first", size).isEqualTo(size == 0 ? -1 : content[0] & 0xFF);
				}
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Cipher.class)
	void asAStreamIsRefusedIfItIsNotWhole(Cipher cipher) throws Exception {
		try (Vault vault = unlock(cipher)) {
			Path file = vault.root().resolve("file");
			Files.write(file, new byte[2 * CHUNK + 10]);
			byte[] encrypted = Files.readAllBytes(vault.encrypted(file));
			for (int length : new int[] { 0, 30, encrypted.length - 1, encrypted.length - 10 })
				assertThatThrownBy(() -> stream(vault, file, Arrays.copyOf(encrypted, length), 0)).as("cut to %d", length).isInstanceOf(DamagedVaultException.class);
			for (int at : new int[] { 20, 200, encrypted.length - 5 }) {
				byte[] changed = encrypted.clone();
				changed[at] ^= 1;
				assertThatThrownBy(() -> stream(vault, file, changed, 0)).as("changed at %d", at).isInstanceOf(DamagedVaultException.class);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Cipher.class)
	void aStreamEndsWhenTheVaultIsLocked(Cipher cipher) throws Exception {
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
		try (InputStream in = vault.readable(file, _ -> source, 0)) {
			assertThat(in.readNBytes(10)).hasSize(10);
			vault.close();
			assertThatThrownBy(in::readAllBytes).isInstanceOf(VaultLockedException.class);
		}
		assertThat(closed).isTrue();
		assertThatThrownBy(() -> vault.readable(file, _ -> source, 0)).isInstanceOf(VaultLockedException.class);
	}
}
