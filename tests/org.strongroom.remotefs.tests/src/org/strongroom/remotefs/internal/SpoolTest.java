package org.strongroom.remotefs.internal;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Upload;

class SpoolTest {
	@TempDir
	Path temp;
	@TempDir
	Path spoolFolder;

	@Test
	void givesBackWhatItTookHoweverMuch() throws IOException {
		var random = new Random(5);
		Map<Long, byte[]> expected = new HashMap<>();
		try (var spool = new Spool(8 * Spool.BLOCK, spoolFolder)) {
			for (int step = 0; step < 2000; step++) {
				long block = random.nextInt(60);
				if (random.nextInt(3) == 0) {
					byte[] bytes = spool.get(block);
					if (bytes != null) {
						bytes[17]++;
						expected.get(block)[17]++;
					}
				} else if (random.nextInt(10) == 0) {
					spool.drop(block);
					expected.remove(block);
				} else {
					var bytes = new byte[Spool.BLOCK];
					random.nextBytes(bytes);
					spool.put(block, bytes.clone());
					expected.put(block, bytes);
				}
				if (spool.holds(spool.capacity()))
					spool.spill();
				assertThat(spool.inMemory().size()).isLessThan(8);
				long look = random.nextInt(60);
				assertThat(spool.has(look)).isEqualTo(expected.containsKey(look));
				assertThat(spool.peek(look)).isEqualTo(expected.get(look));
			}
		}
	}

	@Test
	void hasNoNameAndNothingReadableOnDisk() throws IOException {
		Path fds = Path.of("/proc/self/fd");
		assumeThat(fds).isDirectory();
		byte[] canary = "a canary sang at noon ".getBytes(StandardCharsets.US_ASCII);
		try (var spool = new Spool(4 * Spool.BLOCK, spoolFolder)) {
			for (long block = 0; block < 40; block++) {
				var bytes = new byte[Spool.BLOCK];
				for (int i = 0; i < bytes.length; i++)
					bytes[i] = canary[i % canary.length];
				spool.put(block, bytes);
				if (spool.holds(spool.capacity()))
					spool.spill();
			}
			try (Stream<Path> named = Files.list(spoolFolder)) {
				assertThat(named).isEmpty();
			}
			Path open = spoolDescriptor(fds);
			assertThat(Files.getPosixFilePermissions(open)).hasSize(2);
			String onDisk = Files.readString(open, StandardCharsets.ISO_8859_1);
			assertThat(onDisk.length()).isGreaterThan(30 * Spool.BLOCK);
			assertThat(onDisk).doesNotContain("canary").doesNotContain("noon");
		}
	}

	private Path spoolDescriptor(Path fds) throws IOException {
		try (Stream<Path> all = Files.list(fds)) {
			return all.filter(fd -> {
				try {
					return Files.readSymbolicLink(fd).toString().startsWith(spoolFolder.toString());
				} catch (IOException e) {
					return false;
				}
			}).findFirst().orElseThrow();
		}
	}

	@Test
	void noticesTampering() throws IOException {
		Path fds = Path.of("/proc/self/fd");
		assumeThat(fds).isDirectory();
		try (var file = SpoolFile.create(spoolFolder)) {
			file.write(1, new byte[Spool.BLOCK]);
			file.write(2, new byte[Spool.BLOCK]);
			byte[] before;
			try (var channel = FileChannel.open(spoolDescriptor(fds), READ, WRITE)) {
				var all = ByteBuffer.allocate((int) channel.size());
				channel.read(all, 0);
				before = all.array();
				assertThat(file.read(1)).containsOnly(0);
				channel.write(ByteBuffer.wrap(new byte[] { (byte) (before[100] ^ 1) }), 100);
				assertThatThrownBy(() -> file.read(1)).isInstanceOf(IOException.class);
				// one block in the place of the other
				channel.write(ByteBuffer.wrap(before, before.length / 2, before.length / 2), 0);
				assertThatThrownBy(() -> file.read(1)).isInstanceOf(IOException.class);
				// an older state put back
				channel.write(ByteBuffer.wrap(before), 0);
				file.write(1, new byte[Spool.BLOCK]);
				assertThat(file.read(1)).containsOnly(0);
				channel.write(ByteBuffer.wrap(before), 0);
				assertThatThrownBy(() -> file.read(1)).isInstanceOf(IOException.class);
			}
		}
	}

