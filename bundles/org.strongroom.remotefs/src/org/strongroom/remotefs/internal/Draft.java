package org.strongroom.remotefs.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.Upload;

/**
 * The new content of a file while it is being written. It lies over the old one: a block that was never written is read from the server when needed, a block that
 * was is in the {@link Spool}. Nothing of it is seen on the server before {@link #close}, which sends the whole as one {@link Upload} and commits it.
 * <p>
 * When memory is used up, blocks go ahead into the upload, which nobody sees either, if they can be had back from there ({@link Upload#isReadable()}) or
 * nobody is likely to ask for them (nothing reads, or seldom, and they are the next ones in order); else they spill to an encrypted file. So a huge new file needs neither
 * memory nor disk in proportion where the protocol allows that.
 * <p>
 * Once an operation has failed, the draft is broken: what was to be written may not be in it, so it is never committed. Thread-safe.
 */
final class Draft {
	private static final int BLOCK = Spool.BLOCK;
	/** Bytes handed to the storage at once. */
	private static final int PIECE = 1 << 20;
	/** Untouched parts of the old content that are at least so long are copied on the server, if it can do that. */
	private static final long WORTH_COPYING = 256 << 10;
	/** Blocks of the old content kept that were read: those that the beginning and the end of a piece lie in, and the first of the file. */
	private static final int MOST_SEEN = 4;
	/** Blocks behind this number (4 TiB) do not go ahead. */
	private static final long MOST_AHEAD = 1 << 26;

	private final RemoteFileSystem fileSystem;
	private final OpenFile file;
	private final Spool spool;
	private final boolean reads;
	/** Whether that is so in order to change parts alone. */
	private boolean onward;
	private Precondition precondition;
	private Save save;

	/** The old content; null for none. Only what lies before {@code baseSize} counts. */
	private ServerFile base;
	private long baseSize;
	private long size;
	/** Blocks of the old content, by number, that were read last: whoever changes a part of a block needs the rest of it next. */
	private final LinkedHashMap<Long, byte[]> seen = new LinkedHashMap<>();
	/** Whether the file does not exist on the server yet. */
	private boolean isNew;
	private boolean dirty;
	private boolean abandoned;
	private Throwable failure;

	private Upload upload;
	/** Blocks that are complete and in the upload. */
	private final BitSet ahead = new BitSet();

	private final Instant begun = Instant.now();
	private Instant modifiedAfter;
	private Integer permissionsAfter;

	/**
	 * @param base the old content, or null
	 * @param isNew whether there is no such file
	 * @param dirty whether there is something to commit even if nothing is written (a new file, or an old one cut to nothing)
	 * @param reads whether what is written may be read again before it is committed
	 * @param onward whether it is written in order, and seldom read
	 */
	Draft(RemoteFileSystem fileSystem, OpenFile file, ServerFile base, Precondition precondition, boolean isNew, boolean dirty, boolean reads, boolean onward) {
		this.fileSystem = fileSystem;
		this.file = file;
		this.base = base;
		this.precondition = precondition;
		this.isNew = isNew;
		this.dirty = dirty;
		this.reads = reads;
		this.onward = onward;
		baseSize = base == null ? 0 : base.info().size();
		size = baseSize;
		spool = new Spool(fileSystem.settings().spoolMemory(), fileSystem.settings().spoolFolder());
	}

	/** Makes what is done from now on one save. */
	synchronized void join(Save with) throws IOException {
		check();
		if (save != null || dirty && with != null && !isNew)
			throw new FileSystemException(file.path(), null, "it is being written by somebody else at this moment; try again");
		save = with;
		precondition = with.precondition();
	}

	synchronized void setSave(Save with) {
		save = with;
	}

	private interface Work<T> {
		T run() throws IOException;
	}

	private <T> T guarded(Work<T> work) throws IOException {
		check();
		try {
			return work.run();
		} catch (IOException | RuntimeException | Error e) {
			failure = e;
			throw e;
		}
	}

