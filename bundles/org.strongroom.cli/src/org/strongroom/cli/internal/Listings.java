package org.strongroom.cli.internal;

import static org.strongroom.cli.internal.Verb.flag;
import static org.strongroom.cli.internal.Verb.given;
import static org.strongroom.cli.internal.Verb.spec;
import static org.strongroom.cli.internal.Verb.word;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import org.strongroom.core.Item;
import org.strongroom.core.Problem;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.find.Glob;
import org.strongroom.core.find.Index;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.Locks;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.transfer.Transfer;
import org.strongroom.core.vault.Vault;
import org.strongroom.core.vault.VaultState;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The commands that look: ls, stat, find. */
final class Listings {
	private static final Comparator<Item> BY_NAME = Comparator.comparing(Item::name);

	private Listings() {
	}

	static List<CommandSpec> specs() {
		return List.of(
				spec("ls", "Lists a folder: one name a line, folders end in '/'.", Listings::ls)
						.addOption(flag("Show type, size in bytes, time of the last change (UTC) and name; a locked vault is marked.", "-l"))
						.addOption(flag("List the folders in it too, with paths relative to LOC. Locked vaults are not entered.", "-R"))
						.addPositional(word(0, "LOC", "A folder or file: BOOKMARK:/path, or a URI such as sftp://user@host/path.")),
				spec("stat", "Shows what is known of one file or folder.", Listings::stat).addPositional(word(0, "LOC", "A file or folder.")),
				spec("find", """
						Lists the paths of all there is below a folder. Locked vaults are not entered.
						Where the server has an index of names (Nextcloud), that answers for plain folders if a name is given.""", Listings::find)
						.addOption(OptionSpec.builder("--name").type(String.class).paramLabel("GLOB").arity("1").description("Only what has a name that fits: * ? [a-z]").build())
						.addPositional(word(0, "LOC", "A folder or file.")));
	}

	private static void ls(Run run, ParseResult words) throws IOException {
		Place place = run.place(given(words, 0));
		boolean longForm = words.matchedOptionValue("-l", false);
		boolean deep = words.matchedOptionValue("-R", false);
		run.subject(run.named(place.session().item(place.path(), run.unlocking()), place));
		try (var rows = new Rows(run, place.session())) {
			try {
				// without a look before: mostly it is a folder
				walk(run, place, "", deep, 0, (item, path) -> rows.add(item, row(item, path, longForm)));
			} catch (NotDirectoryException | NoSuchFileException | FileSystemLoopException | AccessDeniedException e) {
				// a file, or a link that leads nowhere
				Item single = single(run, place).orElseThrow(() -> e);
				rows.add(single, row(single, single.name(), longForm));
			}
			rows.whole();
		}
	}

	private static void find(Run run, ParseResult words) throws IOException {
		Place place = run.place(given(words, 0));
		Optional<Glob> pattern = Optional.ofNullable(words.matchedOptionValue("--name", (String) null)).map(Glob::new);
		Predicate<String> fits = pattern.<Predicate<String>>map(p -> p::matches).orElse(_ -> true);
		Optional<Item> single = single(run, place);
		Optional<List<Item>> indexed = pattern.isEmpty() || single.isPresent() ? Optional.empty() : indexed(run, place, pattern.get());
		try (var rows = new Rows(run, place.session())) {
			Visitor visitor = (item, _) -> {
				if (fits.test(item.name()))
					rows.add(item, item.location() + (item.isFolder() ? "/" : ""));
			};
			if (single.isPresent())
				visitor.visit(single.get(), single.get().name());
			else if (indexed.isPresent())
				for (Item item : indexed.get())
					visitor.visit(item, item.name());
			else
				walk(run, place, "", true, 0, visitor);
			rows.whole();
		}
	}

	/** What fits below a folder, if the server has an index: it is walked through unlocked vaults alone. */
	private static Optional<List<Item>> indexed(Run run, Place place, Glob pattern) throws IOException {
		if (place.session().vaultOf(place.path()).isPresent())
			return Optional.empty();
		Optional<List<Item>> plain = new Index(place.session(), run.unlocking()).find(place.path(), pattern);
		if (plain.isEmpty())
			return Optional.empty();
		var all = new ArrayList<>(plain.get());
		if (run.unlocking() != Unlocking.NEVER)
			for (String vault : place.session().vaults().keySet())
				if (StoragePaths.isBelow(vault, place.path()))
					walk(run, new Place(place.prefix(), place.session(), vault, true, true), "", true, 0, (item, _) -> {
						if (pattern.matches(item.name()))
							all.add(item);
					});
		all.sort(Index.WALK);
		return Optional.of(all);
	}

