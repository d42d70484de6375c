package org.strongroom.remotefs.internal;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.ServerFaultException;

class ReadingTest {
	private static final int SIZE = 5_000_001;

	@TempDir
	Path temp;
	private final byte[] content = new byte[SIZE];

	@BeforeEach
	void write() throws IOException {
		new Random(9).nextBytes(content);
		Files.write(temp.resolve("file"), content);
	}

	/** Reads change on the way. */
	private interface Wire {
		int read(Reader reader, long position, ByteBuffer target) throws IOException;
	}

	private WrappedStorage wired(Wire wire, long size) {
		return new WrappedStorage(Remote.localStorage()) {
			@Override
			protected FileInfo seen(FileInfo i) {
				return i.type() == FileInfo.Type.FILE ? FileInfo.of(i.type(), size, i.modified(), i.version().orElse(null)) : i;
			}

			@Override
			public Reader open(String path) throws IOException {
				Reader reader = super.open(path);
				return new Reader() {
					@Override
					public FileInfo info() {
						return reader.info();
					}

					@Override
					public int read(long position, ByteBuffer target) throws IOException {
						return wire.read(reader, position, target);
					}

					@Override
					public void close() throws IOException {
						reader.close();
					}
				};
			}
		};
	}

	@Test
	void readingOnFetchesAheadAndReadingHereAndThereDoesNot() throws IOException {
		var asked = Collections.synchronizedList(new java.util.ArrayList<Integer>());
		Wire counting = (reader, position, target) -> {
			asked.add(target.remaining());
			return reader.read(position, target);
		};
		try (var remote = new Remote(temp, wired(counting, SIZE))) {
			try (var in = Files.newInputStream(remote.root.resolve("file"))) {
				var all = new ByteArrayOutputStream();
				var buffer = new byte[1000];
				for (int n; (n = in.read(buffer)) > 0;)
					all.write(buffer, 0, n);
				assertThat(Arrays.equals(all.toByteArray(), content)).isTrue();
			}
			assertThat(asked).hasSizeLessThan(30);
			// the last one asks for one byte too many, to see the end
			assertThat(asked.stream().mapToLong(Integer::intValue).sum()).isEqualTo(SIZE + 1);
			asked.clear();
			try (var channel = FileChannel.open(remote.root.resolve("file"), READ)) {
				var random = new Random(2);
				for (int i = 0; i < 50; i++) {
					int at = 1 + random.nextInt(SIZE - 1000);
					var buffer = ByteBuffer.allocate(500);
					assertThat(channel.read(buffer, at)).isEqualTo(500);
					assertThat(Arrays.equals(buffer.array(), 0, 500, content, at, at + 500)).isTrue();
				}
			}
			assertThat(asked).hasSize(50).containsOnly(500);
		}
	}

	@Test
	void aSizeThatLiesNeitherTakesMemoryNorHangs() throws IOException {
		for (long size : new long[] { 1L << 62, Long.MAX_VALUE, 10, 0, SIZE - 1 }) {
			try (var remote = new Remote(temp, wired(Reader::read, size)); var channel = FileChannel.open(remote.root.resolve("file"), READ)) {
				var all = new ByteArrayOutputStream();
				var buffer = ByteBuffer.allocate(70_000);
				while (channel.read(buffer.clear()) >= 0)
					all.write(buffer.array(), 0, buffer.position());
				assertThat(Arrays.equals(all.toByteArray(), content)).as("size %d", size).isTrue();
				assertThat(channel.read(ByteBuffer.allocate(10), 1L << 61)).isEqualTo(-1);
			}
		}
	}

