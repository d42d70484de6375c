package org.strongroom.vault.cryptomator.internal.encrypted;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.Version;

/**
 * One opening of one file's content. cryptofs shares header, size and decrypted chunks between all channels of a path; since a path of the encrypted side
 * that belongs to an opening differs from all others, each opening gets its own, and a reader never sees half of what a writer does.
 * <p>
 * The encrypted file stays open after cryptofs has closed it: only {@link #commit()} puts what was written in the old one's place.
 */
public final class Opening {
	private final Set<OpenOption> options;
	private final boolean writes;
	private final boolean keepsContent;
	private final Save wish;
	private Save save;
	private Path real;
	private FileChannel channel;
	private boolean fresh;
	private Stage stage;

	/**
	 * @param options for the encrypted file
	 * @param save the condition of the save, null for reading
	 */
	public Opening(Set<? extends OpenOption> options, Save save) {
		this.options = Set.copyOf(options);
		this.writes = options.contains(StandardOpenOption.WRITE);
		this.keepsContent = !options.contains(StandardOpenOption.TRUNCATE_EXISTING) && !options.contains(StandardOpenOption.CREATE_NEW);
		this.wish = save;
	}

	/** Whether it is for writing. */
	public boolean writes() {
		return writes;
	}

	void stage(Stage made) {
		stage = made;
	}

	/** Where a new entry with a shortened name is being made. */
	Optional<Stage> stage() {
		return Optional.ofNullable(stage);
	}

	FileChannel open(Path file, Layout layout) throws IOException {
		if (channel != null)
			throw new IOException("an opening is for one channel");
		real = file;
		var all = new HashSet<OpenOption>(options);
		if (writes && file.getFileSystem() instanceof StorageFileSystem) {
			save = stage == null ? wish : Save.createNew();
			all.add(save);
		} else if (writes)
			fresh = Files.notExists(file);
		channel = file.getFileSystem().provider().newFileChannel(file, all);
		boolean mayBeNew = options.contains(StandardOpenOption.CREATE);
		if (keepsContent && !(mayBeNew && channel.size() == 0))
			layout.check(channel.size());
		return new ContentChannel(channel, writes);
	}

	/**
	 * Puts what was written in its place.
	 *
	 * @return the version that the encrypted file has now, where the server tells
	 */
	public Optional<Version> commit() throws IOException {
		if (channel == null)
			return Optional.empty();
		if (stage != null && wish.precondition() instanceof Precondition.Unchanged)
			throw new ConflictException(null, "it is not there any more");
		if (save != null)
			save.whole();
		channel.close();
		if (stage != null)
			return stage.publish(!(wish.precondition() instanceof Precondition.Absent));
		return save == null ? Optional.empty() : save.version();
	}

	/** Closes without putting anything in place; never fails. On file systems that know no {@link Save} the file may have been changed already. */
	public void abort() {
		if (channel == null) {
			if (stage != null)
				stage.remove();
			return;
		}
		try {
			channel.close();
			if (fresh)
				Files.deleteIfExists(real);
		} catch (IOException e) {
			// what is being given up need not be told that it could not be closed well
		} finally {
			if (stage != null)
				stage.remove();
		}
	}
}