	/** The item, if it is no folder that can be looked into. */
	private static Optional<Item> single(Run run, Place place) throws IOException {
		Path path = run.subject(run.named(place.session().item(place.path(), run.unlocking()), place));
		if (place.isRoot())
			return Optional.empty();
		Item item = place.session().stat(place.path(), run.unlocking());
		if (item.isFolder() || item.type() == Type.SYMLINK && Files.isDirectory(path))
			return Optional.empty();
		if (place.folder())
			throw new FileSystemException(path.toString(), null, "this is not a folder");
		return Optional.of(item);
	}

	/** Is shown one item after another. */
	private interface Visitor {
		/** @param path relative to where the walk began */
		void visit(Item item, String path) throws IOException;
	}

	private static void walk(Run run, Place folder, String before, boolean deep, int depth, Visitor visitor) throws IOException {
		Session.Contents contents = folder.session().contents(folder.path(), run.unlocking());
		Path path = run.named(folder.session().folder(folder.path(), run.unlocking()), folder);
		boolean inVault = folder.session().vaultOf(folder.path()).isPresent();
		for (Item item : contents.items().stream().sorted(BY_NAME).toList()) {
			if (run.cancelled())
				throw new java.io.InterruptedIOException("Cancelled.");
			visitor.visit(item, before + item.name());
			item.problem().ifPresent(problem -> {
				String name = folder.child(item.name()).shown();
				run.failed(item.path(), new Problem(inVault ? Problem.Kind.DAMAGED : Problem.Kind.OTHER, problem.startsWith(name) ? problem : Run.line(name) + ": " + problem));
				run.subject(item.path());
			});
			if (deep && item.isFolder() && item.problem().isEmpty() && isOpen(run, item))
				below(run, folder.child(item.name()), before + item.name() + "/", depth + 1, visitor);
		}
		if (contents.unreadable() > 0) {
			run.failed(path, new Problem(Problem.Kind.DAMAGED, "%s: %s here cannot be read: damaged, or from another folder or vault.".formatted(Run.line(folder.shown()),
					contents.unreadable() == 1 ? "1 item" : contents.unreadable() + " items")));
			run.subject(path);
		}
	}

	private static void below(Run run, Place folder, String before, int depth, Visitor visitor) throws IOException {
		try {
			if (depth > Transfer.DEEPEST)
				throw new FileSystemException(folder.path(), null, "folders are nested deeper than " + Transfer.DEEPEST + "; this one was left out");
			walk(run, folder, before, true, depth, visitor);
		} catch (Output.LostException | ConnectionException | java.io.InterruptedIOException e) {
			throw e;
		} catch (IOException e) {
			run.failed(run.named(folder.session().item(folder.path(), run.unlocking()), folder), e);
		}
	}

	private static boolean isOpen(Run run, Item item) {
		return item.vault().isEmpty() || item.vault().get() == VaultState.UNLOCKED || run.unlocking() == Unlocking.NEVER;
	}

	private static String row(Item item, String path, boolean longForm) {
		String name = path + (item.isFolder() ? "/" : "");
		if (!longForm)
			return name;
		String type = item.vault().filter(v -> v != VaultState.UNLOCKED).isPresent() ? "locked-vault" : type(item);
		String size = Long.toString(item.size());
		// by hand: a Formatter takes longer for a thousand rows than the server
		return type + padding(12, type) + ' ' + padding(14, size) + size + ' ' + time(item.modified()) + ' ' + name;
	}

	private static String padding(int width, String text) {
		return " ".repeat(Math.max(0, width - text.length()));
	}

	private static String type(Item item) {
		return switch (item.type()) {
		case FILE -> "file";
		case DIRECTORY -> "directory";
		case SYMLINK -> "symlink";
		case OTHER -> "other";
		};
	}

