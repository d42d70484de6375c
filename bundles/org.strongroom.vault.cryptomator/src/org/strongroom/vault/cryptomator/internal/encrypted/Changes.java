package org.strongroom.vault.cryptomator.internal.encrypted;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.UUID;

import org.cryptomator.cryptolib.api.CryptorProvider.Scheme;
import org.cryptomator.cryptolib.api.Masterkey;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.vault.cryptomator.internal.Together;

import org.strongroom.vault.cryptomator.internal.encrypted.Found.Type;

/** Makes, moves, copies and removes entries of a vault. Whatever takes more than one step is done where nobody sees it, and comes or goes in one. Thread-safe. */
public final class Changes {
	/** As Cryptomator has it: the longest path of Windows. */
	private static final int LONGEST_LINK = 32767;

	private final EncryptedVault vault;

	public Changes(EncryptedVault vault) {
		this.vault = vault;
	}

	/**
	 * Makes a folder.
	 *
	 * @throws FileAlreadyExistsException if there is an entry
	 */
	public void createFolder(Place place) throws IOException {
		Folder folder = vault.folder(UUID.randomUUID().toString());
		var content = Together.start(() -> {
			createContent(vault, folder);
			return null;
		});
		Stage stage = null;
		boolean done = false;
		try {
			stage = Stage.make(place);
			Below.write(stage.part(Place.FOLDER_ID), folder.id().getBytes(US_ASCII));
			Together.get(content);
			stage.publish(place);
			done = true;
			vault.made(place, folder);
		} finally {
			if (!done) {
				removeQuietly(folder, content);
				if (stage != null)
					stage.remove();
			}
		}
	}

	/**
	 * Makes the root of a new vault.
	 *
	 * @param folder of the vault
	 * @param key is copied
	 */
	public static void createRoot(Path folder, Scheme scheme, Masterkey key) throws IOException {
		try (var vault = new EncryptedVault(folder, scheme, key, 0)) {
			createContent(vault, vault.folder(""));
		}
	}

	/** Makes the encrypted folder that a folder's entries lie in. */
	static void createContent(EncryptedVault vault, Folder folder) throws IOException {
		// mostly it is missing, and nobody knows
		var parent = Together.start(() -> {
			createParent(folder.content());
			return null;
		});
		try {
			Files.createDirectory(folder.content());
		} catch (NoSuchFileException e) {
			Together.get(parent);
			Files.createDirectory(folder.content());
		}
		writeBackup(vault, folder);
	}

	static void writeBackup(EncryptedVault vault, Folder folder) throws IOException {
		Below.write(folder.content().resolve(Place.FOLDER_ID_BACKUP), vault.ciphers().encryptWhole(folder.id().getBytes(US_ASCII)));
	}

	/** Makes the folder that shares the first two characters. */
	static void createParent(Path content) throws IOException {
		try {
			Files.createDirectory(content.getParent());
		} catch (FileAlreadyExistsException e) {
			// somebody else has made it by now
		} catch (NoSuchFileException e) {
			Files.createDirectories(content.getParent()); // a new vault
		}
	}

	private static void removeQuietly(Folder folder, java.util.concurrent.Future<?> made) {
		try {
			made.get();
			removeContent(folder);
		} catch (java.util.concurrent.ExecutionException | IOException e) {
			// it stays as a folder that nothing leads to
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		}
	}

	private static void removeContent(Folder folder) throws IOException {
		Files.deleteIfExists(folder.content().resolve(Place.FOLDER_ID_BACKUP));
		Files.deleteIfExists(folder.content());
	}

	/** Makes a link. @param target as it is to be written in it */
	public void createLink(Place place, String target) throws IOException {
		if (target.length() > LONGEST_LINK)
			throw new FileSystemException(null, null, "a link to so long a path cannot be made");
		Stage stage = Stage.make(place);
		boolean done = false;
		try {
			Below.write(stage.part(Place.LINK), vault.ciphers().encryptWhole(target.getBytes(UTF_8)));
			stage.publish(place);
			done = true;
		} finally {
			if (!done)
				stage.remove();
		}
	}

	/** Where a link leads, as written in it. */
	public String target(Found link) throws IOException {
		int most = (int) vault.ciphers().layout().encrypted(LONGEST_LINK);
		return new String(vault.ciphers().decryptWhole(Below.read(link.holder(), most)), UTF_8);
	}

	/** Removes a file, a link, or what is broken. */
	public void remove(Found item) throws IOException {
		vault.forget(item.place());
		if (item.is(Type.FILE) && !item.place().isShortened())
			Files.delete(item.place().path());
		else
			Stage.unmake(item).discard(item.place());
	}

