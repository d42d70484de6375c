package org.strongroom.core.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

import org.strongroom.core.transfer.Transfer.Existing;

/** A folder that things are put into, and out of which nothing leads that lies in it. Safe for several threads. */
sealed interface Target extends Closeable permits LocalTarget, SavingTarget {

	/** Writes a content to where it is to go. */
	@FunctionalInterface
	interface Filler {
		void fill(WritableByteChannel out) throws IOException;
	}

	/** An existing folder, reached by any links there are. */
	static Target open(Path folder) throws IOException {
		return isLocal(folder) ? LocalTarget.open(folder) : new SavingTarget(folder, false);
	}

	/** The path of what has a name here; the name has been checked. */
	Path path(String name) throws IOException;

	/** What has that name here, itself a link or not. */
	Optional<BasicFileAttributes> look(String name) throws IOException;

	/** A folder in this one, made if it is missing; a link to a folder is none. */
	Target enter(String name) throws IOException;

	/**
	 * Puts a file, whole or not at all.
	 *
	 * @param modified the time it is to have
	 */
	void write(String name, Existing existing, Optional<FileTime> modified, Filler content) throws IOException;

	/** Puts a link, in place of a file or link if wished. */
	void link(String name, String leadsTo, Existing existing) throws IOException;

	static boolean isLocal(Path path) {
		return path.getFileSystem() == FileSystems.getDefault();
	}

	static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
		try {
			return Optional.of(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
		} catch (NoSuchFileException e) {
			return Optional.empty();
		}
	}

	/** @throws FileSystemException if a file must not be put where something is */
	static void mayPutFile(Target folder, String name, Optional<BasicFileAttributes> old, Existing existing, boolean top) throws IOException {
		if (old.isEmpty())
			return;
		Path path = folder.path(name);
		if (old.get().isDirectory())
			throw new FileSystemException(path.toString(), null, "there is a folder of that name; a file does not replace it");
		if (old.get().isOther())
			throw new FileSystemException(path.toString(), null, "what is there is no file; it is not replaced");
		if (existing == Existing.FAIL)
			throw new FileAlreadyExistsException(path.toString());
		// On this machine a link is replaced, on a server what it leads to: good enough for a place that the person named, not for one met on the way.
		if (old.get().isSymbolicLink() && !top && folder instanceof SavingTarget)
			throw new FileSystemException(path.toString(), null, "there is a link of that name, nothing was written through it; remove it first");
	}
}
