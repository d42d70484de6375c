package org.strongroom.storage.nextcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Bookmark;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.auth.SignInCancelledException;
import org.strongroom.core.auth.SignInException;
import org.strongroom.core.doctor.Finding;
import org.strongroom.core.doctor.Finding.Severity;
import org.strongroom.core.doctor.Posture;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.LockedException;
import org.strongroom.core.storage.Locks;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.Upload;
import org.strongroom.remotefs.internal.RemoteFileSystems;
import org.strongroom.storage.nextcloud.internal.NextcloudProtocol;
import org.strongroom.testing.Person;
import org.strongroom.testing.nextcloud.EmulatedNextcloud;

/** The same on the emulated server, and what only that can be made to do. */
class EmulatedServerTest extends ServerTest {
	private static final Precondition ANY = new Precondition.Any();
	private static final int LONGER_THAN_A_CHUNK = 12_000_000;

	@TempDir
	Path disk;
	private EmulatedNextcloud server;

	@Override
	synchronized EmulatedNextcloud server() {
		if (server == null) {
			try {
				server = new EmulatedNextcloud(disk, "");
			} catch (IOException e) {
				throw new UncheckedIOException(e);
			}
		}
		return server;
	}

	private static void save(Storage storage, String path, int length) throws IOException {
		save(storage, path, length, ANY);
	}

	private static void save(Storage storage, String path, int length, Precondition precondition) throws IOException {
		try (Upload upload = storage.upload(path, precondition)) {
			upload.write(0, ByteBuffer.wrap(new byte[length]));
			upload.commit(length);
		}
	}

	@Test
	void anInstallationInAFolderIsFoundByTheBookmarkOrByTheServer() throws Exception {
		try (var other = new EmulatedNextcloud(disk.resolve("other"), "/our/cloud")) {
			Files.createDirectories(other.files().resolve("Documents"));
			URI uri = other.uri();
			for (String path : List.of("/our/cloud", "/our/cloud/Documents", "/", "")) {
				var bookmark = new Bookmark("cloud", URI.create("nextcloud://alice@127.0.0.1:" + uri.getPort() + path), List.of(), Map.of("sign-in", "password"));
				try (Storage storage = other.connect(bookmark, other.person())) {
					assertThat(storage.startFolder(path)).as(path).isIn(path.endsWith("Documents") ? List.of("/Documents") : List.of("/", ""));
					assertThat(storage.stat("/Documents", true).type()).isEqualTo(FileInfo.Type.DIRECTORY);
				}
			}
		}
	}

	/** As a server does that demands a second factor: 401, and no word about how to do better. */
	@Test
	void aPasswordThatMayNotBeUsedIsToldSo() throws Exception {
		server().trouble(r -> r.headers().containsKey("Authorization") ? EmulatedNextcloud.FORBIDDEN_PASSWORD : 0);
		assertThatThrownBy(() -> server().connect()).isInstanceOf(SignInException.class).hasMessageContaining("it has to be an app password");
		server().trouble(_ -> 0);
	}

	@Test
	void whatIsNoNextcloudIsToldSo() throws Exception {
		server().trouble(_ -> 404);
		assertThatThrownBy(() -> server().connect()).isInstanceOf(ConnectionException.class).hasMessageContaining("is no Nextcloud server");
		server().trouble(_ -> 0);
	}

	@Test
	void maintenanceIsTold() throws Exception {
		try (Storage storage = server().connect()) {
			server().maintenance(true);
			assertThatThrownBy(() -> server().connect()).isInstanceOf(ConnectionException.class).hasMessageContaining("under maintenance");
			assertThatThrownBy(() -> storage.stat("/", true)).isInstanceOf(FileSystemException.class).hasMessageContaining("under maintenance");
			server().maintenance(false);
			assertThat(storage.stat("/", true).type()).isEqualTo(FileInfo.Type.DIRECTORY);
		}
	}

	/** What the doctor finds: severities by id. */
	private Map<String, Severity> examined() throws IOException {
		try (Storage storage = server().connect()) {
			var all = new TreeMap<String, Severity>();
			for (Finding finding : storage.extra(Posture.class).orElseThrow().examine())
				assertThat(all.put(finding.id(), finding.severity())).as(finding.id()).isNull();
			return all;
		}
	}

