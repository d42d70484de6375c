package org.strongroom.efs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** What comes as streams from any place on, for reading: one stream is open at a time, and another one is asked for where reading goes on elsewhere. */
final class StreamedChannel implements SeekableByteChannel {
	/** What lies closer ahead, in bytes, is not worth another request. */
	private static final long NEAR = 256 << 10;
	private static final int PIECE = 64 << 10;

	/** Where the bytes come from. */
	@FunctionalInterface
	interface Source {
		/** All from a place to the end; nothing from the end on. */
		InputStream from(long position) throws IOException;
	}

	private final Source source;
	private final long size;
	/** Guarded by this, as are the others. */
	private long position;
	/** Null until it is read from. */
	private InputStream in;
	/** Where {@link #in} is. */
	private long at;
	private volatile boolean closed;

	/** @param size in bytes */
	StreamedChannel(Source source, long size) {
		this.source = source;
		this.size = size;
	}

	private void check() throws ClosedChannelException {
		if (closed)
			throw new ClosedChannelException();
	}

	@Override
	public synchronized int read(ByteBuffer target) throws IOException {
		check();
		if (!target.hasRemaining())
			return 0;
		if (in == null || at > position || position - at > NEAR) {
			end();
			in = source.from(position);
			at = position;
		}
		if (at < position) {
			in.skipNBytes(position - at);
			at = position;
		}
		byte[] piece = new byte[Math.min(PIECE, target.remaining())];
		int count = in.read(piece);
		if (count > 0) {
			target.put(piece, 0, count);
			at += count;
			position = at;
		}
		return count;
	}

	private void end() throws IOException {
		if (in != null)
			in.close();
		in = null;
	}

	@Override
	public int write(ByteBuffer from) {
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
		return size;
	}

	@Override
	public SeekableByteChannel truncate(long to) {
		throw new NonWritableChannelException();
	}

	@Override
	public boolean isOpen() {
		return !closed;
	}

	@Override
	public void close() throws IOException {
		closed = true;
		synchronized (this) {
			end();
		}
	}
}
