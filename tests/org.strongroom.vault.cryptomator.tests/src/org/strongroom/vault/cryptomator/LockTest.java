package org.strongroom.vault.cryptomator;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.storage.DetailedListing;
import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultLockedException;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;

/** Locking while the vault is in use: whoever uses it is told so and nothing else, and nothing waits for a server that does not answer. */
@Timeout(120)
class LockTest {
	@TempDir
	Path folder;
	private CryptomatorOracle oracle;
	private Server server;

	@BeforeEach
	void make() throws IOException {
		oracle = CryptomatorOracle.create(folder, Server.PASSPHRASE, Cipher.SIV_GCM);
		server = new Server(folder);
		oracle.write("/file", Contents.bytes(1 << 20));
		for (int i = 0; i < 40; i++)
			oracle.createFolder("/folder " + i);
		oracle.lock();
	}

	@AfterEach
	void close() throws IOException {
		server.close();
		oracle.close();
	}

	private interface Use {
		void once(Path root) throws IOException;
	}

	@RepeatedTest(5)
	void whateverIsGoingOn() throws Exception {
		Vault vault = server.unlock();
		var ends = new ConcurrentLinkedQueue<Throwable>();
		var uses = List.<Use>of(root -> {
			server.changed();
			DetailedListing.of(root);
		}, root -> Files.readAllBytes(root.resolve("file")), root -> {
			try (FileChannel channel = FileChannel.open(root.resolve("file"), READ, WRITE)) {
				channel.write(ByteBuffer.wrap(new byte[100_000]), 500_000);
				channel.read(ByteBuffer.allocate(200_000), 10);
			}
		}, root -> {
			Path made = root.resolve(Thread.currentThread().threadId() + Contents.LONG);
			Files.createDirectory(made);
			Files.delete(made);
		}, root -> {
			try (FileChannel channel = FileChannel.open(root.resolve("new " + Contents.LONG), WRITE, CREATE)) {
				channel.write(ByteBuffer.wrap(new byte[1000]), 100_000);
			}
		});
		var started = new CountDownLatch(uses.size());
		var threads = new ArrayList<Thread>();
		for (Use use : uses)
			threads.add(Thread.ofVirtual().start(() -> {
				try {
					use.once(vault.root());
					started.countDown();
					while (true)
						use.once(vault.root());
				} catch (Throwable t) {
					ends.add(t);
					started.countDown();
				}
			}));
		started.await();
		vault.close();
		for (Thread thread : threads)
			thread.join();
		assertThat(ends).hasSize(uses.size()).allSatisfy(e -> assertThat(e).isInstanceOf(VaultLockedException.class));
		oracle.unlock();
		assertThat(oracle.read("/file")).hasSize(1 << 20);
		assertThat(oracle.list("/")).containsKeys("/folder 0", "/folder 39");
	}

	@Test
	void aServerThatDoesNotAnswerDoesNotHoldUpLocking() throws Exception {
		Vault vault = server.unlock();
		FileChannel channel = FileChannel.open(vault.root().resolve("file"));
		channel.read(ByteBuffer.allocate(10), 0);
		var asked = new CountDownLatch(1);
		var answer = new CountDownLatch(1);
		server.storage.beforeRead = () -> {
			asked.countDown();
			try {
				answer.await();
			} catch (InterruptedException e) {
				Thread.currentThread().interrupt();
			}
		};
		var ends = new ConcurrentLinkedQueue<Throwable>();
		Thread reader = Thread.ofVirtual().start(() -> {
			try {
				channel.read(ByteBuffer.allocate(1000), 700_000);
			} catch (Throwable t) {
				ends.add(t);
			}
		});
		asked.await();
		Thread locking = Thread.ofVirtual().start(() -> {
			try {
				vault.close();
			} catch (IOException e) {
				ends.add(e);
			}
		});
		assertThat(locking.join(Duration.ofSeconds(20))).as("locked, though the server has not answered").isTrue();
		answer.countDown();
		reader.join();
		assertThat(ends).singleElement().isInstanceOf(VaultLockedException.class);
		channel.close();
	}

	@Test
	void whatIsSealedIsForTheSameVaultAlone(@TempDir Path elsewhere) throws Exception {
		for (int length : new int[] { 0, 1, 32 * 1024, 3_000_000 }) {
			byte[] content = Contents.bytes(length);
			byte[] sealed;
			try (Vault vault = server.unlock()) {
				sealed = vault.seal(content);
				assertThat(vault.seal(content)).as("twice").isNotEqualTo(sealed);
			}
			try (Vault again = server.unlock()) {
				assertThat(again.unseal(sealed)).isEqualTo(content);
				byte[] changed = sealed.clone();
				changed[sealed.length / 2] ^= 1;
				assertThatThrownBy(() -> again.unseal(changed)).isInstanceOf(IOException.class);
				assertThatThrownBy(() -> again.unseal(new byte[3])).isInstanceOf(IOException.class);
			}
		}
		Vault vault = server.unlock();
		byte[] sealed = vault.seal(new byte[10]);
		try (CryptomatorOracle other = CryptomatorOracle.create(elsewhere, Server.PASSPHRASE, Cipher.SIV_GCM)) {
			other.lock();
			try (var foreign = new Server(elsewhere); Vault theirs = foreign.unlock()) {
				assertThatThrownBy(() -> theirs.unseal(sealed)).isInstanceOf(IOException.class);
			}
		}
		vault.close();
		assertThatThrownBy(() -> vault.seal(new byte[10])).isInstanceOf(VaultLockedException.class);
		assertThatThrownBy(() -> vault.unseal(sealed)).isInstanceOf(VaultLockedException.class);
	}
}
