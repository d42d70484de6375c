package org.strongroom.remotefs.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.storage.Entry;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.ServerFaultException;

/** What is asked of the server, and how fresh the answers are. */
class CacheTest {
	@TempDir
	Path temp;
	private Remote remote;

	@BeforeEach
	void open() {
		remote = new Remote(temp);
	}

	@AfterEach
	void close() {
		remote.close();
	}

	private static List<String> names(Path folder) throws IOException {
		var names = new ArrayList<String>();
		try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
			all.forEach(p -> names.add(p.getFileName().toString()));
		}
		Collections.sort(names);
		return names;
	}

	@Test
	void aListingAnswersAllThatFollowsFromIt() throws IOException {
		Files.createDirectory(temp.resolve("folder"));
		for (int i = 0; i < 10_000; i++)
			Files.createFile(temp.resolve("folder/file" + i));
		Files.createDirectory(temp.resolve("folder/sub"));
		Path folder = remote.root.resolve("folder");
		remote.storage.forget();
		assertThat(names(folder)).hasSize(10_001);
		assertThat(remote.storage.calls()).containsExactly("list");
		remote.storage.forget();
		for (int i = 0; i < 10_000; i++) {
			Path file = folder.resolve("file" + i);
			assertThat(Files.size(file)).isZero();
			assertThat(Files.isRegularFile(file)).isTrue();
			assertThat(Files.isRegularFile(file.resolve("dir.c9r"))).isFalse();
		}
		assertThat(Files.exists(folder.resolve("none"))).isFalse();
		assertThat(Files.isDirectory(folder.resolve("sub"), LinkOption.NOFOLLOW_LINKS)).isTrue();
		assertThat(Files.exists(folder.resolve("none/below/it"))).isFalse();
		assertThat(names(folder)).hasSize(10_001);
		assertThatThrownBy(() -> names(folder.resolve("file1"))).isInstanceOf(NotDirectoryException.class);
		assertThatThrownBy(() -> names(folder.resolve("none"))).isInstanceOf(NoSuchFileException.class);
		assertThat(remote.storage.calls()).isEmpty();
	}

	@Test
	void whatOthersDoIsSeenInTimeOrOnRefresh() throws IOException {
		Files.createDirectories(temp.resolve("a/b"));
		Path a = remote.root.resolve("a");
		assertThat(names(a)).containsExactly("b");
		Files.createFile(temp.resolve("a/new"));
		Files.delete(temp.resolve("a/b"));
		assertThat(Files.exists(a.resolve("new"))).isFalse();
		remote.later(Duration.ofSeconds(5));
		assertThat(Files.exists(a.resolve("new"))).isTrue();
		assertThat(Files.exists(a.resolve("b"))).isFalse();
		assertThat(names(a)).containsExactly("new");
		Files.createFile(temp.resolve("a/newer"));
		remote.fileSystem.refresh(remote.root);
		assertThat(names(a)).containsExactly("new", "newer");
		Files.delete(temp.resolve("a/newer"));
		remote.fileSystem.refresh(a.resolve("newer"));
		assertThat(Files.exists(a.resolve("newer"))).isFalse();
	}

	@Test
	void ownChangesAreSeenAtOnce() throws IOException {
		Path a = Files.createDirectory(remote.root.resolve("a"));
		assertThat(names(a)).isEmpty();
		Files.writeString(a.resolve("x"), "12345");
		assertThat(Files.size(a.resolve("x"))).isEqualTo(5);
		assertThat(names(a)).containsExactly("x");
		Files.move(a.resolve("x"), a.resolve("y"));
		assertThat(Files.exists(a.resolve("x"))).isFalse();
		assertThat(names(a)).containsExactly("y");
		Files.copy(a.resolve("y"), a.resolve("z"));
		assertThat(names(a)).containsExactly("y", "z");
		Files.delete(a.resolve("y"));
		Files.delete(a.resolve("z"));
		assertThat(names(a)).isEmpty();
		Files.createDirectory(a.resolve("sub"));
		Files.writeString(a.resolve("sub/x"), "1");
		assertThat(names(a.resolve("sub"))).containsExactly("x");
		Files.move(a, remote.root.resolve("moved"));
		assertThat(Files.exists(a.resolve("sub/x"))).isFalse();
		assertThat(Files.exists(remote.root.resolve("moved/sub/x"))).isTrue();
	}

	@Test
	void anAnswerFromBeforeAnOwnChangeIsNotTaken() {
		var cache = remote.fileSystem.cache();
		var info = FileInfo.of(Type.FILE, 1, Instant.EPOCH, null);
		var stamp = cache.stamp();
		cache.changed("/x", AttributeCache.Answer.ABSENT);
		cache.put("/x", AttributeCache.Answer.of(info), stamp);
		assertThat(cache.get("/x", true)).contains(AttributeCache.Answer.ABSENT);
	}

	@Test
	void aFolderIsNotEmptyIfSomethingWasMadeInItBeforeThatWasKnown() {
		var cache = new AttributeCache(Settings.DEFAULT);
		cache.making("/folder");
		cache.changed("/folder/deeper", null);
		cache.made("/folder", true);
		assertThat(cache.get("/folder/deeper", false)).isEmpty();
		cache.making("/other");
		cache.changed("/folder/other", null);
		cache.made("/other", true);
		assertThat(cache.get("/other/deeper", false)).contains(AttributeCache.Answer.ABSENT);
	}

	@Test
	void memoryIsBounded() {
		var settings = new Settings(Duration.ofSeconds(5), () -> 0, 1000, 1_000_000, 1 << 20, temp);
		var cache = new AttributeCache(settings);
		for (int i = 0; i < 20_000; i++)
			cache.put("/folder" + i % 700 + "/file" + i, AttributeCache.Answer.ABSENT, cache.stamp());
		assertThat(cache.size()).isLessThanOrEqualTo(1000);
		assertThat(cache.get("/folder" + 19_999 % 700 + "/file19999", true)).isPresent();
	}

	@Test
	void theSecondLookAtALinkAsksNobody() throws IOException {
		Files.writeString(temp.resolve("file"), "123");
		Files.createSymbolicLink(temp.resolve("link"), Path.of("file"));
		Path link = remote.root.resolve("link");
		remote.storage.forget();
		assertThat(Files.size(link)).isEqualTo(3);
		assertThat(remote.storage.calls()).containsExactly("stat", "stat");
		assertThat(Files.isSymbolicLink(link)).isTrue();
		assertThat(Files.isRegularFile(link)).isTrue();
		assertThat(remote.storage.calls()).hasSize(2);
		Files.writeString(remote.root.resolve("file"), "12345");
		assertThat(Files.size(link)).isEqualTo(5);
		Files.writeString(link, "1234567");
		assertThat(Files.size(remote.root.resolve("file"))).isEqualTo(7);
		assertThat(Files.isSymbolicLink(temp.resolve("link"))).isTrue();
	}

	/** A server with its own idea of what is in a folder. @param batch the nth batch */
	private Remote serving(int mostListed, Function<Integer, List<String>> batch) {
		return new Remote(temp, new WrappedStorage(Remote.localStorage()) {
			@Override
			public Listing list(String path) throws IOException {
				call("list");
				var n = new AtomicInteger();
				return new Listing() {
					@Override
					public List<Entry> next() {
						return batch.apply(n.getAndIncrement()).stream().map(name -> new Entry(name, FileInfo.of(Type.FILE, 1, Instant.EPOCH, null))).toList();
					}

					@Override
					public void close() {
						// nothing is open
					}
				};
			}
		}, mostListed);
	}

	@Test
	void namesThatLieAreLeftOut() throws IOException {
		List<String> forged = List.of("good", "../../etc/passwd", "..", ".", "", "a/b", "nul\0", "x".repeat(5000), "good", "a\u0308", "\u00e4", "back\\slash");
		try (var hostile = serving(1000, n -> n == 0 ? forged : List.of())) {
			var seen = new ArrayList<String>();
			try (var stream = Files.newDirectoryStream(hostile.root)) {
				stream.forEach(p -> {
					assertThat(p.getParent()).isEqualTo(hostile.root);
					seen.add(p.getFileName().toString());
				});
				assertThat(((RemoteDirectoryStream) stream).unusable()).isEqualTo(7);
			}
			assertThat(seen).containsExactly("good", "a\u0308", "\u00e4", "back\\slash");
		}
	}

	@Test
	void endlessListingsEnd() throws IOException {
		try (var endless = serving(1000, n -> List.of("name" + n, "other" + n)); var repeating = serving(1000, _ -> List.of("same", "..", "same"))) {
			for (Remote hostile : List.of(endless, repeating)) {
				try (var stream = Files.newDirectoryStream(hostile.root)) {
					assertThatThrownBy(() -> stream.forEach(_ -> {
						// only looking
					})).isInstanceOf(DirectoryIteratorException.class).hasCauseInstanceOf(ServerFaultException.class);
				}
				// half a listing says nothing about what is missing
				assertThat(hostile.fileSystem.cache().listing(hostile.root.toString())).isEmpty();
			}
		}
		try (var wordy = serving(1_000_000, n -> Collections.nCopies(1000, String.valueOf(n).repeat(1000).substring(0, 1000)))) {
			try (var stream = Files.newDirectoryStream(wordy.root)) {
				assertThatThrownBy(() -> stream.forEach(_ -> {
					// only looking
				})).hasCauseInstanceOf(ServerFaultException.class);
			}
		}
	}

	@Test
	void manyThreadsSeeOneTruth() throws Exception {
		Path folder = Files.createDirectory(remote.root.resolve("many"));
		var threads = new ArrayList<Thread>();
		var failures = Collections.synchronizedList(new ArrayList<Throwable>());
		for (int t = 0; t < 8; t++) {
			int me = t;
			threads.add(Thread.ofVirtual().start(() -> {
				try {
					for (int i = 0; i < 50; i++) {
						Path mine = folder.resolve(me + "-" + i);
						Files.writeString(mine, "x".repeat(i));
						names(folder);
						if (Files.size(mine) != i || !names(folder).contains(me + "-" + i))
							throw new AssertionError("own change not seen");
						if (i % 2 == 0) {
							Files.delete(mine);
							if (Files.exists(mine) || names(folder).contains(me + "-" + i))
								throw new AssertionError("own removal not seen");
						}
					}
				} catch (Throwable e) {
					failures.add(e);
				}
			}));
		}
		for (Thread t : threads)
			t.join();
		assertThat(failures).isEmpty();
		assertThat(names(folder)).hasSize(200);
	}
}