	/**
	 * Removes a folder of which nothing can be read.
	 *
	 * @param litter what else lies in its encrypted folder and may go
	 * @throws java.nio.file.DirectoryNotEmptyException if there is something in it after all
	 */
	public void removeFolder(Found item, Iterable<Path> litter) throws IOException {
		vault.forget(item.place());
		Stage stage = Stage.take(item.place());
		var same = Together.start(() -> stage.isOf(item)); // the answer comes with those to what follows, all of which can be undone
		boolean done = false;
		try {
			for (Path left : litter) {
				if (Files.isDirectory(left))
					new Stage(left).remove();
				else
					Files.deleteIfExists(left);
			}
			removeContent(item.folder());
			if (!Together.get(same))
				throw Stage.another();
			done = true;
		} finally {
			if (!done)
				restore(stage, item);
		}
		stage.discard(item.place());
	}

	/** Somebody has put something into the folder, or given its name to another item: that and the empty folder are as they were. */
	private void restore(Stage stage, Found item) {
		stage.restore(item.place());
		try {
			Files.createDirectory(item.folder().content());
		} catch (IOException e) {
			// it has something in it
		}
		try {
			writeBackup(vault, item.folder());
		} catch (IOException e) {
			// only whoever repairs a vault needs it, and what failed first is what counts
		}
	}

	/**
	 * Gives an item another name. What holds its content stays as it is: no content is moved.
	 *
	 * @param to missing, or a file that a file replaces
	 */
	public void move(Found from, Found to) throws IOException {
		Place source = from.place();
		Place target = to.place();
		vault.forget(source);
		vault.forget(target);
		if (to.is(Type.FILE)) {
			Files.move(from.holder(), to.holder(), StandardCopyOption.REPLACE_EXISTING);
			Stage.removeShell(source);
		} else if (!source.isShortened() && !target.isShortened())
			Files.move(source.path(), target.path());
		else if (from.is(Type.FILE) && !target.isShortened()) {
			Files.move(from.holder(), target.path());
			Stage.removeShell(source);
		} else
			moveInto(from, target);
	}

	/**
	 * An entry with a long name has it within, so the new one is another entry. Wherever this is cut off, the item has its old name or its new one, a folder or link perhaps both: a
	 * file's content must not be where only we would find it, so the entry without content comes first, as cryptofs has it too.
	 */
	private static void moveInto(Found from, Place target) throws IOException {
		Stage stage = Stage.make(target);
		boolean done = false;
		try {
			switch (from.type()) {
			case DIRECTORY -> Below.write(stage.part(Place.FOLDER_ID), from.folder().id().getBytes(US_ASCII));
			case SYMLINK -> Files.copy(from.holder(), stage.part(Place.LINK));
			default -> {
				// its content goes there when it is published
			}
			}
			stage.publish(target);
			done = true;
		} finally {
			if (!done)
				stage.remove();
		}
		if (from.is(Type.FILE)) {
			try {
				Files.move(from.holder(), target.file());
			} catch (IOException e) {
				Stage.removeWithoutContents(target);
				throw e;
			}
			Stage.removeShell(from.place());
		} else
			unmakeMoved(from, target);
	}

	/** Removes the old entry of a folder or a link that has a new one. If that is not there any more, somebody else was faster, and it must not be there twice. */
	private static void unmakeMoved(Found from, Place target) throws IOException {
		Stage old;
		try {
			old = Stage.unmake(from);
		} catch (NoSuchFileException | ConflictException e) {
			Stage.unmake(from.at(target)).remove();
			throw e;
		}
		old.remove();
	}

	/**
	 * Copies a file or a link, encrypted as it is: neither is bound to its name or folder.
	 *
	 * @param to missing, or a file that a file replaces
	 */
	public void copy(Found from, Found to, Set<? extends CopyOption> options) throws IOException {
		var left = new java.util.HashSet<CopyOption>(options);
		left.retainAll(Set.of(StandardCopyOption.COPY_ATTRIBUTES));
		Place target = to.place();
		if (to.is(Type.FILE)) {
			left.add(StandardCopyOption.REPLACE_EXISTING);
			Files.copy(from.holder(), to.holder(), left.toArray(CopyOption[]::new));
			return;
		}
		if (from.is(Type.FILE) && !target.isShortened()) {
			Files.copy(from.holder(), target.path(), left.toArray(CopyOption[]::new));
			return;
		}
		Stage stage = Stage.make(target);
		boolean done = false;
		try {
			Files.copy(from.holder(), from.is(Type.FILE) ? stage.contents() : stage.part(Place.LINK), left.toArray(CopyOption[]::new));
			stage.publish(target);
			done = true;
		} finally {
			if (!done)
				stage.remove();
		}
	}
}
