package org.strongroom.storage.nextcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Home;
import org.strongroom.core.auth.Authenticator;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.auth.SignInCancelledException;
import org.strongroom.core.auth.SignInException;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.Entry;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.History;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.Locks;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.Search;
import org.strongroom.core.storage.Shares.Right;
import org.strongroom.core.storage.Shares.With;
import org.strongroom.core.storage.Shares;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Trash;
import org.strongroom.core.storage.Upload;
import org.strongroom.storage.nextcloud.internal.NextcloudProtocol;
import org.strongroom.testing.Person;
import org.strongroom.testing.nextcloud.NextcloudUnderTest;

/** What Strongroom does with a Nextcloud server, the emulated one or a real one. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
abstract class ServerTest {
	static final Precondition ABSENT = new Precondition.Absent();
	private static final Instant LONG_AGO = Instant.ofEpochSecond(1_234_567_890);
	/** More than two chunks. */
	static final int LONG = 25_000_000;

	@TempDir
	Path temp;
	Storage storage;
	String folder;

	abstract NextcloudUnderTest server();

	@BeforeEach
	final void begin() throws IOException {
		System.setProperty(Home.PROPERTY, temp.resolve("home").toString());
		storage = server().connect();
		folder = newFolder(storage);
	}

	/** Makes a folder that nobody else has. */
	static String newFolder(Storage storage) throws IOException {
		byte[] random = new byte[6];
		new Random().nextBytes(random);
		String folder = "/strongroom test " + HexFormat.of().formatHex(random);
		storage.createDirectory(folder);
		return folder;
	}

	@AfterEach
	final void end() throws IOException {
		try (NextcloudUnderTest server = server(); Storage last = storage) {
			if (last != null && folder != null)
				deleteTree(folder);
		}
	}

	private void deleteTree(String path) throws IOException {
		for (Entry entry : list(path)) {
			String child = path + "/" + entry.name();
			if (entry.info().type() == FileInfo.Type.DIRECTORY)
				deleteTree(child);
			else
				storage.delete(child);
		}
		storage.deleteDirectory(path);
	}

	private List<Entry> list(String path) throws IOException {
		var all = new ArrayList<Entry>();
		try (Listing listing = storage.list(path)) {
			for (List<Entry> next = listing.next(); !next.isEmpty(); next = listing.next())
				all.addAll(next);
		}
		return all;
	}

	private List<String> names() throws IOException {
		return list(folder).stream().map(Entry::name).sorted().toList();
	}

	String at(String name) {
		return folder + "/" + name;
	}

	FileInfo save(String path, Precondition precondition, byte[] content) throws IOException {
		return save(path, precondition, content, null);
	}

	private FileInfo save(String path, Precondition precondition, byte[] content, Instant time) throws IOException {
		try (Upload upload = storage.upload(path, precondition)) {
			if (time != null)
				assertThat(upload.setAttributes(time, null)).isTrue();
			for (int from = 0; from < content.length; from += 1_000_000)
				upload.write(from, ByteBuffer.wrap(content, from, Math.min(1_000_000, content.length - from)));
			return upload.commit(content.length);
		}
	}

	byte[] read(String path) throws IOException {
		try (Reader reader = storage.open(path)) {
			var out = new ByteArrayOutputStream();
			var piece = ByteBuffer.allocate(1 << 20);
			while (reader.read(out.size(), piece.clear()) >= 0)
				out.write(piece.array(), 0, piece.position());
			return out.toByteArray();
		}
	}

	static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	static byte[] random(int length) {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		return bytes;
	}

	static String checksum(byte[] content) throws NoSuchAlgorithmException {
		return "SHA256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
	}

	static Precondition unchanged(FileInfo info) {
		return new Precondition.Unchanged(info.version().orElseThrow());
	}

	// ---------------------------------------------------------------- signing in

	/** Keeps what it is told to, or says so and does not. */
	private static final class Keeper implements Authenticator {
		private final boolean honest;
		private final List<String> accepted = Collections.synchronizedList(new ArrayList<>());
		private volatile String kept;
		private volatile boolean unreadable;

		Keeper(boolean honest) {
			this.honest = honest;
		}

		@Override
		public Optional<Secret> secret(Challenge.ForSecret challenge, SignIn signIn) {
			return Optional.ofNullable(kept).map(k -> Secret.of(k.toCharArray()));
		}

		@Override
		public void accepted(Challenge.ForSecret challenge, Secret secret) {
			if (!secret.remember())
				return;
			accepted.add(new String(secret.chars()));
			if (honest)
				kept = new String(secret.chars());
		}

		@Override
		public void rejected(Challenge.ForSecret challenge) {
			kept = null;
		}

		@Override
		public boolean remembers(String keyPrefix) throws IOException {
			if (unreadable)
				throw new IOException("unreadable");
			return kept != null;
		}

		@Override
		public void forget(String keyPrefix) {
			kept = null;
		}
	}

	Storage connect(String user, Map<String, String> options, Person person, Authenticator... authenticators) throws IOException {
		return new NextcloudProtocol().connect(server().bookmark(user, options), new SignIn(List.of(authenticators), person));
	}

	@Test
	void aWrongPasswordIsRefused() {
		var person = new Person().secret(c -> c.attempt() + " is not it");
		assertThatThrownBy(() -> connect(server().user(), Map.of("sign-in", "password"), person)).isInstanceOf(SignInException.class).hasMessageContaining("app password");
		assertThat(person.asked(Challenge.Password.class)).hasSize(SignIn.ATTEMPTS);
	}

	@Test
	void theBrowserSignsInAndSigningOutTakesThatBack() throws Exception {
		var forgetful = new Keeper(false);
		Person person = server().person().remembering(true);
		Storage signedIn = connect(null, Map.of(), person, forgetful);
		assertThat(signedIn.stat(folder, true).type()).isEqualTo(FileInfo.Type.DIRECTORY);
		assertThat(person.asked()).hasOnlyElementsOfType(Challenge.BrowserLogin.class).hasSize(1);
		// a lost connection is taken up again without the browser
		Storage again = connect(null, Map.of(), new Person(), forgetful);
		signedIn.close();
		assertThat(again.stat(folder, true).type()).isEqualTo(FileInfo.Type.DIRECTORY);
		again.close();
		String granted = forgetful.accepted.getFirst();
		assertThat(granted).startsWith(server().user() + "\n");
		var later = new Person().secret(_ -> granted.substring(granted.indexOf('\n') + 1));
		assertThatThrownBy(() -> connect(server().user(), Map.of("sign-in", "password"), later)).isInstanceOf(SignInException.class);
	}

	@Test
	void whatIsKeptSignsInWithoutTheBrowserUntilItIsRevoked() throws Exception {
		var keeper = new Keeper(true);
		connect(server().user(), Map.of(), server().person().remembering(true), keeper).close();
		assertThat(keeper.kept).isNotNull();
		var nobody = new Person();
		try (Storage signedIn = connect(server().user(), Map.of(), nobody, keeper)) {
			assertThat(signedIn.stat(folder, true).type()).isEqualTo(FileInfo.Type.DIRECTORY);
		}
		assertThat(nobody.asked()).isEmpty();
		server().revoke(keeper.kept.substring(keeper.kept.indexOf('\n') + 1));
		assertThatThrownBy(() -> connect(server().user(), Map.of(), nobody, keeper)).isInstanceOf(SignInCancelledException.class);
		assertThat(nobody.asked()).hasOnlyElementsOfType(Challenge.BrowserLogin.class).hasSize(1);
		assertThat(keeper.kept).isNull();
	}

	@Test
	void whatIsForgottenWhileSignedInIsRevokedBySigningOut() throws Exception {
		var keeper = new Keeper(true);
		connect(server().user(), Map.of(), server().person().remembering(true), keeper).close();
		String granted = keeper.kept.substring(keeper.kept.indexOf('\n') + 1);
		var typing = new Person().secret(_ -> granted);
		try (Storage signedIn = connect(server().user(), Map.of(), new Person(), keeper)) {
			connect(server().user(), Map.of("sign-in", "password"), typing).close();
			keeper.forget("");
			assertThat(signedIn.stat(folder, true).type()).isEqualTo(FileInfo.Type.DIRECTORY);
		}
		assertThatThrownBy(() -> connect(server().user(), Map.of("sign-in", "password"), typing)).isInstanceOf(SignInException.class);
	}

	@Test
	void whatIsKeptIsNotRevokedWhileSomebodyUsesItOrNobodyCanTell() throws Exception {
		var keeper = new Keeper(true);
		connect(server().user(), Map.of(), server().person().remembering(true), keeper).close();
		String granted = keeper.kept.substring(keeper.kept.indexOf('\n') + 1);
		var typing = new Person().secret(_ -> granted);
		keeper.unreadable = true;
		connect(server().user(), Map.of(), new Person(), keeper).close();
		keeper.unreadable = false;
		try (Storage last = connect(server().user(), Map.of(), new Person(), keeper)) {
			try (Storage first = connect(server().user(), Map.of(), new Person(), keeper)) {
				assertThat(first.stat(folder, true).type()).isEqualTo(FileInfo.Type.DIRECTORY);
				keeper.forget("");
			}
			connect(server().user(), Map.of("sign-in", "password"), typing).close();
			assertThat(last.stat(folder, true).type()).isEqualTo(FileInfo.Type.DIRECTORY);
		}
		assertThatThrownBy(() -> connect(server().user(), Map.of("sign-in", "password"), typing)).isInstanceOf(SignInException.class);
	}

	@Test
	void whoDoesNotOpenTheBrowserIsNotSignedIn() {
		assertThatThrownBy(() -> connect(null, Map.of(), new Person())).isInstanceOf(SignInCancelledException.class);
	}

	@Test
	void theBrowserMustSignInWhoeverTheAddressNames() {
		assertThatThrownBy(() -> connect("somebody-else", Map.of(), server().person())).isInstanceOf(SignInException.class).hasMessageContaining("signed in as " + server().user());
	}

	// ---------------------------------------------------------------- saving

	@Test
	void longContentsGoUpInChunks() throws Exception {
		byte[] content = random(LONG);
		FileInfo info = save(at("long"), ABSENT, content, LONG_AGO);
		assertThat(info.modified()).isEqualTo(LONG_AGO);
		assertThat(info).isEqualTo(storage.stat(at("long"), true));
		assertThat(read(at("long"))).isEqualTo(content);
		assertThat(storage.details(at("long")).get("checksum")).startsWith("SHA256:");
		assertThatThrownBy(() -> save(at("long"), ABSENT, content)).isInstanceOf(ConflictException.class);
		FileInfo again = save(at("long"), unchanged(info), random(LONG - 1));
		assertThat(again.version()).isNotEqualTo(info.version());
		assertThatThrownBy(() -> save(at("long"), unchanged(info), content)).isInstanceOf(ConflictException.class);
		assertThat(read(at("long"))).isEqualTo(random(LONG - 1));
		assertThatThrownBy(() -> save(at("none/long"), ABSENT, content)).isInstanceOf(NoSuchFileException.class);
		assertThat(names()).containsExactly("long");
	}

	@Test
	void somebodyElseIsFasterThanALongContent() throws Exception {
		FileInfo info = save(at("file"), ABSENT, bytes("hello"));
		try (Upload upload = storage.upload(at("file"), unchanged(info))) {
			upload.write(0, ByteBuffer.wrap(random(LONG)));
			save(at("file"), unchanged(info), bytes("theirs"));
			assertThatThrownBy(() -> upload.commit(LONG)).isInstanceOf(ConflictException.class);
		}
		assertThat(read(at("file"))).isEqualTo(bytes("theirs"));
		assertThat(names()).containsExactly("file");
	}

	@Test
	void longContentsMayBeWrittenInAnyOrder() throws Exception {
		byte[] content = random(LONG * 3);
		int piece = 1_700_000;
		var places = new ArrayList<Integer>();
		for (int from = 0; from < content.length; from += piece)
			places.add(from);
		Collections.shuffle(places, new Random(3));
		try (Upload upload = storage.upload(at("file"), ABSENT)) {
			for (int from : places)
				upload.write(from, ByteBuffer.wrap(content, from, Math.min(piece, content.length - from)));
			// what was sent is written again, read back, and what lies behind the end cut off
			upload.write(5, ByteBuffer.wrap(new byte[10]));
			var back = ByteBuffer.allocate(20);
			assertThat(upload.read(0, back)).isEqualTo(20);
			System.arraycopy(new byte[10], 0, content, 5, 10);
			assertThat(back.array()).isEqualTo(java.util.Arrays.copyOf(content, 20));
			upload.write(content.length, ByteBuffer.wrap(new byte[LONG]));
			assertThat(upload.commit(content.length).size()).isEqualTo(content.length);
		}
		assertThat(read(at("file"))).isEqualTo(content);
		assertThat(storage.details(at("file")).getOrDefault("checksum", checksum(content))).isEqualTo(checksum(content));
		for (int length : new int[] { LONG - 1, 20_000_000, 1 }) {
			try (Upload upload = storage.upload(at("shortened"), new Precondition.Any())) {
				upload.write(0, ByteBuffer.wrap(content, 0, LONG));
				assertThat(upload.commit(length).size()).isEqualTo(length);
			}
			byte[] shortened = java.util.Arrays.copyOf(content, length);
			assertThat(read(at("shortened"))).isEqualTo(shortened);
			assertThat(storage.details(at("shortened")).getOrDefault("checksum", checksum(shortened))).isEqualTo(checksum(shortened));
		}
	}

	@Test
	void filesAreCopiedOnTheServer() throws Exception {
		byte[] content = random(LONG);
		save(at("source"), ABSENT, content, LONG_AGO);
		long before = storage.traffic().sent();
		try (Reader source = storage.open(at("source")); Upload upload = storage.upload(at("target"), ABSENT)) {
			assertThat(upload.setAttributes(LONG_AGO, null)).isTrue();
			assertThat(upload.copy(source, 0, 0, LONG)).isTrue();
			assertThat(names()).as("nobody sees what is not whole").containsExactly("source");
			var some = ByteBuffer.allocate(100);
			assertThat(upload.read(20_000_000, some)).isEqualTo(100);
			assertThat(some.array()).isEqualTo(java.util.Arrays.copyOfRange(content, 20_000_000, 20_000_100));
			assertThat(upload.commit(LONG).modified()).isEqualTo(LONG_AGO);
		}
		assertThat(storage.traffic().sent() - before).isLessThan(20_000);
		assertThat(read(at("target"))).isEqualTo(content);
		try (Reader source = storage.open(at("source")); Upload upload = storage.upload(at("target"), ABSENT)) {
			assertThat(upload.copy(source, 0, 0, LONG)).isTrue();
			assertThatThrownBy(() -> upload.commit(LONG)).isInstanceOf(ConflictException.class);
		}
		before = storage.traffic().sent();
		try (Reader source = storage.open(at("source")); Upload upload = storage.upload(at("longer"), ABSENT)) {
			assertThat(upload.copy(source, 0, 0, LONG)).isTrue();
			upload.write(LONG, ByteBuffer.wrap(bytes("and more")));
			upload.commit(LONG + 8);
		}
		assertThat(storage.traffic().sent() - before).isLessThan(20_000);
		byte[] longer = java.util.Arrays.copyOf(content, LONG + 8);
		System.arraycopy(bytes("and more"), 0, longer, LONG, 8);
		assertThat(read(at("longer"))).isEqualTo(longer);
		try (Reader source = storage.open(at("source")); Upload upload = storage.upload(at("changed"), ABSENT)) {
			assertThat(upload.copy(source, 0, 0, LONG)).isTrue();
			upload.write(1_000_000, ByteBuffer.wrap(bytes("changed")));
			upload.commit(LONG - 1);
		}
		byte[] changed = java.util.Arrays.copyOf(content, LONG - 1);
		System.arraycopy(bytes("changed"), 0, changed, 1_000_000, 7);
		assertThat(read(at("changed"))).isEqualTo(changed);
		try (Reader source = storage.open(at("source")); Upload upload = storage.upload(at("none/target"), ABSENT)) {
			assertThat(upload.copy(source, 0, 0, LONG)).isTrue();
			assertThatThrownBy(() -> upload.commit(LONG)).isInstanceOf(NoSuchFileException.class);
		}
		try (Reader source = storage.open(at("source")); Upload upload = storage.upload(at("other"), ABSENT)) {
			save(at("source"), new Precondition.Any(), random(LONG - 1));
			assertThatThrownBy(() -> upload.copy(source, 0, 0, LONG)).isInstanceOf(ConflictException.class);
		}
		assertThat(names()).containsExactly("changed", "longer", "source", "target");
	}

	@Test
	void shortContentsCarryTheirTime() throws Exception {
		FileInfo info = save(at("file"), ABSENT, bytes("hello"), LONG_AGO);
		assertThat(info.modified()).isEqualTo(LONG_AGO);
		// what is refused by the server as a time is not sent
		assertThat(save(at("file"), unchanged(info), bytes("hello again")).modified()).isAfter(LONG_AGO);
		try (Upload upload = storage.upload(at("file"), new Precondition.Any())) {
			assertThat(upload.setAttributes(Instant.EPOCH, null)).isFalse();
		}
	}

	// ---------------------------------------------------------------- locks

	/** Though the server gives a file another entity tag when it is locked, and when it is unlocked. */
	@Test
	void aLockIsNoChange() throws Exception {
		server().installLocks();
		try (Storage locking = server().connect()) {
			assumeTrue(locking.extra(Locks.class).isPresent(), "the server has no app for locks");
			Locks locks = locking.extra(Locks.class).orElseThrow();
			FileInfo info = save(at("file"), ABSENT, bytes("hello"));
			try (Reader reader = locking.open(at("file")); Locks.Lock lock = locks.lock(at("file")).orElseThrow()) {
				assertThat(locks.holder(at("file"))).as("who else has it").isEmpty();
				assertThat(locking.stat(at("file"), true)).isEqualTo(info);
				assertThat(reader.read(0, ByteBuffer.allocate(5))).isEqualTo(5);
				info = save(locking, unchanged(info), bytes("hello again"));
				info = save(locking, unchanged(info), random(LONG));
				assertThat(lock.isHeld()).isTrue();
			}
			assertThat(locking.stat(at("file"), true)).as("unlocked").isEqualTo(info);
			locks.lock(at("file")).orElseThrow().close();
			info = save(locking, unchanged(info), random(LONG - 1));
			locks.lock(at("file")).orElseThrow();
			save(locking, unchanged(info), bytes("the last"));
		}
		assertThat(storage.details(at("file"))).doesNotContainKey("locked by");
		assertThat(read(at("file"))).isEqualTo(bytes("the last"));
	}

	private FileInfo save(Storage by, Precondition precondition, byte[] content) throws IOException {
		try (Upload upload = by.upload(at("file"), precondition)) {
			upload.write(0, ByteBuffer.wrap(content));
			return upload.commit(content.length);
		}
	}

	// ---------------------------------------------------------------- what WebDAV has not

	@Test
	void detailsAreTold() throws Exception {
		save(at("file"), ABSENT, bytes("hello"));
		assertThat(storage.details(at("file"))).containsEntry("permitted", "read, change, rename, move, delete, share").containsKeys("file id", "owner").containsEntry("size with all in it", "5");
		assertThat(storage.details(at("file")).get("checksum")).startsWith("SHA256:");
		assertThat(storage.details(folder).get("permitted")).contains("new files, new folders");
		assertThatThrownBy(() -> storage.details(at("none"))).isInstanceOf(NoSuchFileException.class);
	}

	@Test
	void oldContentsAreListedReadAndRestored() throws Exception {
		History history = storage.extra(History.class).orElseThrow();
		save(at("file"), ABSENT, bytes("first"), LONG_AGO);
		assertThat(history.list(at("file"))).isEmpty();
		save(at("file"), new Precondition.Any(), bytes("the second"), LONG_AGO.plusSeconds(1000));
		save(at("file"), new Precondition.Any(), bytes("third"), LONG_AGO.plusSeconds(2000));
		List<History.Past> all = history.list(at("file"));
		assertThat(all).extracting(History.Past::size).containsExactly(10L, 5L);
		assertThat(all).extracting(History.Past::modified).containsExactly(LONG_AGO.plusSeconds(1000), LONG_AGO);
		for (int from = 0; from < 7; from++) {
			try (var in = history.open(at("file"), all.getLast().id(), from)) {
				assertThat(in.readAllBytes()).isEqualTo(bytes("first".substring(Math.min(from, 5))));
			}
		}
		history.restore(at("file"), all.getFirst().id());
		assertThat(read(at("file"))).isEqualTo(bytes("the second"));
		for (String id : List.of("17", "../..", ""))
			assertThatThrownBy(() -> history.restore(at("file"), id)).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> history.list(at("none"))).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> history.list(folder)).isInstanceOf(FileSystemException.class).hasMessageContaining("this is a folder");
	}

	@Test
	void whatWasRemovedIsListedAndRestored() throws Exception {
		Trash trash = storage.extra(Trash.class).orElseThrow();
		save(at("a & b?.txt"), ABSENT, bytes("hello"));
		storage.delete(at("a & b?.txt"));
		assertThat(names()).isEmpty();
		Trash.Removed removed = trash.list().stream().filter(r -> r.path().equals(at("a & b?.txt"))).findFirst().orElseThrow();
		assertThat(removed.type()).isEqualTo(FileInfo.Type.FILE);
		assertThat(removed.size()).isEqualTo(5);
		assertThat(removed.removed()).isAfter(LONG_AGO);
		trash.restore(removed.id());
		assertThat(read(at("a & b?.txt"))).isEqualTo(bytes("hello"));
		for (String id : List.of("none.d1", "../x", ""))
			assertThatThrownBy(() -> trash.restore(id)).isInstanceOf(NoSuchFileException.class);
	}

	@Test
	void linksAreMadeListedAndRevoked() throws Exception {
		Shares shares = storage.extra(Shares.class).orElseThrow();
		save(at("file"), ABSENT, bytes("hello"));
		LocalDate day = LocalDate.now().plusDays(30);
		Shares.Share made;
		try (Secret password = Secret.of("Correct-horse 9 battery".toCharArray())) {
			made = shares.create(at("file"), new Shares.Wish(With.LINK, "", Set.of(Right.READ), Optional.of(password), Optional.of(day), "for you"));
		}
		assertThat(made.link()).isPresent();
		assertThat(made.path()).isEqualTo(at("file"));
		assertThat(made.hasPassword()).isTrue();
		assertThat(made.expires()).contains(day);
		assertThat(made.note()).isEqualTo("for you");
		assertThat(made.rights()).contains(Right.READ).doesNotContain(Right.CHANGE, Right.DELETE);
		assertThat(shares.list(Optional.of(at("file")))).singleElement().satisfies(s -> {
			assertThat(s.id()).isEqualTo(made.id());
			assertThat(s.link()).isEqualTo(made.link());
			assertThat(s.hasPassword()).isTrue();
		});
		assertThat(shares.list(Optional.empty())).extracting(Shares.Share::id).contains(made.id());
		shares.revoke(made.id());
		assertThat(shares.list(Optional.of(at("file")))).isEmpty();
		assertThatThrownBy(() -> shares.revoke(made.id())).isInstanceOf(NoSuchFileException.class);
		assertThatThrownBy(() -> shares.create(at("none"), new Shares.Wish(With.LINK, "", Set.of(Right.READ), Optional.empty(), Optional.empty(), ""))).isInstanceOf(FileSystemException.class);
		assertThatThrownBy(() -> shares.create(at("file"), new Shares.Wish(With.PERSON, "nobody-of-that-name", Set.of(Right.READ), Optional.empty(), Optional.empty(), "")))
				.isInstanceOf(FileSystemException.class);
	}

	@Test
	void whoHasALinkMayDoWhatWasWishedForAndNoMore() throws Exception {
		Shares shares = storage.extra(Shares.class).orElseThrow();
		save(at("file"), ABSENT, bytes("hello"));
		storage.createDirectory(at("drop"));
		for (Set<Right> rights : List.of(Set.of(Right.CREATE), Set.of(Right.READ), Set.of(Right.READ, Right.CHANGE, Right.CREATE, Right.DELETE))) {
			Shares.Share made = shares.create(at("drop"), new Shares.Wish(With.LINK, "", rights, Optional.empty(), Optional.empty(), ""));
			assertThat(made.rights()).isEqualTo(rights);
			shares.revoke(made.id());
		}
		Set<Right> change = Set.of(Right.READ, Right.CHANGE);
		Shares.Share made = shares.create(at("file"), new Shares.Wish(With.LINK, "", change, Optional.empty(), Optional.empty(), ""));
		assertThat(made.rights()).isEqualTo(change);
		shares.revoke(made.id());
	}

	@Test
	void namesAreFoundByTheServer() throws Exception {
		save(at("Quarterly 100% report.txt"), ABSENT, bytes("hello"));
		save(at("other.txt"), ABSENT, bytes("hello"));
		storage.createDirectory(at("quarters"));
		Search search = storage.extra(Search.class).orElseThrow();
		assertThat(search.names(folder, "quarter", 10)).containsExactlyInAnyOrder(new Search.Found(at("Quarterly 100% report.txt"), storage.stat(at("Quarterly 100% report.txt"), true)),
				new Search.Found(at("quarters"), storage.stat(at("quarters"), true)));
		assertThat(search.names("/", folder.substring(1), 10)).extracting(Search.Found::path).contains(folder);
		assertThat(search.names(folder, "none of that", 10)).isEmpty();
	}
}
