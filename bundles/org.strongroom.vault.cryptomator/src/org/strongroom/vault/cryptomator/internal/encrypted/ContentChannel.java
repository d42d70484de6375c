package org.strongroom.vault.cryptomator.internal.encrypted;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

import org.strongroom.vault.cryptomator.internal.PositionedChannel;

/** The encrypted file as cryptofs sees it: reads fill the buffer, writes take all, and closing leaves it to the {@link Opening} what becomes of it. */
final class ContentChannel extends PositionedChannel {
	private final FileChannel real;

	ContentChannel(FileChannel real, boolean writable) {
		super(true, writable);
		this.real = real;
	}

	@Override
	protected int readAt(ByteBuffer target, long place) throws IOException {
		int all = 0;
		while (target.hasRemaining()) {
			int count = real.read(target, place + all);
			if (count < 0)
				return all == 0 ? -1 : all;
			all += count;
		}
		return all;
	}

	@Override
	protected int writeAt(ByteBuffer source, long place) throws IOException {
		int all = 0;
		while (source.hasRemaining())
			all += real.write(source, place + all);
		return all;
	}

	@Override
	protected long length() throws IOException {
		return real.size();
	}

	@Override
	protected void cut(long length) throws IOException {
		real.truncate(length);
	}

	@Override
	protected void implCloseChannel() {
		// the opening closes it
	}
}
