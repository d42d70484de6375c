package org.strongroom.cli.internal;

import static org.strongroom.cli.internal.Verb.flag;
import static org.strongroom.cli.internal.Verb.given;
import static org.strongroom.cli.internal.Verb.spec;
import static org.strongroom.cli.internal.Verb.word;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

import org.strongroom.core.Session;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.transfer.Transfer;
import org.strongroom.core.transfer.Transfer.Existing;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The commands that carry something: cat, get, put, cp, mv. They place things as cp does. */
final class Transfers {
	private static final String PLACED = "\nInto an existing folder it goes under its own name (the contents, where it is a root), else it gets the given name.";

	private static OptionSpec update() {
		return flag("Leave files alone that are there already, as long as their source and not older: goes on with what was cut off.", "-u", "--update");
	}

	private static Existing existing(ParseResult words) {
		return words.matchedOptionValue("-u", false) ? Existing.UPDATE : Existing.REPLACE;
	}

	private Transfers() {
	}

	static List<CommandSpec> specs() {
		return List.of(
				spec("cat", "Writes the content of a file to standard output.", Transfers::cat).addOption(bytes("--offset", "Begin at this byte instead of the first."))
						.addOption(bytes("--count", "Write so many bytes at most.")).addPositional(word(0, "LOC", "A file.")),
				spec("get", "Copies from a server to this machine, readable." + PLACED, Transfers::get)
						.addOption(flag("Copy a folder with all in it.", "-r")).addOption(update())
						.addPositional(word(0, "LOC", "A file or folder on a server.")).addPositional(word(1, "LOCAL|-", "Where to put it; - for standard output.")),
				spec("put", "Copies from this machine to a server." + PLACED, Transfers::put)
						.addOption(flag("Copy a folder with all in it.", "-r")).addOption(update())
						.addPositional(word(0, "LOCAL|-", "A file or folder on this machine; - for standard input.")).addPositional(word(1, "LOC", "Where to put it.")),
				spec("cp", "Copies between or within servers." + PLACED + "\nA vault is copied as it lies there: encrypted.", Transfers::cp)
						.addOption(flag("Copy a folder with all in it.", "-r")).addOption(update())
						.addPositional(word(0, "LOC", "What to copy.")).addPositional(word(1, "LOC", "Where to put it.")),
				spec("mv", "Moves or renames, on one server or between two." + PLACED, Transfers::mv)
						.addPositional(word(0, "LOC", "What to move.")).addPositional(word(1, "LOC", "Where to put it.")));
	}

	private static OptionSpec bytes(String name, String description) {
		return OptionSpec.builder(name).type(Long.class).paramLabel("BYTES").arity("1").description(description).build();
	}

	private static long bytes(ParseResult words, String option, long otherwise) throws UsageException {
		long count = words.matchedOptionValue(option, otherwise);
		if (count < 0)
			throw new UsageException("%s is a number of bytes, 0 or more.".formatted(option));
		return count;
	}

	private static void cat(Run run, ParseResult words) throws IOException {
		long offset = bytes(words, "--offset", 0);
		long count = bytes(words, "--count", Long.MAX_VALUE);
		Place place = run.place(given(words, 0));
		Path source = run.named(place.session().item(place.path(), run.unlocking()), place);
		notAsFolder(place.folder(), source);
		run.passToOutput(place);
		if (offset == 0 && count == Long.MAX_VALUE)
			Transfer.read(source, run.out().channel(), run);
		else
			Transfer.read(source, offset, count, run.out().channel(), run);
	}

	private static void get(Run run, ParseResult words) throws IOException {
		boolean deep = words.matchedOptionValue("-r", false);
		String target = given(words, 1);
		if (target.equals("-") && deep)
			throw new UsageException("A folder cannot be written to standard output: leave out -r, or name a folder on this machine.");
		Path local = target.equals("-") ? null : run.local(target);
		Place place = run.place(given(words, 0));
		Path source = run.named(place.session().item(place.path(), run.unlocking()), place);
		boolean folder = source(place, source, deep);
		if (folder) // of a vault what is readable in it is what leaves
			source = run.subject(run.named(place.session().folder(place.path(), run.unlocking()), place));
		if (local == null)
			run.passToOutput(place);
		else
			run.passCopy(source, local);
		if (folder)
			Transfer.copy(source, inLocalFolder(local, target, place, true), existing(words), run);
		else if (local == null)
			Transfer.read(source, run.out().channel(), run);
		else if (Files.exists(local) && Files.readAttributes(local, BasicFileAttributes.class).isOther())
			intoDevice(source, local, run);
		else
			Transfer.copyFile(source, inLocalFolder(local, target, place, false), existing(words), run);
	}

	/** A pipe or device is written into, never replaced. */
	private static void intoDevice(Path source, Path device, Run run) throws IOException {
		try (WritableByteChannel out = Files.newByteChannel(device, StandardOpenOption.WRITE)) {
			Transfer.read(source, out, run);
		}
	}

	private static Path inLocalFolder(Path local, String written, Place source, boolean folder) throws IOException {
		if (Files.isDirectory(local))
			return source.contents() ? local : Transfer.child(local, source.name());
		if (!folder && written.endsWith("/"))
			throw new NoSuchFileException(local.toString());
		if (Files.isSymbolicLink(local) && Files.exists(local))
			return local.toRealPath();
		Path parent = local.toAbsolutePath().getParent();
		if (parent != null && !Files.isDirectory(parent))
			throw new NoSuchFileException(parent.toString());
		return local;
	}

