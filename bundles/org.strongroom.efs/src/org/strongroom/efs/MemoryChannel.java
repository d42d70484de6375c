package org.strongroom.efs;

import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** Bytes in memory, for reading. */
final class MemoryChannel implements SeekableByteChannel {
	private final byte[] bytes;
	private long position;
	private volatile boolean closed;

	/** @param bytes not copied */
	MemoryChannel(byte[] bytes) {
		this.bytes = bytes;
	}

	private void check() throws ClosedChannelException {
		if (closed)
			throw new ClosedChannelException();
	}

	@Override
	public synchronized int read(ByteBuffer target) throws ClosedChannelException {
		check();
		if (position >= bytes.length)
			return target.hasRemaining() ? -1 : 0;
		int count = (int) Math.min(target.remaining(), bytes.length - position);
		target.put(bytes, (int) position, count);
		position += count;
		return count;
	}

	@Override
	public int write(ByteBuffer source) {
		throw new NonWritableChannelException();
	}

	@Override
	public synchronized long position() throws ClosedChannelException {
		check();
		return position;
	}

	@Override
	public synchronized SeekableByteChannel position(long to) throws ClosedChannelException {
		check();
		if (to < 0)
			throw new IllegalArgumentException("negative position");
		position = to;
		return this;
	}

	@Override
	public long size() throws ClosedChannelException {
		check();
		return bytes.length;
	}

	@Override
	public SeekableByteChannel truncate(long size) {
		throw new NonWritableChannelException();
	}

	@Override
	public boolean isOpen() {
		return !closed;
	}

	@Override
	public void close() {
		closed = true;
	}
}
