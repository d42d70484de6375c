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
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
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
import java.util.concurrent.atomic.AtomicBoolean;
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
import org.strongroom.core.storage.Upload;
import org.strongroom.core.storage.Version;
import org.strongroom.storage.sftp.internal.SftpProtocol;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.OpenSshClient;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.Person;

/** Files on a real OpenSSH server. */
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
			Instant start = Instant.now();
			assertThat(Servers.list(storage, remote)).hasSize(3000);
			assertThat(Duration.between(start, Instant.now())).as("30 answers one after the other would take 3 s").isLessThan(Duration.ofMillis(1500));
		}
	}

	@Test
	void whatIsNotThere() throws Exception {
		start();
		there("notes.txt", "hello");
		assertThatThrownBy(() -> storage.stat(at("no"), true)).isInstanceOf(NoSuchFileException.class).hasMessage(at("no"));
		assertThatThrownBy(() -> storage.list(at("no"))).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> storage.open(at("no"))).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> storage.delete(at("no"))).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> storage.deleteDirectory(at("no"))).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> storage.createDirectory(at("no/folder"))).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> storage.rename(at("no"), at("yes"), false)).isInstanceOf(NoSuchFileException.class).hasMessage(at("no"));
		assertThatThrownBy(() -> storage.rename(at("notes.txt"), at("no/notes.txt"), false)).isInstanceOf(NoSuchFileException.class).hasMessage(at("no"));
		assertThatThrownBy(() -> storage.upload(at("no/notes.txt"), new Precondition.Any())).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> storage.list(at("notes.txt"))).isInstanceOf(NotDirectoryException.class);
		assertThatThrownBy(() -> Servers.save(storage, at("x".repeat(300)), "x")).isInstanceOf(FileSystemException.class).hasMessageContaining("too long");
		assertThat(storage.isOpen()).isTrue();
	}

	@Test
	void foldersAndNames() throws Exception {
		start();
		storage.createDirectory(at("folder"));
		assertThat(root.resolve("folder")).isDirectory();
		there("folder/notes.txt", "hello");
		assertThatThrownBy(() -> storage.createDirectory(at("folder"))).isInstanceOf(FileAlreadyExistsException.class);
		assertThatThrownBy(() -> storage.deleteDirectory(at("folder"))).isInstanceOf(DirectoryNotEmptyException.class);
		assertThatThrownBy(() -> storage.delete(at("folder"))).isInstanceOf(FileSystemException.class).hasMessageContaining("folder");
		assertThatThrownBy(() -> storage.deleteDirectory(at("folder/notes.txt"))).isInstanceOf(NotDirectoryException.class);
		storage.rename(at("folder"), at("renamed"), false);
		assertThat(root.resolve("renamed/notes.txt")).hasContent("hello");
		there("other.txt", "other");
		assertThatThrownBy(() -> storage.rename(at("other.txt"), at("renamed/notes.txt"), false)).isInstanceOf(FileAlreadyExistsException.class);
		assertThatThrownBy(() -> storage.rename(at("other.txt"), at("renamed"), true)).isInstanceOf(FileAlreadyExistsException.class);
		assertThat(root.resolve("renamed/notes.txt")).hasContent("hello");
		storage.rename(at("other.txt"), at("renamed/notes.txt"), true);
		assertThat(root.resolve("renamed/notes.txt")).hasContent("other");
		storage.delete(at("renamed/notes.txt"));
		storage.deleteDirectory(at("renamed"));
		assertThat(root).isEmptyDirectory();
	}

	@Test
	void linksTimesPermissionsRoom() throws Exception {
		start();
		Path file = there("notes.txt", "hello");
		storage.createLink(at("link"), "notes.txt");
		assertThat(Files.readSymbolicLink(root.resolve("link"))).isEqualTo(Path.of("notes.txt"));
		assertThatThrownBy(() -> storage.createLink(at("link"), "other")).isInstanceOf(FileAlreadyExistsException.class);
		storage.delete(at("link"));
		assertThat(file).exists();
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
	void readsAnywhere() throws Exception {
		start();
		byte[] content = random(1_000_000);
		Files.write(root.resolve("file"), content);
		try (Reader reader = storage.open(at("file"))) {
			ByteBuffer buffer = ByteBuffer.allocateDirect(300_000);
			assertThat(reader.read(900_000, buffer)).isEqualTo(100_000);
			byte[] got = new byte[buffer.flip().remaining()];
			buffer.get(got);
			assertThat(got).isEqualTo(java.util.Arrays.copyOfRange(content, 900_000, 1_000_000));
			assertThat(reader.read(1_000_000, buffer.clear())).isEqualTo(-1);
			assertThat(reader.read(1L << 40, buffer)).isEqualTo(-1);
		}
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

	@Test
	void whatALinkLeadsToIsReplaced() throws Exception {
		start();
		Files.createDirectory(root.resolve("a"));
		Files.createDirectory(root.resolve("b"));
		there("b/notes.txt", "old");
		Files.createSymbolicLink(root.resolve("a/link"), Path.of("../b/notes.txt"));
		Files.createSymbolicLink(root.resolve("again"), root.resolve("a/link"));
		Servers.save(storage, at("again"), "new");
		assertThat(root.resolve("b/notes.txt")).hasContent("new");
		assertThat(root.resolve("again")).isSymbolicLink();
		assertThat(root.resolve("a/link")).isSymbolicLink();
	}

	@Test
	void conflicts() throws Exception {
		start();
		Path file = there("notes.txt", "old");
		Version version = storage.stat(at("notes.txt"), true).version().orElseThrow();
		byte[] mine = "mine".getBytes(StandardCharsets.UTF_8);
		Version second = Servers.save(storage, at("notes.txt"), mine, new Precondition.Unchanged(version)).version().orElseThrow();
		assertThat(second).isEqualTo(storage.stat(at("notes.txt"), true).version().orElseThrow()).isNotEqualTo(version);
		there("notes.txt", "somebody else's");
		assertThatThrownBy(() -> Servers.save(storage, at("notes.txt"), mine, new Precondition.Unchanged(second))).isInstanceOf(ConflictException.class);
		assertThatThrownBy(() -> Servers.save(storage, at("notes.txt"), mine, new Precondition.Absent())).isInstanceOf(ConflictException.class);
		assertThat(file).hasContent("somebody else's");
		assertThat(names()).containsExactly("notes.txt");
	}

	@Test
	void ofManyWhoMakeANewFileOneWins() throws Exception {
		start();
		try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
			var saves = new ArrayList<Future<Boolean>>();
			for (int i = 0; i < 20; i++) {
				String content = "content " + i;
				saves.add(executor.submit(() -> {
					try {
						Servers.save(storage, at("new.txt"), content.getBytes(StandardCharsets.UTF_8), new Precondition.Absent());
						return true;
					} catch (ConflictException e) {
						return false;
					}
				}));
			}
			int won = 0;
			for (Future<Boolean> save : saves)
				won += save.get() ? 1 : 0;
			assertThat(won).isEqualTo(1);
			assertThat(names()).containsExactly("new.txt");
		}
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

	@Test
	void nobodyEverSeesHalfAFile() throws Exception {
		start();
		byte[] a = "a".repeat(700_000).getBytes(StandardCharsets.US_ASCII);
		byte[] b = "b".repeat(500_000).getBytes(StandardCharsets.US_ASCII);
		Path file = root.resolve("file");
		Files.write(file, a);
		var done = new AtomicBoolean();
		try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
			Future<Integer> looks = executor.submit(() -> {
				int count = 0;
				while (!done.get()) {
					byte[] seen = Files.readAllBytes(file);
					assertThat(java.util.Arrays.equals(seen, a) || java.util.Arrays.equals(seen, b)).as("%d bytes", seen.length).isTrue();
					count++;
				}
				return count;
			});
			for (int i = 0; i < 30; i++)
				Servers.save(storage, at("file"), i % 2 == 0 ? b : a, new Precondition.Any());
			done.set(true);
			assertThat(looks.get()).isPositive();
		}
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
	void noPermission() throws Exception {
		start(OpenSshServer.builder().keyOnly().testUser());
		Path secret = there("secret.txt", "secret");
		Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
		Path closed = Files.createDirectory(root.resolve("closed"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		Path readable = Files.createDirectory(root.resolve("readable"));
		Files.writeString(readable.resolve("notes.txt"), "old");
		assertThatThrownBy(() -> storage.open(at("secret.txt"))).isInstanceOf(AccessDeniedException.class);
		assertThatThrownBy(() -> storage.list(at("closed"))).isInstanceOf(AccessDeniedException.class);
		assertThatThrownBy(() -> Servers.save(storage, at("readable/notes.txt"), "new")).isInstanceOf(AccessDeniedException.class).hasMessageContaining("notes.txt");
		assertThatThrownBy(() -> storage.delete(at("readable/notes.txt"))).isInstanceOf(AccessDeniedException.class);
		assertThatThrownBy(() -> storage.createDirectory(at("readable/folder"))).isInstanceOf(AccessDeniedException.class);
		assertThatThrownBy(() -> storage.setPermissions(at("secret.txt"), 0777)).isInstanceOf(AccessDeniedException.class);
		assertThat(readable.resolve("notes.txt")).hasContent("old");
		assertThat(closed).exists();
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
			Instant start = Instant.now();
			try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
				var all = new ArrayList<Future<byte[]>>();
				for (int i = 0; i < 200; i++) {
					String path = at("file" + i);
					all.add(executor.submit(() -> Servers.read(far, path)));
				}
				for (int i = 0; i < 200; i++)
					assertThat(all.get(i).get()).isEqualTo(random(1000 + i));
			}
			assertThat(Duration.between(start, Instant.now())).as("600 requests one after the other would take 30 s").isLessThan(Duration.ofSeconds(5));
		}
	}

	@Test
	void readingChangesNothing() throws Exception {
		start();
		Path file = there("notes.txt", "hello");
		Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1000)));
		Files.setLastModifiedTime(root, FileTime.from(Instant.ofEpochSecond(1000)));
		Object changed = Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS);
		Servers.list(storage, remote);
		Servers.read(storage, at("notes.txt"));
		storage.stat(at("notes.txt"), true);
		assertThat(Files.getLastModifiedTime(root).toInstant()).isEqualTo(Instant.ofEpochSecond(1000));
		assertThat(Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS)).isEqualTo(changed);
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

	@Test
	void writingOutOfOrderByManyThreads() throws Exception {
		start();
		byte[] content = random(4_000_000);
		try (Upload upload = storage.upload(at("file"), new Precondition.Absent()); var executor = Executors.newVirtualThreadPerTaskExecutor()) {
			var parts = new ArrayList<Future<?>>();
			for (int i = 39; i >= 0; i--) {
				int from = i * 100_000;
				parts.add(executor.submit(() -> {
					upload.write(from, ByteBuffer.wrap(content, from, 100_000));
					return null;
				}));
			}
			for (Future<?> part : parts)
				part.get();
			upload.commit(content.length);
		}
		assertThat(root.resolve("file")).hasBinaryContent(content);
	}
}
