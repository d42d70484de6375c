package org.strongroom.storage.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.strongroom.testing.hostile.Behaviour.on;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Problem;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.SignInException;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Entry;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Upload;
import org.strongroom.storage.sftp.internal.SftpProtocol;
import org.strongroom.testing.Person;
import org.strongroom.testing.hostile.Behaviour;
import org.strongroom.testing.hostile.HostileSftpServer;
import org.strongroom.testing.hostile.Request;
import org.strongroom.testing.hostile.Tree;

/** A server that lies, floods, stalls or cuts meets a bounded end: one clear error in a stated time, the old file whole. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HostileTest {
	/** How long the server may be silent in these tests, and what is allowed on top of it on a busy machine. */
	private static final int SILENCE = 2;
	private static final Duration BOUND = Duration.ofSeconds(SILENCE + 8);

	@TempDir
	Path temp;
	private HostileSftpServer server;

	@BeforeEach
	void start() throws IOException {
		Servers.settle(temp);
		server = HostileSftpServer.builder().start();
		server.tree().folder("/in").file("/in/notes.txt", "old").modified("/in/notes.txt", 1_000_000_000L);
	}

	@AfterEach
	void stop() throws IOException {
		server.close();
	}

	private Storage connect() throws IOException {
		return connect(new Person().secret(_ -> server.password()).answer(_ -> "an answer"));
	}

	private Storage connect(Person person) throws IOException {
		return new SftpProtocol().connect(new Bookmark("Bad", URI.create("sftp://%s@%s:%d/in".formatted(server.user(), server.host(), server.port())), List.of(),
				Map.of("timeout", Integer.toString(SILENCE))), Servers.signIn(person));
	}

	/** Runs something that must fail in time, with one printable line. */
	private static void assertEnds(ThrowingCallable what, Class<? extends Throwable> type, Problem.Kind kind, String... words) {
		Instant start = Instant.now();
		Throwable thrown = catchThrowable(what);
		assertThat(Duration.between(start, Instant.now())).isLessThan(BOUND);
		assertThat(thrown).isInstanceOf(type);
		Problem problem = Problem.of(thrown);
		assertThat(problem.kind()).as("%s", thrown).isEqualTo(kind);
		assertThat(problem.message()).isNotBlank().hasSizeLessThan(1000).matches("\\P{Cntrl}*");
		for (String word : words)
			assertThat(problem.message()).contains(word);
	}

	private static Stream<Named<Behaviour>> beforeSignIn() {
		return Stream.<Behaviour>of(new Behaviour.Silent(), Behaviour.Greeting.garbage(), new Behaviour.EndlessGreeting(true), new Behaviour.EndlessGreeting(false), new Behaviour.HangUp(),
				new Behaviour.Greeting("SSH-2.0-x\r\n".getBytes(StandardCharsets.US_ASCII)), Behaviour.Banners.endless()).map(HostileTest::named);
	}

	private static Named<Behaviour> named(Behaviour behaviour) {
		String text = behaviour.toString();
		return Named.of(text.length() > 60 ? text.substring(0, 60) : text, behaviour);
	}

	@ParameterizedTest
	@MethodSource("beforeSignIn")
	void nobodyIsLetIn(Behaviour behaviour) {
		server.set(behaviour);
		assertEnds(this::connect, ConnectionException.class, Problem.Kind.CONNECTION, "127.0.0.1");
	}

	private static Stream<Named<Behaviour>> signIns() {
		return Stream.<Behaviour>of(Behaviour.Interactive.endless("Code: "), Behaviour.Interactive.endlessAndEmpty(), Behaviour.Interactive.manyPrompts(1000),
				Behaviour.Interactive.prompts("x".repeat(100_000)), new Behaviour.ForgedPromptCount(Integer.MAX_VALUE), new Behaviour.ForgedPromptCount(-1), new Behaviour.ForgedPromptCount(3))
				.map(HostileTest::named);
	}

	@ParameterizedTest
	@MethodSource("signIns")
	void endlessQuestions(Behaviour behaviour) {
		server.set(behaviour);
		assertEnds(this::connect, ServerFaultException.class, Problem.Kind.OTHER, "the sign-in was given up");
		assertThat(server.signInRounds()).isLessThanOrEqualTo(31);
	}

	@Test
	void neverSatisfied() {
		server.set(new Behaviour.NeverSatisfied());
		assertEnds(this::connect, IOException.class, Problem.Kind.OTHER, "the sign-in was given up");
	}

	@Test
	void anExpiredPassword() {
		server.set(new Behaviour.PasswordChange("Choose a new one"));
		assertEnds(this::connect, SignInException.class, Problem.Kind.SIGN_IN, "expired");
	}

	@Test
	void promptsWordForWord() throws IOException {
		server.set(new Behaviour.Interactive("Näme", "Line 1\nLine 2", List.of(new Behaviour.Interactive.Prompt("Städt? \u001b[31m", true), new Behaviour.Interactive.Prompt("", false)), 2));
		Person person = new Person().answer(_ -> "ä");
		connect(person).close();
		assertThat(person.asked(Challenge.KeyboardInteractive.class)).hasSize(2).first().satisfies(c -> {
			assertThat(c.name()).isEqualTo("Näme");
			assertThat(c.instruction()).isEqualTo("Line 1\nLine 2");
			assertThat(c.prompts()).containsExactly(new Challenge.Prompt("Städt? \u001b[31m", true), new Challenge.Prompt("", false));
		});
	}

	@Test
	void noSftpOrAnOldOne() {
		server.set(on(Request.INIT).stall());
		assertEnds(this::connect, ConnectionException.class, Problem.Kind.CONNECTION, "no files");
		server.set(new Behaviour.ForgedVersion(2));
		assertEnds(this::connect, ConnectionException.class, Problem.Kind.CONNECTION);
		server.set(on(Request.INIT).forgedLength(0xffff_ffffL, false));
		assertEnds(this::connect, ConnectionException.class, Problem.Kind.CONNECTION);
	}

	private static Stream<Named<Behaviour>> protocolBreaks() {
		return Stream.<Behaviour>of(on(Request.STAT).stall(), on(Request.STAT).disconnect(), on(Request.STAT).unknownId(), on(Request.STAT).duplicate(3), on(Request.STAT).forgedLength(0xffff_ffffL, false),
				on(Request.STAT).forgedLength(0xffff_ffffL, true), on(Request.STAT).forgedLength(300_000_000, true), on(Request.STAT).forgedLength(4, false),
				on(Request.STAT).forgedLength(200_000, false)).map(HostileTest::named);
	}

	@ParameterizedTest
	@MethodSource("protocolBreaks")
	void theConnectionIsGivenUp(Behaviour behaviour) throws IOException {
		try (Storage storage = connect()) {
			server.set(behaviour);
			assertEnds(() -> {
				storage.stat("/in", true);
				storage.stat("/in", true); // the first one may be answered before the rest is seen
				storage.stat("/in", true);
			}, ConnectionException.class, Problem.Kind.CONNECTION);
			assertThat(storage.isOpen()).isFalse();
			assertEnds(() -> storage.stat("/in", false), ConnectionException.class, Problem.Kind.CONNECTION);
			assertEnds(() -> storage.open("/in/notes.txt"), ConnectionException.class, Problem.Kind.CONNECTION);
		}
	}

	private static Stream<Named<Behaviour>> nonsense() {
		return Stream.<Behaviour>of(on(Request.STAT).reply(105), on(Request.STAT).reply(105, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff), on(Request.STAT).reply(102, new byte[] { 0, 0, 0, 1, 'x' }),
				on(Request.STAT).reply(99), on(Request.STAT).reply(101), on(Request.STAT).reply(101, new byte[8]), on(Request.STAT).reply(101, new byte[] { 0, 0, 0, 4, 0x7f, 0, 0, 0 }),
				new Behaviour.ForgedExtendedCount("/in", -1)).map(HostileTest::named);
	}

	@ParameterizedTest
	@MethodSource("nonsense")
	void answersThatMakeNoSense(Behaviour behaviour) throws IOException {
		try (Storage storage = connect()) {
			server.set(behaviour);
			assertEnds(() -> storage.stat("/in", true), FileSystemException.class, Problem.Kind.OTHER, "/in");
			server.set();
			assertThat(storage.stat("/in", true).type()).isEqualTo(FileInfo.Type.DIRECTORY);
		}
	}

	@Test
	void attributesThatAreOdd() throws IOException {
		try (Storage storage = connect()) {
			server.set(new Behaviour.ForgedSize("/in/notes.txt", -1));
			assertThat(storage.stat("/in/notes.txt", false).size()).isEqualTo(Long.MAX_VALUE);
			server.set(new Behaviour.ForgedTimes("/in/notes.txt", 0xffff_ffffL));
			assertThat(storage.stat("/in/notes.txt", false).modified()).isEqualTo(Instant.ofEpochSecond(0xffff_ffffL));
			server.set(new Behaviour.NoAttributes("/in/notes.txt"));
			assertThat(storage.stat("/in/notes.txt", false)).satisfies(i -> assertThat(i.type()).isEqualTo(FileInfo.Type.OTHER)).satisfies(i -> assertThat(i.version()).isEmpty());
			server.set(new Behaviour.ForgedSpace(-1, -1, -1, -1));
			assertThat(storage.space("/in")).hasValueSatisfying(s -> assertThat(s.free()).isEqualTo(Long.MAX_VALUE));
			server.set(new Behaviour.ForgedErrorText("\u001b[31mred\r\n" + "x".repeat(5000)), on(Request.STAT).refuse(4, "ignored"));
			assertEnds(() -> storage.stat("/in", true), FileSystemException.class, Problem.Kind.OTHER, "/in");
		}
	}

	@Test
	void hostileNamesArePassedOnAsTheyAre() throws IOException {
		try (Storage storage = connect()) {
			server.set(Behaviour.hostileNames("/in"), Behaviour.undecodableNames("/in"));
			assertThat(Servers.list(storage, "/in")).extracting(Entry::name).contains("notes.txt", "../../etc/passwd", "a/b").doesNotContain(".", "..");
			server.set(Behaviour.hugeName("/in", 100_000));
			assertThat(Servers.list(storage, "/in")).hasSize(2);
			server.set(Behaviour.hugeName("/in", 1_000_000));
			assertEnds(() -> Servers.list(storage, "/in"), ConnectionException.class, Problem.Kind.CONNECTION, "makes no sense");
		}
	}

	@Test
	void listingsWithoutEnd() throws IOException {
		try (Storage storage = connect()) {
			server.set(new Behaviour.EndlessListing("/in", 100));
			try (Listing listing = storage.list("/in")) {
				for (int i = 0; i < 1000; i++)
					assertThat(listing.next()).hasSizeLessThanOrEqualTo(101);
			}
			server.set(new Behaviour.EmptyListing("/in"));
			assertEnds(() -> Servers.list(storage, "/in"), ServerFaultException.class, Problem.Kind.OTHER, "/in", "without end");
			server.set(new Behaviour.ForgedEntryCount("/in", Integer.MAX_VALUE));
			assertEnds(() -> Servers.list(storage, "/in"), ServerFaultException.class, Problem.Kind.OTHER, "/in");
			server.set(new Behaviour.ForgedEntryCount("/in", -1));
			assertEnds(() -> Servers.list(storage, "/in"), ServerFaultException.class, Problem.Kind.OTHER, "/in");
			server.set();
			assertThat(Servers.list(storage, "/in")).hasSize(1);
		}
	}

	@Test
	void recordsWithoutEnd() throws IOException {
		server.tree().folder("/.strongroom");
		for (Behaviour behaviour : List.of(new Behaviour.EndlessListing("/.strongroom", 100), new Behaviour.EmptyListing("/.strongroom"), on(Request.READDIR).refuse(4, "Failure"),
				on(Request.OPENDIR).stall(), on(Request.READDIR).stall(), Behaviour.hostileNames("/.strongroom"), new Behaviour.ForgedEntryCount("/.strongroom", -1))) {
			server.set(behaviour);
			Storage storage = connect();
			assertThat(storage.stat("/in", true).type()).isEqualTo(FileInfo.Type.DIRECTORY);
			Instant start = Instant.now();
			storage.close();
			assertThat(Duration.between(start, Instant.now())).isLessThan(BOUND);
		}
		assertThat(server.count(Request.REMOVE)).isZero();
	}

	@Test
	void halfAListing() throws IOException {
		for (int i = 0; i < 1000; i++)
			server.tree().file("/in/file" + i, "x");
		try (Storage storage = connect()) {
			server.set(new Behaviour.HalfListing("/in", 300));
			assertEnds(() -> Servers.list(storage, "/in"), ConnectionException.class, Problem.Kind.CONNECTION);
		}
		try (Storage storage = connect()) {
			server.set(on(Request.READDIR).after(1).refuse(4, "I/O error"));
			assertEnds(() -> Servers.list(storage, "/in"), FileSystemException.class, Problem.Kind.OTHER, "/in", "I/O error");
			server.set(on(Request.READDIR).after(1).stall());
			assertEnds(() -> Servers.list(storage, "/in"), ConnectionException.class, Problem.Kind.CONNECTION);
		}
	}

	@Test
	void reads() throws IOException {
		byte[] content = "0123456789".repeat(30_000).getBytes(StandardCharsets.US_ASCII);
		server.tree().file("/in/big", content);
		try (Storage storage = connect()) {
			server.set(new Behaviour.ShortReads("/in/big", 10_000));
			assertThat(Servers.read(storage, "/in/big")).isEqualTo(content);
			server.set(new Behaviour.ShortReads("/in/big", 1));
			assertEnds(() -> Servers.read(storage, "/in/big"), ServerFaultException.class, Problem.Kind.OTHER, "/in/big", "crumbs");
			server.set(new Behaviour.LongReads("/in/big", 1));
			assertEnds(() -> readSome(storage, "/in/big", 100), ServerFaultException.class, Problem.Kind.OTHER, "/in/big", "more than");
			server.set(new Behaviour.EmptyReads("/in/big"));
			assertEnds(() -> Servers.read(storage, "/in/big"), ServerFaultException.class, Problem.Kind.OTHER, "/in/big", "nothing");
			server.set(new Behaviour.EarlyEof("/in/big", 70_000));
			assertThat(Servers.read(storage, "/in/big")).hasSize(70_000);
			server.set(new Behaviour.EndlessFile("/in/big"));
			assertThat(readSome(storage, "/in/big", 1 << 20)).isEqualTo(1 << 20);
			server.set(on(Request.READ).reply(103));
			assertEnds(() -> Servers.read(storage, "/in/big"), ServerFaultException.class, Problem.Kind.OTHER);
			server.set(on(Request.READ).reply(103, (byte) 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 1));
			assertEnds(() -> Servers.read(storage, "/in/big"), ServerFaultException.class, Problem.Kind.OTHER);
			server.set(on(Request.READ).after(3).disconnect());
			assertEnds(() -> Servers.read(storage, "/in/big"), ConnectionException.class, Problem.Kind.CONNECTION);
		}
	}

	private static int readSome(Storage storage, String path, int count) throws IOException {
		try (Reader reader = storage.open(path)) {
			return reader.read(0, ByteBuffer.allocate(count));
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 1, 1 << 20, Long.MAX_VALUE, -1 })
	void limitsThatMakeNoSense(long limit) throws IOException {
		server.set(new Behaviour.ForgedLimits(limit, limit, limit, limit));
		byte[] content = "0123456789".repeat(30_000).getBytes(StandardCharsets.US_ASCII);
		try (Storage storage = connect()) {
			Servers.save(storage, "/in/big", content, new Precondition.Any());
			assertThat(Servers.read(storage, "/in/big")).isEqualTo(content);
			assertThat(server.log()).filteredOn(l -> l.request() == Request.WRITE || l.request() == Request.READ).allSatisfy(l -> assertThat(l.length()).isBetween(1L, 128L << 10));
		}
	}

	/** What a server can do in the middle of a save, and what it is called. */
	private static Stream<Named<Behaviour>> saves() {
		return Stream.<Behaviour>of(new Behaviour.LostWrites(null, 100), new Behaviour.TruncatedWrites(null, 10), new Behaviour.FullDisk(null, 50_000), on(Request.WRITE).after(2).refuse(4, "Failure"),
				on(Request.WRITE).after(2).disconnect(), on(Request.WRITE).after(2).stall(), on(Request.WRITE).pretend(), on(Request.FSTAT).disconnect(), on(Request.FSTAT).stall(), on(Request.FSTAT).refuse(4, "Failure"),
				on(Request.FSYNC).refuse(4, "Failure"), on(Request.FSYNC).stall(), on(Request.CLOSE).refuse(4, "Failure"), on(Request.CLOSE).disconnect(), on(Request.OPEN).refuse(3, "Permission denied"),
				on(Request.OPEN).pretend(), on(Request.OPEN).reply(102, new byte[4000]), on(Request.POSIX_RENAME).refuse(4, "Failure"), on(Request.POSIX_RENAME).refuse(3, "no"), on(Request.POSIX_RENAME).pretend(),
				on(Request.POSIX_RENAME).disconnect(), on(Request.POSIX_RENAME).stall(), on(Request.LSTAT).refuse(4, "Failure"), on(Request.LSTAT).after(1).refuse(4, "Failure"),
				on(Request.LSTAT).after(2).refuse(4, "Failure"), on(Request.LSTAT).after(2).stall()).map(HostileTest::named);
	}

	@ParameterizedTest
	@MethodSource("saves")
	void theOldFileIsWhole(Behaviour behaviour) throws IOException {
		byte[] content = "new content ".repeat(60_000).getBytes(StandardCharsets.US_ASCII);
		try (Storage storage = connect()) {
			server.set(behaviour);
			assertEnds(() -> Servers.save(storage, "/in/notes.txt", content, new Precondition.Any()), IOException.class, expected(behaviour));
			server.set();
			assertThat(server.tree().text("/in/notes.txt")).isEqualTo("old");
			if (storage.isOpen())
				assertThat(server.tree().list("/in")).as("nothing is left behind").containsExactly("notes.txt");
		}
	}

	private static Problem.Kind expected(Behaviour behaviour) {
		return behaviour instanceof Behaviour.On on && (on.reaction() instanceof Behaviour.Disconnect || on.reaction() instanceof Behaviour.Stall) ? Problem.Kind.CONNECTION : Problem.Kind.OTHER;
	}

	@Test
	void aFullDiskSaysSo() throws IOException {
		try (Storage storage = connect()) {
			server.set(new Behaviour.FullDisk(null, 1));
			assertEnds(() -> Servers.save(storage, "/in/notes.txt", "new"), FileSystemException.class, Problem.Kind.OTHER, "/in/notes.txt", "disk full or quota");
		}
	}

	@Test
	void savedThoughTheConnectionEnded() throws IOException {
		try (Storage storage = connect()) {
			server.set(on(Request.POSIX_RENAME).doThenDisconnect());
			assertEnds(() -> Servers.save(storage, "/in/notes.txt", "new"), ConnectionException.class, Problem.Kind.CONNECTION);
			assertThat(server.tree().text("/in/notes.txt")).isEqualTo("new");
		}
	}

	@Test
	void withoutExtensions() throws IOException {
		server.set(Behaviour.ForgedExtensions.none());
		try (Storage storage = connect()) {
			assertThat(storage.features().atomicReplace()).isFalse();
			Servers.save(storage, "/in/notes.txt", "new");
			assertThat(server.tree().text("/in/notes.txt")).isEqualTo("new");
			Servers.save(storage, "/in/other.txt", "other");
			assertThat(HostileSftpServer.await(() -> server.tree().list("/in").size() == 2, Duration.ofSeconds(5))).isTrue();
		} catch (InterruptedException e) {
			throw new AssertionError(e);
		}
	}

	@Test
	void withoutAtomicReplaceTheOldFileComesBack() throws IOException {
		server.set(Behaviour.ForgedExtensions.none(), on(Request.RENAME).path("/in/notes.txt").after(1).once().refuse(4, "Failure"));
		try (Storage storage = connect()) {
			assertEnds(() -> Servers.save(storage, "/in/notes.txt", "new"), FileSystemException.class, Problem.Kind.OTHER, "/in/notes.txt");
			assertThat(server.tree().text("/in/notes.txt")).isEqualTo("old");
			assertThat(server.tree().list("/in")).containsExactly("notes.txt");
		}
	}

	@Test
	void conflicts() throws IOException {
		try (Storage storage = connect()) {
			var version = storage.stat("/in/notes.txt", true).version().orElseThrow();
			server.tree().file("/in/notes.txt", "somebody else's");
			assertThatThrownBy(() -> Servers.save(storage, "/in/notes.txt", "new".getBytes(StandardCharsets.UTF_8), new Precondition.Unchanged(version))).isInstanceOf(ConflictException.class);
			assertThatThrownBy(() -> Servers.save(storage, "/in/notes.txt", "new".getBytes(StandardCharsets.UTF_8), new Precondition.Absent())).isInstanceOf(ConflictException.class);
			server.tree().remove("/in/notes.txt");
			assertThatThrownBy(() -> Servers.save(storage, "/in/notes.txt", "new".getBytes(StandardCharsets.UTF_8), new Precondition.Unchanged(version))).isInstanceOf(ConflictException.class);
			assertThat(server.tree().list("/in")).isEmpty();
		}
	}

	@Test
	void linksThatLeadAstray() throws IOException {
		server.tree().link("/in/loop", "/in/loop").link("/in/relative", "notes.txt").link("/in/dangling", "../in/fresh.txt");
		try (Storage storage = connect()) {
			assertEnds(() -> Servers.save(storage, "/in/loop", "new"), FileSystemException.class, Problem.Kind.OTHER, "/in/loop");
			Servers.save(storage, "/in/relative", "new");
			assertThat(server.tree().text("/in/notes.txt")).isEqualTo("new");
			assertThat(server.tree().kind("/in/relative")).isEqualTo(Tree.Kind.LINK);
			Servers.save(storage, "/in/dangling", "fresh");
			assertThat(server.tree().text("/in/fresh.txt")).isEqualTo("fresh");
			server.set(new Behaviour.ForgedRealPath("not/absolute"));
			assertEnds(() -> Servers.save(storage, "/in/relative", "newer"), FileSystemException.class, Problem.Kind.OTHER);
			assertEnds(storage::home, ServerFaultException.class, Problem.Kind.OTHER);
		}
	}

	@Test
	void noPermission() throws IOException {
		try (Storage storage = connect()) {
			server.set(on(Request.OPEN).refuse(3, "Permission denied"), on(Request.OPENDIR).refuse(3, "Permission denied"));
			assertThatThrownBy(() -> storage.open("/in/notes.txt")).isInstanceOf(AccessDeniedException.class);
			assertThatThrownBy(() -> storage.list("/in")).isInstanceOf(AccessDeniedException.class);
			assertThatThrownBy(() -> Servers.save(storage, "/in/notes.txt", "new")).isInstanceOf(AccessDeniedException.class);
		}
	}

	@Test
	void anInterruptEndsAWait() throws Exception {
		try (Storage storage = connect()) {
			server.set(on(Request.STAT).stall());
			var thrown = new AtomicReference<Throwable>();
			var asking = new CountDownLatch(1);
			Thread thread = Thread.ofVirtual().start(() -> {
				asking.countDown();
				thrown.set(catchThrowable(() -> storage.stat("/in", true)));
			});
			asking.await();
			assertThat(HostileSftpServer.await(() -> server.count(Request.STAT) == 1, Duration.ofSeconds(5))).isTrue();
			thread.interrupt();
			assertThat(thread.join(Duration.ofSeconds(SILENCE))).isTrue();
			assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
			assertThat(storage.isOpen()).isTrue();
		}
	}

	@Test
	void aHandleNobodyWaitsForIsClosed() throws Exception {
		try (Storage storage = connect()) {
			server.set(on(Request.OPEN).once().delay(Duration.ofMillis(500)));
			Thread thread = Thread.ofVirtual().start(() -> catchThrowable(() -> storage.open("/in/notes.txt")));
			assertThat(HostileSftpServer.await(() -> server.count(Request.OPEN) == 1, Duration.ofSeconds(5))).isTrue();
			thread.interrupt();
			assertThat(thread.join(Duration.ofSeconds(SILENCE))).isTrue();
			assertThat(HostileSftpServer.await(() -> server.count(Request.CLOSE) == 1, Duration.ofSeconds(5))).isTrue();
		}
	}

	@Test
	void aSlowServerIsNotGivenUpWhileItAnswers() throws Exception {
		server.tree().file("/in/big", new byte[40 * 1024]);
		server.set(new Behaviour.ForgedLimits(0, 4096, 4096, 0));
		try (Storage storage = connect()) {
			server.add(on(Request.READ).delay(Duration.ofMillis(SILENCE * 1000 / 5)));
			Instant start = Instant.now();
			assertThat(readSome(storage, "/in/big", 40 * 1024)).isEqualTo(40 * 1024);
			assertThat(Duration.between(start, Instant.now())).as("longer than the server may be silent").isGreaterThan(Duration.ofSeconds(SILENCE));
		}
	}

	@Test
	void givingUpAnUploadLeavesNothing() throws Exception {
		try (Storage storage = connect()) {
			try (Upload upload = storage.upload("/in/notes.txt", new Precondition.Any())) {
				upload.write(0, ByteBuffer.wrap(new byte[100_000]));
				// of the two that are made, the one that does not fit goes at once, and nobody waits for that
				assertThat(HostileSftpServer.await(() -> server.tree().list("/in").size() == 2, Duration.ofSeconds(5))).isTrue();
				assertThat(server.tree().list("/in")).anyMatch(n -> n.matches("\\.strongroom-[0-9a-f]+\\.part"));
			}
			assertThat(server.tree().list("/in")).containsExactly("notes.txt");
			assertThat(server.tree().text("/in/notes.txt")).isEqualTo("old");
		}
	}
}
