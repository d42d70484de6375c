package org.strongroom.vault.cryptomator.internal.readable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

import org.strongroom.core.storage.Save;
import org.strongroom.vault.cryptomator.internal.PositionedChannel;
import org.strongroom.vault.cryptomator.internal.encrypted.Opening;

/**
 * A readable file. What was written takes the old content's place when the channel is closed, unless anything failed before, or a {@link Save}
 * was given and not all was written.
 */
final class VaultChannel extends PositionedChannel {
	private final VaultFileSystem fileSystem;
	private final String shown;
	private final Engine engine;
	private final Opening opening;
	private final FileChannel cryptofs;
	private final Save save;
	private volatile IOException failed;
	private boolean ended;

	/** @param save what the consumer gave, or null */
	VaultChannel(VaultFileSystem fileSystem, String shown, Engine engine, Opening opening, FileChannel cryptofs, boolean readable, Save save) {
		super(readable, opening.writes());
		this.fileSystem = fileSystem;
		this.shown = shown;
		this.engine = engine;
		this.opening = opening;
		this.cryptofs = cryptofs;
		this.save = save;
	}

	@FunctionalInterface
	private interface Access<T> {
		T run() throws IOException;
	}

	private <T> T access(boolean change, Access<T> access) throws IOException {
		try {
			return access.run();
		} catch (IOException | RuntimeException e) {
			IOException meant = fileSystem.meaning(shown, e);
			if (change)
				failed = meant;
			throw meant;
		}
	}

	@Override
	protected int readAt(ByteBuffer target, long place) throws IOException {
		if (!target.hasRemaining())
			return 0;
		// cryptofs takes a buffer's limit for the room that is left in it: that holds where the position is 0
		ByteBuffer room = target.slice();
		int count = access(false, () -> cryptofs.read(room, place));
		target.position(target.position() + room.position());
		return count;
	}

	@Override
	protected int writeAt(ByteBuffer source, long place) throws IOException {
		return access(true, () -> cryptofs.write(source, place));
	}

	@Override
	protected long length() throws IOException {
		return access(false, cryptofs::size);
	}

	@Override
	protected void cut(long length) throws IOException {
		access(true, () -> cryptofs.truncate(length));
	}

	@Override
	public void force(boolean metaData) throws IOException {
		check();
		if (opening.writes())
			access(true, () -> {
				cryptofs.force(false);
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
				endReading();
		} finally {
			fileSystem.closed(this, engine);
		}
	}

	private boolean isWanted() {
		return save == null || save.isWhole();
	}

	private void endReading() {
		try {
			cryptofs.close();
		} catch (IOException | RuntimeException e) {
			// nothing was to be written
		} finally {
			opening.abort();
		}
	}

	private void endWriting() throws IOException {
		boolean done = false;
		try {
			if (!isWanted())
				return;
			if (failed != null)
				throw new IOException(shown + ": not saved, since writing it had failed: " + failed.getMessage(), failed);
			if (!cryptofs.isOpen())
				throw new IOException(shown + ": not saved, since writing it was interrupted.");
			access(true, () -> {
				cryptofs.close();
				opening.commit().ifPresent(v -> {
					if (save != null)
						save.committed(v);
				});
				return null;
			});
			done = true;
		} finally {
			if (!done) {
				opening.abort();
			}
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
