package org.strongroom.vault.cryptomator;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.Version;
import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultLockedException;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.vault.cryptomator.internal.CryptomatorFormat;

/** A save is all or nothing. */
class SaveTest {
	@TempDir
	Path folder;
	private CryptomatorOracle oracle;
	private Server server;
	private Vault vault;
	private Path file;

	@BeforeEach
	void make() throws IOException {
		oracle = CryptomatorOracle.create(folder, Server.PASSPHRASE, Cipher.SIV_GCM);
		server = new Server(folder);
		oracle.write("/file", Contents.bytes(300_000));
		vault = server.unlock();
		file = vault.root().resolve("file");
	}

	@AfterEach
	void close() throws IOException {
		vault.close();
		server.close();
		oracle.close();
	}

	private Version version() throws IOException {
		return Files.readAttributes(file, StorageAttributes.class).version().orElseThrow();
	}

	@Test
	void whole() throws Exception {
		Version before = version();
		Save save = Save.ifUnchanged(before);
		try (OutputStream out = Files.newOutputStream(file, CREATE, TRUNCATE_EXISTING, WRITE, save)) {
			out.write(Contents.bytes(200_000));
			assertThat(file).as("before it is committed").hasBinaryContent(Contents.bytes(300_000));
			save.whole();
		}
		assertThat(save.version()).hasValueSatisfying(v -> assertThat(v).isNotEqualTo(before));
		assertThat(version()).isEqualTo(save.version().orElseThrow());
		assertThat(file).hasBinaryContent(Contents.bytes(200_000));
		Save again = Save.ifUnchanged(save.version().orElseThrow());
		try (FileChannel channel = FileChannel.open(file, WRITE, again)) {
			channel.write(ByteBuffer.wrap("patch".getBytes()), 100_000);
			again.whole();
		}
		byte[] patched = Contents.bytes(200_000);
		System.arraycopy("patch".getBytes(), 0, patched, 100_000, 5);
		oracle.lock();
		oracle.unlock();
		assertThat(oracle.read("/file")).isEqualTo(patched);
	}

	@Test
	void notWhole() throws Exception {
		Map<String, String> before = server.state();
		Save save = Save.overwrite();
		try (OutputStream out = Files.newOutputStream(file, CREATE, TRUNCATE_EXISTING, WRITE, save)) {
			out.write(Contents.bytes(200_000));
		}
		for (String name : new String[] { "new", Contents.LONG }) {
			try (OutputStream out = Files.newOutputStream(vault.root().resolve(name), CREATE, TRUNCATE_EXISTING, WRITE, Save.createNew())) {
				out.write(Contents.bytes(200_000));
			}
			assertThat(vault.root().resolve(name)).doesNotExist();
		}
		assertThat(save.version()).isEmpty();
		assertThat(file).hasBinaryContent(Contents.bytes(300_000));
		assertThat(withoutTimes(server.state())).isEqualTo(withoutTimes(before));
		assertThat(oracle.list("/")).containsOnlyKeys("/file");
	}

	private static Map<String, String> withoutTimes(Map<String, String> state) {
		state.replaceAll((_, s) -> s.replaceFirst("^(\\S+) \\S+", "$1"));
		return state;
	}

	@Test
	void changedMeanwhile() throws Exception {
		Save save = Save.ifUnchanged(version());
		oracle.write("/file", "of somebody else");
		server.changed();
		OutputStream out = Files.newOutputStream(file, CREATE, TRUNCATE_EXISTING, WRITE, save);
		out.write(1);
		save.whole();
		assertThatThrownBy(out::close).isInstanceOf(ConflictException.class).hasMessageContaining("/file");
		assertThat(save.version()).isEmpty();
		assertThat(file).hasContent("of somebody else");
		assertThat(oracle.text("/file")).isEqualTo("of somebody else");
	}

