package org.strongroom.storage.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Upload;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.OpenSshServer;

/** Wherever the connection to a real OpenSSH server is cut in the middle of a save, the file is whole, and the next connection leaves nothing behind. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class CutTest {
	/** Of a save of one packet: more bytes than it sends, and steps smaller than its requests. */
	private static final int MOST_BYTES = 4000;
	private static final int STEP = 100;
	private static final int LENGTH = 100;

	@TempDir
	Path temp;
	private OpenSshServer server;
	private DelayProxy link;
	private Path file;

	@BeforeEach
	void start() throws IOException {
		assumeTrue(OpenSshServer.unavailable().isEmpty(), () -> OpenSshServer.unavailable().orElseThrow());
		Servers.settle(temp);
	}

	private void start(OpenSshServer.Builder builder) throws IOException {
		server = builder.keyOnly().start();
		link = DelayProxy.to(server.host(), server.port()).start();
		file = server.root().resolve("notes.txt");
	}

	@AfterEach
	void stop() throws IOException {
		if (link != null)
			link.close();
		if (server != null)
			server.close();
	}

	private static byte[] content(int length, int seed) {
		byte[] bytes = new byte[length];
		new Random(seed).nextBytes(bytes);
		return bytes;
	}

	private interface Cut {
		void after(long bytes);
	}

	/**
	 * Cuts one save after another, each a little later than the one before, and looks at what is there.
	 *
	 * @param atomic whether the server replaces a file in one step; if not, the file is whole again when the next connection stands
	 * @return how many got through
	 */
	private int cut(Cut cut, boolean atomic) throws IOException {
		String path = server.remoteRoot() + "/notes.txt";
		byte[] old = content(LENGTH, 0);
		byte[] before = old;
		Files.write(file, old);
		int saved = 0;
		Storage storage = Servers.connectThrough(link, server);
		try {
			for (int bytes = 0; bytes < MOST_BYTES; bytes += STEP) {
				byte[] fresh = content(LENGTH, bytes + 1);
				List<ProcessHandle> serving = server.serving();
				cut.after(bytes);
				try {
					Servers.save(storage, path, fresh, new Precondition.Any());
					saved++;
				} catch (ConnectionException e) {
					assertThat(storage.isOpen()).isFalse();
					OpenSshServer.awaitEnd(serving);
				}
				cut.after(-1);
				if (atomic)
					assertWhole(bytes, before, old, fresh);
				if (!storage.isOpen()) {
					storage.close();
					storage = Servers.connectThrough(link, server);
				}
				assertWhole(bytes, before, old, fresh);
				before = fresh; // the server may still have done what was on its way
				old = Files.readAllBytes(file);
				try (var all = Files.list(server.root())) {
					assertThat(all.map(p -> p.getFileName().toString())).as("cut after %d bytes", bytes).containsExactly("notes.txt");
				}
			}
		} finally {
			storage.close();
		}
		return saved;
	}

	private void assertWhole(int bytes, byte[]... possible) throws IOException {
		byte[] now = Files.readAllBytes(file);
		assertThat(Arrays.stream(possible).anyMatch(p -> Arrays.equals(p, now))).as("cut after %d bytes: %d bytes there", bytes, now.length).isTrue();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aSmallSave(boolean atomic) throws IOException {
		start(atomic ? OpenSshServer.builder() : OpenSshServer.builder().deny("posix-rename"));
		assertThat(cut(link::cutAfterBytes, atomic)).as("saves that got through").isPositive();
		assertThat(cut(link::cutAfterBytesFromServer, atomic)).isPositive();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3, 6, 9, 14, 19 })
	void aLongUploadOverManyChannels(int megabytes) throws IOException {
		start(OpenSshServer.builder());
		String path = server.remoteRoot() + "/notes.txt";
		Files.writeString(file, "old");
		byte[] fresh = content(20 << 20, megabytes);
		try (Storage storage = Servers.connectThrough(link, server)) {
			link.delay(java.time.Duration.ofMillis(10), java.time.Duration.ofMillis(10));
			List<ProcessHandle> serving = server.serving();
			link.cutAfterBytes((long) megabytes << 20);
			try (Upload upload = storage.upload(path, new Precondition.Any())) {
				upload.write(0, ByteBuffer.wrap(fresh));
				upload.commit(fresh.length);
				assertThat(false).as("the connection was cut").isTrue();
			} catch (ConnectionException e) {
				OpenSshServer.awaitEnd(serving);
				assertThat(file).hasContent("old");
			}
		}
		link.cutAfterBytes(-1);
		link.delay(java.time.Duration.ZERO, java.time.Duration.ZERO);
		try (Storage storage = Servers.connectThrough(link, server)) {
			try (var all = Files.list(server.root())) {
				assertThat(all.map(p -> p.getFileName().toString())).containsExactly("notes.txt");
			}
			Servers.save(storage, path, fresh, new Precondition.Any());
		}
		assertThat(file).hasBinaryContent(fresh);
	}
}
