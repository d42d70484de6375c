package org.strongroom.vault.cryptomator.internal.readable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.attribute.FileTime;

import org.strongroom.core.storage.Save;
import org.strongroom.vault.cryptomator.internal.PositionedChannel;
import org.strongroom.vault.cryptomator.internal.encrypted.Content;
import org.strongroom.vault.cryptomator.internal.encrypted.DamagedContentException;
import org.strongroom.vault.cryptomator.internal.encrypted.Opening;

/**
 * A readable file. What was written takes the old content's place when the channel is closed, unless anything failed before, or a {@link Save}
 * was given and not all was written.
 */
final class VaultChannel extends PositionedChannel {
	private final VaultFileSystem fileSystem;
	private final VaultPath path;
	private final String shown;
	private final Opening opening;
	private final Content content;
	private final Save save;
	/** Why the last failed change failed. */
	private volatile IOException failed;
	private boolean ended;

	VaultChannel(VaultFileSystem fileSystem, VaultPath path, Opening opening, OpenWish wish) {
		super(wish.reads(), opening.writes(), wish.append());
		this.fileSystem = fileSystem;
		this.path = path.toAbsolutePath();
		this.shown = path.toString();
		this.opening = opening;
		this.content = opening.content();
		this.save = wish.save();
	}

	@FunctionalInterface
	private interface Access<T> {
		T run() throws IOException;
	}

	private <T> T access(boolean change, Access<T> access) throws IOException {
		boolean done = false;
		try {
			fileSystem.checkUnlocked();
			T result = access.run();
			done = true;
			return result;
		} catch (IOException | RuntimeException e) {
			IOException meant = fileSystem.meaning(shown, e instanceof DamagedContentException && !opening.writes() && opening.hasChanged() ? changed() : e);
			if (change)
				failed = meant;
			throw meant;
		} finally {
			if (change && !done && failed == null)
				failed = new FileSystemException(shown, null, "something in the program or this machine gave way");
		}
	}

	private FileSystemException changed() {
		return new FileSystemException(shown, null, "it was changed on the server while it was being read; open it again");
	}

	@Override
	protected int readAt(ByteBuffer target, long place) throws IOException {
		return access(false, () -> content.read(target, place));
	}

	@Override
	protected int writeAt(ByteBuffer source, long place) throws IOException {
		return access(true, () -> content.write(source, place));
	}

	@Override
	protected long length() throws IOException {
		return access(false, content::size);
	}

	@Override
	protected void cut(long length) throws IOException {
		access(true, () -> {
			content.truncate(length);
			return null;
		});
	}

	/** Whether it writes to what lies at a path. */
	boolean writesTo(VaultPath absolute) {
		return opening.writes() && path.equals(absolute);
	}

	/** The time of change that the file is to have once what is written is in place. */
	void setModified(FileTime time) throws IOException {
		access(false, () -> {
			opening.setModified(time);
			return null;
		});
	}

	@Override
	public void force(boolean metaData) throws IOException {
		check();
		if (opening.writes())
			access(true, () -> {
				content.flush();
				return null;
			});
	}

	@Override
	protected void implCloseChannel() throws IOException {
		try {
			synchronized (this) {
				if (ended) {
					if (opening.writes() && isWanted())
						throw fileSystem.locked();
					return;
				}
				ended = true;
			}
			if (opening.writes())
				endWriting();
			else
				opening.abort();
		} finally {
			fileSystem.closed(this);
		}
	}

	private boolean isWanted() {
		return save == null || save.isWhole();
	}

	private void endWriting() throws IOException {
		boolean done = false;
		try {
			if (!isWanted())
				return;
			if (failed != null)
				throw new IOException(shown + ": not saved, since writing it had failed: " + failed.getMessage(), failed);
			if (!opening.isOpen())
				throw new IOException(shown + ": not saved, since writing it was interrupted.");
			access(true, () -> {
				opening.commit().ifPresent(version -> {
					if (save != null)
						save.committed(version);
				});
				return null;
			});
			done = true;
		} finally {
			if (!done)
				opening.abort();
		}
	}

	/** Lets go of the file without putting anything in its place, since the vault is being locked. */
	void giveUp() {
		synchronized (this) {
			if (ended)
				return;
			ended = true;
		}
		opening.abort();
	}
}
