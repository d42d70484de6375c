package org.strongroom.core.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;

import org.strongroom.core.storage.Chain;

/**
 * Reads the next part of a content while the one before is being written: what reading takes (waiting, decrypting) and what writing takes does not add up. Used by one thread. After
 * {@link #close()} a reading that was under way may go on until the channel it reads from is closed.
 */
final class ReadAhead implements Content.Parts {
	/** Fills a buffer from its beginning. */
	@FunctionalInterface
	interface Source {
		/** @return the number of bytes, -1 at the end */
		int read(ByteBuffer buffer) throws IOException;
	}

	private final Source source;
	private ByteBuffer given = Content.buffer();
	private ByteBuffer spare = Content.buffer();
	private Future<Integer> coming;

	ReadAhead(Source source) {
		this.source = source;
		fetch();
	}

	private void fetch() {
		ByteBuffer buffer = spare;
		coming = Chain.start("read ahead", () -> source.read(buffer));
	}

	@Override
	public ByteBuffer next() throws IOException {
		if (Chain.await(coming) < 0)
			return null;
		ByteBuffer filled = spare;
		spare = given;
		given = filled;
		fetch();
		return filled;
	}

	@Override
	public void close() {
		coming.cancel(true);
	}
}
