package org.strongroom.storage.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Home;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Upload;
import org.strongroom.demo.EmbeddedServer;
import org.strongroom.storage.sftp.internal.SftpProtocol;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.Person;

/** What a process that was killed, or a connection that was lost, leaves on a real OpenSSH server is gone after the next sign-in, and nothing else is. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class LeftoversTest {
	private static final String STRANGER = "0123456789abcdef";
	private static final String UNIQUE = "00112233445566778899";
	private static final Duration DAY = Duration.ofDays(1);

	@TempDir
	Path temp;
	private OpenSshServer server;
	private Path root;
	private Path records;
	private Path file;

	@BeforeEach
	void settle() throws IOException {
		assumeTrue(OpenSshServer.unavailable().isEmpty(), () -> OpenSshServer.unavailable().orElseThrow());
		Servers.settle(temp);
	}

	private void start(OpenSshServer.Builder builder) throws IOException {
		server = builder.keyOnly().keyPassphrase("").start();
		root = server.root();
		records = root.resolve(".strongroom");
		file = Files.writeString(root.resolve("notes.txt"), "old");
	}

	@AfterEach
	void stop() throws IOException {
		if (server != null)
			server.close();
	}

	private String at(String name) {
		return server.remoteRoot() + "/" + name;
	}

	/** All there is, below the served folder: names relative to it, and what files contain or links say. */
	private Map<String, String> tree() throws IOException {
		var all = new TreeMap<String, String>();
		try (Stream<Path> paths = Files.walk(root)) {
			for (Path path : paths.toList()) {
				String name = root.relativize(path).toString();
				if (Files.isSymbolicLink(path))
					all.put(name, "-> " + Files.readSymbolicLink(path));
				else if (Files.isDirectory(path))
					all.put(name + "/", "");
				else
					all.put(name, Files.readString(path, StandardCharsets.ISO_8859_1));
			}
		}
		all.remove("/");
		return all;
	}

	/** Signs in and out. */
	private void visit() throws IOException {
		Servers.connect(server).close();
	}

	private static void assertNothingOwed() {
		assertThat(Home.folder().resolve("connections")).as("of connections that may still have something to do").isEmptyDirectory();
	}

	@ParameterizedTest
	@EnumSource(names = { "BEGUN", "WRITTEN", "STAGE" })
	void killed(Victim.Work work) throws IOException {
		start(OpenSshServer.builder());
		try (Victim victim = Victim.at(work, server, work == Victim.Work.STAGE ? server.remoteRoot() : at("notes.txt"))) {
			assertThat(tree().keySet()).as("what is on its way, and its record").anyMatch(n -> n.startsWith(".strongroom-")).anyMatch(n -> n.matches("\\.strongroom/[0-9a-f]{16}\\..*"));
		}
		visit();
		assertThat(tree()).containsExactly(Map.entry("notes.txt", "old"));
		assertNothingOwed();
	}

	/** Whether there is a temporary file of at least so many bytes. */
	private boolean isUnderWay(int least) {
		var found = root.toFile().listFiles((_, name) -> name.endsWith(".part"));
		return Stream.of(found).anyMatch(f -> f.exists() && f.length() >= least);
	}

	@Test
	void killedWhileSaving() throws IOException {
		start(OpenSshServer.builder());
		for (int round = 0; round < 8; round++) {
			try (Victim victim = Victim.at(Victim.Work.SAVING, server, at("notes.txt"))) {
				int least = round % 3 * Victim.LENGTH / 2;
				while (!isUnderWay(least))
					Thread.onSpinWait();
			}
			visit();
			assertThat(tree()).containsOnlyKeys("notes.txt");
			byte[] now = Files.readAllBytes(file);
			assertThat(now).as("the old content or a new one").satisfiesAnyOf(b -> assertThat(b).asString().isEqualTo("old"), b -> assertThat(b).hasSize(Victim.LENGTH).containsOnly(b[0]));
			assertNothingOwed();
		}
	}

	@Test
	void whatAnotherProcessIsAtIsLeftAlone() throws IOException {
		start(OpenSshServer.builder());
		try (Victim other = Victim.at(Victim.Work.WRITTEN, server, at("notes.txt"))) {
			Map<String, String> before = tree();
			visit();
			assertThat(tree()).isEqualTo(before);
			other.finish();
		}
		assertThat(tree()).containsOnlyKeys("notes.txt");
		assertThat(file).hasSize(Victim.LENGTH);
		assertNothingOwed();
	}

	@Test
	void whatAnotherConnectionOfThisProcessIsAtIsLeftAlone() throws IOException {
		start(OpenSshServer.builder());
		try (Storage one = Servers.connect(server); Upload upload = one.upload(at("notes.txt"), new Precondition.Any())) {
			upload.write(0, ByteBuffer.wrap(new byte[10]));
			visit();
			try (Storage other = Servers.connect(server)) {
				Servers.save(other, at("other.txt"), "other");
				assertThat(records).as("the records of the first").isDirectoryContaining(p -> p.toString().endsWith(".part"));
			}
			upload.commit(10);
			assertThat(tree()).containsOnlyKeys("notes.txt", "other.txt");
		}
		assertThat(file).hasSize(10);
		assertNothingOwed();
	}

	@Test
	void manySavesOverTwoConnectionsAtOnce() throws Exception {
		start(OpenSshServer.builder());
		try (Storage one = Servers.connect(server); Storage other = Servers.connect(server); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
			var saves = new ArrayList<Future<?>>();
			for (int i = 0; i < 400; i++) {
				Storage storage = i % 2 == 0 ? one : other;
				String name = "file" + i % 20;
				saves.add(threads.submit(() -> Servers.save(storage, at(name), "new")));
			}
			for (Future<?> save : saves)
				save.get();
		}
		assertThat(tree()).hasSize(21).doesNotContainKey(".strongroom/");
		assertNothingOwed();
	}

	@Test
	void aFolderOnItsWayWhenTheConnectionIsLost() throws IOException {
		start(OpenSshServer.builder().deny("symlink"));
		String stage = at(".strongroom-" + UUID.randomUUID());
		String other = at(".strongroom-" + UUID.randomUUID());
		try (DelayProxy link = DelayProxy.to(server.host(), server.port()).start()) {
			try (Storage storage = Servers.connectThrough(link, server)) {
				storage.createDirectory(at("folder"));
				storage.createDirectory(stage);
				Servers.save(storage, stage + "/name", "name");
				storage.rename(at("folder"), other, false);
				Upload upload = storage.upload(stage + "/contents", new Precondition.Absent());
				link.cutAfterBytes(0);
				assertThat(catchThrowable(() -> upload.commit(0))).isInstanceOf(ConnectionException.class);
			}
			assertThat(tree()).hasSizeGreaterThan(3);
			link.cutAfterBytes(-1);
			Servers.connectThrough(link, server).close();
		}
		assertThat(tree()).as("what had a name may be wanted back").containsOnlyKeys("notes.txt", StoragePaths.name(other) + "/");
	}

	@Test
	void aFolderThatGetsItsNameAndLosesIt() throws IOException {
		start(OpenSshServer.builder());
		try (Storage storage = Servers.connect(server)) {
			String stage = at(".strongroom-" + UUID.randomUUID());
			storage.createDirectory(stage);
			assertThat(records).isNotEmptyDirectory();
			storage.rename(stage, at("folder"), false);
			storage.rename(at("folder"), stage, false);
			storage.deleteDirectory(stage);
			storage.createDirectory(at(".strongroom-of-mine"));
		}
		assertThat(tree()).containsOnlyKeys("notes.txt", ".strongroom-of-mine/");
		assertNothingOwed();
	}

	/** A record as another machine makes it. */
	private void record(String name, Path leads, Duration age) throws IOException {
		Files.createDirectories(records);
		age(Files.createSymbolicLink(records.resolve(name), leads), age);
	}

	private static void age(Path link, Duration age) throws IOException {
		Files.getFileAttributeView(link, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS).setTimes(FileTime.from(Instant.now().minus(age)), null, null);
	}

	@ParameterizedTest
	@CsvSource({ "-25, -25", "0, 0", "23, 25", "25, 23", "25, 25", "1000, 1000" })
	void ofAnotherMachine(int begun, int changed) throws IOException {
		start(OpenSshServer.builder());
		Path part = Files.writeString(root.resolve(".strongroom-" + UNIQUE + ".part"), "half");
		record(STRANGER + "." + UNIQUE + ".part", part, Duration.ofHours(begun));
		age(part, Duration.ofHours(changed));
		Map<String, String> before = tree();
		visit();
		if (Math.min(begun, changed) > 24)
			assertThat(tree()).containsOnlyKeys("notes.txt");
		else
			assertThat(tree()).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aFilePutAside(boolean replaced) throws IOException {
		start(OpenSshServer.builder());
		Path aside = Files.writeString(root.resolve(".strongroom-" + UNIQUE + ".old"), "aside");
		age(aside, DAY.multipliedBy(3));
		record(STRANGER + "." + UNIQUE + ".old", file, DAY.multipliedBy(2));
		if (!replaced)
			Files.delete(file);
		visit();
		assertThat(aside).doesNotExist();
		assertThat(tree()).containsExactly(Map.entry("notes.txt", replaced ? "old" : "aside"));
	}

	@Test
	void recordsThatAreNotOurs() throws IOException {
		start(OpenSshServer.builder());
		Duration old = DAY.multipliedBy(2);
		Path folder = Files.createDirectory(root.resolve("folder"));
		Files.writeString(folder.resolve("precious"), "precious");
		String part = ".strongroom-" + UNIQUE + ".part";
		age(Files.writeString(root.resolve(part), "not told of by its path"), old);
		String stage = UUID.randomUUID().toString();
		age(Files.createSymbolicLink(root.resolve(".strongroom-" + stage), folder), old);
		record(STRANGER + "." + UNIQUE + ".part", file, old);
		record("1" + STRANGER.substring(1) + "." + UNIQUE + ".part", Path.of("../" + part), old);
		record("2" + STRANGER.substring(1) + "." + UNIQUE + ".part", root.resolve("folder/../" + part), old);
		record("3" + STRANGER.substring(1) + "." + UNIQUE + ".part", root.resolve("./" + part), old);
		record("4" + STRANGER.substring(1) + "." + stage, folder, old);
		record("5" + STRANGER.substring(1) + "." + stage, root.resolve(".strongroom-" + stage), old);
		record("6" + STRANGER.substring(1) + "." + UNIQUE + ".old", Path.of("notes.txt"), old);
		record(STRANGER + ".notes.txt", file, old);
		record(STRANGER + "." + UNIQUE + ".part.part", file, old);
		record("notes.txt", file, old);
		record("../.strongroom/" + STRANGER, file, old);
		age(Files.writeString(records.resolve("7" + STRANGER.substring(1) + "." + UNIQUE + ".part"), root.resolve(part).toString()), old);
		Map<String, String> before = tree();
		visit();
		assertThat(tree()).isEqualTo(before);
	}

	@Test
	void ofAFolderOnItsWayOnlyFilesAreRemoved() throws IOException {
		start(OpenSshServer.builder());
		Path precious = Files.writeString(Files.createDirectory(root.resolve("folder")).resolve("precious"), "precious");
		String name = UUID.randomUUID().toString();
		Path stage = Files.createDirectory(root.resolve(".strongroom-" + name));
		Files.writeString(stage.resolve("name"), "name");
		Files.createSymbolicLink(stage.resolve("link"), precious);
		Files.writeString(Files.createDirectory(stage.resolve("within")).resolve("precious"), "precious");
		age(stage, DAY.multipliedBy(2));
		record(STRANGER + "." + name, stage, DAY.multipliedBy(2));
		visit();
		String before = ".strongroom-" + name;
		assertThat(tree()).containsOnlyKeys("notes.txt", "folder/", "folder/precious", ".strongroom/", ".strongroom/" + STRANGER + "." + name, before + "/", before + "/link", before + "/within/",
				before + "/within/precious");
	}

	@Test
	void manyRecords() throws IOException {
		start(OpenSshServer.builder());
		for (int i = 0; i < 500; i++) {
			String name = "%020x.part".formatted(i);
			Path part = Files.writeString(root.resolve(".strongroom-" + name), "half");
			age(part, DAY.multipliedBy(2));
			record(STRANGER + "." + name, part, DAY.multipliedBy(2));
		}
		visit();
		assertThat(tree()).containsOnlyKeys("notes.txt");
	}

	@Test
	void anEmptyFolderOfRecords() throws IOException {
		start(OpenSshServer.builder());
		Files.createDirectory(records);
		visit();
		assertThat(records).doesNotExist();
	}

	@Test
	void onTheEmbeddedServer() throws IOException {
		root = Files.createDirectory(temp.resolve("served"));
		records = root.resolve(".strongroom");
		try (var embedded = EmbeddedServer.serving(root).keyFolder(Files.createDirectory(temp.resolve("keys"))).keyPassphrase("").signIn(EmbeddedServer.SignIn.KEY).start()) {
			var bookmark = new Bookmark("Demo", URI.create("sftp://%s@%s:%d/".formatted(embedded.user(), embedded.host(), embedded.port())), List.of(embedded.keyFile()), Map.of());
			try (Storage storage = new SftpProtocol().connect(bookmark, Servers.signIn(new Person()))) {
				try (Upload upload = storage.upload("/notes.txt", new Precondition.Any())) {
					assertThat(records).as("what is on its way").isDirectoryContaining(p -> p.toString().endsWith(".part"));
					upload.commit(0);
				}
				assertThat(tree()).containsOnlyKeys("notes.txt");
				String part = ".strongroom-" + UNIQUE + ".part";
				Servers.save(storage, "/" + part, "half");
				storage.createDirectory("/.strongroom");
				storage.createLink("/.strongroom/" + STRANGER + "." + UNIQUE + ".part", "/" + part);
				age(records.resolve(STRANGER + "." + UNIQUE + ".part"), DAY.multipliedBy(2));
				age(root.resolve(part), DAY.multipliedBy(2));
			}
			new SftpProtocol().connect(bookmark, Servers.signIn(new Person())).close();
			assertThat(tree()).containsOnlyKeys("notes.txt");
		}
		assertNothingOwed();
	}

	@Test
	void whereThereAreNoLinks() throws IOException {
		start(OpenSshServer.builder().deny("symlink"));
		assertSaves();
	}

	@Test
	void whereTheStartFolderCannotBeWritten() throws IOException {
		start(OpenSshServer.builder().deny("mkdir"));
		assertSaves();
	}

	@Test
	void whereTheHomeCannotBeWritten() throws IOException {
		start(OpenSshServer.builder());
		Files.writeString(Files.createDirectories(Home.folder()).resolve("connections"), "in the way of the folder");
		assertSaves();
	}

	private void assertSaves() throws IOException {
		try (Storage storage = Servers.connect(server)) {
			Servers.save(storage, at("notes.txt"), "new");
			Servers.save(storage, at("notes.txt"), "newer");
		}
		assertThat(tree()).containsExactly(Map.entry("notes.txt", "newer"));
	}
}