	@Test
	void changedAtTheLastMoment() throws Exception {
		Save save = Save.ifUnchanged(version());
		FileChannel out = FileChannel.open(file, TRUNCATE_EXISTING, WRITE, save);
		out.write(ByteBuffer.wrap(new byte[100]));
		save.whole();
		oracle.write("/file", "of somebody else");
		assertThatThrownBy(out::close).isInstanceOf(ConflictException.class);
		assertThat(oracle.text("/file")).isEqualTo("of somebody else");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void appearedMeanwhile(boolean shortened) throws Exception {
		String name = shortened ? Contents.LONG : "new";
		Path path = vault.root().resolve(name);
		Save save = Save.createNew();
		OutputStream out = Files.newOutputStream(path, CREATE, WRITE, save);
		out.write(1);
		save.whole();
		oracle.write("/" + name, "of somebody else");
		assertThatThrownBy(out::close).isInstanceOf(ConflictException.class);
		server.changed();
		assertThat(path).hasContent("of somebody else");
		assertThatThrownBy(() -> Files.newOutputStream(path, CREATE_NEW, WRITE, Save.createNew())).isInstanceOf(FileAlreadyExistsException.class);
		assertThat(oracle.text("/" + name)).isEqualTo("of somebody else");
	}

	@Test
	void vanishedMeanwhile() throws Exception {
		Save save = Save.ifUnchanged(version());
		OutputStream out = Files.newOutputStream(file, TRUNCATE_EXISTING, WRITE, save);
		out.write(1);
		save.whole();
		oracle.delete("/file");
		assertThatThrownBy(out::close).isInstanceOf(ConflictException.class);
		server.changed();
		assertThat(file).doesNotExist();
		assertThatThrownBy(() -> Files.newOutputStream(file, TRUNCATE_EXISTING, WRITE)).isInstanceOf(NoSuchFileException.class).hasMessage("/file");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void cutOff(boolean asSave) throws Exception {
		Save save = Save.overwrite();
		OutputStream out = asSave ? Files.newOutputStream(file, TRUNCATE_EXISTING, WRITE, save) : Files.newOutputStream(file, TRUNCATE_EXISTING, WRITE);
		out.write(Contents.bytes(250_000));
		save.whole();
		server.storage.beforeCommit = () -> server.storage.cut = true;
		assertThatThrownBy(out::close).isInstanceOf(ConnectionException.class);
		server.storage.beforeCommit = () -> {
		};
		server.storage.cut = false;
		server.changed();
		assertThat(file).hasBinaryContent(Contents.bytes(300_000));
	}

	@Test
	void plainWritesCommitWhenClosed() throws Exception {
		try (FileChannel channel = FileChannel.open(file, READ, WRITE)) {
			channel.write(ByteBuffer.wrap(new byte[] { 1, 2, 3 }), 0);
			channel.force(true);
			assertThat(file).as("not yet closed").hasBinaryContent(Contents.bytes(300_000));
			var back = ByteBuffer.allocate(3);
			channel.read(back, 0);
			assertThat(back.array()).containsExactly(1, 2, 3);
		}
		assertThat(Files.readAllBytes(file)).startsWith(1, 2, 3).hasSize(300_000);
	}

	@Test
	void aTimeGoesWithTheContentOrNotAtAll() throws Exception {
		FileTime before = Files.getLastModifiedTime(file);
		FileTime time = FileTime.from(Instant.ofEpochSecond(1_000_000_000));
		try (FileChannel channel = FileChannel.open(file, WRITE, Save.overwrite())) {
			channel.write(ByteBuffer.wrap(new byte[1]));
			Files.setLastModifiedTime(file, time);
		}
		server.changed();
		assertThat(Files.getLastModifiedTime(file)).as("not whole").isEqualTo(before);
		for (String name : new String[] { "file", "new", Contents.LONG }) {
			Path path = vault.root().resolve(name);
			FileChannel channel = FileChannel.open(path, CREATE, WRITE);
			channel.write(ByteBuffer.wrap(new byte[1]));
			Files.setAttribute(path, "lastModifiedTime", time);
			channel.write(ByteBuffer.wrap(new byte[1]));
			channel.close();
			assertThat(Files.getLastModifiedTime(path)).isEqualTo(time);
			assertThat(Files.getLastModifiedTime(server.local(vault.encrypted(path)))).isEqualTo(time);
		}
		assertThatThrownBy(() -> Files.setLastModifiedTime(vault.root().resolve("missing"), time)).isInstanceOf(NoSuchFileException.class).hasMessage("/missing");
	}

	/** Where the file system below cannot keep a time back, it is set at the end. */
	@Test
	void aTimeInAVaultOfThisMachine() throws Exception {
		FileTime time = FileTime.from(Instant.ofEpochSecond(1_000_000_000));
		try (Secret passphrase = Secret.of(Server.PASSPHRASE.toCharArray()); Vault here = new CryptomatorFormat().inspect(folder).unlock(passphrase)) {
			for (String name : new String[] { "file", "new", Contents.LONG }) {
				Path path = here.root().resolve(name);
				try (FileChannel channel = FileChannel.open(path, CREATE, WRITE)) {
					Files.setLastModifiedTime(path, time);
					channel.write(ByteBuffer.wrap(new byte[1]));
				}
				assertThat(Files.getLastModifiedTime(path)).isEqualTo(time);
			}
		}
	}

	@Test
	void oneChangeDoesNotUndoAnother() throws Exception {
		try (FileChannel first = FileChannel.open(file, READ, WRITE)) {
			FileChannel second = FileChannel.open(file, READ, WRITE);
			first.write(ByteBuffer.wrap(new byte[] { 1 }), 0);
			second.write(ByteBuffer.wrap(new byte[] { 2 }), 100_000);
			first.close();
			assertThatThrownBy(second::close).isInstanceOf(ConflictException.class);
		}
		assertThat(Files.readAllBytes(file)[0]).isEqualTo((byte) 1);
	}

	@Test
	void readersSeeOneContentOnly() throws Exception {
		byte[] old = Contents.bytes(300_000);
		try (FileChannel reader = FileChannel.open(file)) {
			byte[] half = Channels.newInputStream(reader).readNBytes(100_000);
			try (FileChannel writer = FileChannel.open(file, READ, WRITE, TRUNCATE_EXISTING)) {
				writer.write(ByteBuffer.wrap(Contents.bytes(280_000)));
				try (FileChannel other = FileChannel.open(file)) {
					assertThat(Channels.newInputStream(other).readAllBytes()).isEqualTo(old);
				}
			}
			byte[] rest = Channels.newInputStream(reader).readAllBytes();
			assertThat(half).isEqualTo(java.util.Arrays.copyOf(old, 100_000));
			assertThat(rest).isEqualTo(java.util.Arrays.copyOfRange(old, 100_000, 300_000));
		}
		assertThat(file).hasBinaryContent(Contents.bytes(280_000));
	}

	@Test
	@Timeout(120)
	void manyAtOnce() throws Exception {
		var failed = new AtomicReference<Throwable>();
		try (var executor = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
			for (int i = 0; i < 24; i++) {
				int n = i;
				executor.submit(() -> {
					try {
						Path own = vault.root().resolve("folder " + n % 6).resolve(n + Contents.LONG);
						Files.createDirectories(own.getParent());
						Files.write(own, Contents.bytes(100_000 + n));
						assertThat(own).hasBinaryContent(Contents.bytes(100_000 + n));
						int size = 200_000 + n;
						Files.write(file, Contents.bytes(size));
						readOneContent();
					} catch (Throwable t) {
						failed.compareAndSet(null, t);
					}
				});
			}
		}
		assertThat(failed.get()).isNull();
		assertThat(oracle.list("/")).hasSize(1 + 6 + 24);
	}

	/** What is replaced while it is being opened may have to be opened again, but is never a mixture. */
	private void readOneContent() throws IOException {
		try {
			byte[] seen = Files.readAllBytes(file);
			assertThat(seen).isEqualTo(Contents.bytes(seen.length));
		} catch (FileSystemException e) {
			assertThat(e.getReason()).contains("open it again");
		}
	}

	@Test
	@Timeout(60)
	void anInterruptCommitsNothing() throws Exception {
		var failed = new AtomicReference<Throwable>();
		Thread thread = Thread.ofPlatform().start(() -> {
			try (FileChannel channel = FileChannel.open(file, WRITE, TRUNCATE_EXISTING)) {
				channel.write(ByteBuffer.wrap(Contents.bytes(100_000)));
				Thread.currentThread().interrupt();
				channel.write(ByteBuffer.wrap(Contents.bytes(100_000)));
			} catch (IOException e) {
				failed.set(e);
			}
		});
		thread.join();
		assertThat(failed.get()).isInstanceOf(IOException.class);
		server.changed();
		assertThat(file).hasBinaryContent(Contents.bytes(300_000));
	}

	@Test
	void lockingGivesUpWhatIsOpen() throws Exception {
		FileChannel reader = FileChannel.open(file);
		FileChannel writer = FileChannel.open(vault.root().resolve(Contents.LONG), WRITE, CREATE);
		writer.write(ByteBuffer.wrap(new byte[100_000]));
		vault.close();
		assertThatThrownBy(() -> reader.read(ByteBuffer.allocate(10), 0)).isInstanceOf(VaultLockedException.class);
		assertThatThrownBy(() -> writer.write(ByteBuffer.allocate(10))).isInstanceOf(VaultLockedException.class);
		assertThatThrownBy(writer::close).isInstanceOf(VaultLockedException.class);
		reader.close();
		assertThatThrownBy(() -> Files.readString(file)).isInstanceOf(VaultLockedException.class);
		assertThatThrownBy(() -> Files.list(vault.root())).isInstanceOf(VaultLockedException.class);
		assertThatThrownBy(() -> Files.createDirectory(vault.root().resolve("x"))).isInstanceOf(VaultLockedException.class);
		assertThatThrownBy(() -> Files.delete(file)).isInstanceOf(VaultLockedException.class);
		assertThatThrownBy(() -> vault.encrypted(file)).isInstanceOf(VaultLockedException.class);
		vault.close();
		assertThat(oracle.list("/")).containsOnlyKeys("/file");
		try (var all = Files.walk(folder)) {
			assertThat(all.map(Path::toString)).noneMatch(p -> p.endsWith(".c9s"));
		}
	}
}
