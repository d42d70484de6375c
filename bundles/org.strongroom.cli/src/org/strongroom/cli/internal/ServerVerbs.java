package org.strongroom.cli.internal;

import static org.strongroom.cli.internal.Verb.option;
import static org.strongroom.cli.internal.Verb.flag;
import static org.strongroom.cli.internal.Verb.given;
import static org.strongroom.cli.internal.Verb.word;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.strongroom.core.Held;
import org.strongroom.core.Session;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.History;
import org.strongroom.core.storage.Shares;
import org.strongroom.core.storage.Shares.Right;
import org.strongroom.core.storage.Shares.With;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Trash;
import org.strongroom.core.transfer.Transfer;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The commands about what only some servers can do: shares, old versions, the trash. */
final class ServerVerbs {
	private static final int LONGEST_PASSWORD = 4096;

	private ServerVerbs() {
	}

	static List<CommandSpec> specs() {
		return List.of(
				Verb.spec("share", "Lets others at a file or folder, by the server's own means.", (_, _) -> {
					throw new UsageException("Say which: share create, list or revoke; see 'strongroom help share'.");
				}).addSubcommand("create", Verb.spec("create", "Shares a file or folder: by a link, unless --with or --group says with whom. Prints the share's id, and the link.", ServerVerbs::share)
						.addPositional(word(0, "LOC", "What to share."))
						.addOption(option("--with", "USER", "Share with somebody who has an account."))
						.addOption(option("--group", "GROUP", "Share with a group."))
						.addOption(option("--rights", "RIGHT,...", "What may be done: read, change, create, delete, reshare; read unless given. Of a folder 'create' alone lets others drop files there."))
						.addOption(option("--password-file", "FILE", "The first line of this file is a password that whoever uses the link has to know."))
						.addOption(option("--expires", "DATE", "The last day, such as 2027-01-31."))
						.addOption(option("--note", "TEXT", "For whoever gets it."))
						.addOption(flag("Share something in a vault, though others get nothing but ciphertext.", "--ciphertext"))
						.addOption(option("--readable-copy", "FOLDER", "Put a decrypted copy of something in a vault into this plain folder of the same server, and share that."))
						.addOption(flag("With --readable-copy: yes, whoever runs the server can read that.", "--yes")))
						.addSubcommand("list", Verb.spec("list", "Lists the shares of a file or folder; of a server's root all shares. Id, with whom, rights, last day, path, link.", ServerVerbs::shares)
								.addPositional(word(0, "LOC", "What is shared.")))
						.addSubcommand("revoke", Verb.spec("revoke", "Ends a share.", ServerVerbs::revoke).addPositional(word(0, "LOC", "Any place on the server."))
								.addPositional(word(1, "ID", "As 'share list' has it."))),
				Verb.spec("versions", "Lists and restores what was in a file before, where the server keeps that.", (_, _) -> {
					throw new UsageException("Say which: versions list or restore; see 'strongroom help versions'.");
				}).addSubcommand("list", Verb.spec("list", "Lists the old versions of a file, the latest first: id, time, size on the server, who made it.", ServerVerbs::versions).addPositional(word(0, "LOC", "The file.")))
						.addSubcommand("restore", Verb.spec("restore", "Gives a file an old version again; the one it has now is kept as an old one.", ServerVerbs::restoreVersion)
								.addPositional(word(0, "LOC", "The file.")).addPositional(word(1, "ID", "As 'versions list' has it."))),
				Verb.spec("trash", "Lists and restores what was removed, where the server keeps that.", (_, _) -> {
					throw new UsageException("Say which: trash list or restore; see 'strongroom help trash'.");
				}).addSubcommand("list", Verb.spec("list", """
						Lists what was removed, the last first: id, time, size, where it lay.
						Of a folder in a vault that is what was removed from that folder itself, with its readable name.""", ServerVerbs::trash)
						.addPositional(word(0, "LOC", "Where it lay: this folder or below.")))
						.addSubcommand("restore", Verb.spec("restore", "Puts something back where it lay; a folder of a vault with what was removed with it.", ServerVerbs::restoreRemoved)
								.addPositional(word(0, "LOC", "Where it lay: this folder or below; of a folder in a vault the folder it lay in."))
								.addPositional(word(1, "ID", "As 'trash list' has it."))));
	}

	/** The item that a command is about. */
	private static Held held(Run run, Place place) throws IOException {
		run.named(place.session().item(place.path(), run.unlocking()), place);
		Held held = Held.item(place.session(), place.path(), run.unlocking());
		run.named(place.session().fileSystem().getPath(held.path()), place);
		return held;
	}

	/** Any place on a server that a command is about. */
	private static Held server(Run run, ParseResult words) throws IOException {
		Place place = run.place(given(words, 0));
		return new Held(place.session(), place.path(), place.session().fileSystem().getPath("/"), "/", Optional.empty(), false);
	}

	// Shares.

