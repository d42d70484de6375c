package org.strongroom.vault.cryptomator.internal.encrypted;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

import org.strongroom.vault.cryptomator.internal.PositionedChannel;

/** A small file in memory: what a vault keeps beside contents (folder ids, long names, links) is read at once and written at once. */
final class MemoryChannel extends PositionedChannel {
	/** A link's target may have 32 KiB; everything else is smaller. */
	static final int MOST = 256 * 1024;

	/** Takes the bytes of a file that is complete. */
	interface Target {
		void write(byte[] content) throws IOException;
	}

	private final Target target;
	private byte[] content;

	private MemoryChannel(boolean writable, byte[] content, Target target) {
		super(true, writable);
		this.content = content;
		this.target = target;
	}

	static MemoryChannel reading(byte[] content) {
		return new MemoryChannel(false, content, _ -> {
		});
	}

	/** @param target called when the channel is closed */
	static MemoryChannel writing(byte[] content, Target target) {
		return new MemoryChannel(true, content, target);
	}

	@Override
	protected synchronized int readAt(ByteBuffer to, long place) {
		if (place >= content.length)
			return -1;
		int count = Math.min(to.remaining(), content.length - (int) place);
		to.put(content, (int) place, count);
		return count;
	}

	@Override
	protected synchronized int writeAt(ByteBuffer source, long place) throws IOException {
		int count = source.remaining();
		if (place + count > MOST)
			throw new IOException("too much for a small file");
		if (place + count > content.length)
			content = Arrays.copyOf(content, (int) place + count);
		source.get(content, (int) place, count);
		return count;
	}

	@Override
	protected synchronized long length() {
		return content.length;
	}

	@Override
	protected synchronized void cut(long length) {
		content = Arrays.copyOf(content, (int) length);
	}

	@Override
	protected void implCloseChannel() throws IOException {
		target.write(content);
	}
}