	@Test
	void theDoctorTellsWhatTheServerSaysAndClaimsNothingElse() throws IOException {
		assertThat(examined()).containsExactlyInAnyOrderEntriesOf(Map.of("tls.none", Severity.NOTE, "nextcloud.version", Severity.OK, "nextcloud.factors", Severity.UNCHECKED, "nextcloud.encryption",
				Severity.UNCHECKED, "nextcloud.links", Severity.UNCHECKED, "nextcloud.passwords", Severity.UNCHECKED));
		server().says("\"public\":{\"enabled\":true,\"password\":{\"enforced\":false},\"expire_date\":{\"enforced\":false}}", "\"password_policy\":{\"minLength\":8}");
		assertThat(examined()).containsEntry("nextcloud.links", Severity.WARNING).containsEntry("nextcloud.passwords", Severity.NOTE);
		server().says("\"public\":{\"enabled\":true,\"password\":{\"enforced\":true},\"expire_date\":{\"enforced\":false}}", "\"password_policy\":{\"minLength\":10}");
		assertThat(examined()).containsEntry("nextcloud.links", Severity.NOTE).containsEntry("nextcloud.passwords", Severity.OK);
		server().says("\"public\":{\"enabled\":true,\"password\":{\"enforced\":true},\"expire_date\":{\"enforced\":true}}", "");
		assertThat(examined()).containsEntry("nextcloud.links", Severity.OK);
		server().says("\"public\":{\"enabled\":false}", "");
		assertThat(examined()).containsEntry("nextcloud.links", Severity.OK);
	}

	@Test
	void aBookmarkThatCannotWorkIsToldWhy() {
		var protocol = new NextcloudProtocol();
		assertThat(protocol.check(server().bookmark(null, Map.of()))).isEmpty();
		assertThat(protocol.check(server().bookmark("alice", Map.of("sign-in", "password")))).isEmpty();
		assertThat(protocol.check(server().bookmark(null, Map.of("sign-in", "password")))).contains("nextcloud://user@");
		assertThat(protocol.check(server().bookmark(null, Map.of("sign-in", "fingerprint")))).contains("browser or password");
	}

	@Test
	void appPasswordsAreNamedAndTakenBack() throws Exception {
		try (Storage storage = new NextcloudProtocol().connect(server().bookmark(null, Map.of()), new SignIn(List.of(), server().person()))) {
			assertThat(storage.isOpen()).isTrue();
			assertThat(server().appPasswords()).singleElement().asString().startsWith("Strongroom on ");
		}
		assertThat(server().appPasswords()).isEmpty();
	}

	@Test
	void whoCancelsAfterTheBrowserIsNotSignedIn() throws Exception {
		var person = new Person().browser(address -> !server().browse(address));
		assertThatThrownBy(() -> new NextcloudProtocol().connect(server().bookmark(null, Map.of()), new SignIn(List.of(), person)))
				.isInstanceOf(SignInCancelledException.class);
		// granted, and perhaps never fetched: then nobody knows it
		assertThat(server().appPasswords()).hasSizeLessThanOrEqualTo(1);
	}

	@Test
	void aGrantToSomebodyElseIsTakenBack() throws Exception {
		assertThatThrownBy(() -> server().connect(server().bookmark("bob", Map.of()), server().person())).isInstanceOf(SignInException.class);
		assertThat(server().appPasswords()).isEmpty();
	}