	private void check() throws IOException {
		if (failure != null)
			throw broken();
	}

	private IOException broken() {
		if (failure instanceof IOException io) {
			IOException again = Errors.here(io);
			if (again != io)
				return again;
		}
		var e = new FileSystemException(file.path(), null, "not saved, the server has the old state: an earlier step failed"
				+ (failure.getMessage() == null ? "" : " (" + failure.getMessage() + ")"));
		e.initCause(failure);
		return e;
	}

	synchronized long size() {
		return size;
	}

	/** Reads until the buffer is full or the content ends (-1 at the end). */
	int read(long position, ByteBuffer target) throws IOException {
		look(position, target.remaining());
		return give(position, target);
	}

	/** Fetches the old content around a small piece. Nobody else is kept waiting meanwhile. */
	private void look(long position, int length) throws IOException {
		ServerFile from;
		ByteBuffer blocks;
		long first = position / BLOCK;
		synchronized (this) {
			check();
			long last = (position + length - 1) / BLOCK;
			from = base;
			if (from == null || length == 0 || last - first >= MOST_SEEN / 2 || position >= baseSize)
				return;
			if (LongStream.rangeClosed(first, last).allMatch(b -> seen.containsKey(b) || spool.has(b) || isAhead(b)))
				return;
			blocks = ByteBuffer.allocate((int) (Math.min(baseSize, (last + 1) * BLOCK) - first * BLOCK));
		}
		try {
			readFully(from, first * BLOCK, blocks);
		} catch (IOException | RuntimeException | Error e) {
			synchronized (this) {
				failure = e;
			}
			throw e;
		}
		synchronized (this) {
			if (base != from)
				return; // it is another content by now
			for (int at = 0; at < blocks.capacity(); at += BLOCK)
				seen.putLast(first + at / BLOCK, Arrays.copyOfRange(blocks.array(), at, Math.min(at + BLOCK, blocks.capacity())));
			while (seen.size() > MOST_SEEN)
				seen.pollFirstEntry();
		}
	}

	private void readFully(ServerFile from, long at, ByteBuffer target) throws IOException {
		from.read(at, target);
		if (target.hasRemaining())
			throw new ServerFaultException(file.path(), "the server delivered less of the file than it said there is");
	}

	private synchronized int give(long position, ByteBuffer target) throws IOException {
		return guarded(() -> {
			if (position >= size)
				return -1;
			int asked = (int) Math.min(target.remaining(), size - position);
			for (long at = position, end = position + asked; at < end;) {
				int n = (int) Math.min(BLOCK - at % BLOCK, end - at);
				ByteBuffer piece = target.slice(target.position(), n);
				fill(at, piece);
				target.position(target.position() + n);
				at += n;
			}
			return asked;
		});
	}

	/** Fills a buffer that lies within one block. */
	private void fill(long at, ByteBuffer piece) throws IOException {
		long block = at / BLOCK;
		byte[] spooled = spool.peek(block);
		if (spooled != null) {
			piece.put(spooled, (int) (at % BLOCK), piece.remaining());
			return;
		}
		if (isAhead(block)) {
			if (!upload.isReadable())
				onward = false; // it may happen again: what follows stays here
			if (upload.read(at, piece) < 0 || piece.hasRemaining())
				throw new ServerFaultException(file.path(), "the server lost what was sent");
			return;
		}
		int old = Math.clamp(baseSize - at, 0, piece.remaining());
		if (old > 0) {
			ByteBuffer part = piece.slice(piece.position(), old);
			byte[] known = seen.get(block);
			if (known != null)
				part.put(known, (int) (at % BLOCK), old);
			else
				readFully(base, at, part);
			piece.position(piece.position() + old);
		}
		while (piece.hasRemaining())
			piece.put((byte) 0);
	}