	/** A storage whose uploads cannot be read back, as over HTTP. */
	private static final class Streaming extends WrappedStorage {
		final BitSet written = new BitSet();
		long most;
		boolean backwards;
		boolean readable;

		Streaming() {
			super(Remote.localStorage());
		}

		@Override
		public Upload upload(String path, Precondition precondition) throws IOException {
			return new WrappedUpload(super.upload(path, precondition)) {
				private long end;

				@Override
				public void write(long position, ByteBuffer source) throws IOException {
					backwards |= position != end;
					end = position + source.remaining();
					most = Math.max(most, source.remaining());
					written.set((int) position, (int) end);
					super.write(position, source);
				}

				@Override
				public boolean isReadable() {
					return readable;
				}
			};
		}
	}

	@Test
	void aHugeNewFileGoesAheadInOrder() throws IOException {
		var storage = new Streaming();
		try (var remote = new Remote(temp, storage)) {
			var content = new byte[10 * Remote.MEMORY + 5];
			new Random(3).nextBytes(content);
			try (var channel = FileChannel.open(remote.root.resolve("huge"), CREATE_NEW, WRITE)) {
				for (int at = 0; at < content.length; at += 10_000)
					channel.write(ByteBuffer.wrap(content, at, Math.min(10_000, content.length - at)));
				assertThat(storage.calls()).contains("write");
				assertThat(temp.resolve("huge")).doesNotExist();
			}
			assertThat(storage.backwards).isFalse();
			assertThat(Arrays.equals(Files.readAllBytes(temp.resolve("huge")), content)).isTrue();
		}
	}

	@Test
	void whatIsLeftOutBetweenBlocksIsSentToo() throws IOException {
		var storage = new Streaming();
		storage.readable = true;
		try (var remote = new Remote(temp, storage)) {
			var begin = new byte[2 * Remote.MEMORY + 1000];
			var rest = new byte[2 * Spool.BLOCK];
			Arrays.fill(begin, (byte) 1);
			Arrays.fill(rest, (byte) 2);
			int next = (begin.length / Spool.BLOCK + 1) * Spool.BLOCK;
			try (var channel = FileChannel.open(remote.root.resolve("gap"), CREATE_NEW, WRITE)) {
				for (int at = 0; at < begin.length; at += 10_000)
					channel.write(ByteBuffer.wrap(begin, at, Math.min(10_000, begin.length - at)));
				channel.write(ByteBuffer.wrap(rest), next);
			}
			assertThat(storage.written.nextClearBit(0)).isEqualTo(next + rest.length);
			var content = new byte[next + rest.length];
			System.arraycopy(begin, 0, content, 0, begin.length);
			System.arraycopy(rest, 0, content, next, rest.length);
			assertThat(Arrays.equals(Files.readAllBytes(temp.resolve("gap")), content)).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anyOrderOfWritesAndReadsWorks(boolean readable) throws IOException {
		var storage = new Streaming();
		storage.readable = readable;
		try (var remote = new Remote(temp, storage)) {
			var content = new byte[6 * Remote.MEMORY];
			var random = new Random(4);
			try (var channel = FileChannel.open(remote.root.resolve("huge"), CREATE_NEW, READ, WRITE)) {
				for (int i = 0; i < 1500; i++) {
					int at = i < 500 ? i * content.length / 500 : random.nextInt(content.length);
					var piece = new byte[Math.min(content.length - at, i < 500 ? content.length / 500 + 1 : 5000)];
					random.nextBytes(piece);
					System.arraycopy(piece, 0, content, at, piece.length);
					channel.write(ByteBuffer.wrap(piece), at);
					int look = random.nextInt((int) channel.size());
					var back = ByteBuffer.allocate(3000);
					int n = channel.read(back, look);
					assertThat(Arrays.equals(back.array(), 0, n, content, look, look + n)).as("step %d", i).isTrue();
				}
			}
			// what cannot be had back from the server is not sent before the end
			assertThat(storage.backwards).isEqualTo(readable);
			assertThat(Arrays.equals(Files.readAllBytes(temp.resolve("huge")), content)).isTrue();
		}
	}
}
