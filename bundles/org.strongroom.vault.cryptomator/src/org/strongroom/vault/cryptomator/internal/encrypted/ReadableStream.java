package org.strongroom.vault.cryptomator.internal.encrypted;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

import org.cryptomator.cryptolib.api.AuthenticationFailedException;
import org.cryptomator.cryptolib.api.FileHeader;
import org.strongroom.core.vault.Vault;

/** The readable content of an encrypted file that comes as streams, from a place to its end. One chunk of it is in memory at a time. Not thread-safe. */
public final class ReadableStream extends InputStream {
	private final Ciphers ciphers;
	private final Layout layout;
	private final Vault.Encrypted source;
	/** Null before it is first read from. */
	private InputStream encrypted;
	/** Readable bytes of the first chunk that are before the place. */
	private int before;
	private final ByteBuffer chunk = ByteBuffer.allocate(Layout.CHUNK).limit(0);
	private FileHeader header;
	private long number;

	/** @param from offset of the first readable byte */
	public ReadableStream(Ciphers ciphers, Vault.Encrypted source, long from) {
		this.ciphers = ciphers;
		layout = ciphers.layout();
		this.source = source;
		number = from / Layout.CHUNK;
		before = (int) (from % Layout.CHUNK);
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
			if (header == null)
				begin();
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
		chunk.flip();
		chunk.position(Math.min(before, chunk.limit()));
		before = 0;
		return chunk.hasRemaining();
	}

	private void begin() throws IOException, AuthenticationFailedException {
		encrypted = source.from(0);
		byte[] begin = encrypted.readNBytes(layout.header());
		layout.check(begin.length);
		header = ciphers.decryptHeader(ByteBuffer.wrap(begin));
		if (number == 0)
			return;
		encrypted.close();
		encrypted = source.from(layout.place(number));
	}

	@Override
	public void close() throws IOException {
		Arrays.fill(chunk.array(), (byte) 0);
		Ciphers.destroy(header);
		if (encrypted != null)
			encrypted.close();
	}
}
