package org.strongroom.cli.internal;

import static org.strongroom.cli.internal.Verb.flag;
import static org.strongroom.cli.internal.Verb.given;
import static org.strongroom.cli.internal.Verb.spec;
import static org.strongroom.cli.internal.Verb.word;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.AuditEvent.Kind;
import org.strongroom.core.residency.AuditEvent.Result;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.transfer.Transfer;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The commands that change folders: mkdir, rm. */
final class Trees {
	private Trees() {
	}

	static List<CommandSpec> specs() {
		return List.of(
				spec("mkdir", "Makes a folder.", Trees::mkdir).addOption(flag("Make the folders above it too; it may be there already.", "-p"))
						.addPositional(word(0, "LOC", "The folder to make.")),
				spec("rm", "Removes a file or a link.", Trees::rm).addOption(flag("Remove a folder with all in it.", "-r"))
						.addPositional(word(0, "LOC", "What to remove.")));
	}

	private static void mkdir(Run run, ParseResult words) throws IOException {
		Place place = run.place(given(words, 0));
		if (words.matchedOptionValue("-p", false)) {
			withParents(run, place);
		} else {
			Path path = run.named(place.session().item(place.path(), run.unlocking()), place);
			if (place.isRoot())
				throw new FileAlreadyExistsException(path.toString());
			make(place, path);
		}
		place.changed();
	}

	private static void make(Place place, Path folder) throws IOException {
		place.session().audit().during(AuditEvent.of(Kind.MAKE_FOLDER, Result.OK, place.session(), place.path()), () -> Files.createDirectory(folder));
	}

	private static void withParents(Run run, Place place) throws IOException {
		if (place.isRoot())
			return;
		Path path = run.named(place.session().item(place.path(), run.unlocking()), place);
		if (Files.isDirectory(path))
			return;
		withParents(run, place.parent());
		try {
			make(place, path);
		} catch (FileAlreadyExistsException e) {
			// Somebody else may have made it in between.
			if (!Files.isDirectory(path))
				throw e;
		}
	}

	private static void rm(Run run, ParseResult words) throws IOException {
		Place place = run.place(given(words, 0));
		if (place.isRoot() || place.contents())
			throw new FileSystemException(run.named(place.session().item(place.path(), run.unlocking()), place).toString(), null,
					"this is where the bookmark or address begins, it is not removed: name something in it");
		Path path = run.subject(run.named(place.session().item(place.path(), run.unlocking()), place));
		var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
		if (attributes.isDirectory() && !words.matchedOptionValue("-r", false))
			throw new FileSystemException(path.toString(), null, "this is a folder: give -r to remove it with all in it");
		if (!attributes.isDirectory() && place.folder())
			throw new FileSystemException(path.toString(), null, "this is not a folder");
		lockBelow(place);
		Transfer.delete(path, run);
		place.changed();
	}

	/** Vaults that are going to be moved or removed are locked first. */
	static void lockBelow(Place place) throws IOException {
		for (String vault : place.session().vaults().keySet())
			if (StoragePaths.isIn(vault, place.path()))
				place.session().lock(vault);
	}
}
