package org.strongroom.storage.webdav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.Entry;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.Upload;
import org.strongroom.testing.WebDavServer.Kind;

/** Files on real servers. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StorageTest extends OnAServer {
	private static final List<String> NAMES = List.of("with space", "100%", "a#b", "what?", "a+b", "a&b", "grüße", "emoji \uD83D\uDE00", "semi;colon", "quote'\"", "%41", "[brackets]", "tilde~", "a=b", "dollar$");

	private List<String> names() throws IOException {
		try (Stream<Path> all = Files.list(server.root())) {
			return all.map(p -> p.getFileName().toString()).sorted().toList();
		}
	}

	private static byte[] random(int length) {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		return bytes;
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void lists(Kind kind) throws Exception {
		start(kind);
		Path file = there("notes.txt", bytes("hello"));
		Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_234_567_890)));
		server.handOver(Files.createDirectory(server.root().resolve("folder")));
		List<Entry> entries = Servers.list(storage, "/");
		assertThat(entries).extracting(Entry::name).containsExactlyInAnyOrder("notes.txt", "folder");
		FileInfo notes = entries.stream().filter(e -> e.name().equals("notes.txt")).findFirst().orElseThrow().info();
		assertThat(notes.type()).isEqualTo(FileInfo.Type.FILE);
		assertThat(notes.size()).isEqualTo(5);
		assertThat(notes.modified()).isEqualTo(Instant.ofEpochSecond(1_234_567_890));
		assertThat(notes.version()).isPresent().isEqualTo(storage.stat("/notes.txt", true).version());
		assertThat(storage.stat("/folder", true).type()).isEqualTo(FileInfo.Type.DIRECTORY);
		assertThat(Servers.list(storage, "/folder")).isEmpty();
		assertThatThrownBy(() -> Servers.list(storage, "/none")).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> Servers.list(storage, "/notes.txt")).isInstanceOf(NotDirectoryException.class);
		assertThatThrownBy(() -> storage.stat("/none", true)).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> storage.stat("/notes.txt/below", true)).isInstanceOf(NoSuchFileException.class);
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void namesOfAllSorts(Kind kind) throws Exception {
		start(kind);
		storage.createDirectory("/a # folder");
		for (String name : NAMES)
			Servers.save(storage, "/a # folder/" + name, new Precondition.Absent(), bytes(name));
		assertThat(Servers.list(storage, "/a # folder")).extracting(Entry::name).containsExactlyInAnyOrderElementsOf(NAMES);
		for (String name : NAMES) {
			String path = "/a # folder/" + name;
			assertThat(Servers.read(storage, path, 100)).as(name).isEqualTo(bytes(name));
			Servers.save(storage, path, new Precondition.Unchanged(storage.stat(path, true).version().orElseThrow()), bytes("2 " + name));
			storage.rename(path, path + " moved", false);
			assertThat(Files.readString(server.root().resolve("a # folder").resolve(name + " moved"))).isEqualTo("2 " + name);
			storage.delete(path + " moved");
		}
		assertThat(Servers.list(storage, "/a # folder")).isEmpty();
		storage.deleteDirectory("/a # folder");
		assertThat(names()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void savesOnlyOverWhatWasSeen(Kind kind) throws Exception {
		start(kind);
		FileInfo first = Servers.save(storage, "/notes", new Precondition.Absent(), bytes("one"));
		assertThat(first.size()).isEqualTo(3);
		assertThatThrownBy(() -> Servers.save(storage, "/notes", new Precondition.Absent(), bytes("two"))).isInstanceOf(ConflictException.class);
		FileInfo second = Servers.save(storage, "/notes", new Precondition.Unchanged(first.version().orElseThrow()), bytes("second"));
		assertThat(second.version()).isPresent().isNotEqualTo(first.version()).isEqualTo(storage.stat("/notes", true).version());
		assertThatThrownBy(() -> Servers.save(storage, "/notes", new Precondition.Unchanged(first.version().orElseThrow()), bytes("third"))).isInstanceOf(ConflictException.class);
		there("notes", bytes("by others, later"));
		assertThatThrownBy(() -> Servers.save(storage, "/notes", new Precondition.Unchanged(second.version().orElseThrow()), bytes("third"))).isInstanceOf(ConflictException.class);
		assertThat(Servers.read(storage, "/notes", 5)).isEqualTo(bytes("by others, later"));
		Servers.save(storage, "/notes", new Precondition.Any(), bytes("over"));
		assertThat(Files.readString(server.root().resolve("notes"))).isEqualTo("over");
		Files.delete(server.root().resolve("notes"));
		assertThatThrownBy(() -> Servers.save(storage, "/notes", new Precondition.Unchanged(second.version().orElseThrow()), bytes("x"))).isInstanceOf(ConflictException.class);
		assertThat(names()).isEmpty();
		assertThatThrownBy(() -> Servers.save(storage, "/none/notes", new Precondition.Any(), bytes("x"))).isInstanceOf(NoSuchFileException.class);
		storage.createDirectory("/folder");
		assertThatThrownBy(() -> Servers.save(storage, "/folder", new Precondition.Any(), bytes("x"))).isInstanceOf(FileSystemException.class).hasMessageContaining("folder");
		assertThat(names()).containsExactly("folder");
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void longContents(Kind kind) throws Exception {
		start(kind);
		byte[] content = random(9_000_000);
		try (Upload upload = storage.upload("/long", new Precondition.Absent())) {
			for (int at = 0; at < content.length; at += 1_000_000)
				upload.write(at, ByteBuffer.wrap(content, at, 1_000_000));
			upload.commit(content.length);
		}
		assertThat(Files.readAllBytes(server.root().resolve("long"))).isEqualTo(content);
		assertThat(Servers.read(storage, "/long", 256 << 10)).isEqualTo(content);
		assertThat(Servers.read(storage, "/long", 70_000)).isEqualTo(content);
		try (Reader reader = storage.open("/long")) {
			var piece = ByteBuffer.allocate(1000);
			assertThat(reader.read(8_999_500, piece)).isEqualTo(500);
			assertThat(reader.read(9_000_000, piece.clear())).isEqualTo(-1);
			assertThat(reader.read(4_000_000, piece.clear())).isEqualTo(1000);
			assertThat(piece.array()).isEqualTo(java.util.Arrays.copyOfRange(content, 4_000_000, 4_001_000));
		}
		assertThat(names()).containsExactly("long");
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void writtenInAnyOrder(Kind kind) throws Exception {
		start(kind);
		byte[] content = random(5_000_000);
		try (Upload upload = storage.upload("/long", new Precondition.Any())) {
			upload.write(4_000_000, ByteBuffer.wrap(content, 4_000_000, 1_000_000));
			upload.write(2_000_000, ByteBuffer.wrap(content, 2_000_000, 2_000_000));
			upload.write(0, ByteBuffer.allocate(2_000_000));
			upload.write(100, ByteBuffer.wrap(content, 100, 1_999_900));
			upload.write(0, ByteBuffer.wrap(content, 0, 100));
			upload.write(5_000_000, ByteBuffer.wrap(new byte[1000]));
			assertThat(upload.commit(content.length).size()).isEqualTo(content.length);
		}
		assertThat(Files.readAllBytes(server.root().resolve("long"))).isEqualTo(content);
		try (Upload upload = storage.upload("/short", new Precondition.Any())) {
			upload.write(3, ByteBuffer.wrap(bytes("lo wor")));
			upload.write(0, ByteBuffer.wrap(bytes("HELL")));
			upload.write(0, ByteBuffer.wrap(bytes("hel")));
			upload.write(3, ByteBuffer.wrap(bytes("l")));
			upload.commit(5);
		}
		assertThat(Files.readString(server.root().resolve("short"))).isEqualTo("hello");
		Servers.awaitTidy(server.root());
		assertThat(Servers.list(storage, "/")).hasSize(2);
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void anUploadGivenUpLeavesNothing(Kind kind) throws Exception {
		start(kind);
		there("notes", bytes("old"));
		try (Upload upload = storage.upload("/notes", new Precondition.Any())) {
			upload.write(0, ByteBuffer.wrap(random(3_000_000)));
		}
		for (long end = System.nanoTime() + 10_000_000_000L; names().size() > 1 && System.nanoTime() < end;)
			Thread.sleep(20); // the server may still be at it
		assertThat(names()).containsExactly("notes");
		assertThat(Files.readString(server.root().resolve("notes"))).isEqualTo("old");
		assertThat(storage.isOpen()).isTrue();
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void emptyFiles(Kind kind) throws Exception {
		start(kind);
		try (Upload upload = storage.upload("/empty", new Precondition.Absent())) {
			assertThat(upload.commit(0).size()).isZero();
		}
		for (int i = 0; i < 3; i++)
			assertThat(Servers.read(storage, "/empty", 10)).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void folders(Kind kind) throws Exception {
		start(kind);
		storage.createDirectory("/a");
		assertThatThrownBy(() -> storage.createDirectory("/a")).isInstanceOf(FileAlreadyExistsException.class);
		assertThatThrownBy(() -> storage.createDirectory("/none/b")).isInstanceOf(NoSuchFileException.class);
		storage.createDirectory("/a/b");
		Servers.save(storage, "/a/b/file", new Precondition.Any(), bytes("content"));
		assertThatThrownBy(() -> storage.deleteDirectory("/a")).isInstanceOf(DirectoryNotEmptyException.class);
		assertThatThrownBy(() -> storage.delete("/a")).isInstanceOf(FileSystemException.class);
		assertThatThrownBy(() -> storage.deleteDirectory("/a/b/file")).isInstanceOf(NotDirectoryException.class);
		assertThatThrownBy(() -> storage.open("/a")).isInstanceOf(FileSystemException.class).hasMessageContaining("folder");
		assertThatThrownBy(() -> storage.open("/none")).isInstanceOf(NoSuchFileException.class);
		assertThat(Files.readString(server.root().resolve("a/b/file"))).isEqualTo("content");
		storage.rename("/a/b", "/a/c", false);
		assertThat(Servers.read(storage, "/a/c/file", 10)).isEqualTo(bytes("content"));
		assertThatThrownBy(() -> storage.rename("/a", "/a/c/d", false)).isInstanceOf(FileSystemException.class);
		Servers.save(storage, "/other", new Precondition.Any(), bytes("other"));
		assertThatThrownBy(() -> storage.rename("/other", "/a/c/file", false)).isInstanceOf(FileAlreadyExistsException.class);
		assertThatThrownBy(() -> storage.rename("/other", "/a", true)).isInstanceOf(FileAlreadyExistsException.class);
		assertThatThrownBy(() -> storage.rename("/none", "/x", true)).isInstanceOf(NoSuchFileException.class);
		storage.rename("/other", "/a/c/file", true);
		assertThat(Servers.read(storage, "/a/c/file", 10)).isEqualTo(bytes("other"));
		storage.delete("/a/c/file");
		assertThatThrownBy(() -> storage.delete("/a/c/file")).isInstanceOf(NoSuchFileException.class);
		storage.deleteDirectory("/a/c");
		storage.deleteDirectory("/a");
		assertThat(names()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void copiesOnTheServer(Kind kind) throws Exception {
		start(kind);
		byte[] content = random(3_000_000);
		there("source", content);
		Servers.read(storage, "/source", 1 << 20);
		long before = storage.traffic().sent();
		try (Reader source = storage.open("/source"); Upload upload = storage.upload("/target", new Precondition.Absent())) {
			assertThat(upload.copy(source, 0, 0, content.length)).isTrue();
			upload.commit(content.length);
		}
		assertThat(storage.traffic().sent() - before).isLessThan(10_000);
		assertThat(Files.readAllBytes(server.root().resolve("target"))).isEqualTo(content);
		try (Reader source = storage.open("/source"); Upload upload = storage.upload("/changed", new Precondition.Absent())) {
			assertThat(upload.copy(source, 0, 0, content.length)).isTrue();
			upload.write(1_000_000, ByteBuffer.wrap(bytes("changed")));
			upload.write(3_000_000, ByteBuffer.wrap(bytes("more")));
			upload.commit(3_000_004);
		}
		byte[] changed = java.util.Arrays.copyOf(content, 3_000_004);
		System.arraycopy(bytes("changed"), 0, changed, 1_000_000, 7);
		System.arraycopy(bytes("more"), 0, changed, 3_000_000, 4);
		assertThat(Files.readAllBytes(server.root().resolve("changed"))).isEqualTo(changed);
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void aFileThatChangesWhileItIsRead(Kind kind) throws Exception {
		start(kind);
		there("long", random(3_000_000));
		try (Reader reader = storage.open("/long")) {
			var piece = ByteBuffer.allocate(100);
			reader.read(2_000_000, piece);
			Path other = Files.write(temp.resolve("other"), random(3_000_001));
			server.handOver(Files.copy(other, server.root().resolve("long"), java.nio.file.StandardCopyOption.REPLACE_EXISTING));
			assertThatThrownBy(() -> reader.read(1_000_000, piece.clear())).isInstanceOf(ConflictException.class);
		}
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void roundTrips(Kind kind) throws Exception {
		start(kind);
		byte[] content = random(10 << 10);
		FileInfo info = Servers.save(storage, "/notes", new Precondition.Absent(), content);
		Servers.read(storage, "/notes", 32 << 10); // the first time shows what the server tells
		info = Servers.save(storage, "/notes", new Precondition.Unchanged(info.version().orElseThrow()), content); // and whether it heeds conditions
		long start = Chain.length();
		long requests = storage.traffic().requests();
		assertThat(Servers.read(storage, "/notes", 32 << 10)).isEqualTo(content);
		assertThat(Chain.length() - start).as("reading").isEqualTo(1);
		assertThat(storage.traffic().requests() - requests).as("reading").isEqualTo(1);
		// an entity tag is a weak one, and good for no condition, within a second of the change
		Files.setLastModifiedTime(server.root().resolve("notes"), FileTime.from(Instant.now().minusSeconds(60)));
		info = storage.stat("/notes", true);
		start = Chain.length();
		Servers.save(storage, "/notes", new Precondition.Unchanged(info.version().orElseThrow()), content);
		assertThat(Chain.length() - start).as("saving").isEqualTo(kind == Kind.APACHE ? 2 : 3);
		start = Chain.length();
		Servers.list(storage, "/");
		assertThat(Chain.length() - start).as("listing").isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void manyAtOnce(Kind kind) throws Exception {
		start(kind);
		var saves = new ArrayList<Future<FileInfo>>();
		for (int i = 0; i < 60; i++) {
			String name = "/file " + i;
			byte[] content = random(1000 + i * 50_000);
			saves.add(Chain.start(name, () -> Servers.save(storage, name, new Precondition.Absent(), content)));
		}
		for (Future<FileInfo> save : saves)
			save.get();
		assertThat(Servers.list(storage, "/")).hasSize(60);
		var reads = new ArrayList<Future<byte[]>>();
		for (int i = 0; i < 60; i++) {
			String name = "/file " + i;
			reads.add(Chain.start(name, () -> Servers.read(storage, name, 100_000)));
		}
		for (int i = 0; i < 60; i++)
			assertThat(reads.get(i).get()).isEqualTo(random(1000 + i * 50_000));
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void room(Kind kind) throws Exception {
		start(kind);
		Optional<org.strongroom.core.storage.Space> space = storage.space("/");
		if (space.isPresent())
			assertThat(space.get().free()).isBetween(1L, space.get().total());
		assertThatThrownBy(() -> storage.space("/none")).isInstanceOf(NoSuchFileException.class);
	}
}
