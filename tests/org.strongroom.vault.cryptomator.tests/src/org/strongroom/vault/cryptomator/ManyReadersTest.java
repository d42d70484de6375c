package org.strongroom.vault.cryptomator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.storage.Save;

/** 64 threads read at once in one unlocked vault on a real server: each gets what is there. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class ManyReadersTest {
	private static final int READERS = 64;

	@TempDir
	Path temp;
	private FarVault far;

	@BeforeEach
	void start() throws IOException {
		far = new FarVault(temp);
	}

	@AfterEach
	void stop() throws IOException {
		if (far != null)
			far.close();
	}

	private interface Work {
		void run(int reader) throws IOException;
	}

	/** Does the work on all threads, and something else meanwhile. */
	private static void together(Work work, Callable<Void> meanwhile) throws Exception {
		List<Callable<Void>> all = AtOnce.of(READERS, reader -> () -> {
			work.run(reader);
			return null;
		});
		all.add(meanwhile);
		AtOnce.run(all);
	}

	private static Callable<Void> nothing() {
		return () -> null;
	}

	@Test
	void differentFiles() throws Exception {
		var digests = new ArrayList<String>();
		for (int i = 0; i < READERS; i++)
			digests.add(far.oracle.writeRandom("/file " + i, (long) i * i * (2 << 20) / (READERS - 1) / (READERS - 1), i));
		far.oracle.lock();
		try (var session = far.signIn()) {
			together(reader -> {
				for (int round = 0; round < 3; round++) {
					int file = (reader + 7 * round) % READERS;
					assertThat(digest(session.item("file " + file))).as("file %d in round %d", file, round).isEqualTo(digests.get(file));
				}
			}, nothing());
		}
	}

	private static String digest(Path file) throws IOException {
		try (FileChannel channel = FileChannel.open(file)) {
			MessageDigest sha = MessageDigest.getInstance("SHA-256");
			ByteBuffer buffer = ByteBuffer.allocate(50_000);
			while (channel.read(buffer.clear()) >= 0)
				sha.update(buffer.flip());
			return HexFormat.of().formatHex(sha.digest());
		} catch (NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void oneFileAtRandomPlaces(boolean oneChannel) throws Exception {
		byte[] content = new byte[64 << 20];
		new Random(1).nextBytes(content);
		far.oracle.writeRandom("/big", content.length, 1);
		far.oracle.lock();
		try (var session = far.signIn(); FileChannel shared = FileChannel.open(session.item("big"))) {
			together(reader -> {
				var random = new Random(reader);
				try (FileChannel own = FileChannel.open(session.item("big"))) {
					for (int round = 0; round < 12; round++) {
						int at = random.nextInt(content.length);
						ByteBuffer buffer = ByteBuffer.allocate(Math.min(1 + random.nextInt(256 << 10), content.length - at));
						FileChannel channel = oneChannel ? shared : own;
						while (buffer.hasRemaining())
							assertThat(channel.read(buffer, at + buffer.position())).isPositive();
						assertThat(buffer.flip()).as("%d bytes at %d", buffer.limit(), at).isEqualTo(ByteBuffer.wrap(content, at, buffer.limit()));
					}
				}
			}, nothing());
		}
	}

	/** By another session or the readers' own: each reader gets one of the states as a whole, or is told that it changed. */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whatIsBeingReplaced(boolean ownSession) throws Exception {
		var states = new ArrayList<byte[]>();
		for (int i = 0; i < 8; i++)
			states.add(Contents.bytes((1 << 20) + i % 2)); // every other one has the same length
		far.oracle.write("/document", states.getFirst());
		far.oracle.lock();
		var reading = new AtomicInteger(READERS);
		try (var session = far.signIn(); var other = far.signIn()) {
			Path document = session.item("document");
			Path same = ownSession ? document : other.item("document");
			together(_ -> {
				try {
					for (int round = 0; round < 8; round++)
						readOneOf(states, document);
				} finally {
					reading.decrementAndGet();
				}
			}, () -> {
				for (int i = 1; reading.get() > 0 || i % states.size() != 0; i++)
					Contents.save(same, states.get(i % states.size()), Save.overwrite());
				return null;
			});
			session.refresh();
			assertThat(document).hasBinaryContent(states.getLast());
		}
	}

	/** Unless it is changed while it is being read, and that is said. */
	private static void readOneOf(List<byte[]> states, Path file) throws IOException {
		try {
			byte[] content = Files.readAllBytes(file);
			assertThat(states.stream().anyMatch(state -> Arrays.equals(state, content))).as("one of the states").isTrue();
		} catch (FileSystemException e) {
			assertThat(e).hasMessageContaining("it was changed on the server while it was being read");
		}
	}
}