	/** Writes all of the buffer. */
	synchronized int write(long position, ByteBuffer source) throws IOException {
		return guarded(() -> {
			int count = source.remaining();
			if (count == 0)
				return 0;
			dirty = true;
			if (position > Long.MAX_VALUE - count)
				throw new FileSystemException(file.path(), null, "a file cannot be that long");
			for (long at = position; source.hasRemaining();) {
				int n = through(at, source);
				if (n == 0) {
					n = (int) Math.min(BLOCK - at % BLOCK, source.remaining());
					put(at, source, n);
				}
				at += n;
				size = Math.max(size, at);
				if (spool.holds(most()))
					makeRoom();
			}
			return count;
		});
	}

	/** Blocks to keep in memory. Once the content is on its way it is known to be large, and may be one of many: what waits here is had back from there. */
	private int most() {
		return upload != null && upload.isReadable() ? Math.max(2, spool.capacity() / 8) : spool.capacity();
	}

	/** Once the content is on its way, whole blocks need not wait here. @return the number of bytes taken */
	private int through(long at, ByteBuffer source) throws IOException {
		int blocks = source.remaining() / BLOCK;
		long first = at / BLOCK;
		if (blocks == 0 || at % BLOCK > 0 || upload == null || !upload.isReadable() || first + blocks > MOST_AHEAD)
			return 0;
		int n = blocks * BLOCK;
		// what waits here of that before goes first: some servers are told the checksum of what comes in its order
		long begin = first;
		while (begin > 0 && spool.has(begin - 1))
			begin--;
		size = Math.max(size, at); // what lies behind the old end is zero: those blocks are whole
		goAhead(LongStream.range(begin, first).boxed().toList());
		upload.write(at, source.slice(source.position(), n));
		source.position(source.position() + n);
		for (long block = first; block < first + blocks; block++)
			spool.drop(block);
		ahead.set((int) first, (int) first + blocks);
		return n;
	}

	private void goAhead(List<Long> blocks) throws IOException {
		send(blocks);
		for (long block : blocks) {
			ahead.set((int) block);
			spool.drop(block);
		}
	}

	/** Writes at the end. */
	synchronized int append(ByteBuffer source) throws IOException {
		return write(size, source);
	}

	private void put(long at, ByteBuffer source, int n) throws IOException {
		long block = at / BLOCK;
		int offset = (int) (at % BLOCK);
		if (isAhead(block)) {
			ByteBuffer piece = source.slice(source.position(), n);
			upload.write(at, piece);
			source.position(source.position() + n);
			return;
		}
		byte[] bytes = spool.get(block);
		if (bytes == null) {
			bytes = spool.array();
			int old = Math.clamp(size - block * BLOCK, 0, BLOCK);
			if (offset > 0 || n < old)
				fill(block * BLOCK, ByteBuffer.wrap(bytes, 0, old));
			spool.put(block, bytes);
		}
		source.get(bytes, offset, n);
	}

	private boolean isAhead(long block) {
		return block < MOST_AHEAD && ahead.get((int) block);
	}

	/** Whether what is next in order may be sent though it cannot be had back, or not easily. */
	private boolean goesAhead() {
		return !reads || onward && upload.isReadableWithEffort();
	}

	/** Gets blocks out of memory. */
	private void makeRoom() throws IOException {
		if (upload == null)
			upload = begin();
		List<Long> blocks = upload.isReadable() ? complete(spool.inMemory()) : goesAhead() ? next() : List.of();
		if (blocks.isEmpty()) {
			spool.spill();
			return;
		}
		goAhead(blocks);
	}

	/** The older half of blocks, those of them that are wholly inside the content. */
	private List<Long> complete(List<Long> blocks) {
		return blocks.stream().limit(Math.max(1, blocks.size() / 2)).filter(b -> b < MOST_AHEAD && (b + 1) * BLOCK <= size).sorted().toList();
	}

