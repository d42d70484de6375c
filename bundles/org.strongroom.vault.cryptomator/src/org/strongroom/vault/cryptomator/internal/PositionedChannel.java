package org.strongroom.vault.cryptomator.internal;

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
import java.util.concurrent.locks.ReentrantLock;

/** A file channel of which only reading and writing at a place has to be written. Safe for use by several threads. */
public abstract class PositionedChannel extends FileChannel {
	private static final int TRANSFER = 128 * 1024;
	private final ReentrantLock lock = new ReentrantLock();
	private final boolean readable;
	private final boolean writable;
	private final boolean appends;
	private long position;

	/** @param appends whether everything is written at the end, wherever the position is */
	protected PositionedChannel(boolean readable, boolean writable, boolean appends) {
		this.readable = readable;
		this.writable = writable;
		this.appends = appends;
	}

	/** Reads from a place, -1 at the end. */
	protected abstract int readAt(ByteBuffer target, long place) throws IOException;

	/** Writes all that remains, at a place. */
	protected abstract int writeAt(ByteBuffer source, long place) throws IOException;

	/** Length in bytes. */
	protected abstract long length() throws IOException;

	/** Cuts to a length that is smaller than the present one. */
	protected abstract void cut(long length) throws IOException;

	protected final void check() throws ClosedChannelException {
		if (!isOpen())
			throw new ClosedChannelException();
	}

	private void checkReadable() throws ClosedChannelException {
		check();
		if (!readable)
			throw new NonReadableChannelException();
	}

	private void checkWritable() throws ClosedChannelException {
		check();
		if (!writable)
			throw new NonWritableChannelException();
	}

	@Override
	public int read(ByteBuffer target, long place) throws IOException {
		if (place < 0)
			throw new IllegalArgumentException("negative position");
		checkReadable();
		return readAt(target, place);
	}

	@Override
	public int write(ByteBuffer source, long place) throws IOException {
		if (place < 0)
			throw new IllegalArgumentException("negative position");
		checkWritable();
		if (!appends)
			return writeAt(source, place);
		lock.lock();
		try {
			return writeAt(source, length());
		} finally {
			lock.unlock();
		}
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		lock.lock();
		try {
			int count = read(target, position);
			if (count > 0)
				position += count;
			return count;
		} finally {
			lock.unlock();
		}
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		lock.lock();
		try {
			int count = write(source, position);
			position = appends ? length() : position + count;
			return count;
		} finally {
			lock.unlock();
		}
	}

	@Override
	public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
		long all = 0;
		for (int i = offset; i < offset + length; i++) {
			if (!targets[i].hasRemaining())
				continue;
			int count = read(targets[i]);
			if (count < 0)
				return all == 0 ? -1 : all;
			all += count;
			if (targets[i].hasRemaining())
				break;
		}
		return all;
	}

	@Override
	public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
		long all = 0;
		for (int i = offset; i < offset + length; i++)
			all += write(sources[i]);
		return all;
	}

	@Override
	public long position() throws IOException {
		check();
		lock.lock();
		try {
			return appends ? length() : position;
		} finally {
			lock.unlock();
		}
	}

	@Override
	public FileChannel position(long newPosition) throws IOException {
		if (newPosition < 0)
			throw new IllegalArgumentException("negative position");
		check();
		lock.lock();
		try {
			position = newPosition;
			return this;
		} finally {
			lock.unlock();
		}
	}

	@Override
	public long size() throws IOException {
		check();
		return length();
	}

	@Override
	public FileChannel truncate(long size) throws IOException {
		if (size < 0)
			throw new IllegalArgumentException("negative size");
		checkWritable();
		lock.lock();
		try {
			if (size < length())
				cut(size);
			position = Math.min(position, size);
			return this;
		} finally {
			lock.unlock();
		}
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
		var buffer = ByteBuffer.allocate((int) Math.min(count, TRANSFER));
		long done = 0;
		while (done < count) {
			buffer.clear().limit((int) Math.min(buffer.capacity(), count - done));
			if (read(buffer, from + done) <= 0)
				break;
			buffer.flip();
			int length = buffer.remaining();
			target.write(buffer);
			done += length - buffer.remaining();
			if (buffer.hasRemaining())
				break;
		}
		return done;
	}

	@Override
	public long transferFrom(ReadableByteChannel source, long to, long count) throws IOException {
		if (to < 0 || count < 0)
			throw new IllegalArgumentException("negative position or count");
		checkWritable();
		if (to > length())
			return 0;
		var buffer = ByteBuffer.allocate((int) Math.min(count, TRANSFER));
		long done = 0;
		while (done < count) {
			buffer.clear().limit((int) Math.min(buffer.capacity(), count - done));
			if (source.read(buffer) <= 0)
				break;
			buffer.flip();
			done += write(buffer, to + done);
		}
		return done;
	}

	@Override
	public MappedByteBuffer map(MapMode mode, long from, long size) {
		throw new UnsupportedOperationException("files on a server cannot be mapped");
	}

	@Override
	public FileLock lock(long from, long size, boolean shared) {
		throw new UnsupportedOperationException("files on a server cannot be locked");
	}

	@Override
	public FileLock tryLock(long from, long size, boolean shared) {
		throw new UnsupportedOperationException("files on a server cannot be locked");
	}
}