	private static void put(Run run, ParseResult words) throws IOException {
		boolean deep = words.matchedOptionValue("-r", false);
		String source = given(words, 0);
		if (source.equals("-")) {
			if (deep)
				throw new UsageException("Standard input is no folder: leave out -r.");
			if (run.surroundings().in() == null)
				throw new UsageException("Standard input is being read for commands: name a file.");
			Place place = run.place(given(words, 1));
			Path target = target(run, place, null, true);
			saving(run, target, () -> Transfer.write(run.surroundings().in(), target, existing(words), run));
			place.changed();
			return;
		}
		Path local = run.subject(run.local(source));
		// Looked at before anybody is asked for a passphrase.
		boolean folder = Files.readAttributes(local, BasicFileAttributes.class).isDirectory();
		if (folder && !deep)
			throw new FileSystemException(local.toString(), null, "this is a folder: give -r to copy it with all in it");
		Place place = run.place(given(words, 1));
		String own = local.getFileName() == null ? "" : local.getFileName().toString();
		boolean contents = own.isEmpty() || own.equals(".") || own.equals("..");
		if (folder) {
			Transfer.copy(local, target(run, place, contents ? "" : own, false), existing(words), run);
		} else if (Files.isRegularFile(local)) {
			Path target = target(run, place, own, true);
			saving(run, target, () -> Transfer.copyFile(local, target, existing(words), run));
		} else {
			// A pipe or device: its end is its end. It may open late; what the target was before is known by then.
			Path target = target(run, place, own, true);
			try (var in = new LateChannel(local)) {
				saving(run, target, () -> Transfer.write(in, target, existing(words), run));
			}
		}
		place.changed();
	}

	private static void cp(Run run, ParseResult words) throws IOException {
		Place from = run.place(given(words, 0));
		Place to = run.place(given(words, 1));
		Path source = run.named(from.session().item(from.path(), run.unlocking()), from);
		boolean folder = source(from, source, words.matchedOptionValue("-r", false));
		Path target = target(run, to, from.contents() ? "" : from.name(), !folder);
		run.passCopy(source, target);
		if (folder)
			Transfer.copy(run.subject(source), target, existing(words), run);
		else
			saving(run, target, () -> Transfer.copyFile(source, target, existing(words), run));
		to.changed();
	}

	private static void mv(Run run, ParseResult words) throws IOException {
		Place from = run.place(given(words, 0));
		Place to = run.place(given(words, 1));
		if (from.contents())
			throw new UsageException("'%s' cannot be moved: name something in it.".formatted(Run.line(from.shown())));
		Path source = run.subject(run.named(from.session().item(from.path(), run.unlocking()), from));
		var attributes = Files.readAttributes(source, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
		notAsFolder(from.folder() && !attributes.isDirectory(), source);
		Path target = target(run, to, from.name(), !attributes.isDirectory());
		run.passCopy(source, target);
		Trees.lockBelow(from);
		Transfer.move(source, target, Existing.REPLACE, run);
		from.changed();
		to.changed();
	}

	private interface Saving {
		void run() throws IOException;
	}

	/** If the connection is lost on the way, nobody can tell what became of the save: only that it is all or nothing. */
	private static void saving(Run run, Path target, Saving saving) throws IOException {
		try {
			saving.run();
		} catch (ConnectionException e) {
			throw new ConnectionException("%s: perhaps not saved, the server has the old state or the new one, whole. %s".formatted(run.name(target), e.getMessage()), e);
		}
	}

	/** @return whether it is a folder */
	static boolean source(Place place, Path source, boolean deep) throws IOException {
		if (place.isRoot()) {
			if (!deep)
				throw new FileSystemException(source.toString(), null, "this is a folder: give -r to copy it with all in it");
			return true;
		}
		// A link is followed to the one file it leads to; a folder must be named itself, for below it no link is followed.
		var attributes = Files.readAttributes(source, BasicFileAttributes.class);
		if (!attributes.isDirectory()) {
			notAsFolder(place.folder(), source);
			return false;
		}
		if (!deep)
			throw new FileSystemException(source.toString(), null, "this is a folder: give -r to copy it with all in it");
		if (Files.isSymbolicLink(source))
			throw new FileSystemException(source.toString(), null, "this is a link to a folder: name the folder itself");
		return true;
	}

	private static void notAsFolder(boolean writtenAsFolder, Path path) throws FileSystemException {
		if (writtenAsFolder)
			throw new FileSystemException(path.toString(), null, "this is not a folder");
	}

	/**
	 * Where something goes on a server.
	 *
	 * @param own the name it has by itself, empty for the contents of a folder; null if it has none
	 * @param file whether it is no folder
	 */
	private static Path target(Run run, Place place, String own, boolean file) throws IOException {
		Session session = place.session();
		Path item = session.item(place.path(), run.unlocking());
		run.named(item, place);
		if (place.isRoot() || isFolder(item)) {
			Path folder = run.named(session.folder(place.path(), run.unlocking()), place);
			if (own == null)
				throw new FileSystemException(folder.toString(), null, "this is a folder: give the new file's name too");
			return own.isEmpty() ? folder : Transfer.child(folder, own);
		}
		if (place.folder() && file)
			throw new NoSuchFileException(item.toString(), null, "there is no such folder.");
		Path parent = session.folder(place.parent().path(), run.unlocking());
		if (!place.parent().isRoot() && !isFolder(parent))
			throw new NoSuchFileException(run.named(parent, place.parent()).toString());
		return item;
	}

	private static boolean isFolder(Path path) throws IOException {
		return attributes(path).filter(BasicFileAttributes::isDirectory).isPresent();
	}

	private static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
		try {
			return Optional.of(Files.readAttributes(path, BasicFileAttributes.class));
		} catch (NoSuchFileException e) {
			return Optional.empty();
		}
	}
}