	/** The blocks that follow on what was sent, if they are enough to be worth it; the last ones are kept, they may be written again. */
	private List<Long> next() {
		int first = ahead.nextClearBit(0);
		int last = first;
		while (last < MOST_AHEAD && last - first < spool.capacity() && spool.has(last) && (last + 1L) * BLOCK <= size)
			last++;
		int keep = spool.capacity() / 8;
		return last - first < spool.capacity() / 2 ? List.of() : LongStream.range(first, last - keep).boxed().toList();
	}

	private Upload begin() throws IOException {
		return fileSystem.live().upload(file.path(), precondition);
	}

	/** Sends blocks, given in ascending order, those that follow on each other together. */
	private void send(Iterable<Long> blocks) throws IOException {
		ByteBuffer piece = ByteBuffer.allocate(PIECE);
		long start = -1;
		for (long block : blocks) {
			if (piece.position() > 0 && (start + piece.position() != block * BLOCK || piece.remaining() < BLOCK)) {
				upload.write(start, piece.flip());
				piece.clear();
			}
			if (piece.position() == 0)
				start = block * BLOCK;
			int n = (int) Math.min(BLOCK, size - block * BLOCK);
			fill(block * BLOCK, piece.slice(piece.position(), n));
			piece.position(piece.position() + n);
		}
		if (piece.position() > 0)
			upload.write(start, piece.flip());
	}

	synchronized void truncate(long to) throws IOException {
		guarded(() -> {
			if (to >= size)
				return null;
			dirty = true;
			int rest = (int) (to % BLOCK);
			long block = to / BLOCK;
			if (rest > 0 && isAhead(block)) {
				if (!upload.isReadable())
					throw new FileSystemException(file.path(), null, "what was sent already cannot be cut off any more");
				var bytes = new byte[BLOCK];
				fill(to - rest, ByteBuffer.wrap(bytes, 0, rest));
				ahead.clear((int) block);
				spool.put(block, bytes);
			}
			spool.dropFrom(rest > 0 ? block + 1 : block);
			long firstGone = rest > 0 ? block + 1 : block;
			if (firstGone < MOST_AHEAD)
				ahead.clear((int) firstGone, Integer.MAX_VALUE);
			byte[] last = rest > 0 ? spool.get(block) : null;
			if (last != null)
				Arrays.fill(last, rest, BLOCK, (byte) 0);
			size = to;
			baseSize = Math.min(baseSize, to);
			return null;
		});
	}

	/** A time of change and permissions to set when the content is committed; either may be null. */
	synchronized void afterwards(Instant modified, Integer permissions) {
		if (modified != null)
			modifiedAfter = modified;
		if (permissions != null)
			permissionsAfter = permissions;
	}

	/** The file as it is here, if the server does not have it yet. */
	synchronized Optional<FileInfo> pending() {
		if (!isNew || abandoned || failure != null)
			return Optional.empty();
		boolean posix = fileSystem.live().features().permissions();
		return Optional.of(new FileInfo(FileInfo.Type.FILE, size, modifiedAfter == null ? begun : modifiedAfter, Optional.empty(),
				posix ? java.util.OptionalInt.of(permissionsAfter == null ? 0600 : permissionsAfter) : java.util.OptionalInt.empty(), Optional.empty(), Optional.empty()));
	}

	/** The file was removed: nothing is committed any more. */
	synchronized void abandon() {
		abandoned = true;
		giveUp();
	}

	/** The file was renamed. */
	synchronized void renamed() {
		if (upload != null && failure == null)
			failure = new FileSystemException(file.path(), null, "it was renamed while it was being saved");
	}

	/**
	 * A writing channel is closed: commits what was written, unless it is (part of) a save that is not whole, or is broken.
	 *
	 * @param with the save the channel was opened with, or null
	 * @return whether the draft is of no more use
	 */
	synchronized boolean close(Save with) throws IOException {
		if (abandoned)
			return true;
		if (failure != null) {
			giveUp();
			if (dirty && (with == null || with.isWhole()))
				throw broken();
			return true;
		}
		if (save != with)
			return false;
		if (save != null && !save.isWhole()) {
			failure = new FileSystemException(file.path(), null, "the save was given up");
			dirty = false;
			giveUp();
			return true;
		}
		try {
			if (dirty)
				commit();
			else if (save != null && base != null)
				save.committed(base.info().version().orElse(null));
			after();
		} catch (IOException | RuntimeException | Error e) {
			failure = e;
			giveUp();
			throw e;
		}
		save = null;
		return false;
	}

