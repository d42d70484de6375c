package org.strongroom.remotefs.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A channel of a remote file. Reads come from the server in ranges; writes gather in a {@link Draft}, which is committed when the channel is closed: {@link #force} does
 * nothing before. After any failed operation closing throws, and commits nothing. Locks are granted and hold nobody off: whether a file was changed
 * by somebody else shows at commit. An interrupt ends an operation with an {@link java.io.InterruptedIOException} and leaves the channel open.
 */
final class RemoteFileChannel extends FileChannel {
	private static final int TRANSFER = 256 << 10;

	private final RemoteFileSystem fileSystem;
	private final OpenFile file;
	private final OpenMode mode;
	/** What this channel writes to; null if it does not. */
	private final Draft draft;
	private final Object positionLock = new Object();
	private long position;
	private ServerFile server;
	private int commits;

	/** @param server what is on the server, for a channel that only reads; null if it is new and only in the file's draft */
	RemoteFileChannel(RemoteFileSystem fileSystem, OpenFile file, OpenMode mode, ServerFile server) {
		this.fileSystem = fileSystem;
		this.file = file;
		this.mode = mode;
		draft = mode.write() ? file.draft() : null;
		this.server = server;
		commits = file.commits();
	}

	private void check() throws IOException {
		if (!isOpen())
			throw new ClosedChannelException();
	}

	private void checkReadable() throws IOException {
		check();
		if (!mode.read())
			throw new NonReadableChannelException();
	}

	private void checkWritable() throws IOException {
		check();
		if (!mode.write())
			throw new NonWritableChannelException();
	}

	/** The state on the server: that of the last commit, if there was one since this channel was opened. */
	private synchronized ServerFile server() throws IOException {
		if (commits != file.commits() || server == null) {
			if (server != null)
				server.close();
			if (file.committedInfo() == null)
				throw new java.nio.file.NoSuchFileException(file.path());
			commits = file.commits();
			server = new ServerFile(fileSystem, file::path, file.committedInfo(), null, null);
		}
		return server;
	}

	/** What is being written to the file, by this channel or others that share it. */
	private Draft draft() {
		return draft != null ? draft : file.draft();
	}

	private int readAt(ByteBuffer target, long at) throws IOException {
		if (!target.hasRemaining())
			return 0;
		Draft current = draft();
		return current != null ? current.read(at, target) : server().read(at, target);
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		checkReadable();
		synchronized (positionLock) {
			int n = readAt(target, position);
			if (n > 0)
				position += n;
			return n;
		}
	}

	@Override
	public int read(ByteBuffer target, long at) throws IOException {
		if (at < 0)
			throw new IllegalArgumentException("negative position");
		checkReadable();
		return readAt(target, at);
	}

	@Override
	public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
		java.util.Objects.checkFromIndexSize(offset, length, targets.length);
		checkReadable();
		long total = 0;
		synchronized (positionLock) {
			for (int i = offset; i < offset + length; i++) {
				int asked = targets[i].remaining();
				int n = read(targets[i]);
				if (n < 0)
					return total == 0 ? -1 : total;
				total += n;
				if (n < asked)
					break;
			}
		}
		return total;
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		checkWritable();
		synchronized (positionLock) {
			if (mode.append()) {
				int n = draft.append(source);
				position = draft.size();
				return n;
			}
			int n = draft.write(position, source);
			position += n;
			return n;
		}
	}

	@Override
	public int write(ByteBuffer source, long at) throws IOException {
		if (at < 0)
			throw new IllegalArgumentException("negative position");
		checkWritable();
		return mode.append() ? draft.append(source) : draft.write(at, source);
	}

	@Override
	public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
		java.util.Objects.checkFromIndexSize(offset, length, sources.length);
		checkWritable();
		long total = 0;
		synchronized (positionLock) {
			for (int i = offset; i < offset + length; i++)
				total += write(sources[i]);
		}
		return total;
	}

	@Override
	public long position() throws IOException {
		check();
		synchronized (positionLock) {
			return mode.append() ? size() : position;
		}
	}

	@Override
	public FileChannel position(long newPosition) throws IOException {
		check();
		if (newPosition < 0)
			throw new IllegalArgumentException("negative position");
		synchronized (positionLock) {
			position = newPosition;
		}
		return this;
	}

	@Override
	public long size() throws IOException {
		check();
		Draft current = draft();
		return current != null ? current.size() : server().info().size();
	}

	@Override
	public FileChannel truncate(long size) throws IOException {
		if (size < 0)
			throw new IllegalArgumentException("negative size");
		checkWritable();
		synchronized (positionLock) {
			draft.truncate(size);
			position = Math.min(position, size);
		}
		return this;
	}

	@Override
	public void force(boolean metaData) throws IOException {
		check();
	}

	@Override
	public long transferTo(long from, long count, WritableByteChannel target) throws IOException {
		if (from < 0 || count < 0)
			throw new IllegalArgumentException("negative position or count");
		checkReadable();
		ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(TRANSFER, count));
		long done = 0;
		while (done < count) {
			buffer.clear().limit((int) Math.min(buffer.capacity(), count - done));
			int n = readAt(buffer, from + done);
			if (n <= 0)
				break;
			buffer.flip();
			int taken = 0;
			while (buffer.hasRemaining()) {
				int w = target.write(buffer);
				if (w <= 0)
					return done + taken;
				taken += w;
			}
			done += n;
		}
		return done;
	}

	@Override
	public long transferFrom(ReadableByteChannel source, long to, long count) throws IOException {
		if (to < 0 || count < 0)
			throw new IllegalArgumentException("negative position or count");
		checkWritable();
		if (to > size())
			return 0;
		ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(TRANSFER, count));
		long done = 0;
		while (done < count) {
			buffer.clear().limit((int) Math.min(buffer.capacity(), count - done));
			int n = source.read(buffer);
			if (n <= 0)
				break;
			buffer.flip();
			while (buffer.hasRemaining())
				done += write(buffer, to + done);
		}
		return done;
	}

	@Override
	public MappedByteBuffer map(MapMode mode, long position, long size) {
		throw new UnsupportedOperationException("a remote file cannot be mapped into memory");
	}

	@Override
	public FileLock lock(long from, long size, boolean shared) throws IOException {
		check();
		if (shared && !mode.read())
			throw new NonReadableChannelException();
		if (!shared && !mode.write())
			throw new NonWritableChannelException();
		return new Granted(this, from, size, shared);
	}

	@Override
	public FileLock tryLock(long from, long size, boolean shared) throws IOException {
		return lock(from, size, shared);
	}

	/** A lock that holds nobody off. */
	private static final class Granted extends FileLock {
		private volatile boolean released;

		Granted(FileChannel channel, long from, long size, boolean shared) {
			super(channel, from, size, shared);
		}

		@Override
		public boolean isValid() {
			return !released && acquiredBy().isOpen();
		}

		@Override
		public void release() throws IOException {
			if (!acquiredBy().isOpen())
				throw new ClosedChannelException();
			released = true;
		}
	}

	@Override
	protected void implCloseChannel() throws IOException {
		try {
			if (mode.write())
				closeDraft();
		} finally {
			synchronized (this) {
				if (server != null)
					server.close();
			}
			fileSystem.files().closed(file);
			if (mode.deleteOnClose())
				fileSystem.files().deleteIfExists(file.path());
		}
	}

	private void closeDraft() throws IOException {
		boolean useless = true;
		try {
			useless = draft.close(mode.save());
		} finally {
			fileSystem.files().writerGone(file, draft, useless);
		}
	}
}
