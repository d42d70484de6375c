package org.strongroom.vault.cryptomator.internal.encrypted;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Trash;
import org.strongroom.vault.cryptomator.internal.Together;

/**
 * An entry that is a folder (of everything but a file with a short name) while it is being made or taken apart: under a name that means nothing to anybody.
 * It gets its own in one step once it is whole, and loses it in one step before it is taken apart.
 *
 * @param folder where it is
 */
public record Stage(Path folder) {
	private static final int MOST_BESIDE = 10;
	/** All that can be in it. */
	private static final List<String> PARTS = List.of(Place.CONTENTS, Place.FOLDER_ID, Place.LINK, Place.NAME);

	/** Whether something of that name is on its way to be an entry, or was one. */
	static boolean isName(String name) {
		return StoragePaths.isTemporary(name);
	}

	/** Starts an entry, with its name if that is a long one. */
	public static Stage make(Place place) throws IOException {
		var stage = new Stage(beside(place));
		Files.createDirectory(stage.folder);
		try {
			if (place.isShortened())
				Below.write(stage.folder.resolve(Place.NAME), place.longName().getBytes(UTF_8));
			return stage;
		} catch (IOException | RuntimeException e) {
			stage.remove();
			throw e;
		}
	}

	private static Path beside(Place place) {
		return place.path().resolveSibling(StoragePaths.TEMPORARY + UUID.randomUUID());
	}

	/** Takes the name of whatever is there away. */
	static Stage take(Place place) throws IOException {
		var stage = new Stage(beside(place));
		Files.move(place.path(), stage.folder);
		return stage;
	}

	/**
	 * Takes an item's name away: from now on it is gone.
	 *
	 * @throws ConflictException if there is another item by now; that keeps its name
	 */
	static Stage unmake(Found item) throws IOException {
		Stage stage = take(item.place());
		if (stage.isOf(item))
			return stage;
		stage.restore(item.place());
		throw another();
	}

	/** Whether it is the entry of that folder or, for what is none, of no folder: somebody may have given the name to another item since it was found. What is broken is not told apart. */
	boolean isOf(Found item) throws IOException {
		if (item.is(Found.Type.BROKEN))
			return true;
		try {
			String id = FolderIds.read(part(Place.FOLDER_ID));
			return item.is(Found.Type.DIRECTORY) && id.equals(item.folder().id());
		} catch (NoSuchFileException | NotDirectoryException e) {
			return !item.is(Found.Type.DIRECTORY);
		}
	}

	/** Why nothing was done to what {@link #isOf} did not know. */
	static ConflictException another() {
		return new ConflictException(null, "there is something else of that name by now");
	}

	/** The encrypted file, of a file's entry. */
	public Path contents() {
		return folder.resolve(Place.CONTENTS);
	}

	Path part(String name) {
		return folder.resolve(name);
	}

	/**
	 * Gives it its name.
	 *
	 * @throws FileAlreadyExistsException if there is an entry by now
	 */
	void publish(Place place) throws IOException {
		Files.move(folder, place.path());
	}

	/** As {@link #publish}, for a file: one that is there by now is replaced. */
	void publishOver(Place place) throws IOException {
		try {
			publish(place);
		} catch (FileAlreadyExistsException e) {
			if (!Files.isRegularFile(place.file()))
				throw e; // a folder or a link by now
			Files.move(contents(), place.file(), StandardCopyOption.REPLACE_EXISTING);
			remove();
		}
	}

	/** Gives it back the name it had. If somebody has given that to another item meanwhile, it is shown beside that one, as a copy in conflict. */
	void restore(Place place) {
		Path to = place.path();
		for (int number = 1; number <= MOST_BESIDE; number++)
			try {
				Files.move(folder, to);
				return;
			} catch (FileAlreadyExistsException e) {
				to = place.beside(number);
			} catch (IOException e) {
				return; // what failed first is what counts
			}
	}

	/**
	 * Removes what is left of a file's entry whose content has gone elsewhere, or never came: no step leaves it where a broken item would be seen. Somebody else may have saved a
	 * content into it just before its name was taken away: then it gets its name back.
	 */
	static void removeShell(Place place) throws IOException {
		if (!place.isShortened())
			return;
		Stage shell;
		try {
			shell = take(place);
		} catch (NoSuchFileException e) {
			return; // somebody else has removed it
		}
		try {
			var saved = Together.start(() -> Below.find(shell.contents()));
			Files.deleteIfExists(shell.part(Place.NAME));
			if (Together.get(saved).isPresent()) {
				Below.write(shell.part(Place.NAME), place.longName().getBytes(UTF_8));
				shell.restore(place);
			} else
				shell.removeFolder();
		} catch (IOException e) {
			// a folder of that name is none of the vault's entries
		}
	}

	/** Removes the entry of a file that has not got its contents, as far as that can be done; never one that has. */
	static void removeWithoutContents(Place place) {
		try {
			if (place.path().getFileSystem() instanceof StorageFileSystem below)
				below.refresh(place.path()); // the move may have taken place though it failed
			if (Below.find(place.file()).isEmpty())
				removeShell(place);
		} catch (IOException e) {
			// an entry without contents remains, which can be removed
		}
	}

	/** Removes it, as far as that can be done: what remains is none of the vault's entries. */
	public void remove() {
		try {
			var parts = PARTS.stream().map(this::part).map(part -> Together.start(() -> Files.deleteIfExists(part))).toList();
			for (var part : parts)
				Together.get(part);
			removeFolder();
		} catch (IOException e) {
			// a folder of that name is none of the vault's entries
		}
	}

	/** As {@link #remove}; where the server keeps what is removed, as one item under the name it had, so that it can be put back. */
	void discard(Place place) throws IOException {
		Optional<Trash> trash = Below.trash(folder);
		try {
			if (trash.isPresent())
				publish(place);
		} catch (FileAlreadyExistsException e) {
			trash = Optional.empty(); // the name is somebody else's by now
		}
		if (trash.isPresent())
			Below.discard(trash.get(), place.path());
		else
			remove();
	}

	/** With what somebody else was about to save into the entry when its name was taken away: nobody finds that any more. */
	private void removeFolder() throws IOException {
		try {
			Files.deleteIfExists(folder);
		} catch (DirectoryNotEmptyException e) {
			for (String name : Below.list(folder).keySet())
				if (isName(name))
					Files.deleteIfExists(part(name));
			Files.deleteIfExists(folder);
		}
	}
}