	private void commit() throws IOException {
		FileInfo now;
		boolean taken;
		try {
			if (upload == null)
				upload = begin();
			BitSet copied = copyUntouched();
			long blocks = (size + BLOCK - 1) / BLOCK;
			send(() -> LongStream.range(0, blocks).filter(b -> !isAhead(b) && !(b < MOST_AHEAD && copied.get((int) b))).iterator());
			taken = upload.setAttributes(modifiedAfter, permissionsAfter);
			now = upload.commit(size);
			upload.close();
		} finally {
			fileSystem.cache().changed(file.path(), null);
		}
		if (taken) {
			modifiedAfter = null;
			permissionsAfter = null;
		}
		if (save != null)
			save.committed(now.version().orElse(null));
		upload = null;
		ahead.clear();
		spool.dropFrom(0);
		if (base != null)
			base.close();
		base = new ServerFile(fileSystem, file::path, now, null, null);
		seen.clear();
		baseSize = now.size();
		size = baseSize;
		precondition = unchanged(now);
		isNew = false;
		dirty = false;
		file.committed(now);
	}

	/** Has the server copy the long parts of the old content that nothing was written to. @return the blocks that are done with */
	private BitSet copyUntouched() throws IOException {
		var copied = new BitSet();
		// the last block only if all of it is old
		long end = Math.min(baseSize >= size ? size : baseSize / BLOCK * BLOCK, MOST_AHEAD * BLOCK);
		for (long block = 0; block * BLOCK < end;) {
			long first = block;
			while (block * BLOCK < end && !isAhead(block) && !spool.has(block))
				block++;
			long length = Math.min(block * BLOCK, end) - first * BLOCK;
			if (length >= WORTH_COPYING) {
				if (!base.copy(upload, first * BLOCK, length))
					return copied;
				copied.set((int) first, (int) block);
			}
			block++;
		}
		return copied;
	}

	/** What must hold for a file to be the one that was seen. */
	static Precondition unchanged(FileInfo seen) {
		return seen.version().<Precondition>map(Precondition.Unchanged::new).orElseGet(Precondition.Any::new);
	}

	private void after() throws IOException {
		Instant modified = modifiedAfter;
		Integer permissions = permissionsAfter;
		modifiedAfter = null;
		permissionsAfter = null;
		if (permissions != null && fileSystem.live().features().permissions())
			fileSystem.live().setPermissions(file.path(), permissions);
		if (modified != null && fileSystem.live().features().settableTimes())
			fileSystem.live().setModified(file.path(), modified);
		if (permissions == null && modified == null)
			return;
		fileSystem.cache().changed(file.path(), null);
		// the time is part of many a version: what is written next must not take its own doing for somebody else's
		if (modified != null && base != null) {
			FileInfo now = fileSystem.live().stat(file.path(), true);
			base.close();
			base = new ServerFile(fileSystem, file::path, now, null, null);
			precondition = unchanged(now);
			file.committed(now);
			if (save != null)
				save.committed(now.version().orElse(null));
		}
	}

	/** Lets go of all that is held for the new content, here and on the server. */
	private void giveUp() {
		Upload sent = upload;
		upload = null;
		if (sent != null) {
			try {
				sent.close();
			} catch (IOException e) {
				// the connection is gone, and with it the chance to tidy up; what failed first is what counts
			}
		}
		release();
	}

	/** Nobody uses it any more. */
	synchronized void release() {
		if (upload != null)
			giveUp();
		try {
			spool.close();
			if (base != null)
				base.close();
		} catch (IOException e) {
			// it was only a help
		}
	}
}