	private static void share(Run run, ParseResult words) throws IOException {
		String person = words.matchedOptionValue("--with", "");
		String group = words.matchedOptionValue("--group", "");
		if (!person.isEmpty() && !group.isEmpty())
			throw new UsageException("One share is with one: give --with or --group.");
		With with = !person.isEmpty() ? With.PERSON : !group.isEmpty() ? With.GROUP : With.LINK;
		Set<Right> rights = rights(words.matchedOptionValue("--rights", "read"));
		Optional<LocalDate> expires = Optional.ofNullable(words.<String>matchedOptionValue("--expires", null)).map(ServerVerbs::day);
		String passwordFile = words.matchedOptionValue("--password-file", null);
		if (passwordFile != null && with != With.LINK)
			throw new UsageException("Only a link has a password.");
		String copyInto = words.matchedOptionValue("--readable-copy", null);
		boolean ciphertext = words.matchedOptionValue("--ciphertext", false);
		if (copyInto != null && ciphertext)
			throw new UsageException("Either a readable copy is shared or the ciphertext: give --readable-copy or --ciphertext.");
		if (copyInto != null && !words.matchedOptionValue("--yes", false))
			throw new UsageException("--readable-copy puts a copy on the server that is not encrypted: give --yes, too, if that is what you want.");
		Place place = run.place(given(words, 0));
		Held held = held(run, place);
		Shares shares = held.shares();
		if (held.isCiphertext() && copyInto == null && !ciphertext)
			throw new FileSystemException(place.shown(), null, "this is encrypted on the server: whoever you share it with gets ciphertext, with unreadable names. Give --ciphertext if that is what you want.");
		if (held.vault().isEmpty() && copyInto != null)
			throw new FileSystemException(place.shown(), null, "this is not in a vault that is unlocked: there is nothing to be made readable");
		try (Secret password = passwordFile == null ? null : password(run.local(passwordFile))) {
			var wish = new Shares.Wish(with, person + group, rights, Optional.ofNullable(password), expires, words.matchedOptionValue("--note", ""));
			Optional<Shares.Share> made = copyInto == null ? Optional.of(shares.create(held.path(), wish)) : shareCopy(run, place, held, run.place(place, copyInto), wish);
			if (made.isEmpty())
				return; // what failed was told
			if (run.json())
				run.out().json(List.of(json(made.get(), place)));
			else
				run.out().table(List.of(made.get().link().map(l -> List.of(made.get().id(), l.toString())).orElse(List.of(made.get().id()))));
		}
	}

	/** @return empty if the copy is not whole: it was taken away again */
	private static Optional<Shares.Share> shareCopy(Run run, Place place, Held held, Place folder, Shares.Wish wish) throws IOException {
		Held into = held(run, folder);
		if (folder.session() != place.session())
			throw new FileSystemException(folder.shown(), null, "this is on another server than what is to be shared");
		if (into.isCiphertext())
			throw new FileSystemException(folder.shown(), null, "this is in a vault: a copy there is not readable for others");
		if (!Files.isDirectory(into.item()))
			throw new NotDirectoryException(folder.shown());
		Place there = folder.child(place.name());
		Path copy = run.named(folder.session().item(there.path(), run.unlocking()), there);
		if (Files.exists(copy, LinkOption.NOFOLLOW_LINKS))
			throw new FileAlreadyExistsException(there.shown());
		run.passCopy(held.item(), copy);
		boolean whole = false;
		try {
			Transfer.copy(run.subject(held.item()), copy, Transfer.Existing.FAIL, run);
			if (run.exitCode() != 0)
				return Optional.empty();
			Shares.Share made = held.shares().create(copy.toAbsolutePath().toString(), wish);
			whole = true;
			return Optional.of(made);
		} finally {
			folder.changed();
			if (!whole && Files.exists(copy, LinkOption.NOFOLLOW_LINKS))
				Transfer.delete(copy, run);
		}
	}

	private static Set<Right> rights(String words) {
		var rights = EnumSet.noneOf(Right.class);
		for (String word : words.split(",")) {
			try {
				rights.add(Right.valueOf(word.strip().toUpperCase(Locale.ROOT)));
			} catch (IllegalArgumentException e) {
				throw new UsageException("'%s' is no right: give read, change, create, delete or reshare.".formatted(Run.line(word)));
			}
		}
		return rights;
	}

	private static LocalDate day(String text) {
		try {
			return LocalDate.parse(text);
		} catch (DateTimeException e) {
			throw new UsageException("'%s' is no date: give one such as 2027-01-31.".formatted(Run.line(text)));
		}
	}

	private static Secret password(Path file) throws IOException {
		if (Files.size(file) > LONGEST_PASSWORD)
			throw new FileSystemException(file.toString(), null, "this is too long for a password");
		byte[] bytes = Files.readAllBytes(file);
		try {
			int end = 0;
			while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r')
				end++;
			if (end == 0)
				throw new FileSystemException(file.toString(), null, "there is no password in it");
			return Secret.of(Utf8.chars(bytes, end));
		} finally {
			Arrays.fill(bytes, (byte) 0);
		}
	}

