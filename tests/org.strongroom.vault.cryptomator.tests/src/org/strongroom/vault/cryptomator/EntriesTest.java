package org.strongroom.vault.cryptomator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.text.Normalizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.storage.DetailedListing;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.core.vault.Vault;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;

/** Entries with short and long names, of files, folders and links; and what other programs make of their names. */
class EntriesTest {
	private static final String LONG = Contents.LONG;

	@TempDir
	Path folder;
	private CryptomatorOracle oracle;
	private Server server;
	private Vault vault;
	private Path root;

	private enum Kind {
		FILE, FOLDER, LINK;

		void make(Path path) throws IOException {
			switch (this) {
			case FILE -> Files.writeString(path, "file");
			case FOLDER -> Files.createDirectory(path);
			case LINK -> Files.createSymbolicLink(path, path.getFileSystem().getPath("target"));
			}
		}

		String shown() {
			return switch (this) {
			case FILE -> "file 4";
			case FOLDER -> "folder";
			case LINK -> "link target";
			};
		}
	}

	@BeforeEach
	void make() throws IOException {
		oracle = CryptomatorOracle.create(folder, Server.PASSPHRASE, Cipher.SIV_GCM);
		oracle.lock();
		server = new Server(folder);
		vault = server.unlock();
		root = vault.root();
	}

	@AfterEach
	void close() throws IOException {
		vault.close();
		server.close();
		oracle.close();
	}

	private static List<String> names(Path folder) throws IOException {
		try (Stream<Path> list = Files.list(folder)) {
			return list.map(p -> p.getFileName().toString()).toList();
		}
	}

	/** Every kind, from a short or long name to a short or long one, where there is nothing or anything, moved and copied, with leave to replace or without. */
	@Test
	@Timeout(240)
	void movesAndCopies() throws Exception {
		var expected = new HashMap<String, String>();
		int number = 0;
		for (Kind kind : Kind.values())
			for (boolean longSource : new boolean[] { false, true })
				for (boolean longTarget : new boolean[] { false, true })
					for (Kind there : new Kind[] { null, Kind.FILE, Kind.FOLDER, Kind.LINK })
						for (boolean move : new boolean[] { false, true })
							for (boolean replace : new boolean[] { false, true }) {
								String name = "case " + number++;
								Path place = Files.createDirectory(root.resolve(name));
								expected.put("/" + name, "folder");
								Path from = place.resolve((longSource ? LONG : "") + "from");
								Path to = place.resolve((longTarget ? LONG : "") + "to");
								kind.make(from);
								if (there != null)
									there.make(to);
								boolean done = change(from, to, there, move, replace);
								if (!move || !done)
									expected.put(from.toString(), kind.shown());
								if (done || there != null)
									expected.put(to.toString(), done ? kind.shown() : there.shown());
							}
		assertThat(number).isEqualTo(3 * 2 * 2 * 4 * 2 * 2);
		oracle.unlock();
		Map<String, String> seen = oracle.list("/");
		assertThat(seen).isEqualTo(expected);
		try (Stream<Path> all = Files.walk(folder)) {
			assertThat(all.map(p -> p.getFileName().toString())).noneMatch(n -> n.startsWith(".strongroom-"));
		}
	}

	private static boolean change(Path from, Path to, Kind there, boolean move, boolean replace) throws IOException {
		var options = new ArrayList<java.nio.file.CopyOption>();
		if (replace)
			options.add(StandardCopyOption.REPLACE_EXISTING);
		if (!move)
			options.add(LinkOption.NOFOLLOW_LINKS);
		if (there != null && !replace) {
			assertThatThrownBy(() -> change(from, to, move, options)).isInstanceOf(FileAlreadyExistsException.class).hasMessage(to.toString());
			return false;
		}
		change(from, to, move, options);
		return true;
	}

	private static void change(Path from, Path to, boolean move, List<java.nio.file.CopyOption> options) throws IOException {
		if (move)
			Files.move(from, to, options.toArray(java.nio.file.CopyOption[]::new));
		else
			Files.copy(from, to, options.toArray(java.nio.file.CopyOption[]::new));
	}

	@Test
	void oneNameInTwoNormalForms() throws Exception {
		for (String suffix : List.of("", LONG)) {
			Path composed = root.resolve("\u00e4\u00f6\u00fc" + suffix);
			Path decomposed = root.resolve(Normalizer.normalize(composed.getFileName().toString(), Normalizer.Form.NFD));
			Files.writeString(composed, "content");
			Files.move(composed, decomposed, StandardCopyOption.REPLACE_EXISTING);
			assertThat(composed).hasContent("content");
			Files.copy(composed, decomposed, StandardCopyOption.REPLACE_EXISTING);
			assertThat(decomposed).hasContent("content");
			Files.delete(decomposed);
			Files.createDirectory(composed);
			assertThatThrownBy(() -> Files.move(composed, decomposed.resolve("below"))).isInstanceOf(FileSystemException.class).hasMessageContaining("into itself");
			Files.move(composed, decomposed, StandardCopyOption.REPLACE_EXISTING);
			assertThat(composed).isEmptyDirectory();
		}
	}

