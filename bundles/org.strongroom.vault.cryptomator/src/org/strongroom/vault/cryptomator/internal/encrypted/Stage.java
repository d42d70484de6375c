package org.strongroom.vault.cryptomator.internal.encrypted;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.Version;

/**
 * A new file with a shortened name is a folder with two files in it. It is made under a name that means nothing to anybody, and gets its own in one step
 * once it is whole.
 *
 * @param entry names of the entry's path, down to its own
 * @param folder where it is being made
 * @param target what it is to be
 */
record Stage(List<String> entry, Path folder, Path target) {
	private static final String CONTENT = "contents.c9r";

	static Stage make(List<String> entry, Path target) throws IOException {
		Path folder = target.resolveSibling(".strongroom-" + UUID.randomUUID());
		Files.createDirectory(folder);
		return new Stage(entry, folder, target);
	}

	/**
	 * Gives it its name.
	 *
	 * @param replace whether it replaces a file that somebody else has made meanwhile
	 */
	Optional<Version> publish(boolean replace) throws IOException {
		try {
			Files.move(folder, target);
		} catch (FileAlreadyExistsException e) {
			if (!replace)
				throw new ConflictException(null, "there is a file of that name by now");
			Files.move(folder.resolve(CONTENT), target.resolve(CONTENT), StandardCopyOption.REPLACE_EXISTING);
			remove();
		}
		if (!(target.getFileSystem() instanceof StorageFileSystem))
			return Optional.empty();
		return Files.readAttributes(target.resolve(CONTENT), StorageAttributes.class).version();
	}

	/** Removes what is left of it, as far as that can be done. */
	void remove() {
		try {
			for (String name : List.of(CONTENT, "name.c9s"))
				Files.deleteIfExists(folder.resolve(name));
			Files.deleteIfExists(folder);
		} catch (IOException e) {
			// a folder of that name is none of the vault's entries
		}
	}
}
