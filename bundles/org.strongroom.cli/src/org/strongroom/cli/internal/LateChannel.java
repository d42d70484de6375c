package org.strongroom.cli.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of this machine that is opened when it is first read from: opening a pipe waits for whoever writes to it. For one thread. */
final class LateChannel implements ReadableByteChannel {
	private final Path file;
	private ReadableByteChannel channel;
	private boolean closed;

	LateChannel(Path file) {
		this.file = file;
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		if (closed)
			throw new ClosedChannelException();
		if (channel == null)
			channel = Files.newByteChannel(file);
		return channel.read(target);
	}

	@Override
	public boolean isOpen() {
		return !closed;
	}

	@Override
	public void close() throws IOException {
		closed = true;
		if (channel != null)
			channel.close();
	}
}
