package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.Upload;

/**
 * A new content on its way: written to a temporary file beside the target, which takes the target's place at {@link #commit}. Writes are sent
 * without waiting for the answers of earlier ones; an answer that says no ends the next call.
 */
final class SftpUpload implements Upload {
	/** Bytes sent whose arrival is not confirmed yet. */
	private static final int MOST_UNDER_WAY = 8 << 20;
	private static final int HEADER = 9;

	private final SftpStorage storage;
	private final SftpChannel sftp;
	private final String path;
	private final String target;
	private final String temporary;
	private final byte[] handle;
	private final int longest;
	private final Precondition precondition;

	private final ReentrantLock lock = new ReentrantLock();
	private final ArrayDeque<SftpChannel.Request> underWay = new ArrayDeque<>();
	private IOException failed;
	private boolean handleOpen = true;
	private boolean ended;

	/**
	 * @param path as the user knows the file
	 * @param target what is replaced, links followed
	 * @param longest how many bytes to send in one request
	 */
	SftpUpload(SftpStorage storage, SftpChannel sftp, String path, String target, String temporary, byte[] handle, int longest, Precondition precondition) {
		this.storage = storage;
		this.sftp = sftp;
		this.path = path;
		this.target = target;
		this.temporary = temporary;
		this.handle = handle;
		this.longest = longest;
		this.precondition = precondition;
	}

	@Override
	public void write(long position, ByteBuffer source) throws IOException {
		if (position < 0)
			throw new IllegalArgumentException("position " + position);
		lock.lock();
		try {
			check();
			long at = position;
			while (source.hasRemaining()) {
				int length = Math.min(longest, source.remaining());
				byte[] bytes = new byte[HEADER + 4 + handle.length + 8 + 4 + length];
				ByteBuffer.wrap(bytes).position(HEADER).putInt(handle.length).put(handle).putLong(at).putInt(length).put(source.slice(source.position(), length));
				source.position(source.position() + length);
				at += length;
				underWay.add(sftp.send(Packet.WRITE, bytes));
				while (underWay.size() > Math.max(1, MOST_UNDER_WAY / longest))
					confirm();
			}
		} finally {
			lock.unlock();
		}
	}

	private void check() throws IOException {
		if (failed != null)
			throw failed;
		if (ended)
			throw new ClosedChannelException();
	}

	/** Waits for the oldest write. */
	private void confirm() throws IOException {
		try {
			Status status = Status.of(sftp.await(underWay.poll()), path);
			if (!status.isOk())
				throw notStored(status);
		} catch (IOException e) {
			failed = e; // even after an interrupt: nobody knows any more whether this one arrived
			throw e;
		}
	}

	private IOException notStored(Status status) {
		return status.code() == Status.FAILURE ? new FileSystemException(path, null, "the server could not store it (disk full or quota?); the file there is as it was") : status.error(path);
	}

	@Override
	public FileInfo commit(long size) throws IOException {
		lock.lock();
		try {
			check();
			while (!underWay.isEmpty())
				confirm();
			return replace(size);
		} catch (IOException | RuntimeException e) {
			try {
				close();
			} catch (IOException x) {
				e.addSuppressed(x);
			}
			throw e;
		} finally {
			lock.unlock();
		}
	}

	private FileInfo replace(long size) throws IOException {
		SftpChannel.Request stat = sftp.send(Packet.FSTAT, new Wire.Writer().string(handle));
		SftpChannel.Request sync = storage.syncs() ? sftp.send(Packet.EXTENDED, new Wire.Writer().string("fsync@openssh.com").string(handle)) : null;
		Attributes written = storage.attributes(sftp.await(stat), path);
		if (written.size() != size)
			throw new ServerFaultException(path, "the server lost a part of it (%,d of %,d bytes arrived); the file there is as it was".formatted(Math.max(written.size(), 0), size));
		if (sync != null) {
			Status status = Status.of(sftp.await(sync), path);
			if (!status.isOk() && status.code() != Status.UNSUPPORTED)
				throw notStored(status);
		}
		Optional<Attributes> old = storage.find(target);
		checkPrecondition(old);
		if (old.isPresent())
			keepPermissions(old.get(), written);
		handleOpen = false;
		SftpChannel.Request closing = sftp.send(Packet.CLOSE, new Wire.Writer().string(handle));
		Status closed = Status.of(sftp.await(closing), path);
		if (!closed.isOk())
			throw notStored(closed); // some file servers notice a full disk only now
		put(old.isPresent());
		return verify(size);
	}