	/** ISO 8601, UTC, whole seconds where the server keeps no more. */
	private static String time(Instant modified) {
		return modified.truncatedTo(ChronoUnit.MILLIS).toString();
	}

	private static Map<String, Object> json(Item item) {
		var object = new LinkedHashMap<String, Object>();
		object.put("name", item.name());
		object.put("path", item.location());
		object.put("type", type(item));
		object.put("size", item.size());
		object.put("modified", time(item.modified()));
		object.put("vault", item.vault().map(v -> v == VaultState.UNLOCKED ? "unlocked" : "locked").orElse(null));
		return object;
	}

	/** Rows as they come; as JSON one array on one line. */
	private static final class Rows implements AutoCloseable {
		private final Run run;
		private final Session session;
		private boolean begun;

		Rows(Run run, Session session) {
			this.run = run;
			this.session = session;
		}

		void add(Item item, String line) throws IOException {
			run.passNameToOutput(session, item.location());
			if (run.json())
				run.out().print((begun ? "," : "[") + Json.of(json(item)));
			else
				run.out().line(line);
			begun = true;
		}

		/** All rows have come; there may have been none. */
		void whole() throws IOException {
			if (run.json() && !begun)
				run.out().print("[");
			begun = true;
		}

		@Override
		public void close() throws IOException {
			if (run.json() && begun)
				run.out().print("]\n");
		}
	}

	private static void stat(Run run, ParseResult words) throws IOException {
		Place place = run.place(given(words, 0));
		Path path = run.named(place.session().item(place.path(), run.unlocking()), place);
		Item item = place.session().stat(place.path(), run.unlocking());
		if (place.folder() && !item.isFolder() && !Files.isDirectory(path))
			throw new FileSystemException(path.toString(), null, "this is not a folder");
		run.passNameToOutput(place.session(), item.location());
		if (run.json()) {
			run.out().json(List.of(json(item)));
			return;
		}
		var lines = new LinkedHashMap<String, String>();
		lines.put("name", item.name());
		lines.put("path", item.location());
		lines.put("type", type(item));
		lines.put("size", Long.toString(item.size()));
		lines.put("modified", time(item.modified()));
		item.vault().ifPresent(v -> lines.put("vault", v == VaultState.UNLOCKED ? "unlocked" : "locked"));
		if (item.type() == Type.SYMLINK)
			lines.put("link to", Files.readSymbolicLink(path).toString());
		more(path, lines);
		Optional<Map.Entry<String, Vault>> vault = place.session().vaultOf(place.path()).filter(v -> !v.getKey().equals(place.path()));
		if (vault.isPresent()) {
			Path encrypted = vault.get().getValue().encrypted(path);
			lines.put("encrypted", place.session().locate(encrypted).orElse(encrypted.toString()));
			if (item.type() == Type.FILE) {
				lines.put("encrypted size", Long.toString(Files.size(encrypted)));
				Optional<Locks> locks = place.session().fileSystem().storage().extra(Locks.class);
				if (locks.isPresent())
					locks.get().holder(encrypted.toAbsolutePath().toString()).ifPresent(who -> lines.put("locked by", who));
			}
		} else {
			lines.putAll(place.session().fileSystem().storage().details(path.toAbsolutePath().toString()));
		}
		for (var line : lines.entrySet())
			run.out().line(line.getKey() + ": " + line.getValue());
	}

	private static void more(Path path, Map<String, String> lines) throws IOException {
		StorageAttributes attributes;
		try {
			attributes = Files.readAttributes(path, StorageAttributes.class, LinkOption.NOFOLLOW_LINKS);
		} catch (UnsupportedOperationException e) {
			return;
		}
		attributes.permissions().ifPresent(p -> lines.put("permissions", PosixFilePermissions.toString(permissions(p))));
		attributes.owner().ifPresent(o -> lines.put("owner", o));
		attributes.group().ifPresent(g -> lines.put("group", g));
	}

	private static EnumSet<PosixFilePermission> permissions(int bits) {
		var set = EnumSet.noneOf(PosixFilePermission.class);
		// The constants are declared in the order of the bits: owner read is 0400.
		for (var p : PosixFilePermission.values())
			if ((bits & 0400 >> p.ordinal()) != 0)
				set.add(p);
		return set;
	}
}
