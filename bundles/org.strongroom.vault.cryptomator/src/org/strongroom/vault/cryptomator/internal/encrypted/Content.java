package org.strongroom.vault.cryptomator.internal.encrypted;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;

import org.cryptomator.cryptolib.api.AuthenticationFailedException;
import org.cryptomator.cryptolib.api.FileHeader;
import org.strongroom.vault.cryptomator.internal.Together;

/**
 * The readable content of one open encrypted file. Whole chunks that follow on each other are read and written together and go straight from and to the consumer's buffer; of the
 * others some are kept. What was written is in the file after {@link #flush()}. Thread-safe.
 */
public final class Content {
	/** Chunks read or written at once (1 MiB). */
	private static final int SPAN = 32;
	/** Chunks kept. */
	private static final int MOST_KEPT = 16;
	private static final int CHUNK = Layout.CHUNK;
	/** Half of what can be counted leaves room for what encryption adds. */
	private static final long LONGEST = Long.MAX_VALUE / 2;

	private static final class Chunk {
		final byte[] bytes = new byte[CHUNK];
		int length;
		boolean dirty;
	}

	private final Ciphers ciphers;
	private final Layout layout;
	private final FileChannel real;
	private final ReentrantLock lock = new ReentrantLock();
	private final LinkedHashMap<Long, Chunk> kept = new LinkedHashMap<>(MOST_KEPT, 0.75f, true);
	private ByteBuffer span = ByteBuffer.allocate(0);
	/** For one chunk that has to make room while a span is still in use. */
	private final ByteBuffer single;
	/** For chunks on their way from or to a buffer outside the heap: of those the JDK encrypts 768 bytes at a time, at less than half the speed. */
	private ByteBuffer inHeap;
	private FileHeader header;
	private boolean headerIsNew;
	private long size;
	private volatile boolean closed;

	private Content(Ciphers ciphers, FileChannel real) {
		this.ciphers = ciphers;
		this.layout = ciphers.layout();
		this.real = real;
		single = ByteBuffer.allocate(layout.chunk());
	}

	@FunctionalInterface
	private interface Use<T> {
		T of() throws IOException;
	}

	private <T> T use(Use<T> use) throws IOException {
		lock.lock();
		try {
			if (closed)
				throw new ClosedChannelException();
			return use.of();
		} finally {
			lock.unlock();
			if (closed)
				wipe();
		}
	}

	/** What is in an encrypted file. @param real closed by whoever opened it */
	static Content of(Ciphers ciphers, FileChannel real) throws IOException {
		var content = new Content(ciphers, real);
		long length = real.size();
		content.layout.check(length);
		content.size = content.layout.readable(length);
		return content;
	}

	/** An empty content, with a key of its own, for an empty file. */
	static Content fresh(Ciphers ciphers, FileChannel real) {
		var content = new Content(ciphers, real);
		content.header = ciphers.newHeader();
		content.headerIsNew = true;
		return content;
	}

	/** Length in bytes. */
	public long size() {
		lock.lock();
		try {
			return size;
		} finally {
			lock.unlock();
		}
	}

	// --- reading

	/**
	 * Reads until the buffer is full or the content ends; -1 if it ends before.
	 *
	 * @throws DamagedContentException if what is there was not encrypted with the vault's key, or not for this place
	 */
	public int read(ByteBuffer target, long position) throws IOException {
		return use(() -> {
			if (!target.hasRemaining())
				return 0;
			if (position >= size)
				return -1;
			int start = target.position();
			while (target.hasRemaining()) {
				long at = position + target.position() - start;
				if (at >= size)
					break;
				Chunk chunk = kept.get(at / CHUNK);
				if (chunk == null)
					fetch(at, target);
				else
					give(chunk, (int) (at % CHUNK), target);
			}
			return target.position() - start;
		});
	}

	private static void give(Chunk chunk, int offset, ByteBuffer target) {
		target.put(chunk.bytes, offset, Math.min(chunk.length - offset, target.remaining()));
	}

	/** Reads the chunks that are wanted from a place on and not kept. */
	private void fetch(long at, ByteBuffer target) throws IOException {
		long first = at / CHUNK;
		long last = Math.min((size - 1) / CHUNK, (at + target.remaining() - 1) / CHUNK);
		int count = 1;
		while (count < SPAN && first + count <= last && !kept.containsKey(first + count))
			count++;
		ByteBuffer encrypted = readSpan(first, count);
		for (int i = 0; i < count; i++) {
			long number = first + i;
			int length = length(number);
			int offset = i == 0 ? (int) (at % CHUNK) : 0;
			ByteBuffer piece = encrypted.slice(encrypted.position(), length + layout.overhead());
			encrypted.position(encrypted.position() + length + layout.overhead());
			if (offset == 0 && length == CHUNK && target.remaining() >= CHUNK)
				decryptInto(target, piece, number);
			else
				give(keep(number, decrypted(piece, number)), offset, target);
		}
	}