	@Test
	void whatTheOwnerWipesIsGone() throws Exception {
		Storage storage = new NextcloudProtocol().connect(server().bookmark(null, Map.of()), new SignIn(List.of(), server().person()));
		server().wipe();
		try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
			// several requests find out, some of them after the server was told that it is done
			for (Future<FileInfo> asked : threads.invokeAll(Collections.<Callable<FileInfo>>nCopies(6, () -> storage.stat("/", true))))
				assertThatThrownBy(asked::get).cause().isInstanceOf(ConnectionException.class).hasMessageContaining("removed from this machine");
		}
		assertThat(storage.isOpen()).isFalse();
		assertThat(server().awaitWiped()).isNotBlank();
		assertThat(server().appPasswords()).isEmpty();
		storage.close();
	}

	@Test
	void whatOthersAreAtIsWaitedFor() throws Exception {
		try (Storage storage = server().connect()) {
			var locked = new AtomicInteger(3);
			server().trouble(r -> r.method().equals("PUT") && locked.getAndDecrement() > 0 ? 423 : 0);
			save(storage, "/file", 10);
			assertThat(server().files().resolve("file")).hasSize(10);
			server().trouble(r -> r.method().equals("PUT") ? 507 : 0);
			assertThatThrownBy(() -> save(storage, "/file", 20)).isInstanceOf(FileSystemException.class).hasMessageContaining("no room left");
			assertThatThrownBy(() -> save(storage, "/file", LONGER_THAN_A_CHUNK)).isInstanceOf(FileSystemException.class).hasMessageContaining("no room left");
			server().trouble(r -> r.method().equals("PUT") ? 413 : 0);
			assertThatThrownBy(() -> save(storage, "/file", 20)).isInstanceOf(FileSystemException.class).hasMessageContaining("as large as this");
			server().trouble(_ -> 0);
			assertThat(server().files().resolve("file")).hasSize(10);
		}
	}

	@Test
	void anAnswerThatGetsLostIsFoundOut() throws Exception {
		try (Storage storage = server().connect()) {
			save(storage, "/file", 10);
			FileInfo before = storage.stat("/file", true);
			for (int length : new int[] { 20, LONGER_THAN_A_CHUNK }) {
				String method = length == LONGER_THAN_A_CHUNK ? "MOVE" : "PUT";
				var lost = new AtomicBoolean();
				server().afterwards(r -> r.method().equals(method) && (method.equals("PUT") || r.path().endsWith("/.file")) && lost.compareAndSet(false, true));
				try (Upload upload = storage.upload("/file", new Precondition.Unchanged(before.version().orElseThrow()))) {
					upload.write(0, ByteBuffer.wrap(new byte[length]));
					before = upload.commit(length);
				}
				assertThat(lost).isTrue();
				assertThat(server().files().resolve("file")).hasSize(length);
				assertThat(storage.isOpen()).isTrue();
			}
		}
	}

	@Test
	void aChunkThatGetsLostIsSentAgain() throws Exception {
		try (Storage storage = server().connect()) {
			var lost = new AtomicBoolean();
			server().trouble(r -> r.method().equals("PUT") && r.path().contains("/uploads/") && lost.compareAndSet(false, true) ? -1 : 0);
			save(storage, "/file", LONGER_THAN_A_CHUNK);
			assertThat(lost).isTrue();
			assertThat(server().files().resolve("file")).hasSize(LONGER_THAN_A_CHUNK);
		}
	}

	/** Names of the chunks that came since a number of requests. */
	private List<String> chunks(int before) {
		List<EmulatedNextcloud.Seen> all = server().seen("PUT");
		return all.subList(before, all.size()).stream().filter(r -> r.path().contains("/uploads/")).map(r -> r.path().substring(r.path().lastIndexOf('/') + 1)).sorted().toList();
	}

	/** Begins to save a long content, and loses the connection after three chunks. @return the content */
	private byte[] cutOff(Storage storage, Precondition precondition) throws IOException {
		byte[] content = new byte[55_000_000];
		new Random(1).nextBytes(content);
		var arrived = new AtomicInteger();
		server().trouble(r -> arrived.get() >= 3 || r.method().equals("PUT") && arrived.incrementAndGet() > 3 ? -1 : 0);
		try (Upload upload = storage.upload("/file", precondition)) {
			assertThatThrownBy(() -> {
				upload.write(0, ByteBuffer.wrap(content));
				upload.commit(content.length);
			}).isInstanceOf(ConnectionException.class);
		}
		assertThat(storage.isOpen()).isFalse();
		server().trouble(_ -> 0);
		assertThat(server().uploads()).hasSize(1);
		return content;
	}

	@Test
	void anUploadThatIsCutOffGoesOnOverTheNextConnection() throws Exception {
		Storage lost = server().connect();
		save(lost, "/file", 10);
		var unchanged = new Precondition.Unchanged(lost.stat("/file", true).version().orElseThrow());
		byte[] content = cutOff(lost, unchanged);
		try (Storage next = server().connect()) {
			lost.close();
			int before = server().seen("PUT").size();
			content[content.length - 1]++;
			try (Upload upload = next.upload("/file", unchanged)) {
				upload.write(0, ByteBuffer.wrap(content));
				assertThat(upload.commit(content.length).size()).isEqualTo(content.length);
			}
			assertThat(chunks(before)).as("what the server has is not sent again").hasSizeLessThanOrEqualTo(4).contains("00007");
			assertThat(server().files().resolve("file")).hasBinaryContent(content);
			assertThat(server().uploads()).isEmpty();
		}
	}

	/** As files of this machine are uploaded: their first chunk is whole last. */
	@Test
	void aChunkThatIsWholeLastIsSentOnceWhereACutOffUploadGoesOn() throws Exception {
		Storage lost = server().connect();
		byte[] content = new byte[115_000_000];
		new Random(1).nextBytes(content);
		var arrived = new AtomicInteger();
		server().trouble(r -> arrived.get() >= 5 || r.method().equals("PUT") && arrived.incrementAndGet() > 5 ? -1 : 0);
		try (Upload upload = lost.upload("/file", ANY)) {
			assertThatThrownBy(() -> upload.write(1, ByteBuffer.wrap(content, 1, content.length - 1))).isInstanceOf(ConnectionException.class);
		}
		server().trouble(_ -> 0);
		try (Storage next = server().connect()) {
			lost.close();
			int before = server().seen("PUT").size();
			try (Upload upload = next.upload("/file", ANY)) {
				upload.write(1, ByteBuffer.wrap(content, 1, content.length - 1));
				upload.write(0, ByteBuffer.wrap(content, 0, 1));
				upload.commit(content.length);
			}
			assertThat(chunks(before)).doesNotHaveDuplicates().contains("00002", "00012").hasSizeLessThanOrEqualTo(7);
			assertThat(server().seen("GET")).as("chunks fetched back").noneMatch(r -> r.path().contains("/uploads/"));
			assertThat(server().files().resolve("file")).hasBinaryContent(content);
		}
	}

	@Test
	void anotherContentForACutOffUploadIsSentAsItIs() throws Exception {
		Storage lost = server().connect();
		cutOff(lost, ANY);
		try (Storage next = server().connect()) {
			lost.close();
			byte[] other = new byte[15_000_000];
			new Random(2).nextBytes(other);
			try (Upload upload = next.upload("/file", ANY)) {
				upload.write(0, ByteBuffer.wrap(other));
				upload.commit(other.length);
			}
			assertThat(server().files().resolve("file")).hasBinaryContent(other);
			assertThat(server().uploads()).isEmpty();
		}
	}

	@Test
	void aCutOffUploadThatNobodyGoesOnWithIsTakenAwayWhenSigningOut() throws Exception {
		Storage lost = server().connect();
		cutOff(lost, ANY);
		Storage next = server().connect();
		lost.close();
		next.stat("/", true);
		next.close();
		assertThat(server().uploads()).isEmpty();
		assertThat(server().files().resolve("file")).doesNotExist();
	}

	@Test
	void whatIsDamagedOnTheWayIsNoticedByWhoeverReadsAll() throws Exception {
		try (Storage storage = server().connect(); StorageFileSystem fileSystem = new RemoteFileSystems().open("checked", storage)) {
			for (int length : new int[] { 2, 70_000, 5_000_000, LONGER_THAN_A_CHUNK }) {
				save(storage, "/file", length);
				Path file = fileSystem.getPath("/file");
				fileSystem.refresh(file);
				assertThat(storage.details("/file").get("checksum")).startsWith("SHA256:");
				assertThat(Files.readAllBytes(file)).isEqualTo(new byte[length]);
				server().damage("file");
				fileSystem.refresh(file);
				assertThatThrownBy(() -> Files.readAllBytes(file)).as("%,d bytes", length).isInstanceOf(ServerFaultException.class).hasMessageContaining("damaged on the way");
				try (var channel = Files.newByteChannel(file)) {
					assertThat(channel.position(length - 1).read(ByteBuffer.allocate(10))).as("a part").isEqualTo(1);
				}
				server().damage("none");
			}
		}
	}

	@Test
	void longFilesCarryTheirChecksum() throws Exception {
		try (Storage storage = server().connect(); StorageFileSystem fileSystem = new RemoteFileSystems().open("long", storage)) {
			byte[] content = new byte[100_000_000];
			new Random(3).nextBytes(content);
			Path file = fileSystem.getPath("/file");
			for (int piece : new int[] { 8_192, 1 << 20 }) {
				try (var channel = Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE))) {
					for (int from = 0; from < content.length; from += piece)
						channel.write(ByteBuffer.wrap(content, from, Math.min(piece, content.length - from)));
				}
				assertThat(storage.details("/file")).as("written %,d bytes at a time", piece).containsEntry("checksum", checksum(content));
				assertThat(Files.readAllBytes(file)).isEqualTo(content);
			}
		}
	}

	@Test
	void whatMayNotBeChangedIsNotSentInVain() throws Exception {
		try (Storage storage = server().connect()) {
			Files.writeString(server().files().resolve("read-only"), "hello");
			assertThatThrownBy(() -> save(storage, "/read-only", 10)).isInstanceOf(AccessDeniedException.class);
			assertThatThrownBy(() -> save(storage, "/read-only", LONGER_THAN_A_CHUNK)).isInstanceOf(AccessDeniedException.class);
			assertThat(server().seen("PUT").stream().filter(p -> p.path().contains("/uploads/"))).isEmpty();
			assertThat(server().files().resolve("read-only")).hasContent("hello");
		}
	}

	@Test
	void whatIsOnItsWayIsTakenAwayIfItIsGivenUp() throws Exception {
		try (Storage storage = server().connect()) {
			Upload upload = storage.upload("/file", ANY);
			upload.write(0, ByteBuffer.wrap(new byte[LONGER_THAN_A_CHUNK]));
			upload.close();
			assertThat(server().uploads()).isEmpty();
			assertThat(server().files().resolve("file")).doesNotExist();
		}
	}

	@Test
	void withoutItsAppTheServerLocksNothing() throws Exception {
		try (Storage storage = server().connect()) {
			assertThat(storage.extra(Locks.class)).isEmpty();
			save(storage, "/file", 10);
			assertThat(server().seen("LOCK")).isEmpty();
		}
	}

	@Test
	void locksAreTheUsersAndTakenAwayAtTheEnd() throws Exception {
		server().installLocks();
		try (Storage storage = new NextcloudProtocol().connect(server().bookmark(null, Map.of()), new SignIn(List.of(), server().person()))) {
			Locks locks = storage.extra(Locks.class).orElseThrow();
			assertThatThrownBy(() -> locks.lock("/file")).isInstanceOf(NoSuchFileException.class);
			save(storage, "/file", 10);
			Locks.Lock lock = locks.lock("/file").orElseThrow();
			assertThat(server().lockedBy("file")).isEqualTo("alice");
			assertThat(locks.holder("/file")).isEmpty();
			save(storage, "/file", 20);
			save(storage, "/file", LONGER_THAN_A_CHUNK);
			assertThat(lock.isHeld()).isTrue();
			lock.close();
			assertThat(server().lockedBy("file")).isNull();
			locks.lock("/file").orElseThrow();
			storage.rename("/file", "/renamed", false);
			assertThat(server().lockedBy("file")).isNull();
			locks.lock("/renamed").orElseThrow();
		}
		assertThat(server().lockedBy("renamed")).as("after signing out, which makes the app password worthless").isNull();
		assertThat(server().appPasswords()).isEmpty();
	}

	@Test
	void whoHasAFileLockedIsTold() throws Exception {
		server().installLocks();
		try (Storage storage = server().connect()) {
			Locks locks = storage.extra(Locks.class).orElseThrow();
			save(storage, "/file", 10);
			for (int type : new int[] { 0, 1 }) {
				server().lock("file", "bob", type);
				assertThat(locks.holder("/file")).contains("Bob");
				assertThat(storage.details("/file")).containsEntry("locked by", "Bob").containsEntry("locked since", EmulatedNextcloud.LONG_AGO.toString());
				assertThatThrownBy(() -> locks.lock("/file")).isInstanceOf(LockedException.class).hasMessageContaining("locked by Bob");
			}
			assertThatThrownBy(() -> save(storage, "/file", 20)).isInstanceOf(LockedException.class).hasMessageContaining("locked by Bob");
			assertThatThrownBy(() -> storage.delete("/file")).isInstanceOf(LockedException.class);
			assertThat(server().files().resolve("file")).hasSize(10);
			// what the user has locked in the browser stays so
			server().lock("file", "alice", 0);
			locks.lock("/file").orElseThrow().close();
			assertThat(server().lockedBy("file")).isEqualTo("alice");
		}
		assertThat(server().lockedBy("file")).isEqualTo("alice");
	}

	@Test
	void whatChangesJustBeforeTheLockIsNoticed() throws Exception {
		server().installLocks();
		try (Storage storage = server().connect()) {
			save(storage, "/file", 5);
			Precondition unchanged = unchanged(storage.stat("/file", true));
			changeBefore("LOCK");
			assertThat(storage.extra(Locks.class).orElseThrow().lock("/file")).isPresent();
			server().trouble(_ -> 0);
			assertThatThrownBy(() -> save(storage, "/file", 5, unchanged)).isInstanceOf(ConflictException.class);
		}
		assertThat(server().files().resolve("file")).hasContent("ALIEN");
	}

	@Test
	void whatChangesJustBeforeItIsUnlockedIsNoticed() throws Exception {
		server().installLocks();
		try (Storage storage = server().connect()) {
			save(storage, "/file", 5);
			Precondition unchanged = unchanged(storage.stat("/file", true));
			Locks.Lock lock = storage.extra(Locks.class).orElseThrow().lock("/file").orElseThrow();
			changeBefore("UNLOCK");
			lock.close();
			server().trouble(_ -> 0);
			assertThat(server().lockedBy("file")).isNull();
			assertThatThrownBy(() -> save(storage, "/file", 5, unchanged)).isInstanceOf(ConflictException.class);
		}
		assertThat(server().files().resolve("file")).hasContent("ALIEN");
	}

	private void changeBefore(String method) {
		server().trouble(r -> {
			if (r.method().equals(method))
				change("file", "ALIEN");
			return 0;
		});
	}

	@Test
	void copiesThatAreLockedAreSavedEach() throws Exception {
		server().installLocks();
		try (Storage storage = server().connect()) {
			Locks locks = storage.extra(Locks.class).orElseThrow();
			for (int length : new int[] { 20, LONGER_THAN_A_CHUNK }) {
				String name = "file" + length;
				save(storage, "/" + name, 10);
				server().copy(name, name + " copy");
				FileInfo one = storage.stat("/" + name, true);
				FileInfo other = storage.stat("/" + name + " copy", true);
				assertThat(one.version()).isEqualTo(other.version());
				locks.lock("/" + name).orElseThrow();
				locks.lock("/" + name + " copy").orElseThrow();
				save(storage, "/" + name, length, unchanged(one));
				save(storage, "/" + name + " copy", length, unchanged(other));
				assertThatThrownBy(() -> save(storage, "/" + name, 30, unchanged(one))).isInstanceOf(ConflictException.class);
				assertThat(server().files().resolve(name)).hasSize(length);
				assertThat(server().files().resolve(name + " copy")).hasSize(length);
			}
		}
	}

	@Test
	void aLockOfAnotherSessionIsLeftToIt() throws Exception {
		server().installLocks();
		try (Storage one = server().connect(); Storage other = server().connect()) {
			save(one, "/file", 10);
			Locks.Lock lock = one.extra(Locks.class).orElseThrow().lock("/file").orElseThrow();
			other.extra(Locks.class).orElseThrow().lock("/file").orElseThrow().close();
			assertThat(server().lockedBy("file")).isEqualTo("alice");
			assertThat(lock.isHeld()).isTrue();
			lock.close();
			assertThat(server().lockedBy("file")).isNull();
		}
	}

	@Test
	void aLockThatCouldNotBeLookedAtIsTakenAwayAllTheSame() throws Exception {
		server().installLocks();
		try (Storage storage = server().connect()) {
			save(storage, "/file", 10);
			Locks locks = storage.extra(Locks.class).orElseThrow();
			server().trouble(r -> r.method().equals("PROPFIND") && server().lockedBy("file") != null ? 500 : 0);
			Locks.Lock lock = locks.lock("/file").orElseThrow();
			server().trouble(_ -> 0);
			assertThat(server().lockedBy("file")).isEqualTo("alice");
			lock.close();
			assertThat(server().lockedBy("file")).isNull();
		}
	}

	@Test
	void aLockThatTheServerDidNotTakeAwayIsGoneOnWith() throws Exception {
		server().installLocks();
		try (Storage storage = server().connect()) {
			save(storage, "/file", 10);
			Locks locks = storage.extra(Locks.class).orElseThrow();
			server().trouble(r -> r.method().equals("UNLOCK") ? 503 : 0);
			locks.lock("/file").orElseThrow().close();
			server().trouble(_ -> 0);
			assertThat(server().lockedBy("file")).isEqualTo("alice");
			locks.lock("/file").orElseThrow().close();
			assertThat(server().lockedBy("file")).isNull();
		}
	}

	private void change(String name, String content) {
		try {
			Files.writeString(server().files().resolve(name), content);
		} catch (IOException e) {
			throw new UncheckedIOException(e);
		}
	}

	@Test
	void aLockThatWouldEndIsMadeToLast() throws Exception {
		server().installLocks();
		server().lockTimeout(2);
		try (Storage storage = server().connect()) {
			save(storage, "/file", 10);
			try (Locks.Lock lock = storage.extra(Locks.class).orElseThrow().lock("/file").orElseThrow()) {
				for (int before = server().seen("LOCK").size(); server().seen("LOCK").size() < before + 4;) {
					assertThat(server().lockedBy("file")).isEqualTo("alice");
					assertThat(lock.isHeld()).isTrue();
					Thread.sleep(20);
				}
				// it has ended, and somebody else was faster
				server().lock("file", "bob", 0);
				for (Instant end = Instant.now().plusSeconds(30); lock.isHeld() && Instant.now().isBefore(end);)
					Thread.sleep(20);
				assertThat(lock.isHeld()).isFalse();
			}
			assertThat(server().lockedBy("file")).isEqualTo("bob");
		}
	}

	@Test
	void whatKeepsALockIsOverBeforeItIsTakenAway() throws Exception {
		server().installLocks();
		server().lockTimeout(6);
		try (Storage storage = server().connect()) {
			save(storage, "/file", 10);
			Locks.Lock lock = storage.extra(Locks.class).orElseThrow().lock("/file").orElseThrow();
			var refreshing = new CountDownLatch(1);
			var unlocking = new CountDownLatch(1);
			var unlockedMeanwhile = new CompletableFuture<Boolean>();
			server().trouble(r -> {
				if (r.method().equals("UNLOCK"))
					unlocking.countDown();
				if (r.method().equals("LOCK")) {
					refreshing.countDown();
					unlockedMeanwhile.complete(within(300, unlocking));
				}
				return 0;
			});
			assertThat(within(30_000, refreshing)).isTrue();
			lock.close();
			assertThat(unlockedMeanwhile.get(30, TimeUnit.SECONDS)).isFalse();
			assertThat(within(0, unlocking)).isTrue();
			assertThat(server().lockedBy("file")).isNull();
			assertThat(server().seen("LOCK")).hasSize(2);
		}
	}

	@Test
	void aLockThatEndsJustBeforeItIsRefreshedIsTakenAwayAllTheSame() throws Exception {
		server().installLocks();
		server().lockTimeout(2);
		try (Storage storage = server().connect()) {
			save(storage, "/file", 10);
			Locks.Lock lock = storage.extra(Locks.class).orElseThrow().lock("/file").orElseThrow();
			var refreshing = new CompletableFuture<Boolean>();
			server().trouble(r -> {
				if (r.method().equals("LOCK") && !refreshing.isDone()) {
					for (long until = System.nanoTime() + 30_000_000_000L; server().lockedBy("file") != null && System.nanoTime() < until;)
						Thread.onSpinWait();
					refreshing.complete(server().lockedBy("file") == null);
				}
				return 0;
			});
			assertThat(refreshing.get(40, TimeUnit.SECONDS)).as("it ended while the server was slow").isTrue();
			lock.close();
			assertThat(server().lockedBy("file")).isNull();
			assertThat(server().seen("UNLOCK")).hasSize(1);
		}
	}

	private static boolean within(long milliseconds, CountDownLatch latch) {
		try {
			return latch.await(milliseconds, TimeUnit.MILLISECONDS);
		} catch (InterruptedException e) {
			throw new IllegalStateException(e);
		}
	}

	@Test
	void theNextConnectionGoesOnWithALock() throws Exception {
		server().installLocks();
		try (Storage first = server().connect()) {
			save(first, "/file", 10);
			first.extra(Locks.class).orElseThrow().lock("/file").orElseThrow();
			server().trouble(_ -> -1);
		}
		server().trouble(_ -> 0);
		assertThat(server().lockedBy("file")).as("nobody could unlock it").isEqualTo("alice");
		try (Storage next = server().connect()) {
			next.extra(Locks.class).orElseThrow().lock("/file").orElseThrow().close();
			assertThat(server().lockedBy("file")).isNull();
		}
	}

	/** However their names hash. */
	@Test
	void aSaveOfOneFileDoesNotWaitForThatOfAnother() throws Exception {
		try (Storage storage = server().connect(); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
			var assembling = new CountDownLatch(1);
			var others = new CountDownLatch(1);
			server().trouble(r -> {
				if (r.method().equals("MOVE")) {
					assembling.countDown();
					within(30_000, others);
				}
				return 0;
			});
			Future<?> first = threads.submit(() -> {
				save(storage, "/long", LONGER_THAN_A_CHUNK);
				return null;
			});
			assertThat(within(30_000, assembling)).isTrue();
			Future<?> second = threads.submit(() -> {
				for (int i = 0; i < 200; i++)
					save(storage, "/short" + i, 10);
				return null;
			});
			second.get(20, TimeUnit.SECONDS);
			assertThat(first.isDone()).isFalse();
			others.countDown();
			first.get(30, TimeUnit.SECONDS);
		}
	}

	@Test
	void ofTwoSessionsThatMakeTheSameFileAtOnceOneWins() throws Exception {
		try (Storage one = server().connect(); Storage other = server().connect(); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
			var first = new CountDownLatch(1);
			var second = new CountDownLatch(2);
			var atOnce = new CompletableFuture<Boolean>();
			server().trouble(r -> {
				if (r.method().equals("PUT")) {
					first.countDown();
					second.countDown();
					atOnce.complete(within(300, second));
				}
				return 0;
			});
			Future<?> slow = threads.submit(() -> {
				save(one, "/file", 10, ABSENT);
				return null;
			});
			assertThat(within(30_000, first)).isTrue();
			assertThatThrownBy(() -> save(other, "/file", 20, ABSENT)).isInstanceOf(ConflictException.class);
			slow.get(30, TimeUnit.SECONDS);
			assertThat(atOnce.get(30, TimeUnit.SECONDS)).isFalse();
			assertThat(server().files().resolve("file")).hasSize(10);
		}
	}

	@Test
	void theSessionIsKnownByItsCookie() throws Exception {
		try (Storage storage = server().connect()) {
			storage.stat("/", true);
			assertThat(server().seen("PROPFIND").getLast().headers().get("Cookie")).containsExactly("session=known");
		}
	}

	@Test
	void aSmallSaveTakesTwoRoundTrips() throws Exception {
		try (Storage storage = server().connect()) {
			save(storage, "/file", 10);
			FileInfo info = storage.stat("/file", true);
			long before = storage.traffic().roundTrips();
			try (Upload upload = storage.upload("/file", new Precondition.Unchanged(info.version().orElseThrow()))) {
				upload.write(0, ByteBuffer.wrap(new byte[20]));
				upload.commit(20);
			}
			assertThat(storage.traffic().roundTrips() - before).isEqualTo(2);
		}
	}
}
