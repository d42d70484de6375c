package org.strongroom.storage.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.Bookmark;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Entry;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Traffic;
import org.strongroom.core.storage.Upload;
import org.strongroom.core.storage.Version;
import org.strongroom.storage.sftp.internal.SftpProtocol;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.OpenSshClient;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.Person;

/** Files on a real OpenSSH server: what is of SFTP alone, and not asked of every protocol by {@link SftpContractTest}. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StorageTest {
	@TempDir
	Path temp;
	private OpenSshServer server;
	private Storage storage;
	private Path root;
	private String remote;

	@BeforeEach
	void settle() {
		assumeTrue(OpenSshServer.unavailable().isEmpty(), () -> OpenSshServer.unavailable().orElseThrow());
		Servers.settle(temp);
	}

	@AfterEach
	void stop() throws IOException {
		if (storage != null)
			storage.close();
		if (server != null)
			server.close();
	}

	/** Most tests are about files: a key does. */
	private void start() throws IOException {
		start(OpenSshServer.builder().keyOnly());
	}

	private void start(OpenSshServer.Builder builder) throws IOException {
		server = builder.start();
		storage = Servers.connect(server);
		root = server.root();
		remote = server.remoteRoot();
	}

	private String at(String name) {
		return remote + "/" + name;
	}

	private Path there(String name, String content) throws IOException {
		return Files.writeString(root.resolve(name), content);
	}

	private static byte[] random(int length) {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		return bytes;
	}

	private Set<String> names() throws IOException {
		try (Stream<Path> all = Files.list(root)) {
			return all.map(p -> p.getFileName().toString()).collect(Collectors.toSet());
		}
	}

	@Test
	void lists() throws Exception {
		start();
		Path file = there("notes.txt", "hello");
		Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_234_567_890)));
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
		Files.createDirectory(root.resolve("Ordner mit Äpfeln 🍏"));
		Files.createSymbolicLink(root.resolve("link"), Path.of("notes.txt"));
		Map<String, FileInfo> found = Servers.list(storage, remote).stream().collect(Collectors.toMap(Entry::name, Entry::info));
		assertThat(found).containsOnlyKeys("notes.txt", "Ordner mit Äpfeln 🍏", "link");
		assertThat(found.get("notes.txt")).satisfies(i -> {
			assertThat(i.type()).isEqualTo(FileInfo.Type.FILE);
			assertThat(i.size()).isEqualTo(5);
			assertThat(i.modified()).isEqualTo(Instant.ofEpochSecond(1_234_567_890));
			assertThat(i.permissions()).hasValue(0640);
			assertThat(i.owner()).hasValue("0");
			assertThat(i.version()).contains(new Version("5:1234567890"));
		});
		assertThat(found.get("link").type()).isEqualTo(FileInfo.Type.SYMLINK);
		assertThat(found.get("Ordner mit Äpfeln 🍏").type()).isEqualTo(FileInfo.Type.DIRECTORY);
		assertThat(storage.stat(at("link"), true)).isEqualTo(found.get("notes.txt"));
		assertThat(storage.stat(at("link"), false).type()).isEqualTo(FileInfo.Type.SYMLINK);
		assertThat(storage.readLink(at("link"))).isEqualTo("notes.txt");
	}

	@Test
	void listsManyOverALongLinkInFewRoundTrips() throws Exception {
		server = OpenSshServer.builder().keyOnly().start();
		root = server.root();
		remote = server.remoteRoot();
		for (int i = 0; i < 3000; i++)
			Files.createFile(root.resolve("file" + i));
		try (DelayProxy link = DelayProxy.to(server.host(), server.port()).start()) {
			storage = Servers.connectThrough(link, server);
			link.delay(Duration.ofMillis(50), Duration.ofMillis(50));
			Traffic before = storage.traffic();
			assertThat(Servers.list(storage, remote)).hasSize(3000);
			assertThat(storage.traffic().minus(before).roundTrips()).as("for 30 answers").isLessThanOrEqualTo(10);
		}
	}

	@Test
	void aNameThatIsTooLong() throws Exception {
		start();
		assertThatThrownBy(() -> Servers.save(storage, at("x".repeat(300)), "x")).isInstanceOf(FileSystemException.class).hasMessageContaining("too long");
	}

	@Test
	void timesPermissionsRoom() throws Exception {
		start();
		Path file = there("notes.txt", "hello");
		Files.setAttribute(file, "lastAccessTime", FileTime.from(Instant.ofEpochSecond(7)));
		storage.setModified(at("notes.txt"), Instant.parse("2038-01-19T04:00:00.9Z"));
		assertThat(Files.getLastModifiedTime(file).toInstant()).isEqualTo(Instant.parse("2038-01-19T04:00:00Z"));
		assertThat(Files.getAttribute(file, "lastAccessTime")).isEqualTo(FileTime.from(Instant.ofEpochSecond(7)));
		assertThat(storage.stat(at("notes.txt"), false).modified()).isEqualTo(Instant.parse("2038-01-19T04:00:00Z"));
		storage.setPermissions(at("notes.txt"), 0604);
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw----r--");
		assertThat(storage.space(remote)).hasValueSatisfying(s -> assertThat(s.total()).isEqualTo(root.toFile().getTotalSpace()));
		assertThat(storage.features().atomicReplace()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 32768, 131072, 131073, 10_000_000 })
	void savesAndReads(int length) throws Exception {
		start();
		byte[] content = random(length);
		FileInfo saved = Servers.save(storage, at("file"), content, new Precondition.Absent());
		assertThat(saved.size()).isEqualTo(length);
		assertThat(saved).isEqualTo(storage.stat(at("file"), true));
		assertThat(root.resolve("file")).hasBinaryContent(content);
		assertThat(Servers.read(storage, at("file"))).isEqualTo(content);
		assertThat(names()).containsExactly("file");
	}

	@Test
	void openSshReadsWhatWasSavedAndTheOtherWayRound() throws Exception {
		server = OpenSshServer.builder().start();
		storage = Servers.connect(server);
		byte[] content = random(3_000_000);
		Servers.save(storage, server.remoteRoot() + "/Ä 🍏.bin", content, new Precondition.Any());
		Path got = temp.resolve("got");
		Path mine = Files.write(temp.resolve("mine"), random(2_000_000));
		var result = OpenSshClient.of(server).run(Duration.ofSeconds(60), "get \"Ä 🍏.bin\" \"" + got + "\"", "put \"" + mine + "\" other.bin");
		assertThat(result.ok()).as(result.output()).isTrue();
		assertThat(got).hasBinaryContent(content);
		assertThat(Servers.read(storage, server.remoteRoot() + "/other.bin")).isEqualTo(random(2_000_000));
	}

	@Test
	void permissionsAndGroupOfTheReplacedFileAreKept() throws Exception {
		start();
		Path file = there("notes.txt", "old");
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r-x"));
		Files.setAttribute(file, "unix:gid", 33);
		Servers.save(storage, at("notes.txt"), "new");
		assertThat(file).hasContent("new");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-rw-r-x");
		assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(33);
	}

	@Test
	void theNewContentIsNobodyElsesBusinessWhileItIsWritten() throws Exception {
		start();
		Files.setPosixFilePermissions(there("secret.txt", "old"), PosixFilePermissions.fromString("rw-------"));
		try (Upload upload = storage.upload(at("secret.txt"), new Precondition.Any())) {
			upload.write(0, ByteBuffer.wrap(random(1000)));
			assertThat(upload.read(0, ByteBuffer.allocate(1))).as("it has arrived").isEqualTo(1);
			// of the two that are made, the one that does not fit never gets any content
			List<Path> written = names().stream().filter(n -> n.startsWith(".strongroom-")).map(root::resolve).filter(p -> p.toFile().length() > 0).toList();
			assertThat(written).hasSize(1);
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(written.getFirst()))).isEqualTo("rw-------");
		}
		assertThat(names()).containsExactly("secret.txt");
	}

	/** All states have the same length, and most are of the same second. */
	@Test
	void ofManyWhoReplaceWhatTheyFoundOneWins() throws Exception {
		start();
		Servers.save(storage, at("notes.txt"), "state 00.00");
		try (Storage other = Servers.connect(server); var executor = Executors.newVirtualThreadPerTaskExecutor()) {
			for (int round = 0; round < 10; round++) {
				var found = new Precondition.Unchanged(storage.stat(at("notes.txt"), true).version().orElseThrow());
				var saves = new ArrayList<Future<String>>();
				for (int i = 0; i < 10; i++) {
					Storage mine = i % 2 == 0 ? storage : other;
					String content = "state %02d.%02d".formatted(round, i);
					saves.add(executor.submit(() -> {
						try {
							Servers.save(mine, at("notes.txt"), content.getBytes(StandardCharsets.UTF_8), found);
							return content;
						} catch (ConflictException e) {
							return null;
						}
					}));
				}
				var won = new ArrayList<String>();
				for (Future<String> save : saves)
					if (save.get() != null)
						won.add(save.get());
				assertThat(won).as("round %d", round).hasSize(1);
				assertThat(root.resolve("notes.txt")).hasContent(won.getFirst());
				assertThat(names()).containsExactly("notes.txt");
			}
		}
	}

	/** Whoever is to replace a file is the only one for as long as one answer takes; if nothing more comes of it, it is another one's turn. */
	@Test
	void aTurnThatNobodyEndsIsTakenOver() throws Exception {
		start();
		Files.writeString(root.resolve("notes.txt"), "old");
		byte[] hash = MessageDigest.getInstance("SHA-256").digest("notes.txt".getBytes(StandardCharsets.UTF_8));
		Files.createFile(root.resolve(".strongroom-" + HexFormat.of().formatHex(hash, 0, 10) + ".part"));
		var bookmark = new Bookmark("x", URI.create(server.uri()), List.of(server.keyFile()), Map.of("timeout", "2"));
		try (Storage impatient = new SftpProtocol().connect(bookmark, Servers.signIn(Person.of(server)))) {
			var found = new Precondition.Unchanged(impatient.stat(at("notes.txt"), true).version().orElseThrow());
			Servers.save(impatient, at("notes.txt"), "new".getBytes(StandardCharsets.UTF_8), found);
		}
		assertThat(root.resolve("notes.txt")).hasContent("new");
		assertThat(names()).containsExactly("notes.txt");
	}

	@ParameterizedTest
	@ValueSource(longs = { 100, 500_000, 1_900_000 })
	void cutInTheMiddleOfASave(long bytes) throws Exception {
		server = OpenSshServer.builder().keyOnly().start();
		Files.writeString(server.root().resolve("notes.txt"), "old");
		byte[] content = random(2_000_000);
		try (DelayProxy link = DelayProxy.to(server.host(), server.port()).start()) {
			storage = Servers.connectThrough(link, server);
			link.cutAfterBytes(bytes);
			assertThatThrownBy(() -> Servers.save(storage, server.remoteRoot() + "/notes.txt", content, new Precondition.Any())).isInstanceOf(ConnectionException.class);
			assertThat(storage.isOpen()).isFalse();
		}
		assertThat(server.root().resolve("notes.txt")).hasContent("old");
		try (Storage again = Servers.connect(server)) {
			Servers.save(again, server.remoteRoot() + "/notes.txt", content, new Precondition.Any());
		}
		assertThat(server.root().resolve("notes.txt")).hasBinaryContent(content);
	}

	@Test
	void aLinkThatStalls() throws Exception {
		server = OpenSshServer.builder().keyOnly().start();
		try (DelayProxy link = DelayProxy.to(server.host(), server.port()).start()) {
			storage = new SftpProtocol().connect(new Bookmark("x", URI.create("sftp://root@%s:%d/".formatted(link.host(), link.port())), List.of(server.keyFile()), Map.of("timeout", "2")),
					Servers.signIn(Person.of(server)));
			storage.stat("/", true);
			link.stall();
			Instant start = Instant.now();
			assertThatThrownBy(() -> storage.stat("/", true)).isInstanceOf(ConnectionException.class).hasMessageContaining("did not answer for 2 s");
			assertThat(Duration.between(start, Instant.now())).isBetween(Duration.ofMillis(1900), Duration.ofSeconds(8));
			start = Instant.now();
			storage.close();
			assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(4));
		}
	}

	@Test
	void aFullDisk() throws Exception {
		Path disk = Files.createDirectory(temp.resolve("disk"));
		assumeTrue(new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m,mode=755", "tmpfs", disk.toString()).start().waitFor() == 0, "a small disk can be mounted");
		try {
			start(OpenSshServer.builder().keyOnly().root(disk));
			there("notes.txt", "old");
			assertThatThrownBy(() -> Servers.save(storage, at("notes.txt"), random(3_000_000), new Precondition.Any())).isInstanceOf(FileSystemException.class)
					.hasMessageContaining("disk full or quota");
			assertThat(root.resolve("notes.txt")).hasContent("old");
			assertThat(names()).containsExactly("notes.txt");
			Servers.save(storage, at("notes.txt"), "new");
			assertThat(root.resolve("notes.txt")).hasContent("new");
		} finally {
			stop();
			server = null;
			storage = null;
			assertThat(new ProcessBuilder("umount", disk.toString()).start().waitFor()).isZero();
		}
	}

	@Test
	void aReadOnlyServer() throws Exception {
		start(OpenSshServer.builder().keyOnly().readOnly());
		there("notes.txt", "old");
		assertThat(Servers.read(storage, at("notes.txt"))).asString().isEqualTo("old");
		assertThatThrownBy(() -> Servers.save(storage, at("notes.txt"), "new")).isInstanceOf(AccessDeniedException.class);
		assertThat(names()).containsExactly("notes.txt");
	}

	@Test
	void withoutPosixRename() throws Exception {
		start(OpenSshServer.builder().keyOnly().deny("posix-rename", "fsync", "limits", "statvfs"));
		assertThat(storage.features().atomicReplace()).isFalse();
		assertThat(storage.space(remote)).isEmpty();
		there("notes.txt", "old");
		Servers.save(storage, at("notes.txt"), random(500_000), new Precondition.Any());
		assertThat(root.resolve("notes.txt")).hasBinaryContent(random(500_000));
		there("other.txt", "other");
		storage.rename(at("other.txt"), at("notes.txt"), true);
		assertThat(root.resolve("notes.txt")).hasContent("other");
		Instant deadline = Instant.now().plusSeconds(5);
		while (names().size() > 1)
			assertThat(Instant.now()).as("%s", names()).isBefore(deadline);
	}

	@Test
	void aJail() throws Exception {
		start(OpenSshServer.builder().chroot().forceSftp().testUser());
		Servers.save(storage, at("notes.txt"), "new");
		assertThat(root.resolve("notes.txt")).hasContent("new");
		assertThat(storage.home()).isEqualTo("/files");
		assertThat(Servers.list(storage, "/")).extracting(Entry::name).containsExactly("files");
	}

	@Test
	void manyAtOnce() throws Exception {
		start();
		for (int i = 0; i < 200; i++)
			Files.write(root.resolve("file" + i), random(1000 + i));
		try (DelayProxy link = DelayProxy.to(server.host(), server.port()).start(); Storage far = Servers.connectThrough(link, server)) {
			link.delay(Duration.ofMillis(25), Duration.ofMillis(25));
			Traffic before = far.traffic();
			try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
				var all = new ArrayList<Future<byte[]>>();
				for (int i = 0; i < 200; i++) {
					String path = at("file" + i);
					all.add(executor.submit(() -> Servers.read(far, path)));
				}
				for (int i = 0; i < 200; i++)
					assertThat(all.get(i).get()).isEqualTo(random(1000 + i));
			}
			assertThat(far.traffic().minus(before).roundTrips()).as("for 200 files").isLessThanOrEqualTo(30);
		}
	}

	@Test
	void theServerIsSwitchedOff() throws Exception {
		start();
		there("notes.txt", "hello");
		Reader reader = storage.open(at("notes.txt"));
		server.stop();
		assertThatThrownBy(() -> reader.read(0, ByteBuffer.allocate(10))).isInstanceOf(ConnectionException.class);
		assertThat(storage.isOpen()).isFalse();
		assertThat(catchThrowable(reader::close)).isNull();
	}
}