	private ByteBuffer readHeader() throws IOException {
		var encrypted = ByteBuffer.allocate(layout.header());
		readFully(encrypted, 0);
		return encrypted;
	}

	private FileHeader decrypt(ByteBuffer encrypted) throws DamagedContentException {
		try {
			return ciphers.decryptHeader(encrypted);
		} catch (AuthenticationFailedException | IllegalArgumentException e) {
			throw DamagedContentException.changed(e);
		}
	}

	/** Encrypted chunks, and the header with them unless it is known. */
	private ByteBuffer readSpan(long first, int count) throws IOException {
		Future<ByteBuffer> early = header == null && first > 0 ? Together.start(this::readHeader) : null;
		if (header == null && early == null)
			header = decrypt(readHeader());
		long end = layout.encrypted(Math.min(size, (first + count) * CHUNK));
		ByteBuffer buffer = span((int) (end - layout.place(first)));
		readFully(buffer, layout.place(first));
		if (early != null)
			header = decrypt(Together.get(early));
		return buffer;
	}

	/** cut short means that somebody else has changed it: its length was looked at when it was opened. */
	private void readFully(ByteBuffer buffer, long place) throws IOException {
		while (buffer.hasRemaining()) {
			if (real.read(buffer, place + buffer.position()) < 0)
				throw new FileSystemException(null, null, "it was changed on the server while it was being read; open it again");
		}
		buffer.flip();
	}

	/** The buffer for encrypted bytes, empty, with just that much room. */
	private ByteBuffer span(int length) {
		if (span.capacity() < length)
			span = ByteBuffer.allocate(length);
		return span.clear().limit(length);
	}

	/** How long the readable content of a chunk is. */
	private int length(long number) {
		return (int) Math.min(CHUNK, size - number * CHUNK);
	}

	private void decrypt(ByteBuffer piece, ByteBuffer target, long number) throws DamagedContentException {
		try {
			ciphers.decrypt(piece, target, number, header);
		} catch (AuthenticationFailedException | IllegalArgumentException e) {
			throw DamagedContentException.changed(e);
		}
	}

	private void decryptInto(ByteBuffer target, ByteBuffer piece, long number) throws DamagedContentException {
		if (target.hasArray()) {
			decrypt(piece, target, number);
			return;
		}
		ByteBuffer chunk = inHeap();
		decrypt(piece, chunk, number);
		target.put(chunk.flip());
	}

	private ByteBuffer inHeap() {
		if (inHeap == null)
			inHeap = ByteBuffer.allocate(CHUNK);
		return inHeap.clear();
	}

	private Chunk decrypted(ByteBuffer piece, long number) throws DamagedContentException {
		var chunk = new Chunk();
		ByteBuffer bytes = ByteBuffer.wrap(chunk.bytes);
		decrypt(piece, bytes, number);
		chunk.length = bytes.position();
		return chunk;
	}

	private Chunk keep(long number, Chunk chunk) throws IOException {
		kept.put(number, chunk);
		while (kept.size() > MOST_KEPT) {
			Map.Entry<Long, Chunk> oldest = kept.firstEntry();
			if (oldest.getValue().dirty)
				store(oldest.getKey(), oldest.getValue());
			kept.remove(oldest.getKey());
			Arrays.fill(oldest.getValue().bytes, (byte) 0);
		}
		return chunk;
	}

	// --- writing

	/** Writes all that remains of a buffer; what is left out before is filled with zeros. */
	public int write(ByteBuffer source, long position) throws IOException {
		return use(() -> {
			int count = source.remaining();
			if (count == 0)
				return 0;
			if (position > LONGEST - count)
				throw new FileSystemException(null, null, "a file cannot be that long");
			if (position > size)
				fill(position);
			put(source, position);
			return count;
		});
	}

	private void put(ByteBuffer source, long position) throws IOException {
		for (long at = position; source.hasRemaining();) {
			int n = at % CHUNK == 0 && source.remaining() >= CHUNK ? putWhole(source, at / CHUNK) : putPart(source, at);
			at += n;
			size = Math.max(size, at);
		}
	}

