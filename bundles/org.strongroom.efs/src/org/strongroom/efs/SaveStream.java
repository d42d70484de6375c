package org.strongroom.efs;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

import org.strongroom.core.storage.Save;

/** A new content on its way: whole when the stream is closed and no write failed. */
final class SaveStream extends OutputStream {
	private final OutputStream out;
	private final Save save;
	private final After after;
	private boolean failed;
	private boolean closed;

	/** What follows a save that took place. */
	@FunctionalInterface
	interface After {
		void saved() throws IOException;
	}

	SaveStream(OutputStream out, Save save, After after) {
		this.out = out;
		this.save = save;
		this.after = after;
	}

	@Override
	public void write(int b) throws IOException {
		write(new byte[] { (byte) b }, 0, 1);
	}

	@Override
	public void write(byte[] bytes, int offset, int length) throws IOException {
		Objects.checkFromIndexSize(offset, length, bytes.length);
		boolean done = false;
		try {
			out.write(bytes, offset, length);
			done = true;
		} finally {
			failed |= !done;
		}
	}

	@Override
	public void close() throws IOException {
		if (closed)
			return;
		closed = true;
		if (!failed)
			save.whole();
		out.close();
		if (!failed)
			after.saved();
	}
}