	@Test
	void conflictingCopies() throws Exception {
		Files.writeString(root.resolve("notes.txt"), "mine");
		Files.writeString(root.resolve(LONG), "long");
		Files.createDirectory(root.resolve("folder"));
		Files.writeString(root.resolve("folder/inside"), "inside");
		Path entry = server.local(vault.encrypted(root.resolve("notes.txt")));
		String name = entry.getFileName().toString().replace(".c9r", "");
		for (String copy : List.of(name + " (1)", "conflict of Bob " + name, name + "_conflict-20261125-1200", "Copy-" + name, "Copy_of_" + name))
			Files.copy(entry, entry.resolveSibling(copy + ".c9r"));
		Path shortened = server.local(vault.encrypted(root.resolve(LONG))).getParent();
		Path copied = shortened.resolveSibling(shortened.getFileName().toString().replace(".c9s", " (1).c9s"));
		Files.createDirectory(copied);
		for (String part : List.of("name.c9s", "contents.c9r"))
			Files.copy(shortened.resolve(part), copied.resolve(part));
		Map<String, String> before = server.state();
		server.changed();
		List<String> shown = names(root);
		assertThat(shown).hasSize(3 + 5 + 1).doesNotHaveDuplicates().contains("notes.txt", "notes (1).txt", LONG, "folder");
		for (String item : shown)
			if (item.startsWith("notes"))
				assertThat(root.resolve(item)).hasContent("mine");
			else if (!item.equals("folder"))
				assertThat(root.resolve(item)).hasContent("long");
		assertThat(server.state()).isEqualTo(before);
		for (String item : shown)
			if (!List.of("notes.txt", LONG, "folder").contains(item))
				Files.delete(root.resolve(item));
		assertThat(names(root)).containsExactlyInAnyOrder("notes.txt", LONG, "folder");
		assertThat(root.resolve("folder/inside")).hasContent("inside");
	}

	/** What name.c9s says is bound to the folder, but not to the entry it lies in. */
	@Test
	void aNameThatBelongsToAnotherEntry() throws Exception {
		Files.writeString(root.resolve(LONG), "first");
		Files.writeString(root.resolve(LONG + "2"), "second");
		Path first = server.local(vault.encrypted(root.resolve(LONG))).getParent();
		Path second = server.local(vault.encrypted(root.resolve(LONG + "2"))).getParent();
		Files.copy(first.resolve("name.c9s"), second.resolve("name.c9s"), StandardCopyOption.REPLACE_EXISTING);
		server.changed();
		List<String> shown = names(root);
		assertThat(shown).hasSize(2).contains(LONG);
		assertThat(root.resolve(LONG)).hasContent("first");
		assertThat(root.resolve(shown.stream().filter(n -> !n.equals(LONG)).findFirst().orElseThrow())).hasContent("second");
		for (String name : shown)
			Files.delete(root.resolve(name));
		assertThat(root).isEmptyDirectory();
	}

	@Test
	void namesThatCannotBe() throws Exception {
		Files.writeString(root.resolve("?"), "question");
		assertThatThrownBy(() -> Files.writeString(root.resolve("\ud800"), "x")).isInstanceOf(FileSystemException.class).hasMessageContaining("no Unicode text");
		assertThatThrownBy(() -> Files.writeString(root.resolve("x".repeat(10 * 1024)), "x")).isInstanceOf(FileSystemException.class).hasMessageContaining("too long");
		assertThat(root.resolve("?")).hasContent("question");
		assertThatThrownBy(() -> root.resolve("a\0b")).isInstanceOf(java.nio.file.InvalidPathException.class);
		Files.writeString(root.resolve("x".repeat(1000)), "long");
		assertThat(names(root)).containsExactlyInAnyOrder("?", "x".repeat(1000));
	}

	/** A server may put links where entries, ids or content folders should be. */
	@Test
	void linksOnTheServer() throws Exception {
		Files.writeString(root.resolve("file"), "file");
		Files.createDirectory(root.resolve("folder"));
		Files.createDirectory(root.resolve("linked"));
		Path file = server.local(vault.encrypted(root.resolve("file")));
		Path content = server.local(vault.encrypted(root.resolve("linked")));
		Path outside = Files.writeString(folder.resolveSibling(folder.getFileName() + "-outside"), "outside");
		Files.delete(file);
		Files.createSymbolicLink(file, outside);
		try (Stream<Path> all = Files.list(content)) {
			for (Path path : all.toList())
				Files.delete(path);
		}
		Files.delete(content);
		Files.writeString(content, "a file now");
		server.changed();
		assertThat(names(root)).containsExactlyInAnyOrder("file", "folder", "linked");
		assertThatThrownBy(() -> Files.readAllBytes(root.resolve("file"))).isInstanceOf(DamagedVaultException.class);
		assertThatThrownBy(() -> Files.writeString(root.resolve("file"), "x")).isInstanceOf(DamagedVaultException.class);
		assertThatThrownBy(() -> names(root.resolve("linked"))).isInstanceOf(DamagedVaultException.class);
		assertThat(outside).hasContent("outside");
		Files.delete(root.resolve("file"));
		assertThat(outside).hasContent("outside");
		Files.delete(outside);
	}

	@Test
	@Timeout(120)
	void manyEntriesOfAllKinds() throws Exception {
		for (int i = 0; i < 3000; i++) {
			String name = (i % 7 == 0 ? LONG : "item ") + i;
			(i % 11 == 0 ? Kind.FOLDER : i % 13 == 0 ? Kind.LINK : Kind.FILE).make(root.resolve(name));
		}
		server.changed();
		vault.close();
		vault = server.unlock();
		root = vault.root();
		List<DetailedListing.Row> rows = assertTimeoutPreemptively(Duration.ofSeconds(30), () -> DetailedListing.of(root));
		assertThat(rows).hasSize(3000).allMatch(r -> r.attributes().isPresent());
		assertThat(rows.stream().filter(r -> r.attributes().get().isDirectory())).hasSize(273);
		assertThat(rows.stream().filter(r -> r.attributes().get().isSymbolicLink())).hasSize(210);
		oracle.unlock();
		assertThat(oracle.list("/")).hasSize(3000);
	}
}
