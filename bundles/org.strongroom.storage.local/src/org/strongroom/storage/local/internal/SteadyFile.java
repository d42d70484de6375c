package org.strongroom.storage.local.internal;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.Objects;
import java.util.Set;

/**
 * A file open for many threads. An interrupt ends the call of the thread it is meant for and nothing else: it closes the channel that all of them use, which is then opened anew, provided
 * that the file is still the same one.
 */
final class SteadyFile implements Closeable {
	private interface Step {
		long on(FileChannel channel) throws IOException;
	}

	private final Path path;
	private final Set<OpenOption> again;
	/** Tells the file from another one of that name; null where the machine has nothing of the kind. */
	private final Object key;
	private volatile FileChannel channel;
	private boolean closed;

	private SteadyFile(Path path, FileChannel channel, Set<OpenOption> again) throws IOException {
		this.path = path;
		this.channel = channel;
		this.again = again;
		try {
			key = key();
		} catch (IOException e) {
			channel.close();
			throw e;
		}
	}

	/** A file that is there, to be read. */
	static SteadyFile open(Path path) throws IOException {
		return new SteadyFile(path, FileChannel.open(path, StandardOpenOption.READ), Set.of(StandardOpenOption.READ));
	}

	/** A new file, to be read and written. */
	static SteadyFile create(Path path, FileAttribute<?>... attributes) throws IOException {
		return new SteadyFile(path, FileChannel.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE), attributes),
				Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
	}

	/** As {@link org.strongroom.core.storage.Reader#read}. */
	int read(long position, ByteBuffer into) throws IOException {
		int start = into.position();
		while (into.hasRemaining() && steadily(c -> c.read(into, position + into.position() - start)) >= 0) {
			// until it is full or the file ends
		}
		int count = into.position() - start;
		return count == 0 && into.hasRemaining() ? -1 : count;
	}

	/** Takes all that remains. */
	void write(long position, ByteBuffer source) throws IOException {
		int start = source.position();
		while (source.hasRemaining())
			steadily(c -> c.write(source, position + source.position() - start));
	}

	/** In bytes. */
	long size() throws IOException {
		return steadily(FileChannel::size);
	}

	void truncate(long size) throws IOException {
		steadily(c -> c.truncate(size).size());
	}

	/** Returns once all is on the disk. */
	void force() throws IOException {
		steadily(c -> {
			c.force(true);
			return 0;
		});
	}

	private long steadily(Step step) throws IOException {
		while (true) {
			FileChannel used = channel;
			try {
				return step.on(used);
			} catch (ClosedByInterruptException e) {
				Thread.interrupted();
				throw new InterruptedIOException("Interrupted while working on " + path + ".");
			} catch (ClosedChannelException e) {
				openAfter(used);
			}
		}
	}

	/** Opens the file again after another thread's interrupt closed its channel. */
	private synchronized void openAfter(FileChannel used) throws IOException {
		if (closed)
			throw new ClosedChannelException();
		if (channel != used)
			return;
		try {
			channel = FileChannel.open(path, again);
			if (Objects.equals(key, key()))
				return;
			channel.close();
		} catch (NoSuchFileException e) {
			// as if it were another one
		}
		throw new FileSystemException(path.toString(), null, "it was replaced or removed meanwhile");
	}

	private Object key() throws IOException {
		return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
	}

	@Override
	public synchronized void close() throws IOException {
		closed = true;
		channel.close();
	}
}