	@Test
	void moreThanAskedForIsAFault() throws IOException {
		Wire boasting = (reader, position, target) -> reader.read(position, target) + 5;
		try (var remote = new Remote(temp, wired(boasting, SIZE)); var channel = FileChannel.open(remote.root.resolve("file"), READ)) {
			assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(100), 50)).isInstanceOf(ServerFaultException.class);
			assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(100))).isInstanceOf(ServerFaultException.class);
		}
	}

	/** Whoever changes a piece of a file has read it, and what lies around it was read with it, over the border of two blocks as well. */
	@Test
	void whatIsChangedAfterItWasReadIsNotReadAgain() throws IOException {
		long place = 5 * Spool.BLOCK - 20;
		var expected = content.clone();
		Arrays.fill(expected, (int) place + 10, (int) place + 30, (byte) 7);
		byte[] change = Arrays.copyOfRange(expected, (int) place + 10, (int) place + 30);
		try (var remote = new Remote(temp); FileChannel channel = FileChannel.open(remote.root.resolve("file"), READ, WRITE)) {
			remote.storage.forget();
			var piece = ByteBuffer.allocate(40);
			assertThat(channel.read(piece, place)).isEqualTo(40);
			assertThat(piece.array()).isEqualTo(Arrays.copyOfRange(content, (int) place, (int) place + 40));
			channel.write(ByteBuffer.wrap(change), place + 10);
			assertThat(channel.read(piece.clear(), place)).isEqualTo(40);
			assertThat(piece.array()).isEqualTo(Arrays.copyOfRange(expected, (int) place, (int) place + 40));
			assertThat(remote.storage.calls()).containsExactly("read");
		}
		assertThat(Arrays.equals(Files.readAllBytes(temp.resolve("file")), expected)).isTrue();
	}

	@Test
	void readingGoesOnAfterAReconnectionIfTheFileIsTheSame() throws IOException {
		try (var remote = new Remote(temp)) {
			Path file = remote.root.resolve("file");
			try (var channel = FileChannel.open(file, READ)) {
				channel.read(ByteBuffer.allocate(1000));
				remote.storage.loseAt("read");
				assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1000), 3_000_000)).isInstanceOf(ConnectionException.class);
				assertThatThrownBy(() -> Files.size(file.resolveSibling("other"))).isInstanceOf(ConnectionException.class);
				remote.fileSystem.reconnected(Remote.localStorage());
				var buffer = ByteBuffer.allocate(1000);
				assertThat(channel.read(buffer, 3_000_000)).isEqualTo(1000);
				assertThat(Arrays.equals(buffer.array(), 0, 1000, content, 3_000_000, 3_001_000)).isTrue();
				Files.writeString(temp.resolve("file"), "other");
				remote.fileSystem.reconnected(Remote.localStorage());
				assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(10), 4_000_000)).isInstanceOf(ConflictException.class);
			}
		}
	}

	@Test
	void anInterruptEndsTheReadAndNotTheChannel() throws Exception {
		var stalled = new CountDownLatch(1);
		var calls = new AtomicInteger();
		Wire stalling = (reader, position, target) -> {
			if (calls.getAndIncrement() == 0) {
				stalled.countDown();
				try {
					new CountDownLatch(1).await();
				} catch (InterruptedException e) {
					throw new InterruptedIOException();
				}
			}
			return reader.read(position, target);
		};
		try (var remote = new Remote(temp, wired(stalling, SIZE)); var channel = FileChannel.open(remote.root.resolve("file"), READ)) {
			var thrown = new AtomicReference<Throwable>();
			Thread thread = Thread.ofVirtual().start(() -> {
				try {
					channel.read(ByteBuffer.allocate(100), 1000);
				} catch (Throwable e) {
					thrown.set(e);
				}
			});
			assertThat(stalled.await(10, TimeUnit.SECONDS)).isTrue();
			thread.interrupt();
			assertThat(thread.join(java.time.Duration.ofSeconds(10))).isTrue();
			assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
			assertThat(channel.read(ByteBuffer.allocate(100), 1000)).isEqualTo(100);
		}
	}

	@Test
	void transfersAndStreamsGiveTheWholeContent() throws IOException {
		try (var remote = new Remote(temp); var channel = FileChannel.open(remote.root.resolve("file"), READ)) {
			var out = new ByteArrayOutputStream();
			assertThat(channel.transferTo(10, Long.MAX_VALUE, Channels.newChannel(out))).isEqualTo(SIZE - 10);
			assertThat(Arrays.equals(out.toByteArray(), Arrays.copyOfRange(content, 10, SIZE))).isTrue();
			assertThat(Arrays.equals(Files.readAllBytes(remote.root.resolve("file")), content)).isTrue();
			Files.copy(remote.root.resolve("file"), remote.root.resolve("copy"));
			assertThat(Files.mismatch(temp.resolve("file"), temp.resolve("copy"))).isEqualTo(-1);
			try (var lock = channel.lock(0, 10, true)) {
				assertThat(lock.isValid()).isTrue();
			}
		}
	}
}
