package org.strongroom.vault.cryptomator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.DetailedListing;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.Version;
import org.strongroom.core.vault.DamagedVaultException;

/** Two sessions, each of several threads, work on one vault at once: whoever was told that something is done can rely on it, and whoever was too late is told. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class TwoSessionsTest {
	private static final int THREADS = 4;

	@TempDir
	Path temp;
	private FarVault far;

	@BeforeEach
	void start() throws IOException {
		far = new FarVault(temp);
	}

	@AfterEach
	void stop() throws IOException {
		if (far != null)
			far.close();
	}

	private interface Work {
		void run(FarVault.Session session, int thread) throws IOException;
	}

	/** Does the work in two sessions, on several threads of each. */
	private void inTwoSessions(Work work) throws Exception {
		try (var one = far.signIn(); var other = far.signIn()) {
			AtOnce.run(AtOnce.of(2 * THREADS, number -> () -> {
				work.run(number % 2 == 0 ? one : other, number);
				return null;
			}));
		}
	}

	private static void write(Path file, String content, Save save) throws IOException {
		Contents.save(file, content.getBytes(UTF_8), save);
	}

	/** Every state is as long as the one before and often of the same second, which is all that tells states apart over SFTP. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void noIncrementOfACounterIsLost(boolean longName) throws Exception {
		String name = longName ? Contents.LONG : "counter";
		int each = 8;
		far.oracle.write("/" + name, "%08d".formatted(0));
		far.oracle.lock();
		var conflicts = new AtomicInteger();
		inTwoSessions((session, _) -> {
			Path counter = session.item(name);
			for (int i = 0; i < each; i++)
				increment(session, counter, conflicts);
		});
		far.oracle.unlock();
		assertThat(far.oracle.text("/" + name)).as("increments, after %d conflicts", conflicts.get()).isEqualTo("%08d".formatted(2 * THREADS * each));
		assertThat(far.strays()).isEmpty();
	}

	private static void increment(FarVault.Session session, Path counter, AtomicInteger conflicts) throws IOException {
		for (boolean done = false; !done;) {
			session.refresh();
			Version version = version(counter);
			int value = Integer.parseInt(Files.readString(counter));
			try {
				write(counter, "%08d".formatted(value + 1), Save.ifUnchanged(version));
				done = true;
			} catch (ConflictException e) {
				conflicts.incrementAndGet();
			}
		}
	}

	private static Version version(Path file) throws IOException {
		return Files.readAttributes(file, StorageAttributes.class).version().orElseThrow();
	}

	/**
	 * What is moved to and fro is there in the end, wherever that is: a file exactly once. A folder that gets or has a long name lies under its old and its new one for a moment, and may keep two if
	 * three people move it within that.
	 */
	@Test
	void whatIsMovedIsNotLost() throws Exception {
		var names = List.of("a", "b", "c", Contents.LONG, Contents.LONG + "2", Contents.LONG + "3", "folder/a", "folder/" + Contents.LONG);
		far.oracle.createFolder("/folder");
		for (int i = 0; i < 4; i++) {
			far.oracle.write("/" + names.get(i), "file " + i);
			far.oracle.createFolder("/folder " + i);
			far.oracle.write("/folder " + i + "/inside", "inside " + i);
		}
		far.oracle.move("/folder 3", "/" + Contents.LONG + " folder");
		var folders = List.of("folder 0", "folder 1", "folder 2", Contents.LONG + " folder", "other folder", Contents.LONG + " other folder");
		far.oracle.lock();
		var moved = new AtomicInteger();
		inTwoSessions((session, thread) -> {
			var random = new Random(thread);
			for (int round = 0; round < 120; round++) {
				List<String> some = round % 3 == 0 ? folders : names;
				Path from = session.item(some.get(random.nextInt(some.size())));
				Path to = session.item(some.get(random.nextInt(some.size())));
				session.refresh();
				tooLateIsFine(() -> {
					Files.move(from, to);
					moved.incrementAndGet();
				});
			}
		});
		far.oracle.unlock();
		var contents = new ArrayList<String>();
		for (var item : far.oracle.list("/").entrySet())
			if (item.getValue().startsWith("file"))
				contents.add(far.oracle.text(item.getKey()));
		assertThat(contents).as("after %d moves", moved.get()).contains("inside 0", "inside 1", "inside 2", "inside 3");
		assertThat(contents).filteredOn(content -> content.startsWith("file")).containsExactlyInAnyOrder("file 0", "file 1", "file 2", "file 3");
		assertThat(moved.get()).isPositive();
		assertThat(far.strays()).isEmpty();
	}

	/** Which folder a name stands for is remembered for a while: one that has got the name since is not taken for it. */
	@Test
	void aFolderThatHasGotTheNameOfAnother() throws IOException {
		far.oracle.createFolder("/folder");
		far.oracle.createFolder("/other");
		far.oracle.write("/other/inside", "inside");
		far.oracle.lock();
		try (var one = far.signIn(); var other = far.signIn()) {
			Path folder = one.item("folder");
			assertThat(DetailedListing.of(folder)).isEmpty();
			Files.move(other.item("folder"), other.item("moved"));
			Files.move(other.item("other"), other.item("folder"));
			assertThatThrownBy(() -> Files.delete(folder)).isInstanceOf(ConflictException.class);
			assertThat(DetailedListing.of(folder)).hasSize(1);
			Files.move(other.item("folder"), other.item("other"));
			Files.move(other.item("moved"), other.item("folder"));
			assertThatThrownBy(() -> Files.move(folder, one.item(Contents.LONG))).isInstanceOf(ConflictException.class);
			Files.move(folder, one.item(Contents.LONG));
		}
		far.oracle.unlock();
		assertThat(far.oracle.list("/")).containsOnlyKeys("/" + Contents.LONG, "/other", "/other/inside");
		assertThat(far.strays()).isEmpty();
	}

	/** Everything that can be done to files and folders, under names that all use. */
	@Test
	void everythingAtOnce() throws Exception {
		var names = List.of("shared", "shared 2", Contents.LONG, Contents.LONG + "2", "folder/shared", "folder/" + Contents.LONG);
		far.oracle.createFolder("/folder");
		far.oracle.lock();
		var written = ConcurrentHashMap.<String>newKeySet();
		Map<String, String> own = new ConcurrentHashMap<>();
		inTwoSessions((session, thread) -> {
			var random = new Random(thread);
			for (int round = 0; round < 150; round++) {
				String text = "thread %d round %d ".formatted(thread, round).repeat(1 + random.nextInt(3000));
				written.add(text);
				session.refresh();
				switch (random.nextInt(9)) {
				case 0 -> tooLateIsFine(() -> write(session.item(any(names, random)), text, Save.createNew()));
				case 1 -> tooLateIsFine(() -> write(session.item(any(names, random)), text, Save.asFound()));
				case 2 -> tooLateIsFine(() -> {
					Path file = session.item(any(names, random));
					Version version = version(file);
					assertThat(written).contains(Files.readString(file));
					write(file, text, Save.ifUnchanged(version));
				});
				case 3 -> tooLateIsFine(() -> Files.delete(session.item(any(names, random))));
				case 4 -> tooLateIsFine(() -> Files.copy(session.item(any(names, random)), session.item(any(names, random))));
				case 5 -> tooLateIsFine(() -> Files.move(session.item(any(names, random)), session.item(any(names, random))));
				case 6 -> tooLateIsFine(() -> assertThat(written).contains(Files.readString(session.item(any(names, random)))));
				case 7 -> {
					// nobody else touches this one
					String name = (round % 2 == 0 ? "own " : "folder/" + Contents.LONG + " own ") + thread;
					if (random.nextInt(4) == 0) {
						Files.deleteIfExists(session.item(name));
						own.remove("/" + name);
					} else {
						write(session.item(name), text, Save.asFound());
						own.put("/" + name, text);
					}
				}
				default -> {
					// while others remove the folder, as long as it is empty
					String name = "folder " + random.nextInt(10);
					tooLateIsFine(() -> Files.createDirectory(session.item(name)));
					if (random.nextBoolean())
						tooLateIsFine(() -> Files.delete(session.item(name)));
					else
						tooLateIsFine(() -> {
							write(session.item(name).resolve("of " + thread), text, Save.asFound());
							own.put("/" + name + "/of " + thread, text);
						});
				}
				}
			}
		});
		far.oracle.unlock();
		Map<String, String> all = far.oracle.list("/");
		for (var item : all.entrySet())
			if (item.getValue().startsWith("file"))
				assertThat(written).as(item.getKey()).contains(far.oracle.text(item.getKey()));
		assertThat(all.keySet()).as("what was saved and touched by nobody else").containsAll(own.keySet());
		for (var saved : own.entrySet())
			assertThat(far.oracle.text(saved.getKey())).as(saved.getKey()).isEqualTo(saved.getValue());
		assertThat(far.strays()).isEmpty();
		far.oracle.lock();
		try (var session = far.signIn()) {
			assertThat(DetailedListing.of(session.vault().root())).allSatisfy(row -> assertThat(row.problem()).isEmpty())
					.extracting(row -> row.path().toString()).containsExactlyInAnyOrderElementsOf(all.keySet().stream().filter(name -> name.indexOf('/', 1) < 0).toList());
		}
	}

	private static String any(List<String> names, Random random) {
		return names.get(random.nextInt(names.size()));
	}

	private interface Step {
		void run() throws IOException;
	}

	/** Somebody else may have been faster: then nothing is done, and that is said. */
	private static void tooLateIsFine(Step step) throws IOException {
		try {
			step.run();
		} catch (ConflictException | FileAlreadyExistsException | NoSuchFileException | DirectoryNotEmptyException e) {
			// as it should be
		} catch (DamagedVaultException e) {
			// a long name's entry is there for a moment before the content that is moved into it
			assertThat(e).hasMessageContaining("holds neither a file nor a folder nor a link");
		} catch (FileSystemException e) {
			assertThat(e.getMessage()).containsAnyOf("it was changed on the server while it was being read", "the server lost the new file as soon as it was made");
		}
	}
}
