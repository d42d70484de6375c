package org.strongroom.vault.cryptomator.internal.encrypted;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;

import org.strongroom.vault.cryptomator.internal.PositionedChannel;

/**
 * The encrypted file as cryptofs sees it: reads fill the buffer, writes take all, and closing leaves it to the {@link Opening} what becomes of it. A file that
 * is only read must have the length it was opened with: cryptofs would wait for ever for what is missing, and never see what is too much.
 */
final class ContentChannel extends PositionedChannel {
	private final FileChannel real;
	private final boolean writable;
	private final long opened;

	ContentChannel(FileChannel real, boolean writable) throws IOException {
		super(true, writable);
		this.real = real;
		this.writable = writable;
		this.opened = real.size();
	}

	@Override
	protected int readAt(ByteBuffer target, long place) throws IOException {
		int all = fill(target, place);
		if (!writable)
			checkLength(place + all, !target.hasRemaining());
		return all == 0 && target.hasRemaining() ? -1 : all;
	}

	private int fill(ByteBuffer target, long place) throws IOException {
		int all = 0;
		while (target.hasRemaining()) {
			int count = real.read(target, place + all);
			if (count < 0)
				break;
			all += count;
		}
		return all;
	}

	private void checkLength(long end, boolean full) throws IOException {
		boolean longer = end > opened || full && end == opened && real.read(ByteBuffer.allocate(1), end) > 0;
		if (longer || !full && end < opened)
			throw new FileSystemException(null, null, "it was changed on the server while it was being read; open it again");
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
		return writable ? real.size() : opened;
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