	private void checkPrecondition(Optional<Attributes> old) throws IOException {
		switch (precondition) {
		case Precondition.Any _ -> {
			// Whatever is there is replaced.
		}
		case Precondition.Absent _ -> {
			if (old.isPresent())
				throw new ConflictException(path, "there is a file of that name now");
		}
		case Precondition.Unchanged(var version) -> {
			if (old.isEmpty())
				throw new ConflictException(path, "the file is gone");
			if (!old.get().version().filter(version::equals).isPresent())
				throw new ConflictException(path, "somebody saved it meanwhile");
		}
		}
		if (old.isPresent() && old.get().type() == FileInfo.Type.DIRECTORY)
			throw new FileSystemException(path, null, "there is a folder of that name");
	}

	/** Gives the new file the permissions of the old one, and its group where that is possible. */
	private void keepPermissions(Attributes old, Attributes written) throws IOException {
		if (old.gid() >= 0 && (old.gid() != written.gid() || old.uid() != written.uid())) {
			Status owner = set(Attributes.owner(new Wire.Writer().string(handle), old.uid(), old.gid()));
			if (!owner.isOk() && old.gid() != written.gid() && written.uid() >= 0)
				set(Attributes.owner(new Wire.Writer().string(handle), written.uid(), old.gid())); // only an administrator may give files away
		}
		if (old.mode() != -1)
			set(Attributes.permissions(new Wire.Writer().string(handle), old.mode() & 0777)); // a server without permissions may say no
	}

	private Status set(Wire.Writer body) throws IOException {
		return Status.of(sftp.ask(Packet.FSETSTAT, body), path);
	}

	private void put(boolean replacing) throws IOException {
		if (precondition instanceof Precondition.Absent || !replacing) {
			// Never replaces anything (draft-ietf-secsh-filexfer-02 section 6.5): whoever was faster wins.
			Status status = storage.rename(temporary, target);
			if (status.isOk())
				return;
			if (storage.find(target).isEmpty())
				throw status.error(path);
			if (!(precondition instanceof Precondition.Any))
				throw new ConflictException(path, "there is a file of that name now");
		}
		if (storage.replaces()) {
			Status status = storage.posixRename(temporary, target);
			if (!status.isOk())
				throw status.error(path);
			return;
		}
		String aside = SftpStorage.temporaryName(target, ".old");
		Status moved = storage.rename(target, aside);
		if (!moved.isOk())
			throw moved.error(path);
		Status status = storage.rename(temporary, target);
		if (!status.isOk()) {
			Status back = storage.rename(aside, target);
			if (!back.isOk())
				throw new FileSystemException(path, null, "the new content could not be put in place, and the old one is now called " + aside);
			throw status.error(path);
		}
		sftp.post(Packet.REMOVE, new Wire.Writer().string(aside));
	}

	/** Makes sure that the server did what it said. */
	private FileInfo verify(long size) throws IOException {
		SftpChannel.Request gone = sftp.send(Packet.LSTAT, new Wire.Writer().string(temporary));
		Optional<Attributes> now = storage.find(target);
		boolean there = sftp.await(gone).type() == Packet.ATTRS;
		if (there || now.isEmpty() || now.get().size() != size)
			throw new ServerFaultException(path, "the server says that it was saved, but it was not: save it again under another name");
		ended = true;
		return now.get().info();
	}

	@Override
	public void close() throws IOException {
		lock.lock();
		try {
			if (ended)
				return;
			ended = true;
			sftp.abandon(underWay);
			underWay.clear();
			if (handleOpen)
				sftp.post(Packet.CLOSE, new Wire.Writer().string(handle));
			remove();
		} finally {
			lock.unlock();
		}
	}

	/** Removes the temporary file, even for a thread that is interrupted. */
	private void remove() throws IOException {
		boolean interrupted = Thread.interrupted();
		try {
			Status status = Status.of(sftp.ask(Packet.REMOVE, new Wire.Writer().string(temporary)), path);
			if (!status.isOk() && status.code() != Status.NO_SUCH_FILE)
				throw new FileSystemException(path, null, "the temporary file " + temporary + " could not be removed from the server");
		} catch (NoSuchFileException | ConnectionException e) {
			// Gone already, or out of reach: the server's administrator finds it by its name.
		} finally {
			if (interrupted)
				Thread.currentThread().interrupt();
		}
	}
}