	private static void shares(Run run, ParseResult words) throws IOException {
		Place place = run.place(given(words, 0));
		Held held = held(run, place);
		List<Shares.Share> all = held.shares().list(place.isRoot() ? Optional.empty() : Optional.of(held.path()));
		if (run.json()) {
			run.out().json(all.stream().map(s -> json(s, place)).toList());
			return;
		}
		run.out().table(all.stream().map(s -> List.of(s.id(), with(s), String.join(",", rights(s)), s.expires().map(LocalDate::toString).orElse("-"), shown(s, place),
				s.link().map(Object::toString).orElse("-"))).toList());
	}

	private static String with(Shares.Share s) {
		return switch (s.with()) {
		case LINK -> s.hasPassword() ? "link with password" : "link";
		case PERSON -> "user " + s.who();
		case GROUP -> "group " + s.who();
		case OTHER -> "other " + s.who();
		};
	}

	private static List<String> rights(Shares.Share s) {
		return s.rights().stream().sorted().map(r -> r.name().toLowerCase(Locale.ROOT)).toList();
	}

	/** Where it lies in the tree, or on the server if it does not. */
	private static String shown(Shares.Share s, Place place) {
		return located(s.path(), place.session()).orElse(s.path());
	}

	private static Optional<String> located(String path, Session session) {
		return session.locate(session.fileSystem().getPath(path));
	}

	private static Map<String, Object> json(Shares.Share s, Place place) {
		var object = new LinkedHashMap<String, Object>();
		object.put("id", s.id());
		object.put("path", shown(s, place));
		object.put("with", s.with().name().toLowerCase(Locale.ROOT));
		object.put("who", s.who());
		object.put("rights", rights(s));
		object.put("link", s.link().map(Object::toString).orElse(null));
		object.put("password", s.hasPassword());
		object.put("expires", s.expires().map(LocalDate::toString).orElse(null));
		object.put("note", s.note());
		return object;
	}

	private static void revoke(Run run, ParseResult words) throws IOException {
		server(run, words).shares().revoke(given(words, 1));
	}

	// Versions.

	private static void versions(Run run, ParseResult words) throws IOException {
		Held held = held(run, run.place(given(words, 0)));
		List<History.Past> all = held.history().list(held.path());
		if (run.json()) {
			run.out().json(all.stream().map(p -> {
				var object = new LinkedHashMap<String, Object>();
				object.put("id", p.id());
				object.put("modified", p.modified().toString());
				object.put("size", p.size());
				object.put("author", p.author().orElse(null));
				return object;
			}).toList());
			return;
		}
		run.out().table(all.stream().map(p -> List.of(p.id(), p.modified().toString(), Long.toString(p.size()), p.author().orElse("-"))).toList());
	}

	private static void restoreVersion(Run run, ParseResult words) throws IOException {
		Held held = held(run, run.place(given(words, 0)));
		held.history().restore(held.path(), given(words, 1));
		held.session().refresh(held.location());
	}

	// Trash.

	/** @param name where it lay, in the tree, as far as that can be told */
	private record Row(Trash.Removed removed, String name, Type type) {
	}

	/** The folder that something was removed from. */
	private static Held folder(Run run, Place place) throws IOException {
		run.named(place.session().folder(place.path(), run.unlocking()), place);
		return Held.folder(place.session(), place.path(), run.unlocking());
	}

	private static void trash(Run run, ParseResult words) throws IOException {
		Place place = run.place(given(words, 0));
		Held held = folder(run, place);
		List<Row> rows = held.removed().stream().map(l -> new Row(l.removed(), l.location().orElseGet(() -> unknown(l.removed(), held, place)), l.type())).toList();
		if (held.vault().isPresent()) // elsewhere things have the names that they have on the server
			for (Row r : rows)
				run.passNameToOutput(place.session(), r.name());
		if (run.json()) {
			run.out().json(rows.stream().map(r -> {
				var object = new LinkedHashMap<String, Object>();
				object.put("id", r.removed().id());
				object.put("path", r.name());
				object.put("type", r.type() == Type.DIRECTORY ? "directory" : r.type() == Type.SYMLINK ? "link" : "file");
				object.put("size", r.removed().size());
				object.put("removed", r.removed().removed().toString());
				return object;
			}).toList());
			return;
		}
		run.out().table(rows.stream().map(r -> List.of(r.removed().id(), r.removed().removed().toString(), Long.toString(r.removed().size()), r.name() + (r.type() == Type.DIRECTORY ? "/" : ""))).toList());
	}

	/** In a vault the name that it has there, else where it lay on the server. */
	private static String unknown(Trash.Removed removed, Held held, Place place) {
		return held.vault().isPresent() ? place.child(StoragePaths.name(removed.path())).path() : removed.path();
	}

	private static void restoreRemoved(Run run, ParseResult words) throws IOException {
		Held held = folder(run, run.place(given(words, 0)));
		String id = given(words, 1);
		Held.Lost lost = held.removed().stream().filter(l -> l.removed().id().equals(id)).findFirst()
				.orElseThrow(() -> new NoSuchFileException(id, null, "there is nothing of that name in the trash of this folder."));
		held.restore(lost, run);
	}
}
