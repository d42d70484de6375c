package org.strongroom.vault.cryptomator.internal.encrypted;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

import org.cryptomator.cryptolib.api.AuthenticationFailedException;
import org.cryptomator.cryptolib.api.FileHeader;

/** The readable content of an encrypted file that comes as a stream. One chunk of it is in memory at a time. Not thread-safe. */
public final class ReadableStream extends InputStream {
	private final Ciphers ciphers;
	private final Layout layout;
	private final InputStream encrypted;
	private final ByteBuffer chunk = ByteBuffer.allocate(Layout.CHUNK).limit(0);
	private FileHeader header;
	private long number;

	/** @param encrypted from its beginning; closed with this */
	public ReadableStream(Ciphers ciphers, InputStream encrypted) {
		this.ciphers = ciphers;
		layout = ciphers.layout();
		this.encrypted = encrypted;
	}

	@Override
	public int read() throws IOException {
		return fill() ? chunk.get() & 0xFF : -1;
	}

	/** @throws DamagedContentException if what comes was not encrypted with the vault's key, or ends where no writer of the format ends */
	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		Objects.checkFromIndexSize(offset, length, bytes.length);
		if (length == 0)
			return 0;
		if (!fill())
			return -1;
		int count = Math.min(length, chunk.remaining());
		chunk.get(bytes, offset, count);
		return count;
	}

	/** @return whether there is something left in the chunk */
	private boolean fill() throws IOException {
		if (chunk.hasRemaining())
			return true;
		try {
			if (header == null) {
				byte[] begin = encrypted.readNBytes(layout.header());
				layout.check(begin.length);
				header = ciphers.decryptHeader(ByteBuffer.wrap(begin));
			}
			byte[] piece = encrypted.readNBytes(layout.chunk());
			layout.check(layout.header() + piece.length);
			if (piece.length > 0)
				ciphers.decrypt(ByteBuffer.wrap(piece), chunk.clear(), number++, header);
			else
				chunk.clear();
		} catch (AuthenticationFailedException | IllegalArgumentException e) {
			chunk.limit(0);
			throw DamagedContentException.changed(e);
		}
		return chunk.flip().hasRemaining();
	}

	@Override
	public void close() throws IOException {
		Arrays.fill(chunk.array(), (byte) 0);
		Ciphers.destroy(header);
		encrypted.close();
	}
}
