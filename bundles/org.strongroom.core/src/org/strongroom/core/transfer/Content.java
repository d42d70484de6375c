package org.strongroom.core.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

import org.strongroom.core.storage.ServerFaultException;

/** The bytes of a file on their way. */
final class Content {
	private static final int BUFFER = 512 * 1024;
	/** What has fewer bytes passes through a buffer of as many. */
	static final int SMALL = 64 * 1024;
	/** How often in a row a channel may give nothing without ending. */
	private static final int PATIENCE = 1000;

	private Content() {
	}

	/** In the heap, where vaults encrypt and decrypt at full speed. */
	static ByteBuffer buffer() {
		return ByteBuffer.allocate(BUFFER);
	}

	/**
	 * Copies all of a file.
	 *
	 * @param before what the file was said to be
	 * @param followLinks whether it may be a link
	 * @param buffer for a file that fits into it
	 * @throws ServerFaultException if there is less than was said, or no end to it
	 */
	static void copy(Path source, BasicFileAttributes before, boolean followLinks, WritableByteChannel out, ByteBuffer buffer, Progress progress) throws IOException {
		boolean local = Target.isLocal(source);
		// Only on this machine can somebody else put a link in the place of a file between the look and the opening; a server's link stays on the server.
		Set<? extends OpenOption> options = local && !followLinks ? Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS) : Set.of(StandardOpenOption.READ);
		long total = 0;
		long expected = before.size();
		try (ReadableByteChannel in = Files.newByteChannel(source, options); Parts parts = parts(in, expected, buffer, progress)) {
			for (ByteBuffer part; (part = parts.next()) != null;) {
				total += part.position();
				if (total > expected && !local) {
					expected = Files.size(source);
					if (total > expected)
						throw new ServerFaultException(source.toString(), "the server sends more than the %,d bytes the file has".formatted(expected));
				}
				send(part, out, progress);
			}
		}
		if (total < expected) {
			// A file that was cut short meanwhile is whole as it is now.
			long now = Files.size(source);
			if (total != now && before.isRegularFile())
				throw local ? new FileSystemException(source.toString(), null, "it changed while it was being read")
						: new ServerFaultException(source.toString(), "the server sent %,d of its %,d bytes".formatted(total, now));
		}
	}

	/** A content, part by part. */
	@FunctionalInterface
	interface Parts extends Closeable {
		/** The next part, filled and not flipped; it is valid until the next call. Null at the end. */
		ByteBuffer next() throws IOException;

		@Override
		default void close() {
			// nothing is held
		}
	}

	private static Parts parts(ReadableByteChannel in, long size, ByteBuffer buffer, Progress progress) {
		return size > buffer.capacity() ? new ReadAhead(part -> read(in, part, progress)) : () -> read(in, buffer, progress) < 0 ? null : buffer;
	}

	/** Copies all that a channel gives. */
	static void pump(ReadableByteChannel in, WritableByteChannel out, ByteBuffer buffer, Progress progress) throws IOException {
		while (read(in, buffer, progress) >= 0)
			send(buffer, out, progress);
	}

	/** Copies so many bytes of a channel, or what it gives if that is less. */
	static void part(ReadableByteChannel in, long count, WritableByteChannel out, Progress progress) throws IOException {
		ByteBuffer buffer = buffer();
		for (long left = count; left > 0;) {
			ByteBuffer piece = buffer.slice(0, (int) Math.min(left, buffer.capacity()));
			int read = read(in, piece, progress);
			if (read < 0)
				return;
			send(piece, out, progress);
			left -= read;
		}
	}

	private static int read(ReadableByteChannel in, ByteBuffer buffer, Progress progress) throws IOException {
		buffer.clear();
		for (int i = 0; i < PATIENCE; i++) {
			if (progress.cancelled() || Thread.currentThread().isInterrupted())
				throw new InterruptedIOException("Cancelled.");
			int count = in.read(buffer);
			if (count != 0)
				return count;
		}
		throw new ServerFaultException(null, "the content does not go on");
	}

	private static void send(ByteBuffer buffer, WritableByteChannel out, Progress progress) throws IOException {
		int count = buffer.flip().remaining();
		while (buffer.hasRemaining())
			out.write(buffer);
		progress.bytes(count);
	}
}
