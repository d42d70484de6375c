package org.strongroom.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Entry;
import org.strongroom.core.storage.Features;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Upload;
import org.strongroom.core.storage.Version;

/**
 * What the docstrings of {@link Storage}, {@link Reader} and {@link Upload} promise, as tests for any protocol. A protocol's own tests extend this class and give it a server, whose files are
 * also seen on a disk of this machine. What a server says it cannot do ({@link Features}) is not asked of it.
 * <p>
 * Each test has a folder of its own. The tests of a class share a connection, as a person's work does.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
public abstract class StorageContract {
	/** How the names of the tests' folders begin. */
	protected static final String FOLDER = "contract";
	private static final int MANY = 64;
	private static final Precondition ANY = new Precondition.Any();
	private static final Precondition ABSENT = new Precondition.Absent();
	private static final Instant LONG_AGO = Instant.ofEpochSecond(1_234_567_890);

	private static Storage shared;

	private Path root;
	private String remote;
	private Storage storage;

	/** One more connection to the server. */
	protected abstract Storage connect() throws IOException;

	/** The folder that is being served, as this process sees it. */
	protected abstract Path disk();

	/** {@link #disk()} as the storage names it. */
	protected abstract String remote();

	/** Lets the server change a file or folder that the test has made on the disk. For servers that work under another account. */
	protected void handOver(Path path) throws IOException {
	}

	/** Whether the server can have this name, one that ext4 can have. */
	protected boolean takes(String name) {
		return true;
	}

	/** Whether the server works under an account that may not do all, so that what was not handed over to it is forbidden to it. */
	protected boolean isRestricted() {
		return false;
	}

	/** What the storage throws for what the server's account may not do; something more general for a server that does not always say why it refuses. */
	protected Class<? extends FileSystemException> denial() {
		return AccessDeniedException.class;
	}

	@BeforeEach
	final void begin() throws IOException {
		if (shared == null || !shared.isOpen()) {
			shared = connect();
		}
		storage = shared;
		root = Files.createTempDirectory(disk(), FOLDER);
		if (root.getFileSystem().supportedFileAttributeViews().contains("posix"))
			Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
		handOver(root);
		remote = StoragePaths.child(remote(), root.getFileName().toString());
	}

	@AfterEach
	final void end() throws IOException {
		if (root != null) {
			remove(root);
		}
	}

	/** Removes what a test has left. */
	protected void remove(Path folder) throws IOException {
		OpenSshServer.deleteTree(folder);
	}

	@AfterAll
	static void disconnect() throws IOException {
		if (shared != null) {
			shared.close();
			shared = null;
		}
	}

	// ---------------------------------------------------------------- what tests need again and again

	private String at(String name) {
		return remote + '/' + name;
	}

	/** A file on the disk, not changed for long. */
	private Path there(String name, byte[] content) throws IOException {
		Path file = Files.write(root.resolve(name), content);
		Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
		handOver(file);
		return file;
	}

	private Path there(String name, String content) throws IOException {
		return there(name, content.getBytes(StandardCharsets.UTF_8));
	}

	private Path folder(String name) throws IOException {
		Path folder = Files.createDirectory(root.resolve(name));
		handOver(folder);
		return folder;
	}

	private void assumeLinks() {
		assumeTrue(storage.features().symbolicLinks(), "the server has no symbolic links");
	}

	private List<String> onDisk() throws IOException {
		return onDisk(root);
	}

	private static List<String> onDisk(Path folder) throws IOException {
		try (Stream<Path> all = Files.list(folder)) {
			return all.map(p -> p.getFileName().toString()).sorted().toList();
		}
	}

	/** Who is interrupted leaves tidying up to others: that is waited for. */
	private void comesToHold(String... names) throws Exception {
		for (Instant end = Instant.now().plusSeconds(30); !onDisk().equals(List.of(names)) && Instant.now().isBefore(end);) {
			Thread.sleep(20);
		}
		assertThat(onDisk()).containsExactly(names);
	}

	private List<Entry> list(String path) throws IOException {
		var all = new ArrayList<Entry>();
		try (Listing listing = storage.list(path)) {
			for (List<Entry> some = listing.next(); !some.isEmpty(); some = listing.next()) {
				all.addAll(some);
			}
		}
		return all;
	}

	private List<String> names(String path) throws IOException {
		return list(path).stream().map(Entry::name).sorted().toList();
	}

	private byte[] read(String path) throws IOException {
		try (Reader reader = storage.open(path)) {
			return rest(reader, 0);
		}
	}

	/** All from a place on, in parts that are no power of two. */
	private static byte[] rest(Reader reader, long position) throws IOException {
		var out = new ByteArrayOutputStream();
		ByteBuffer buffer = ByteBuffer.allocate(300_000);
		for (int n = reader.read(position, buffer); n >= 0; n = reader.read(position + out.size(), buffer.clear())) {
			out.write(buffer.array(), 0, n);
		}
		return out.toByteArray();
	}

	private static byte[] part(Reader reader, long position, int length) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(length);
		int n = reader.read(position, buffer);
		assertThat(buffer.position()).isEqualTo(Math.max(n, 0));
		return n < 0 ? null : Arrays.copyOf(buffer.array(), n);
	}

	private FileInfo save(String name, byte[] content, Precondition precondition) throws IOException {
		try (Upload upload = storage.upload(at(name), precondition)) {
			upload.write(0, ByteBuffer.wrap(content));
			return upload.commit(content.length);
		}
	}

	private FileInfo save(String name, String content, Precondition precondition) throws IOException {
		return save(name, content.getBytes(StandardCharsets.UTF_8), precondition);
	}

	private Precondition unchanged(FileInfo info) {
		assumeTrue(info.version().isPresent(), "the server cannot tell versions");
		return new Precondition.Unchanged(info.version().orElseThrow());
	}

	private static byte[] random(int length) {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		return bytes;
	}

	/** Work by many threads at once; all of it succeeds. */
	private static <T> List<T> all(int count, IntFunction<Callable<T>> work) throws Exception {
		try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
			var all = new ArrayList<Future<T>>();
			for (int i = 0; i < count; i++) {
				all.add(executor.submit(work.apply(i)));
			}
			var results = new ArrayList<T>();
			for (Future<T> one : all) {
				results.add(one.get());
			}
			return results;
		}
	}

	private static void missing(ThrowingCallable call) {
		assertThatThrownBy(call).isInstanceOf(NoSuchFileException.class);
	}

	private static void refused(ThrowingCallable call) {
		assertThatThrownBy(call).isInstanceOf(FileSystemException.class);
	}

	private static void conflict(ThrowingCallable call) {
		assertThatThrownBy(call).isInstanceOf(ConflictException.class);
	}

	// ---------------------------------------------------------------- listing and describing

	@Test
	void aListingTellsWhatIsThere() throws Exception {
		there("notes.txt", "hello");
		there("empty", "");
		// a server may leave such out of its listings
		String hidden = takes(".hidden") ? ".hidden" : "hidden";
		there(hidden, "12");
		folder("folder");
		there("folder/inside", "not listed");
		Map<String, FileInfo> found = list(remote).stream().collect(Collectors.toMap(Entry::name, Entry::info));
		assertThat(found).containsOnlyKeys("notes.txt", "empty", hidden, "folder");
		assertThat(found.get("notes.txt").type()).isEqualTo(FileInfo.Type.FILE);
		assertThat(found.get("notes.txt").size()).isEqualTo(5);
		assertThat(found.get("notes.txt").modified()).isEqualTo(LONG_AGO);
		assertThat(found.get("empty").type()).isEqualTo(FileInfo.Type.FILE);
		assertThat(found.get("empty").size()).isZero();
		assertThat(found.get(hidden).size()).isEqualTo(2);
		assertThat(found.get("folder").type()).isEqualTo(FileInfo.Type.DIRECTORY);
		assertThat(found.get("folder").size()).isZero();
		for (var item : found.entrySet()) {
			assertThat(storage.stat(at(item.getKey()), false)).isEqualTo(item.getValue());
			assertThat(storage.stat(at(item.getKey()), true)).isEqualTo(item.getValue());
		}
	}

	@Test
	void aLargeFileTellsItsSize() throws Exception {
		Path file = there("large", "");
		try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
			channel.position((5L << 30) - 1).write(ByteBuffer.wrap(new byte[] { 7 }));
		}
		assertThat(storage.stat(at("large"), true).size()).isEqualTo(5L << 30);
		assertThat(list(remote).getFirst().info().size()).isEqualTo(5L << 30);
		try (Reader reader = storage.open(at("large"))) {
			assertThat(part(reader, (5L << 30) - 2, 10)).isEqualTo(new byte[] { 0, 7 });
		}
	}

	@Test
	void anEmptyFolderListsNothing() throws Exception {
		assertThat(list(remote)).isEmpty();
	}

	@Test
	void eachOfManyIsListedOnce() throws Exception {
		for (int i = 0; i < 700; i++) {
			Files.createFile(root.resolve("file" + i));
		}
		assertThat(names(remote)).isEqualTo(onDisk()).hasSize(700);
	}

	@Test
	void aListingMayBeLeftBeforeItsEnd() throws Exception {
		for (int i = 0; i < 250; i++) {
			Files.createFile(root.resolve("file" + i));
		}
		// more often than a protocol has connections
		for (int i = 0; i < 8; i++) {
			try (Listing listing = storage.list(remote)) {
				assertThat(listing.next()).isNotEmpty();
			}
		}
		assertThat(names(remote)).hasSize(250);
	}

	@Test
	void theRootAndHomeAreFolders() throws Exception {
		assertThat(storage.stat("/", true).type()).isEqualTo(FileInfo.Type.DIRECTORY);
		assertThat(list("/")).isNotEmpty();
		assertThat(storage.home()).startsWith("/");
		assertThat(storage.stat(storage.home(), true).type()).isEqualTo(FileInfo.Type.DIRECTORY);
	}

	@Test
	void roomIsToldOrNot() throws Exception {
		storage.space(remote).ifPresent(space -> {
			assertThat(space.free()).isNotNegative().isLessThanOrEqualTo(space.total());
			assertThat(space.total()).isPositive();
		});
	}

	@Test
	void lookingChangesNothing() throws Exception {
		Path file = there("notes.txt", "hello");
		Files.setLastModifiedTime(root, FileTime.from(LONG_AGO));
		Object changed = Files.getAttribute(file, "unix:ctime");
		Object folderChanged = Files.getAttribute(root, "unix:ctime");
		list(remote);
		read(at("notes.txt"));
		storage.stat(at("notes.txt"), true);
		missing(() -> storage.stat(at("other"), true));
		missing(() -> storage.open(at("other")));
		assertThat(Files.getAttribute(file, "unix:ctime")).isEqualTo(changed);
		assertThat(Files.getAttribute(root, "unix:ctime")).isEqualTo(folderChanged);
		assertThat(onDisk()).containsExactly("notes.txt");
	}

	// ---------------------------------------------------------------- names

	static Stream<String> names() {
		return Stream.of("with space", " leading", "trailing ", "two  spaces", "100%", "%41", "%2F", "%2e%2e", "a%20b", "%", "#hash", "what?", "a+b", "a&b", "&amp;", "<tag>", "]]>", "a;b=c,d",
				"a:b", "'single' \"double\"", "[x]{y}(z)", "a|b^c`d", "$HOME", "*", "~", "@", "-rf", ".hidden", "..two", "...", "trailing.", "back\\slash", "line\nfeed", "tab\tstop", "bell\u0007",
				Normalizer.normalize("Übergröße é", Normalizer.Form.NFC), Normalizer.normalize("Übergröße é", Normalizer.Form.NFD), "日本語", "שלום", "🍏 👩‍👩‍👧", "non\u00a0breaking",
				"right\u202eleft", "x".repeat(255), "ä".repeat(127), "🍏".repeat(63));
	}

	@ParameterizedTest
	@MethodSource("names")
	void anyNameWorks(String name) throws Exception {
		assumeTrue(takes(name), "the server cannot have this name");
		storage.createDirectory(at(name));
		assertThat(onDisk()).containsExactly(name);
		String file = name + '/' + name;
		save(file, "hello", ABSENT);
		assertThat(onDisk(root.resolve(name))).containsExactly(name);
		assertThat(names(remote)).containsExactly(name);
		assertThat(names(at(name))).containsExactly(name);
		assertThat(storage.stat(at(file), true).size()).isEqualTo(5);
		assertThat(read(at(file))).asString().isEqualTo("hello");
		save(file, "hello again", ANY);
		assertThat(root.resolve(file)).hasContent("hello again");
		conflict(() -> save(file, "no", ABSENT));
		storage.rename(at(file), at("plain"), false);
		assertThat(root.resolve("plain")).hasContent("hello again");
		storage.rename(at("plain"), at(file), false);
		assertThat(onDisk(root.resolve(name))).containsExactly(name);
		storage.delete(at(file));
		missing(() -> storage.stat(at(file), true));
		storage.deleteDirectory(at(name));
		assertThat(onDisk()).isEmpty();
		there(name, "from the disk");
		assertThat(read(at(name))).asString().isEqualTo("from the disk");
	}

	@Test
	void namesThatLookAlikeAreDifferent() throws Exception {
		List<String> names = Stream.of(Normalizer.normalize("é", Normalizer.Form.NFC), Normalizer.normalize("é", Normalizer.Form.NFD), "a", "A", "a ", "a%20", "a+", "%61").filter(this::takes).sorted().toList();
		for (String name : names) {
			save(name, name, ABSENT);
		}
		assertThat(onDisk()).isEqualTo(names);
		assertThat(names(remote)).isEqualTo(names);
		for (String name : names) {
			assertThat(read(at(name))).asString().isEqualTo(name);
		}
	}

	@Test
	void aNameThatIsTooLongIsRefused() throws Exception {
		refused(() -> save("x".repeat(300), "no", ANY));
		refused(() -> storage.createDirectory(at("x".repeat(300))));
		assertThat(onDisk()).isEmpty();
		assertThat(storage.isOpen()).isTrue();
	}

	@Test
	void foldersMayBeNestedDeeply() throws Exception {
		var path = new StringBuilder("deep");
		storage.createDirectory(at("deep"));
		for (int i = 0; i < 40; i++) {
			path.append("/folder #").append(i);
			storage.createDirectory(at(path.toString()));
		}
		save(path + "/file", "hello", ABSENT);
		assertThat(root.resolve(path + "/file")).hasContent("hello");
		assertThat(names(at(path.toString()))).containsExactly("file");
	}

	// ---------------------------------------------------------------- errors

	@Test
	void whatIsNotThereIsMissing() throws Exception {
		there("file", "hello");
		for (ThrowingCallable call : List.<ThrowingCallable>of(() -> storage.stat(at("no"), true), () -> storage.stat(at("no"), false), () -> list(at("no")), () -> storage.open(at("no")),
				() -> storage.delete(at("no")), () -> storage.deleteDirectory(at("no")), () -> storage.rename(at("no"), at("yes"), false), () -> storage.rename(at("no"), at("yes"), true))) {
			assertThatThrownBy(call).isInstanceOfSatisfying(NoSuchFileException.class, e -> assertThat(e.getFile()).isEqualTo(at("no")));
		}
		missing(() -> storage.stat(at("no/below"), true));
		missing(() -> storage.createDirectory(at("no/folder")));
		missing(() -> storage.rename(at("file"), at("no/file"), false));
		missing(() -> storage.rename(at("file"), at("no/file"), true));
		missing(() -> save("no/file", "hello", ANY));
		missing(() -> save("no/file", "hello", ABSENT));
		if (storage.features().settableTimes()) {
			missing(() -> storage.setModified(at("no"), LONG_AGO));
		}
		assertThat(onDisk()).containsExactly("file");
		assertThat(storage.isOpen()).isTrue();
	}

	@Test
	void aFileIsNoFolder() throws Exception {
		Path file = there("file", "hello");
		assertThatThrownBy(() -> list(at("file"))).isInstanceOf(NotDirectoryException.class);
		assertThatThrownBy(() -> storage.deleteDirectory(at("file"))).isInstanceOf(NotDirectoryException.class);
		missing(() -> storage.stat(at("file/below"), true));
		refused(() -> storage.open(at("file/below")));
		refused(() -> list(at("file/below")));
		refused(() -> storage.createDirectory(at("file/below")));
		refused(() -> storage.delete(at("file/below")));
		refused(() -> save("file/below", "no", ANY));
		refused(() -> storage.rename(at("file"), at("file/below"), false));
		assertThat(file).hasContent("hello");
		assertThat(onDisk()).containsExactly("file");
	}

	@Test
	void aFolderIsNoFile() throws Exception {
		folder("folder");
		Path file = there("folder/file", "hello");
		folder("empty");
		for (String name : List.of("folder", "empty")) {
			refused(() -> storage.open(at(name)));
			refused(() -> save(name, "no", ANY));
			refused(() -> save(name, "no", ABSENT));
			refused(() -> storage.delete(at(name)));
		}
		assertThat(file).hasContent("hello");
		assertThat(onDisk()).containsExactly("empty", "folder");
	}

	@Test
	void whatIsForbiddenIsDenied() throws Exception {
		assumeTrue(isRestricted(), "nothing is forbidden to the server");
		Path secret = Files.writeString(root.resolve("secret"), "secret");
		Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
		Path closed = Files.createDirectory(root.resolve("closed"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		Path readable = Files.createDirectory(root.resolve("readable"));
		Files.setPosixFilePermissions(readable, PosixFilePermissions.fromString("rwxr-xr-x"));
		Files.setPosixFilePermissions(Files.writeString(readable.resolve("file"), "old"), PosixFilePermissions.fromString("rw-r--r--"));
		for (ThrowingCallable call : List.<ThrowingCallable>of(() -> read(at("secret")), () -> list(at("closed")), () -> save("readable/file", "no", ANY), () -> save("readable/new", "no", ABSENT),
				() -> storage.delete(at("readable/file")), () -> storage.createDirectory(at("readable/folder")), () -> storage.rename(at("readable/file"), at("file"), false))) {
			assertThatThrownBy(call).isInstanceOf(denial());
		}
		if (storage.features().permissions()) {
			assertThatThrownBy(() -> storage.setPermissions(at("secret"), 0777)).isInstanceOf(denial());
		}
		assertThat(read(at("readable/file"))).asString().isEqualTo("old");
		assertThat(onDisk()).containsExactly("closed", "readable", "secret");
		assertThat(onDisk(readable)).containsExactly("file");
		assertThat(closed).isEmptyDirectory();
		assertThat(secret).hasContent("secret");
	}

	// ---------------------------------------------------------------- reading

	@Test
	void partsOfAFileAreRead() throws Exception {
		byte[] content = random(1_000_000);
		there("file", content);
		try (Reader reader = storage.open(at("file"))) {
			assertThat(reader.info()).isEqualTo(storage.stat(at("file"), true));
			assertThat(part(reader, 0, 10)).isEqualTo(Arrays.copyOf(content, 10));
			assertThat(part(reader, 0, 1_000_000)).isEqualTo(content);
			assertThat(part(reader, 123_457, 456_789)).as("the middle").isEqualTo(Arrays.copyOfRange(content, 123_457, 123_457 + 456_789));
			assertThat(part(reader, 1, 1)).as("backwards").isEqualTo(new byte[] { content[1] });
			assertThat(part(reader, 999_999, 1)).as("the last byte").isEqualTo(new byte[] { content[999_999] });
			assertThat(part(reader, 900_000, 300_000)).as("over the end").isEqualTo(Arrays.copyOfRange(content, 900_000, 1_000_000));
			assertThat(part(reader, 0, 2_000_000)).as("more than all").isEqualTo(content);
			assertThat(part(reader, 1_000_000, 1)).as("at the end").isNull();
			assertThat(part(reader, 1_000_001, 1)).as("behind the end").isNull();
			assertThat(part(reader, 1L << 40, 100_000)).as("far behind the end").isNull();
			assertThat(part(reader, 500_000, 0)).as("nothing").isEmpty();
			assertThat(part(reader, 5, 5)).as("still").isEqualTo(Arrays.copyOfRange(content, 5, 10));
		}
	}

	@Test
	void readsIntoBuffersOfAnyKind() throws Exception {
		byte[] content = random(100_000);
		there("file", content);
		try (Reader reader = storage.open(at("file"))) {
			ByteBuffer direct = ByteBuffer.allocateDirect(80_000);
			assertThat(reader.read(30_000, direct)).isEqualTo(70_000);
			byte[] got = new byte[70_000];
			direct.flip().get(got);
			assertThat(got).isEqualTo(Arrays.copyOfRange(content, 30_000, 100_000));
			ByteBuffer some = ByteBuffer.allocate(1000).position(100).limit(200);
			assertThat(reader.read(50_000, some)).isEqualTo(100);
			assertThat(some.position()).isEqualTo(200);
			assertThat(some.limit()).isEqualTo(200);
			assertThat(Arrays.copyOfRange(some.array(), 100, 200)).isEqualTo(Arrays.copyOfRange(content, 50_000, 50_100));
			assertThat(some.array()[99]).isZero();
			assertThat(some.array()[200]).isZero();
		}
	}

	@Test
	void anEmptyFileHasNothingToRead() throws Exception {
		there("file", "");
		try (Reader reader = storage.open(at("file"))) {
			assertThat(reader.info().size()).isZero();
			assertThat(part(reader, 0, 10)).isNull();
			assertThat(part(reader, 5, 10)).isNull();
		}
	}

	@Test
	void manyReadTheSameFileAtOnce() throws Exception {
		byte[] content = random(2_000_000);
		there("file", content);
		try (Reader reader = storage.open(at("file"))) {
			all(MANY, i -> () -> {
				int from = i * 31_000;
				assertThat(part(reader, from, 40_000)).isEqualTo(Arrays.copyOfRange(content, from, from + 40_000));
				return null;
			});
		}
	}

	@Test
	void whoReadsSeesTheOldContentOrAClearErrorWhenItIsReplaced() throws Exception {
		byte[] before = random(8_000_000);
		byte[] after = new byte[before.length];
		there("file", before);
		try (Reader reader = storage.open(at("file"))) {
			assertThat(part(reader, 0, 100_000)).isEqualTo(Arrays.copyOf(before, 100_000));
			save("file", after, ANY);
			try {
				assertThat(Arrays.equals(rest(reader, 100_000), Arrays.copyOfRange(before, 100_000, before.length))).as("the old content").isTrue();
			} catch (FileSystemException e) {
				assertThat(e.getReason()).isNotBlank();
			}
		}
		assertThat(read(at("file"))).isEqualTo(after);
	}

	@Test
	void whoReadsSeesTheOldContentOrAClearErrorWhenItIsRemoved() throws Exception {
		byte[] content = random(8_000_000);
		there("file", content);
		try (Reader reader = storage.open(at("file"))) {
			assertThat(part(reader, 0, 100_000)).isEqualTo(Arrays.copyOf(content, 100_000));
			storage.delete(at("file"));
			try {
				assertThat(Arrays.equals(rest(reader, 100_000), Arrays.copyOfRange(content, 100_000, content.length))).as("the old content").isTrue();
			} catch (FileSystemException e) {
				assertThat(e.getFile()).isNotBlank();
			}
		}
		assertThat(storage.isOpen()).isTrue();
	}

	// ---------------------------------------------------------------- writing

	@Test
	void aSaveIsSeenWhenItIsCommittedAndNotBefore() throws Exception {
		Path file = there("file", "old");
		byte[] content = random(3_000_000);
		try (Upload upload = storage.upload(at("file"), ANY)) {
			upload.write(0, ByteBuffer.wrap(content));
			assertThat(file).hasContent("old");
			assertThat(upload.commit(content.length)).isEqualTo(storage.stat(at("file"), true)).satisfies(info -> assertThat(info.size()).isEqualTo(content.length));
		}
		assertThat(file).hasBinaryContent(content);
		try (Upload upload = storage.upload(at("new"), ABSENT)) {
			upload.write(0, ByteBuffer.wrap(content));
			assertThat(root.resolve("new")).doesNotExist();
			upload.commit(content.length);
		}
		assertThat(root.resolve("new")).hasBinaryContent(content);
		assertThat(read(at("new"))).isEqualTo(content);
		assertThat(onDisk()).containsExactly("file", "new");
	}

	@Test
	void anEmptyFileIsSaved() throws Exception {
		Path file = there("file", "old");
		try (Upload upload = storage.upload(at("file"), ANY)) {
			assertThat(upload.commit(0).size()).isZero();
		}
		assertThat(file).isEmptyFile();
		try (Upload upload = storage.upload(at("new"), ABSENT)) {
			upload.write(0, ByteBuffer.allocate(0));
			assertThat(upload.commit(0).size()).isZero();
		}
		assertThat(root.resolve("new")).isEmptyFile();
		assertThat(onDisk()).containsExactly("file", "new");
	}

	@Test
	void theContentIsWhatWasWrittenLastInAnyOrder() throws Exception {
		byte[] content = random(1_000_000);
		try (Upload upload = storage.upload(at("file"), ABSENT)) {
			// the end, then the beginning, then the hole between, then one place again
			upload.write(700_000, ByteBuffer.wrap(content, 700_000, 300_000));
			upload.write(0, ByteBuffer.wrap(content, 0, 100_000));
			upload.write(400_000, ByteBuffer.wrap(new byte[300_000]));
			upload.write(100_000, ByteBuffer.wrap(content, 100_000, 300_000).asReadOnlyBuffer());
			ByteBuffer direct = ByteBuffer.allocateDirect(300_000).put(content, 400_000, 300_000).flip();
			upload.write(400_000, direct);
			assertThat(direct.hasRemaining()).isFalse();
			// what is written behind the end is cut off
			upload.write(1_000_000, ByteBuffer.wrap(new byte[5000]));
			assertThat(upload.commit(content.length).size()).isEqualTo(content.length);
		}
		assertThat(root.resolve("file")).hasBinaryContent(content);
	}

	@Test
	void manyWriteTheSameFileAtOnce() throws Exception {
		byte[] content = random(MANY * 50_000);
		try (Upload upload = storage.upload(at("file"), ABSENT)) {
			all(MANY, i -> () -> {
				int from = (MANY - 1 - i) * 50_000;
				upload.write(from, ByteBuffer.wrap(content, from, 50_000));
				return null;
			});
			upload.commit(content.length);
		}
		assertThat(root.resolve("file")).hasBinaryContent(content);
	}

	@Test
	void whatWasWrittenIsReadBack() throws Exception {
		byte[] content = random(500_000);
		try (Upload upload = storage.upload(at("file"), ABSENT)) {
			assumeTrue(upload.isReadable(), "what was sent cannot be read back");
			upload.write(0, ByteBuffer.wrap(content));
			ByteBuffer back = ByteBuffer.allocate(200_000);
			assertThat(upload.read(100_000, back)).isEqualTo(200_000);
			assertThat(back.array()).isEqualTo(Arrays.copyOfRange(content, 100_000, 300_000));
			assertThat(upload.read(400_000, back.clear())).isEqualTo(100_000);
			assertThat(upload.read(500_000, back.clear())).isEqualTo(-1);
		}
	}

	@Test
	void lessThanAllIsNotCommitted() throws Exception {
		Path file = there("file", "old");
		for (String name : List.of("file", "new")) {
			try (Upload upload = storage.upload(at(name), ANY)) {
				upload.write(0, ByteBuffer.wrap(random(1000)));
				assertThatThrownBy(() -> upload.commit(1001)).isInstanceOf(IOException.class);
			}
		}
		assertThat(file).hasContent("old");
		assertThat(onDisk()).containsExactly("file");
		assertThat(storage.isOpen()).isTrue();
	}

	@Test
	void whatIsGivenUpLeavesNothing() throws Exception {
		Path file = there("file", "old");
		for (String name : List.of("file", "new")) {
			for (int length : new int[] { 0, 10, 3_000_000 }) {
				Upload upload = storage.upload(at(name), ANY);
				upload.write(0, ByteBuffer.wrap(random(length)));
				upload.close();
				upload.close();
			}
		}
		assertThat(file).hasContent("old");
		assertThat(onDisk()).containsExactly("file");
		Upload upload = storage.upload(at("file"), ANY);
		upload.write(0, ByteBuffer.wrap("new".getBytes(StandardCharsets.UTF_8)));
		upload.commit(3);
		upload.close();
		upload.close();
		assertThat(file).hasContent("new");
		assertThat(onDisk()).containsExactly("file");
	}

	@Test
	void nobodyEverSeesHalfAFile() throws Exception {
		assumeTrue(storage.features().atomicReplace(), "the server cannot replace a file in one step");
		byte[] a = "a".repeat(700_000).getBytes(StandardCharsets.US_ASCII);
		byte[] b = "b".repeat(500_000).getBytes(StandardCharsets.US_ASCII);
		Path file = there("file", a);
		var done = new AtomicBoolean();
		try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
			Future<Integer> looks = executor.submit(() -> {
				int count = 0;
				do {
					byte[] seen = Files.readAllBytes(file);
					assertThat(Arrays.equals(seen, a) || Arrays.equals(seen, b)).as("%d bytes", seen.length).isTrue();
					count++;
				} while (!done.get());
				return count;
			});
			try {
				for (int i = 0; i < 30; i++) {
					save("file", i % 2 == 0 ? b : a, ANY);
				}
			} finally {
				done.set(true);
			}
			assertThat(looks.get()).isPositive();
		}
	}

	@Test
	void permissionsOfTheReplacedFileAreKept() throws Exception {
		assumeTrue(storage.features().permissions(), "the server has no permissions");
		Path file = there("file", "old");
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
		save("file", "new", ANY);
		assertThat(file).hasContent("new");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-rw-r--");
	}

	@Test
	void attributesComeWithTheContentOrAreLeftToTheCaller() throws Exception {
		boolean done;
		FileInfo info;
		try (Upload upload = storage.upload(at("file"), ABSENT)) {
			upload.write(0, ByteBuffer.wrap(random(1000)));
			done = upload.setAttributes(LONG_AGO, storage.features().permissions() ? 0640 : null);
			info = upload.commit(1000);
		}
		assertThat(info).isEqualTo(storage.stat(at("file"), true));
		if (done) {
			assertThat(info.modified()).isEqualTo(LONG_AGO);
			if (storage.features().permissions()) {
				assertThat(info.permissions()).hasValue(0640);
			}
		}
	}

	@Test
	void bytesAreCopiedOnTheServerOrNotAtAll() throws Exception {
		byte[] content = random(2_000_000);
		there("source", content);
		try (Reader source = storage.open(at("source")); Upload upload = storage.upload(at("file"), ABSENT)) {
			upload.write(0, ByteBuffer.wrap(new byte[500]));
			if (!upload.copy(source, 1_000_000, 500, 700_000)) {
				upload.write(500, ByteBuffer.wrap(content, 1_000_000, 700_000));
			}
			upload.commit(700_500);
		}
		byte[] expected = new byte[700_500];
		System.arraycopy(content, 1_000_000, expected, 500, 700_000);
		assertThat(root.resolve("file")).hasBinaryContent(expected);
		assertThat(root.resolve("source")).hasBinaryContent(content);
		assertThat(onDisk()).containsExactly("file", "source");
	}

	@Test
	void manyFilesAreSavedAtOnce() throws Exception {
		all(MANY, i -> () -> save("file" + i, random(10_000 + i), ABSENT));
		for (int i = 0; i < MANY; i++) {
			assertThat(root.resolve("file" + i)).hasBinaryContent(random(10_000 + i));
		}
		assertThat(onDisk()).hasSize(MANY);
	}

	// ---------------------------------------------------------------- preconditions

	@Test
	void aNewFileIsMadeOnlyIfThereIsNone() throws Exception {
		FileInfo info = save("file", "mine", ABSENT);
		assertThat(info.size()).isEqualTo(4);
		conflict(() -> save("file", "again", ABSENT));
		assertThat(root.resolve("file")).hasContent("mine");
		try (Upload upload = storage.upload(at("new"), ABSENT)) {
			upload.write(0, ByteBuffer.wrap(random(1000)));
			there("new", "somebody else's");
			conflict(() -> upload.commit(1000));
		}
		assertThat(root.resolve("new")).hasContent("somebody else's");
		assertThat(onDisk()).containsExactly("file", "new");
	}

	@Test
	void ofManyWhoMakeANewFileOneWins() throws Exception {
		List<Boolean> won = all(20, i -> () -> {
			try {
				save("file", "content " + i, ABSENT);
				return true;
			} catch (ConflictException e) {
				return false;
			}
		});
		assertThat(won).containsOnlyOnce(true);
		assertThat(root.resolve("file")).hasContent("content " + won.indexOf(true));
		assertThat(onDisk()).containsExactly("file");
	}

	@Test
	void oneSaveAfterTheOtherIsNoConflict() throws Exception {
		there("file", "0");
		FileInfo info = storage.stat(at("file"), true);
		for (int i = 1; i <= 10; i++) {
			info = save("file", "x".repeat(i), unchanged(info));
			assertThat(root.resolve("file")).hasContent("x".repeat(i));
		}
		assertThat(onDisk()).containsExactly("file");
	}

	@Test
	void versionsAreTheSameWhoeverTellsThem() throws Exception {
		there("file", "hello");
		Version version = ((Precondition.Unchanged) unchanged(storage.stat(at("file"), true))).version();
		assertThat(list(remote).getFirst().info().version()).contains(version);
		assertThat(storage.stat(at("file"), false).version()).contains(version);
		try (Reader reader = storage.open(at("file"))) {
			assertThat(reader.info().version()).contains(version);
		}
		Version saved = save("file", "hello again", new Precondition.Unchanged(version)).version().orElseThrow();
		assertThat(saved).isNotEqualTo(version);
		assertThat(storage.stat(at("file"), true).version()).contains(saved);
		assertThat(list(remote).getFirst().info().version()).contains(saved);
	}

	/** Ways in which somebody else gets in between. */
	enum Meddling {
		OTHER_LENGTH, SAME_LENGTH, REPLACED, REMOVED, NOW_A_FOLDER
	}

	private void meddle(Meddling how) throws IOException {
		Path file = root.resolve("file");
		switch (how) {
		case OTHER_LENGTH -> Files.writeString(file, "somebody else's");
		case SAME_LENGTH -> Files.writeString(file, "ALIEN");
		case REPLACED -> {
			Files.move(Files.writeString(root.resolve("other"), "ALIEN"), file, StandardCopyOption.ATOMIC_MOVE);
			handOver(file);
		}
		case REMOVED -> Files.delete(file);
		case NOW_A_FOLDER -> {
			Files.delete(file);
			folder("file");
		}
		}
	}

	private void standsAsMeddledWith(Meddling how) throws IOException {
		Path file = root.resolve("file");
		switch (how) {
		case OTHER_LENGTH -> assertThat(file).hasContent("somebody else's");
		case SAME_LENGTH, REPLACED -> assertThat(file).hasContent("ALIEN");
		case REMOVED -> assertThat(file).doesNotExist();
		case NOW_A_FOLDER -> assertThat(file).isEmptyDirectory();
		}
		assertThat(onDisk()).hasSize(how == Meddling.REMOVED ? 0 : 1);
	}

	@ParameterizedTest
	@EnumSource
	void aFileThatChangedSinceIsNotReplaced(Meddling how) throws Exception {
		there("file", "hello");
		Precondition unchanged = unchanged(storage.stat(at("file"), true));
		meddle(how);
		refusedOrConflict(how, () -> save("file", random(100_000), unchanged));
		standsAsMeddledWith(how);
	}

	@ParameterizedTest
	@EnumSource
	void aFileThatChangesMeanwhileIsNotReplaced(Meddling how) throws Exception {
		there("file", "hello");
		try (Upload upload = storage.upload(at("file"), unchanged(storage.stat(at("file"), true)))) {
			upload.write(0, ByteBuffer.wrap(random(100_000)));
			meddle(how);
			refusedOrConflict(how, () -> upload.commit(100_000));
		}
		standsAsMeddledWith(how);
	}

	private static void refusedOrConflict(Meddling how, ThrowingCallable save) {
		if (how == Meddling.NOW_A_FOLDER) {
			refused(save);
		} else {
			conflict(save);
		}
	}

	@Test
	void whateverIsThereIsReplacedIfSoWanted() throws Exception {
		Path file = there("file", "hello");
		try (Upload upload = storage.upload(at("file"), ANY)) {
			upload.write(0, ByteBuffer.wrap(random(1000)));
			Files.writeString(file, "somebody else's");
			upload.commit(1000);
		}
		assertThat(file).hasBinaryContent(random(1000));
		Files.delete(file);
		save("file", "mine", ANY);
		assertThat(file).hasContent("mine");
	}

	// ---------------------------------------------------------------- folders, other names, attributes

	@Test
	void foldersAreMadeAndRemoved() throws Exception {
		storage.createDirectory(at("folder"));
		assertThat(root.resolve("folder")).isDirectory();
		assertThatThrownBy(() -> storage.createDirectory(at("folder"))).isInstanceOf(FileAlreadyExistsException.class);
		Path file = there("folder/file", "hello");
		assertThatThrownBy(() -> storage.createDirectory(at("folder/file"))).isInstanceOf(FileAlreadyExistsException.class);
		assertThatThrownBy(() -> storage.createDirectory(at("folder"))).isInstanceOf(FileAlreadyExistsException.class);
		assertThatThrownBy(() -> storage.deleteDirectory(at("folder"))).isInstanceOf(DirectoryNotEmptyException.class);
		assertThat(file).hasContent("hello");
		storage.delete(at("folder/file"));
		storage.deleteDirectory(at("folder"));
		assertThat(onDisk()).isEmpty();
	}

	@Test
	void aFileGetsAnotherName() throws Exception {
		there("file", "hello");
		folder("folder");
		storage.rename(at("file"), at("folder/renamed"), false);
		assertThat(root.resolve("folder/renamed")).hasContent("hello");
		storage.rename(at("folder/renamed"), at("again"), true);
		assertThat(root.resolve("again")).hasContent("hello");
		assertThat(onDisk()).containsExactly("again", "folder");
	}

	@Test
	void aFileTakesThePlaceOfAnotherOnlyIfSoWanted() throws Exception {
		there("file", "hello");
		Path other = there("other", "other");
		assertThatThrownBy(() -> storage.rename(at("file"), at("other"), false)).isInstanceOf(FileAlreadyExistsException.class);
		assertThat(other).hasContent("other");
		assertThat(root.resolve("file")).hasContent("hello");
		storage.rename(at("file"), at("other"), true);
		assertThat(other).hasContent("hello");
		assertThat(onDisk()).containsExactly("other");
	}

	@Test
	void nothingTakesThePlaceOfAFolder() throws Exception {
		there("file", "hello");
		folder("folder");
		there("folder/inside", "inside");
		folder("empty");
		folder("mine");
		there("mine/own", "own");
		for (String from : List.of("file", "mine")) {
			for (String to : List.of("folder", "empty")) {
				for (boolean replace : new boolean[] { false, true }) {
					assertThatThrownBy(() -> storage.rename(at(from), at(to), replace)).isInstanceOf(FileAlreadyExistsException.class);
				}
			}
		}
		assertThatThrownBy(() -> storage.rename(at("mine"), at("file"), false)).isInstanceOf(FileAlreadyExistsException.class);
		refused(() -> storage.rename(at("mine"), at("file"), true));
		assertThat(root.resolve("file")).hasContent("hello");
		assertThat(root.resolve("folder/inside")).hasContent("inside");
		assertThat(root.resolve("mine/own")).hasContent("own");
		assertThat(onDisk()).containsExactly("empty", "file", "folder", "mine");
	}

	@Test
	void aFolderGetsAnotherNameWithAllInIt() throws Exception {
		folder("folder");
		folder("folder/sub");
		there("folder/sub/file", "hello");
		folder("elsewhere");
		storage.rename(at("folder"), at("elsewhere/renamed"), false);
		assertThat(root.resolve("elsewhere/renamed/sub/file")).hasContent("hello");
		assertThat(onDisk()).containsExactly("elsewhere");
		refused(() -> storage.rename(at("elsewhere"), at("elsewhere/renamed/into-itself"), false));
		assertThat(root.resolve("elsewhere/renamed/sub/file")).hasContent("hello");
		assertThat(onDisk(root.resolve("elsewhere/renamed"))).containsExactly("sub");
	}

	@Test
	void anItemThatGetsTheNameItHasStays() throws Exception {
		Path file = there("file", "hello");
		for (boolean replace : new boolean[] { false, true }) {
			Throwable answer = catchThrowable(() -> storage.rename(at("file"), at("file"), replace));
			assertThat(answer).satisfiesAnyOf(e -> assertThat(e).isNull(), e -> assertThat(e).isInstanceOf(FileSystemException.class));
			assertThat(file).hasContent("hello");
		}
		assertThat(onDisk()).containsExactly("file");
	}

	@Test
	void timesAreSet() throws Exception {
		assumeTrue(storage.features().settableTimes(), "the server sets no times");
		there("file", "hello");
		folder("folder");
		Duration granularity = storage.features().timeGranularity();
		for (String name : List.of("file", "folder")) {
			for (Instant time : List.of(Instant.ofEpochSecond(1), Instant.parse("1999-12-31T23:59:59.987654321Z"), Instant.parse("2040-02-29T12:00:00Z"))) {
				storage.setModified(at(name), time);
				Instant now = storage.stat(at(name), true).modified();
				assertThat(Duration.between(now, time).abs()).as("%s, not %s", now, time).isLessThan(granularity);
				assertThat(Files.getLastModifiedTime(root.resolve(name)).toInstant()).isEqualTo(now);
			}
		}
		assertThat(root.resolve("file")).hasContent("hello");
	}

	@Test
	void permissionsAreSetOrThereAreNone() throws Exception {
		Path file = there("file", "hello");
		if (storage.features().permissions()) {
			for (int bits : new int[] { 0600, 0751, 0644 }) {
				storage.setPermissions(at("file"), bits);
				assertThat(storage.stat(at("file"), true).permissions()).hasValue(bits);
				assertThat((int) Files.getAttribute(file, "unix:mode") & 0777).isEqualTo(bits);
			}
		} else {
			assertThatThrownBy(() -> storage.setPermissions(at("file"), 0600)).isInstanceOf(UnsupportedOperationException.class);
			assertThat(storage.stat(at("file"), true).permissions()).isEmpty();
		}
	}

	// ---------------------------------------------------------------- links

	@Test
	void linksAreMadeAndReadOrThereAreNone() throws Exception {
		there("file", "hello");
		if (!storage.features().symbolicLinks()) {
			assertThatThrownBy(() -> storage.createLink(at("link"), "file")).isInstanceOf(UnsupportedOperationException.class);
			assertThat(onDisk()).containsExactly("file");
			return;
		}
		storage.createLink(at("link"), "file");
		assertThat(Files.readSymbolicLink(root.resolve("link"))).isEqualTo(Path.of("file"));
		assertThat(storage.readLink(at("link"))).isEqualTo("file");
		assertThat(storage.stat(at("link"), false).type()).isEqualTo(FileInfo.Type.SYMLINK);
		assertThat(storage.stat(at("link"), true)).isEqualTo(storage.stat(at("file"), true));
		Map<String, FileInfo> found = list(remote).stream().collect(Collectors.toMap(Entry::name, Entry::info));
		assertThat(found.get("link").type()).isEqualTo(FileInfo.Type.SYMLINK);
		storage.createLink(at("dangling"), "../no such file");
		assertThat(storage.readLink(at("dangling"))).isEqualTo("../no such file");
		assertThat(storage.stat(at("dangling"), false).type()).isEqualTo(FileInfo.Type.SYMLINK);
		missing(() -> storage.stat(at("dangling"), true));
		missing(() -> storage.open(at("dangling")));
		refused(() -> storage.createLink(at("file"), "elsewhere"));
		refused(() -> storage.readLink(at("file")));
		assertThat(root.resolve("file")).hasContent("hello");
	}

	@Test
	void whatALinkLeadsToIsReplacedAndOnlyTheLinkRemoved() throws Exception {
		assumeLinks();
		folder("a");
		folder("b");
		Path file = there("b/file", "old");
		Files.createSymbolicLink(root.resolve("a/link"), Path.of("../b/file"));
		Files.createSymbolicLink(root.resolve("again"), root.resolve("a/link"));
		save("again", "new", ANY);
		assertThat(file).hasContent("new");
		save("again", "newer", unchanged(storage.stat(at("again"), true)));
		assertThat(file).hasContent("newer");
		assertThat(read(at("again"))).asString().isEqualTo("newer");
		assertThat(root.resolve("again")).isSymbolicLink();
		storage.rename(at("again"), at("renamed"), false);
		assertThat(root.resolve("renamed")).isSymbolicLink();
		storage.delete(at("renamed"));
		storage.delete(at("a/link"));
		assertThat(file).hasContent("newer");
		assertThat(onDisk(root.resolve("a"))).isEmpty();
		assertThat(onDisk(root.resolve("b"))).containsExactly("file");
	}

	@Test
	void aLinkToAFolderIsNoFolderToRemove() throws Exception {
		assumeLinks();
		folder("folder");
		there("folder/file", "hello");
		Files.createSymbolicLink(root.resolve("link"), Path.of("folder"));
		assertThat(names(at("link"))).containsExactly("file");
		assertThat(storage.stat(at("link"), true).type()).isEqualTo(FileInfo.Type.DIRECTORY);
		refused(() -> storage.deleteDirectory(at("link")));
		refused(() -> save("link", "no", ANY));
		storage.delete(at("link"));
		assertThat(root.resolve("folder/file")).hasContent("hello");
		assertThat(onDisk()).containsExactly("folder");
	}

	@Test
	void aLinkToItselfLeadsNowhere() throws Exception {
		assumeLinks();
		Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
		refused(() -> storage.stat(at("loop"), true));
		refused(() -> storage.open(at("loop")));
		refused(() -> save("loop", "no", ANY));
		assertThat(storage.stat(at("loop"), false).type()).isEqualTo(FileInfo.Type.SYMLINK);
		assertThat(names(remote)).containsExactly("loop");
		assertThat(onDisk()).containsExactly("loop");
	}

	// ---------------------------------------------------------------- many at once, interrupts, the end

	@Test
	void manyDoAllSortsOfThingsAtOnce() throws Exception {
		all(MANY, i -> () -> {
			String folder = "folder" + i;
			byte[] content = random(5000 + i);
			storage.createDirectory(at(folder));
			FileInfo info = save(folder + "/file", content, ABSENT);
			assertThat(read(at(folder + "/file"))).isEqualTo(content);
			storage.rename(at(folder + "/file"), at(folder + "/renamed"), false);
			assertThat(names(at(folder))).containsExactly("renamed");
			assertThat(storage.stat(at(folder + "/renamed"), true).size()).isEqualTo(info.size());
			missing(() -> storage.stat(at(folder + "/file"), true));
			storage.delete(at(folder + "/renamed"));
			storage.deleteDirectory(at(folder));
			return null;
		});
		assertThat(onDisk()).isEmpty();
	}

	/** Does this over and over in a thread of its own until that is interrupted, and gives what the last call ended with: null if it came to its end, the interrupt still to be seen. */
	private static Throwable interrupted(ThrowingCallable work) throws Exception {
		var begun = new CountDownLatch(1);
		var task = new FutureTask<Void>(() -> {
			try {
				for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
					if (i == 5) {
						begun.countDown();
					}
					work.call();
				}
				return null;
			} catch (Exception | Error e) {
				throw e;
			} catch (Throwable e) {
				throw new AssertionError(e);
			} finally {
				begun.countDown();
			}
		});
		Thread thread = Thread.ofVirtual().start(task);
		assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
		thread.interrupt();
		return catchThrowable(() -> {
			try {
				task.get(30, TimeUnit.SECONDS);
			} catch (ExecutionException e) {
				throw e.getCause();
			}
		});
	}

	@Test
	void anInterruptEndsACallAndNothingElse() throws Exception {
		byte[] content = random(1_000_000);
		there("file", content);
		try (Reader reader = storage.open(at("file")); Upload upload = storage.upload(at("new"), ABSENT)) {
			Map<String, ThrowingCallable> calls = Map.of("stat", () -> storage.stat(at("file"), true), "list", () -> list(remote), "open", () -> storage.open(at("file")).close(), "read",
					() -> part(reader, 0, content.length), "write", () -> upload.write(0, ByteBuffer.wrap(content)), "save", () -> save("saved", content, ANY));
			for (var call : calls.entrySet()) {
				for (int i = 0; i < 10; i++) {
					Throwable end = interrupted(call.getValue());
					assertThat(end == null || end instanceof InterruptedIOException).as("%s: %s", call.getKey(), end).isTrue();
					assertThat(storage.isOpen()).as(call.getKey()).isTrue();
				}
			}
			assertThat(part(reader, 0, content.length)).as("others read on").isEqualTo(content);
		}
		save("saved", content, ANY);
		assertThat(root.resolve("saved")).hasBinaryContent(content);
		comesToHold("file", "saved");
	}

	@Test
	void afterTheEndEveryCallSaysSo() throws Exception {
		there("file", "hello");
		Storage ended = connect();
		assertThat(ended.isOpen()).isTrue();
		ended.close();
		assertThat(ended.isOpen()).isFalse();
		for (ThrowingCallable call : List.<ThrowingCallable>of(() -> ended.stat(at("file"), true), () -> ended.list(remote), () -> ended.open(at("file")), () -> ended.upload(at("file"), ANY),
				() -> ended.createDirectory(at("folder")), () -> ended.delete(at("file")), () -> ended.deleteDirectory(remote), () -> ended.rename(at("file"), at("other"), false))) {
			assertThatThrownBy(call).isInstanceOf(ConnectionException.class);
		}
		assertThatCode(ended::close).doesNotThrowAnyException();
		assertThat(onDisk()).containsExactly("file");
	}

	@Test
	void twoConnectionsSeeTheSame() throws Exception {
		try (Storage other = connect()) {
			save("file", "hello", ABSENT);
			try (Reader reader = other.open(at("file"))) {
				assertThat(rest(reader, 0)).asString().isEqualTo("hello");
			}
			assertThat(other.stat(at("file"), true)).isEqualTo(storage.stat(at("file"), true));
		}
		assertThat(storage.stat(at("file"), true).size()).isEqualTo(5);
	}
}
