package org.strongroom.cli.internal;

import static org.strongroom.cli.internal.Verb.given;

import static org.strongroom.cli.internal.Verb.word;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.strongroom.core.Bookmark;
import org.strongroom.core.residency.ForbiddenException;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The commands about bookmarks. */
final class BookmarkVerbs {
	private BookmarkVerbs() {
	}

	static CommandSpec spec() {
		return Verb.spec("bookmark", "Keeps the ways to servers; never a secret.", (_, _) -> {
			throw new UsageException("Say which: bookmark add, list, show or remove; see 'strongroom help bookmark'.");
		}).addSubcommand("add", Verb.spec("add", "Saves a bookmark.", BookmarkVerbs::add)
				.addPositional(word(0, "NAME", "What to call it."))
				.addPositional(word(1, "URI", "Where it leads: sftp://user@host:port/folder; /~ is the user's own folder."))
				.addOption(OptionSpec.builder("--key").paramLabel("FILE").type(List.class).auxiliaryTypes(String.class).arity("1")
						.description("A private key to sign in with; can be given several times, they are tried in this order.").build())
				.addOption(OptionSpec.builder("--option").paramLabel("NAME=VALUE").type(List.class).auxiliaryTypes(String.class).arity("1")
						.description("A setting that the protocol understands, such as timeout=60; can be given several times.").build()))
				.addSubcommand("list", Verb.spec("list", "Lists the bookmarks: name and address.", BookmarkVerbs::list))
				.addSubcommand("show", Verb.spec("show", "Shows a bookmark.", BookmarkVerbs::show).addPositional(word(0, "NAME", "Which one.")))
				.addSubcommand("remove", Verb.spec("remove", "Removes a bookmark.", BookmarkVerbs::remove).addPositional(word(0, "NAME", "Which one.")));
	}

	private static void add(Run run, ParseResult words) throws IOException {
		var keys = new ArrayList<Path>();
		List<String> given = words.matchedOptionValue("--key", List.of());
		for (String key : given) {
			Path file = run.local(key).toAbsolutePath().normalize();
			if (!Files.exists(file))
				throw new NoSuchFileException(file.toString());
			if (Files.isDirectory(file))
				throw new FileSystemException(file.toString(), null, "this is a folder, not a key file");
			keys.add(file);
		}
		var options = new LinkedHashMap<String, String>();
		List<String> settings = words.matchedOptionValue("--option", List.of());
		for (String setting : settings) {
			int equals = setting.indexOf('=');
			if (equals <= 0)
				throw new UsageException("'%s' is no option of a bookmark: give NAME=VALUE.".formatted(Run.line(setting)));
			options.put(setting.substring(0, equals), setting.substring(equals + 1));
		}
		Bookmark bookmark;
		try {
			bookmark = new Bookmark(given(words, 0), new URI(given(words, 1)), keys, options);
		} catch (URISyntaxException e) {
			throw new UsageException("'%s' is no address: give protocol://user@host:port/folder (write a blank as %%20).".formatted(Run.line(given(words, 1))));
		}
		String wrong = run.surroundings().services().sessions().plugIns().protocol(bookmark.scheme()).check(bookmark);
		if (!wrong.isEmpty())
			throw new UsageException(Run.line(wrong));
		try {
			run.surroundings().services().bookmarks().save(bookmark, false);
		} catch (FileAlreadyExistsException e) {
			throw new FileSystemException("bookmark " + bookmark.name(), null, "there is one of that name already; remove it first.");
		}
		try {
			run.surroundings().services().guard().requirements(bookmark.uri());
		} catch (ForbiddenException e) {
			run.surroundings().err().line("Saved, but nobody can sign in there now: " + Run.line(e.getMessage()));
		}
	}

	private static void list(Run run, ParseResult words) throws IOException {
		List<Bookmark> all = run.surroundings().services().bookmarks().list();
		if (run.json())
			run.out().json(all.stream().map(BookmarkVerbs::json).toList());
		else
			run.out().table(all.stream().map(b -> List.of(b.name(), b.uri().toString())).toList());
	}

	private static Bookmark find(Run run, String name) throws IOException {
		return run.surroundings().services().bookmarks().find(name)
				.orElseThrow(() -> new NoSuchFileException("bookmark " + name, null, "there is no such bookmark; see 'strongroom bookmark list'."));
	}

	private static void show(Run run, ParseResult words) throws IOException {
		Bookmark b = find(run, given(words, 0));
		if (run.json()) {
			run.out().json(List.of(json(b)));
			return;
		}
		run.out().line("name: " + b.name());
		run.out().line("uri: " + b.uri());
		for (Path key : b.keys())
			run.out().line("key: " + key);
		for (var option : new java.util.TreeMap<>(b.options()).entrySet())
			run.out().line("option " + option.getKey() + ": " + option.getValue());
	}

	private static Map<String, Object> json(Bookmark b) {
		var object = new LinkedHashMap<String, Object>();
		object.put("name", b.name());
		object.put("uri", b.uri().toString());
		object.put("keys", b.keys().stream().map(Path::toString).toList());
		object.put("options", new java.util.TreeMap<>(b.options()));
		return object;
	}

	private static void remove(Run run, ParseResult words) throws IOException {
		find(run, given(words, 0));
		run.surroundings().services().bookmarks().remove(given(words, 0));
	}
}