	/** The format knows no holes: what is left out is encrypted and sent like anything else, which may take long and ends with an interrupt, or when the file is given up. */
	private void fill(long to) throws IOException {
		var zeros = ByteBuffer.allocate((int) Math.min((long) SPAN * CHUNK, to - size));
		while (size < to) {
			if (Thread.currentThread().isInterrupted())
				throw new InterruptedIOException("it was cancelled");
			if (closed)
				throw new ClosedChannelException();
			zeros.clear();
			// up to the end of a chunk first, then whole ones
			long room = size % CHUNK == 0 ? zeros.capacity() : CHUNK - size % CHUNK;
			zeros.limit((int) Math.min(Math.min(room, zeros.capacity()), to - size));
			put(zeros, size);
		}
	}

	/** Whole chunks that follow on each other, without keeping them. */
	private int putWhole(ByteBuffer source, long first) throws IOException {
		int count = Math.min(SPAN, source.remaining() / CHUNK);
		loadHeader();
		boolean withHeader = first == 0 && headerIsNew;
		ByteBuffer encrypted = span(count * layout.chunk() + (withHeader ? layout.header() : 0));
		if (withHeader)
			encrypted.put(ciphers.encrypt(header));
		for (int i = 0; i < count; i++) {
			Chunk old = kept.remove(first + i);
			if (old != null)
				Arrays.fill(old.bytes, (byte) 0);
			ByteBuffer chunk = source.slice(source.position(), CHUNK);
			ciphers.encrypt(chunk.hasArray() ? chunk : inHeap().put(chunk).flip(), encrypted, first + i, header);
			source.position(source.position() + CHUNK);
		}
		writeFully(encrypted.flip(), withHeader ? 0 : layout.place(first));
		if (withHeader)
			headerIsNew = false;
		return count * CHUNK;
	}

	private int putPart(ByteBuffer source, long at) throws IOException {
		long number = at / CHUNK;
		int offset = (int) (at % CHUNK);
		int n = Math.min(CHUNK - offset, source.remaining());
		Chunk chunk = kept.get(number);
		if (chunk == null)
			chunk = keep(number, number * CHUNK < size && (offset > 0 || n < length(number)) ? load(number) : new Chunk());
		source.get(chunk.bytes, offset, n);
		chunk.length = Math.max(chunk.length, offset + n);
		chunk.dirty = true;
		return n;
	}

	private Chunk load(long number) throws IOException {
		return decrypted(readSpan(number, 1), number);
	}

	private void loadHeader() throws IOException {
		if (header == null)
			header = decrypt(readHeader());
	}

	private void store(long number, Chunk chunk) throws IOException {
		loadHeader();
		storeHeader();
		ciphers.encrypt(ByteBuffer.wrap(chunk.bytes, 0, chunk.length), single.clear(), number, header);
		writeFully(single.flip(), layout.place(number));
		chunk.dirty = false;
	}

	private void storeHeader() throws IOException {
		if (!headerIsNew)
			return;
		writeFully(ciphers.encrypt(header), 0);
		headerIsNew = false;
	}

	private void writeFully(ByteBuffer buffer, long place) throws IOException {
		int start = buffer.position();
		while (buffer.hasRemaining())
			real.write(buffer, place + buffer.position() - start);
	}

	/** Cuts to a length that is smaller than the present one. */
	public void truncate(long to) throws IOException {
		use(() -> {
			if (to >= size)
				return null;
			int rest = (int) (to % CHUNK);
			long number = to / CHUNK;
			Chunk last = null;
			if (rest > 0) {
				last = kept.get(number);
				if (last == null)
					last = keep(number, load(number));
			}
			for (long gone : kept.keySet().stream().filter(n -> n > number || rest == 0 && n == number).toList())
				Arrays.fill(kept.remove(gone).bytes, (byte) 0);
			if (last != null) {
				Arrays.fill(last.bytes, rest, CHUNK, (byte) 0);
				last.length = rest;
				last.dirty = true;
			}
			size = to;
			if (!headerIsNew)
				real.truncate(layout.encrypted(to));
			return null;
		});
	}

	/** Puts everything into the file that is not in it yet. */
	public void flush() throws IOException {
		use(() -> {
			storeHeader();
			for (long number : kept.keySet().stream().sorted().toList()) {
				Chunk chunk = kept.get(number);
				if (chunk.dirty)
					store(number, chunk);
			}
			return null;
		});
	}

	/** Wipes the key and what is kept; if that is being used, whoever does so wipes it afterwards, so that this never waits for a server. Every later use ends with a {@link ClosedChannelException}. */
	public void close() {
		closed = true;
		wipe();
	}

	private void wipe() {
		if (!lock.tryLock())
			return;
		try {
			kept.values().forEach(chunk -> Arrays.fill(chunk.bytes, (byte) 0));
			kept.clear();
			if (inHeap != null)
				Arrays.fill(inHeap.array(), (byte) 0);
			Ciphers.destroy(header);
		} finally {
			lock.unlock();
		}
	}
}
