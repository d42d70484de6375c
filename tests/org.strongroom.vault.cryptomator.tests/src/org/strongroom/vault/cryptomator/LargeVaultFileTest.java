package org.strongroom.vault.cryptomator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.storage.DetailedListing;
import org.strongroom.core.storage.Traffic;

/**
 * What is done with files of a gigabyte in a vault on a real OpenSSH server, 25 ms away in each direction, costs what is done and not the file; cryptofs judges what came of it.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class LargeVaultFileTest {
	private static final int MIB = 1 << 20;
	private static final long GIB = 1 << 30;
	/** The files, and one more of each while it is replaced. */
	private static final long ROOM = 5 * GIB;
	@TempDir
	Path temp;

	@Test
	void readingChangingAndCopying() throws Exception {
		try (var vault = new FarVault(temp)) {
			long free = Files.getFileStore(vault.local()).getUsableSpace();
			assumeTrue(free >= ROOM, () -> "needs 5 GiB of disk, there are %d MiB".formatted(free / MIB));
			vault.oracle.lock();
			long place = GIB / 2 + 5 * (32 << 10) - 2048; // in two chunks
			byte[] change = Contents.bytes(4096);
			String big;
			String half;
			try (var near = vault.signIn()) {
				big = write(near.item("big"), GIB, place, change);
				half = write(near.item("half"), GIB / 2, 0, new byte[0]);
			}
			vault.link.delay(Duration.ofMillis(25), Duration.ofMillis(25));
			far(vault, LargeVaultFileTest::reads);
			far(vault, session -> changes(vault, session, place, change));
			far(vault, session -> copies(vault, session));
			vault.link.delay(Duration.ZERO, Duration.ZERO);
			vault.oracle.unlock();
			assertThat(vault.oracle.list("/")).containsOnlyKeys("/big", "/half", "/copy").containsEntry("/big", "file " + GIB);
			assertThat(vault.oracle.digest("/big")).as("the changed file").isEqualTo(big);
			assertThat(vault.oracle.digest("/copy")).as("the copy").isEqualTo(half);
		}
	}

	private interface Visit {
		void with(FarVault.Session session) throws IOException;
	}

	/** Signs in anew, with the folder shown, as somebody does who comes for this alone. */
	private static void far(FarVault vault, Visit visit) throws IOException {
		try (var session = vault.signIn()) {
			assertThat(DetailedListing.of(session.vault().root())).hasSize(2);
			visit.with(session);
		}
	}

	private static void reads(FarVault.Session far) throws IOException {
		long at = new Random().nextLong(GIB - MIB);
		var read = ByteBuffer.allocate(MIB);
		Traffic cost = FarVault.traffic(far.storage(), () -> {
			try (FileChannel channel = FileChannel.open(far.item("big"))) {
				channel.read(read, at);
			}
		});
		var expected = ByteBuffer.allocate(2 * MIB).put(mebibyte(at / MIB)).put(mebibyte(at / MIB + 1)).slice((int) (at % MIB), MIB);
		assertThat(read.flip()).as("1 MiB at " + at).isEqualTo(expected);
		assertThat(cost.roundTrips()).as("1 MiB at " + at).isLessThanOrEqualTo(3);
		assertThat(cost.received()).as("bytes for 1 MiB at " + at).isLessThan(2 * MIB);
	}

	private static void changes(FarVault vault, FarVault.Session far, long place, byte[] change) throws IOException {
		Path encrypted = vault.local(far, far.item("big"));
		var before = Files.readAttributes(encrypted, BasicFileAttributes.class);
		Traffic cost = FarVault.traffic(far.storage(), () -> {
			try (FileChannel channel = FileChannel.open(far.item("big"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
				channel.write(ByteBuffer.wrap(change), place);
				channel.force(true);
				var meanwhile = Files.readAttributes(encrypted, BasicFileAttributes.class);
				assertThat(meanwhile.fileKey()).isEqualTo(before.fileKey());
				assertThat(meanwhile.lastModifiedTime()).isEqualTo(before.lastModifiedTime());
			}
		});
		assertThat(Files.readAttributes(encrypted, BasicFileAttributes.class).fileKey()).as("another file has taken its place").isNotEqualTo(before.fileKey());
		assertThat(vault.strays()).isEmpty();
		assertThat(cost.roundTrips()).as("4 KiB changed").isLessThanOrEqualTo(8);
		assertThat(cost.sent() + cost.received()).as("bytes for 4 KiB changed").isLessThanOrEqualTo(MIB);
	}

	private static void copies(FarVault vault, FarVault.Session far) throws IOException {
		Traffic cost = FarVault.traffic(far.storage(), () -> Files.copy(far.item("half"), far.item("copy")));
		assertThat(vault.strays()).isEmpty();
		assertThat(cost.roundTrips()).as("a copy").isLessThanOrEqualTo(8);
		assertThat(cost.sent() + cost.received()).as("bytes for a copy").isLessThanOrEqualTo(MIB);
	}

	/** Writes so much. @return the SHA-256 that it will have once it is changed at a place */
	private static String write(Path file, long size, long place, byte[] change) throws IOException {
		MessageDigest changed = sha256();
		try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
			for (long i = 0; i < size / MIB; i++) {
				byte[] bytes = mebibyte(i);
				out.write(ByteBuffer.wrap(bytes));
				if (place / MIB == i)
					System.arraycopy(change, 0, bytes, (int) (place % MIB), change.length);
				changed.update(bytes);
			}
		}
		return HexFormat.of().formatHex(changed.digest());
	}

	/** What is written at a place, in units of a MiB. */
	private static byte[] mebibyte(long number) {
		byte[] bytes = new byte[MIB];
		new SplittableRandom(number).nextBytes(bytes);
		return bytes;
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		} catch (NoSuchAlgorithmException e) {
			throw new AssertionError(e);
		}
	}
}
