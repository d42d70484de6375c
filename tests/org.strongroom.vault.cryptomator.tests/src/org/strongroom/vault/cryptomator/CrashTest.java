package org.strongroom.vault.cryptomator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.strongroom.core.vault.Vault;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;

/** Every change that takes several steps is cut off before each of them: what was there is still there, under its old name or the new one, whoever looks. */
class CrashTest {
	private static final String LONG = Contents.LONG;
	private static final String OTHER = LONG + "2";

	/** All that may be there before or after a change. */
	private static final Set<String> ALL = Set.of("/file", "/" + LONG, "/folder", "/folder/inside", "/empty", "/link", "/new", "/new/inside", "/" + OTHER, "/" + OTHER + "/inside");

	@TempDir
	Path folder;
	private CryptomatorOracle oracle;
	private Server server;

	/**
	 * A change.
	 *
	 * @param keeps texts that must be found below one of some names afterwards, and whole
	 */
	record Change(String name, Step step, Map<String, Set<String>> keeps) {
		/** What is there before and has nothing to do with it. */
		Set<String> untouched() {
			return switch (name) {
			case "remove a file with a long name" -> Set.of("/file", "/folder", "/folder/inside", "/empty", "/link");
			case "remove a folder" -> Set.of("/file", "/" + LONG, "/folder", "/folder/inside", "/link");
			default -> Set.of("/empty");
			};
		}

		@Override
		public String toString() {
			return name;
		}
	}

	interface Step {
		void on(Path root) throws IOException;
	}

	private static Change move(String kind, String from, String to) {
		String text = kind.equals("folder") ? "inside" : kind;
		String below = kind.equals("folder") ? "/inside" : "";
		return new Change("move " + kind + (from.length() > 20 ? " long" : " short") + (to.length() > 20 ? " long" : " short"),
				root -> Files.move(root.resolve(from), root.resolve(to)), Map.of(text, Set.of("/" + from + below, "/" + to + below)));
	}

	static Stream<Change> changes() {
		return Stream.of(move("file", "file", "new"), move("file", "file", OTHER), move("long file", LONG, "new"), move("long file", LONG, OTHER), move("folder", "folder", "new"),
				move("folder", "folder", OTHER), move("link", "link", OTHER),
				new Change("replace by a move", root -> Files.move(root.resolve("file"), root.resolve(LONG), StandardCopyOption.REPLACE_EXISTING),
						Map.of("file", Set.of("/file", "/" + LONG))),
				new Change("create a folder", root -> Files.createDirectory(root.resolve("new")), Map.of()),
				new Change("create a folder with a long name", root -> Files.createDirectory(root.resolve(OTHER)), Map.of()),
				new Change("write a new file with a long name", root -> Files.writeString(root.resolve(OTHER), "new"), Map.of()),
				new Change("copy to a long name", root -> Files.copy(root.resolve("file"), root.resolve(OTHER)), Map.of("file", Set.of("/file"))),
				new Change("remove a file with a long name", root -> Files.delete(root.resolve(LONG)), Map.of("file", Set.of("/file"))),
				new Change("remove a folder", root -> Files.delete(root.resolve("empty")), Map.of("file", Set.of("/file"))));
	}

	@BeforeEach
	void make() throws IOException {
		oracle = CryptomatorOracle.create(folder.resolve("vault"), Server.PASSPHRASE, Cipher.SIV_GCM);
		oracle.write("/file", "file");
		oracle.write("/" + LONG, "long file");
		oracle.createFolder("/folder");
		oracle.createFolder("/empty");
		oracle.write("/folder/inside", "inside");
		oracle.createLink("/link", "file");
		oracle.lock();
	}

	@AfterEach
	void close() throws IOException {
		oracle.close();
	}

	@ParameterizedTest
	@MethodSource("changes")
	@Timeout(120)
	void cutBeforeEachStep(Change change) throws Exception {
		Path vault = folder.resolve("vault");
		Path kept = folder.resolve("kept");
		copy(vault, kept);
		boolean cut = true;
		int most = 0;
		for (int step = 0; cut; step++) {
			assertThat(step).as("steps").isLessThan(40);
			remove(vault);
			copy(kept, vault);
			cut = cutAt(vault, change, step);
			most = step;
			check(vault, change, "cut before step " + step);
		}
		assertThat(most).as("steps").isPositive();
	}

	private boolean cutAt(Path vault, Change change, int step) throws IOException {
		server = new Server(vault);
		try (Vault unlocked = server.unlock()) {
			server.storage.cutBeforeWrite = step;
			change.step().on(unlocked.root());
			return server.storage.cut;
		} catch (IOException e) {
			assertThat(server.storage.cut).as(e.toString()).isTrue();
			return true;
		} finally {
			server.close();
		}
	}

	private void check(Path vault, Change change, String when) throws IOException {
		try (var later = new Server(vault); Vault unlocked = later.unlock()) {
			for (var kept : change.keeps().entrySet()) {
				var found = new TreeSet<String>();
				for (String name : kept.getValue())
					if (isText(unlocked.root().resolve(name.substring(1)), kept.getKey()))
						found.add(name);
				assertThat(found).as("%s: where Strongroom finds %s", when, kept.getKey()).isNotEmpty();
			}
		}
		oracle.unlock();
		Optional<Map<String, String>> all = list(change);
		if (all.isPresent()) {
			assertThat(ALL).as("%s: what may be there", when).containsAll(all.get().keySet());
			assertThat(all.get().keySet()).as("%s: what nothing was done to", when).containsAll(change.untouched());
		}
		for (var kept : change.keeps().entrySet()) {
			boolean link = kept.getKey().equals("link");
			var found = new ArrayList<String>();
			for (String name : kept.getValue())
				found.add(link ? all.orElseThrow().get(name) : text(name));
			assertThat(found).as("%s: what cryptofs finds", when).contains(link ? "link file" : kept.getKey());
		}
		oracle.lock();
	}

	/**
	 * What cryptofs lists. A file's content can only be moved to or from an entry with a long name while that is there without content: a cut just then leaves such an entry, as with
	 * cryptofs itself, and that ends its listing, though not the reading of the file.
	 */
	private Optional<Map<String, String>> list(Change change) throws IOException {
		try {
			return Optional.of(oracle.list("/"));
		} catch (CryptomatorOracle.OracleException e) {
			assertThat(change.name()).startsWith("move ").contains("file").contains(" long");
			assertThat(e).hasMessageContaining("Unknown type of node");
			return Optional.empty();
		}
	}

	private String text(String name) throws IOException {
		try {
			return oracle.text(name);
		} catch (CryptomatorOracle.OracleException e) {
			return null; // it has the other name
		}
	}

	private static boolean isText(Path path, String text) {
		try {
			if (text.equals("link"))
				return Files.readSymbolicLink(path).toString().equals("file");
			return Files.readString(path).equals(text);
		} catch (IOException e) {
			return false;
		}
	}

	private static void copy(Path from, Path to) throws IOException {
		try (Stream<Path> all = Files.walk(from)) {
			for (Path path : all.toList())
				Files.copy(path, to.resolve(from.relativize(path).toString()));
		}
	}

	private static void remove(Path folder) throws IOException {
		try (Stream<Path> all = Files.walk(folder)) {
			for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList())
				Files.delete(path);
		}
	}
}
