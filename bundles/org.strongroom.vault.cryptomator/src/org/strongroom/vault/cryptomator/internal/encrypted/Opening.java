package org.strongroom.vault.cryptomator.internal.encrypted;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.Onward;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.Version;

/** One opening of one encrypted file. Only {@link #commit()} puts what was written in the old content's place. Used by one thread at a time, but for its content. */
public final class Opening {
	private final Place place;
	private final boolean writes;
	/** The condition of the save; null for reading, and for what is changed as it was opened. */
	private final Precondition condition;
	private final Stage stage;
	private final Path file;
	private final FileChannel channel;
	private final Content content;
	/** A save of our own: the consumer's may have been declared whole before the last of it turns out not to be writable. */
	private final Save save;
	private final boolean isNew;
	private Seen seen;
	/** The time of change that the file is to have, where the file system below cannot be told before the commit; null for that of the commit. */
	private FileTime modified;

	/** A state of the encrypted file. */
	private record Seen(long size, Object modified, Optional<Version> version) {
	}

	private Opening(Place place, Precondition condition, Stage stage, Path file, Set<OpenOption> options, boolean isNew, Ciphers ciphers) throws IOException {
		this.place = place;
		this.condition = condition;
		this.stage = stage;
		this.file = file;
		this.isNew = isNew;
		writes = options.contains(WRITE);
		save = writes && Below.isStorage(file) ? stage != null ? Save.createNew() : save(condition) : null;
		var all = new HashSet<>(options);
		if (save != null)
			all.add(save);
		channel = file.getFileSystem().provider().newFileChannel(file, all);
		try {
			boolean anew = options.contains(TRUNCATE_EXISTING) || options.contains(CREATE_NEW) || options.contains(CREATE) && channel.size() == 0;
			content = anew ? Content.fresh(ciphers, channel) : Content.of(ciphers, channel);
			if (!writes)
				seen = look();
		} catch (IOException | RuntimeException e) {
			try (channel) {
				throw e;
			}
		}
	}

	private static Save save(Precondition condition) {
		return switch (condition) {
		case null -> Save.asFound();
		case Precondition.Any() -> Save.overwrite();
		case Precondition.Absent() -> Save.createNew();
		case Precondition.Unchanged(Version version) -> Save.ifUnchanged(version);
		};
	}

	/** Opens a file for reading. */
	public static Opening reading(Place place, Ciphers ciphers) throws IOException {
		return new Opening(place, null, null, place.file(), Set.of(READ), false, ciphers);
	}

	/**
	 * Opens a file for writing.
	 *
	 * @param isThere whether there is an entry for it
	 * @param anew whether the content starts empty
	 * @param creates whether the file is made if there is none
	 * @param reads whether what is written is to be read again
	 * @param condition what must hold for what is written to be put in place; null: that what was opened is still there
	 */
	public static Opening writing(Place place, boolean isThere, boolean anew, boolean creates, boolean reads, Precondition condition, Ciphers ciphers) throws IOException {
		var options = new HashSet<OpenOption>(Set.of(READ, WRITE));
		if (anew && !reads && Below.isStorage(place.file()))
			options.add(Onward.ONWARD);
		if (anew)
			options.add(TRUNCATE_EXISTING);
		if (creates)
			options.add(condition instanceof Precondition.Absent ? CREATE_NEW : CREATE);
		if (isThere || !place.isShortened())
			return new Opening(place, condition, null, place.file(), options, !isThere, ciphers);
		Stage stage = Stage.make(place);
		try {
			options.remove(CREATE);
			options.remove(TRUNCATE_EXISTING);
			options.add(CREATE_NEW);
			return new Opening(place, condition, stage, stage.contents(), options, true, ciphers);
		} catch (IOException | RuntimeException e) {
			stage.remove();
			throw e;
		}
	}

	/** What is in the file, or will be. */
	public Content content() {
		return content;
	}

	/** Whether it is for writing. */
	public boolean writes() {
		return writes;
	}

	/** Whether the channel below is still open. */
	public boolean isOpen() {
		return channel.isOpen();
	}

	private Seen look() throws IOException {
		BasicFileAttributes a = Below.attributes(file, new LinkOption[0]);
		return new Seen(a.size(), a.lastModifiedTime(), a instanceof StorageAttributes s ? s.version() : Optional.empty());
	}

	/** Whether the file that was opened for reading is not what it was then, or was replaced while it was being opened: its length tells. */
	public boolean hasChanged() {
		try {
			if (seen != null && seen.size() != channel.size())
				return true;
			if (file.getFileSystem() instanceof StorageFileSystem below)
				below.refresh(file);
			return seen != null && !look().equals(seen);
		} catch (IOException e) {
			return true;
		}
	}

	/** Has what is written carry a time of change of its own from the moment of its commit on. Asks no server. */
	public void setModified(FileTime time) throws IOException {
		if (save == null)
			modified = time;
		else
			Files.setLastModifiedTime(file, time);
	}

	/**
	 * Puts what was written in its place.
	 *
	 * @return the version that the encrypted file has now, where the server tells
	 */
	public Optional<Version> commit() throws IOException {
		if (stage != null && condition instanceof Precondition.Unchanged)
			throw new ConflictException(null, "it is not there any more");
		content.flush();
		content.close();
		if (save != null)
			save.whole();
		channel.close();
		if (modified != null)
			Files.setLastModifiedTime(file, modified);
		if (stage == null)
			return save == null ? Optional.empty() : save.version();
		if (condition instanceof Precondition.Absent) {
			try {
				stage.publish(place);
			} catch (FileAlreadyExistsException e) {
				throw new ConflictException(null, "there is a file of that name by now");
			}
		} else
			stage.publishOver(place);
		return Below.isStorage(file) ? Files.readAttributes(place.file(), StorageAttributes.class).version() : Optional.empty();
	}

	/** Closes without putting anything in place; never fails. On file systems that know no {@link Save} the file may have been changed already. */
	public void abort() {
		content.close();
		try {
			channel.close();
			if (isNew && save == null && stage == null && writes)
				Files.deleteIfExists(file);
		} catch (IOException e) {
			// what is being given up need not be told that it could not be closed well
		} finally {
			if (stage != null)
				stage.remove();
		}
	}
}
