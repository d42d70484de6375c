package org.strongroom.core.transfer;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.Set;

import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Save;
import org.strongroom.core.transfer.Transfer.Existing;

/**
 * A folder on one of Strongroom's file systems.
 *
 * @param fresh whether it was made just now, so that nothing is in it
 */
record SavingTarget(Path folder, boolean fresh) implements Target {

	@Override
	public Path path(String name) throws IOException {
		return Names.child(folder, name);
	}

	@Override
	public Optional<BasicFileAttributes> look(String name) throws IOException {
		return fresh ? Optional.empty() : Target.attributes(path(name));
	}

	@Override
	public Target enter(String name) throws IOException {
		Path path = path(name);
		try {
			Files.createDirectory(path);
			return new SavingTarget(path, true);
		} catch (FileAlreadyExistsException e) {
			BasicFileAttributes there = Target.attributes(path).orElseThrow(() -> e);
			if (there.isDirectory())
				return new SavingTarget(path, false);
			throw there.isSymbolicLink() ? new FileSystemException(path.toString(), null, "there is a link of that name; it was not followed")
					: new NotDirectoryException(path.toString());
		}
	}

	@Override
	public void write(String name, Existing existing, Optional<FileTime> modified, Filler content) throws IOException {
		Path path = path(name);
		Save save = existing.replaces() && !fresh ? Save.asFound() : Save.createNew();
		try (var out = Files.newByteChannel(path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE, save))) {
			content.fill(out);
			if (modified.isPresent())
				setModified(path, modified.get());
			save.whole();
		}
	}

	private static void setModified(Path path, FileTime modified) throws IOException {
		try {
			Files.setLastModifiedTime(path, modified);
		} catch (ConnectionException e) {
			throw e;
		} catch (IOException | UnsupportedOperationException e) {
			// The content is what counts; not every server lets its time be set.
		}
	}

	@Override
	public void link(String name, String leadsTo, Existing existing) throws IOException {
		Path path = path(name);
		try {
			if (existing.replaces() && look(name).isPresent())
				Files.delete(path);
			Files.createSymbolicLink(path, path.getFileSystem().getPath(leadsTo));
		} catch (UnsupportedOperationException | InvalidPathException e) {
			throw new FileSystemException(path.toString(), null, "no such link can be made there");
		}
	}

	@Override
	public void close() {
		// Nothing is held.
	}
}
