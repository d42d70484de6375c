package org.strongroom.storage.webdav;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;

import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Version;

/**
 * A new content on its way. A small one ({@value #SMALL} bytes) is held in memory until the commit, which takes three round trips: the content to a temporary file together with a look at the
 * target, the {@code MOVE}, and a look at what came of it; two, where a {@code PUT} is known to be atomic and it is a very small one ({@value #MOST_IN_PLACE} bytes). A long one is
 * sent as it comes to a temporary file, in one request.
 * <p>
 * HTTP takes a content from its first byte to its last. What is written ahead of its turn waits in memory, {@value #MOST_WAITING} bytes at most; what is written again after it was sent is
 * kept, as many bytes at most, and the temporary file goes through here once more before the commit; or before more is sent, if something of it was read.
 */
final class DavUpload extends GuardedUpload {
	/** Longer contents are sent before they are complete. */
	private static final int SMALL = 1 << 20;
	/**
	 * Longer contents are not put in place by one {@code PUT}: a server may look at its condition before it reads the content (mod_dav does), so that of two who send for long both would pass.
	 * As much as this goes out without a pause.
	 */
	private static final int MOST_IN_PLACE = 64 << 10;
	private static final int MOST_WAITING = 16 << 20;
	private static final int BUFFER = 256 << 10;

	private final DavStorage storage;

	/** The temporary file; null as long as there is none. */
	private String temporary;
	/** The content going to the temporary file; null if it is not being sent, or is there. */
	private DavStream stream;
	/** Bytes of the content sent to the temporary file. */
	private long sent;
	/** What follows on {@link #sent}, and which bytes of it were written. */
	private byte[] held = new byte[8 << 10];
	private BitSet written = new BitSet();
	/** What was written again. */
	private final List<Piece> corrections = new ArrayList<>();
	private long corrected;
	/** What must come to its end, whoever is interrupted meanwhile: a server may finish its work at any later time, and then nobody would take away what it made. */
	private Future<?> running;
	private Instant modified;
	/** The entity tag of what was put in place, if the server told it. */
	private Optional<String> stored = Optional.empty();

	private record Piece(long position, byte[] bytes) {
	}

	DavUpload(DavStorage storage, String path, Precondition precondition) {
		super(path, precondition);
		this.storage = storage;
	}

	@Override
	public void write(long position, ByteBuffer source) throws IOException {
		if (position < 0)
			throw new IllegalArgumentException("position " + position);
		guarded(() -> {
			long at = position;
			if (at < sent) {
				int n = (int) Math.min(source.remaining(), sent - at);
				correct(at, source, n);
				at += n;
			}
			while (source.hasRemaining()) {
				if (stream != null && at == sent && written.isEmpty()) {
					int n = source.remaining();
					push(source);
					at += n;
					continue;
				}
				int n = Math.min(source.remaining(), SMALL);
				hold(at, source, n);
				at += n;
				pass();
			}
			return null;
		});
	}

	private void correct(long at, ByteBuffer source, int n) throws IOException {
		corrected += n;
		if (corrected > MOST_WAITING)
			throw unordered();
		var bytes = new byte[n];
		source.get(bytes);
		corrections.add(new Piece(at, bytes));
	}

	private FileSystemException unordered() {
		return new FileSystemException(path, null, "it was written in an order that a WebDAV server cannot take");
	}

	private void hold(long at, ByteBuffer source, int n) throws IOException {
		long offset = at - sent;
		if (offset + n > MOST_WAITING)
			throw unordered();
		int from = (int) offset;
		if (held.length < from + n)
			held = Arrays.copyOf(held, Math.min(MOST_WAITING, Math.max(from + n, 2 * held.length)));
		source.get(held, from, n);
		written.set(from, from + n);
	}

	/** Sends what is in order, if it is long enough. */
	private void pass() throws IOException {
		int ready = written.nextClearBit(0);
		if (stream == null ? ready <= SMALL : ready < BUFFER)
			return;
		if (stream == null && temporary != null) {
			restart(sent);
		} else if (stream == null) {
			temporary = storage.temporaryName(path);
			stream = storage.client().stream(put(temporary));
		}
		int length = written.length();
		push(ByteBuffer.wrap(held, 0, ready));
		System.arraycopy(held, ready, held, 0, length - ready);
		written = written.get(ready, Math.max(ready, length));
	}

	private void push(ByteBuffer source) throws IOException {
		int n = source.remaining();
		if (!stream.write(source)) {
			try (DavAnswer answer = stream.finish()) {
				throw answer.isOk() ? new ServerFaultException(path, "the server did not take all of the content") : storage.error(answer, path);
			}
		}
		sent += n;
	}

	@Override
	public boolean isReadableWithEffort() {
		return true;
	}

	/** Has what was sent come back. What follows is sent by another request, after all that was sent by this one. */
	@Override
	public int read(long position, ByteBuffer target) throws IOException {
		return guarded(() -> {
			long end = sent + written.length();
			int n = (int) Math.min(target.remaining(), end - position);
			if (n <= 0)
				return -1;
			var bytes = new byte[n];
			int before = Math.clamp(sent - position, 0, n);
			if (before > 0) {
				endStream();
				fetch(position, ByteBuffer.wrap(bytes, 0, before));
			}
			if (n > before)
				System.arraycopy(held, (int) (position + before - sent), bytes, before, n - before);
			target.put(bytes);
			return n;
		});
	}

	private void fetch(long position, ByteBuffer target) throws IOException {
		int length = target.remaining();
		try (Reader there = storage.open(temporary)) {
			if (there.info().size() != sent || there.read(position, target) < length)
				throw new ServerFaultException(path, "the server lost what was sent; the file there is as it was");
		}
		for (Piece piece : corrections)
			lay(piece, position, target.array(), length);
	}

	private void endStream() throws IOException {
		if (stream == null)
			return;
		try (DavAnswer answer = stream.finish()) {
			if (!answer.isOk())
				throw notStored(answer);
		} finally {
			stream = null;
		}
	}

	private DavCall put(String to) {
		DavCall call = DavCall.of("PUT", storage.target(to, false)).with("Content-Type", "application/octet-stream");
		return modified == null ? call : call.with(storage.timeHeaders(modified));
	}

	@Override
	public boolean setAttributes(Instant time, Integer permissions) throws IOException {
		return guarded(() -> {
			if (time == null || temporary != null || storage.timeHeaders(time).isEmpty())
				return false;
			modified = time;
			return permissions == null;
		});
	}

	/** Copies whole files only, as the first that is done. */
	@Override
	public boolean copy(Reader source, long from, long position, long length) throws IOException {
		return guarded(() -> {
			Optional<String> original = storage.path(source);
			if (original.isEmpty() || from != 0 || position != 0 || length != source.info().size() || temporary != null || !written.isEmpty())
				return false;
			// some servers would make a missing folder
			String folder = StoragePaths.parent(path);
			if (!folder.equals(StoragePaths.parent(original.get())) && !storage.isFolder(folder))
				throw new NoSuchFileException(folder);
			String to = storage.temporaryName(path);
			temporary = to; // from now on: the server may make it without an answer
			boolean copied;
			try {
				copied = toItsEnd("copy a file", () -> storage.copy(source, storage.target(to, false)));
			} catch (UnansweredException e) {
				storage.mayAppear(to);
				throw e;
			}
			if (!copied) {
				storage.isGone(to);
				temporary = null;
				return false;
			}
			sent = length;
			return true;
		});
	}

	@Override
	public FileInfo commit(long size) throws IOException {
		try (this) {
			return guarded(() -> {
				int length = written.length();
				if (written.nextClearBit(0) < Math.min(length, size - sent) || sent + length < size)
					throw new ServerFaultException(path, "parts of the new content were never written");
				int rest = (int) Math.max(0, size - sent);
				return temporary != null ? commitLong(size, rest) : commitSmall(Arrays.copyOf(held, rest));
			});
		}
	}

	private FileInfo commitSmall(byte[] content) throws IOException {
		return alone(storage.address(path), () -> commitAlone(content));
	}

	private FileInfo commitAlone(byte[] content) throws IOException {
		if (storage.isPutAtomic() && content.length <= MOST_IN_PLACE) {
			DavCall call = storage.replacing(put(path), path, Optional.empty()).with(content);
			call = switch (precondition) {
			case Precondition.Any _ -> call;
			case Precondition.Absent _ -> call.with("If-None-Match", "*").once();
			case Precondition.Unchanged(var version) -> {
				Optional<String> etag = DavStorage.etag(version).filter(e -> !storage.isWeak(e));
				yield etag.isPresent() ? call.with("If-Match", etag.get()).once() : null;
			}
			};
			if (call != null && putInPlace(call, content.length))
				return result(content.length);
		}
		temporary = storage.temporaryName(path);
		Future<Optional<FileInfo>> look = Chain.start("look at the target", () -> storage.find(path));
		DavCall call = put(temporary).with(content);
		try {
			toItsEnd("send a file", () -> {
				try (DavAnswer answer = storage.client().send(call)) {
					if (!answer.isOk())
						throw notStored(answer);
					return null;
				}
			});
		} catch (IOException | RuntimeException e) {
			look.cancel(true);
			throw e;
		}
		return replace(DavStorage.await(look), content.length);
	}

	/** Does what an interrupt must not cut off. */
	private <T> T toItsEnd(String name, Work<T> work) throws IOException {
		Future<T> future = Chain.start(name, work::run);
		running = future;
		return DavStorage.result(future);
	}

	/** Puts the content on the target itself. @return false if the server refuses the condition though it holds */
	private boolean putInPlace(DavCall call, long size) throws IOException {
		try (DavAnswer answer = storage.client().send(call)) {
			if (answer.isOk()) {
				stored = answer.header("ETag");
				return true;
			}
			if (answer.status() != 412)
				throw notStored(answer);
		} catch (UnansweredException e) {
			// it was done, if nothing but that can have made the file what it is now
			Optional<FileInfo> now = storage.find(path);
			try {
				check(now);
			} catch (ConflictException conflict) {
				throw storage.client().lose(new ConnectionException(e.getMessage() + " The server holds the old or the new content.", e));
			}
			return false;
		}
		check(storage.find(path));
		return false; // an entity tag that is still a weak one, for the file changed a moment ago (RFC 9110 section 13.1.1)
	}

	private IOException notStored(DavAnswer answer) throws IOException {
		// nginx fails (500) where there is no folder
		if (answer.status() >= 403 && answer.status() <= 409 || answer.status() == 500) {
			if (storage.find(path).filter(i -> i.type() == FileInfo.Type.DIRECTORY).isPresent())
				return isFolder();
			String parent = StoragePaths.parent(path);
			if (answer.status() != 403 && !storage.isFolder(parent))
				return new NoSuchFileException(parent);
		}
		return storage.error(answer, path);
	}

	private FileInfo commitLong(long size, int rest) throws IOException {
		if (stream != null && rest > 0)
			push(ByteBuffer.wrap(held, 0, rest));
		boolean fits = sent == size && corrections.isEmpty();
		return alone(storage.address(path), () -> replaceLong(fits, size, rest));
	}

	private FileInfo replaceLong(boolean fits, long size, int rest) throws IOException {
		Future<Optional<FileInfo>> look = Chain.start("look at the target", () -> storage.find(path));
		try {
			endStream();
		} catch (IOException | RuntimeException e) {
			look.cancel(true);
			throw e;
		}
		Optional<FileInfo> now = DavStorage.await(look);
		if (!fits) {
			rewrite(size, rest);
			now = storage.find(path);
		}
		return replace(now, size);
	}

	/** Makes another temporary file of the one there, the corrections, and the rest. */
	private void rewrite(long size, int rest) throws IOException {
		restart(Math.min(sent, size));
		if (rest > 0)
			push(ByteBuffer.wrap(held, 0, rest));
		endStream();
	}

	/** Sends what is in the temporary file once more, with the corrections, to another one, where more can follow. @param end how much of it */
	private void restart(long end) throws IOException {
		String from = temporary;
		temporary = storage.temporaryName(path);
		stream = storage.client().stream(put(temporary));
		try (DavAnswer old = storage.client().send(DavCall.of("GET", storage.target(from, false)).with("Accept-Encoding", "identity").aside())) {
			if (old.status() != 200)
				throw storage.error(old, path);
			InputStream in = old.body();
			var buffer = new byte[BUFFER];
			for (sent = 0; sent < end;) {
				int n = in.readNBytes(buffer, 0, (int) Math.min(BUFFER, end - sent));
				if (n == 0)
					throw new ServerFaultException(path, "the server lost what was sent; the file there is as it was");
				for (Piece piece : corrections)
					lay(piece, sent, buffer, n);
				push(ByteBuffer.wrap(buffer, 0, n));
			}
			corrections.clear();
			corrected = 0;
		} finally {
			storage.discard(from);
		}
	}

	private static void lay(Piece piece, long at, byte[] buffer, int length) {
		long first = Math.max(at, piece.position());
		long last = Math.min(at + length, piece.position() + piece.bytes().length);
		if (first < last)
			System.arraycopy(piece.bytes(), (int) (first - piece.position()), buffer, (int) (first - at), (int) (last - first));
	}

	/** Puts the temporary file in the target's place. @param now the target, looked at a moment ago */
	private FileInfo replace(Optional<FileInfo> now, long size) throws IOException {
		check(now);
		boolean overwrite = !(precondition instanceof Precondition.Absent);
		boolean replaces = overwrite && now.isPresent();
		if (replaces)
			storage.replaces(temporary, path);
		if (precondition instanceof Precondition.Unchanged(var version) && DavStorage.etag(version).isPresent() && storage.sendsConditions()) {
			if (isMoved(move(overwrite, DavStorage.etag(version)), replaces))
				return result(size);
			check(storage.find(path));
			if (!storage.isLocked(path))
				storage.ignoresConditions(); // it refuses one that holds
		}
		boolean moved = isMoved(move(overwrite, Optional.empty()), replaces);
		if (!moved && storage.isLocked(path)) {
			storage.forgetLock(path); // it has come to its end
			moved = isMoved(move(overwrite, Optional.empty()), replaces);
		}
		if (!moved) {
			check(storage.find(path));
			throw new ConflictException(path, "the server would not replace it");
		}
		return result(size);
	}

	/** @param etag of what is to be replaced, empty for any */
	private DavCall move(boolean overwrite, Optional<String> etag) {
		return storage.replacing(storage.move(storage.target(temporary, false), storage.target(path, false), overwrite), path, etag);
	}

	/**
	 * Sends a {@code MOVE}, and once more if it failed or was not answered. The server may remove what is to be replaced before (RFC 4918 section 9.9.3): then the temporary file is all there
	 * is, and if it cannot be put in place it is not taken away.
	 *
	 * @param replaces whether there is a file to be replaced
	 * @return false if the server refuses the condition
	 */
	private boolean isMoved(DavCall move, boolean replaces) throws IOException {
		return toItsEnd("put a file in its place", () -> {
			DavCall call = move;
			for (boolean again = false;; again = true) {
				try {
					return isMovedOnce(call);
				} catch (IOException e) {
					boolean unknown = e instanceof UnansweredException;
					boolean gone;
					try {
						if (unknown && storage.find(temporary).isEmpty())
							return moved(); // done, and only the answer was lost
						gone = replaces && storage.find(path).isEmpty();
					} catch (IOException unseen) {
						throw replaces ? kept(unseen) : unseen;
					}
					if (again && e instanceof UnansweredException unanswered)
						throw replaces ? kept(storage.client().lose(unanswered)) : storage.client().lose(unanswered);
					if (again || !unknown && !gone)
						throw gone ? kept(e) : e;
					if (gone)
						call = move(false, Optional.empty());
				}
			}
		});
	}

	/** @return false if the server refuses the condition */
	private boolean isMovedOnce(DavCall move) throws IOException {
		try (DavAnswer answer = storage.client().send(move)) {
			return switch (answer.status()) {
			case 200, 201, 204 -> moved();
			case 412 -> false;
			default -> throw notStored(answer);
			};
		}
	}

	private boolean moved() {
		storage.isGone(temporary);
		temporary = null;
		return true;
	}

	/** The temporary file may be all there is: it stays. @return what to say */
	private IOException kept(IOException e) {
		String name = StoragePaths.name(temporary);
		temporary = null;
		if (e instanceof ConnectionException)
			return new ConnectionException("%s The new content is on the server, in place of the old one or beside it as %s.".formatted(e.getMessage(), name), e);
		var failed = new FileSystemException(path, null, "the server failed to replace it and may have removed it; the new content is beside it as %s".formatted(name));
		failed.initCause(e);
		return failed;
	}

	/** What came of it. */
	private FileInfo result(long size) throws IOException {
		FileInfo now = storage.describe(storage.look(path).orElseThrow(() -> new NoSuchFileException(path)), size);
		if (now.size() != size)
			throw new ServerFaultException(path, "the server says that it holds %,d bytes, and not the %,d that were sent".formatted(now.size(), size));
		// somebody may have saved as many bytes since: their version is not that of this content
		Version own = storage.version(stored, size, Optional.empty());
		return own == null || now.version().equals(Optional.of(own)) ? now : FileInfo.of(FileInfo.Type.FILE, size, now.modified(), own);
	}

	@Override
	protected Runnable ending() {
		held = new byte[0];
		corrections.clear();
		return this::tidy;
	}

	private void tidy() {
		try {
			if (stream != null)
				stream.close();
			if (running != null)
				DavStorage.result(running);
		} catch (IOException e) {
			// it failed, or did not begin: all the same
		}
		try {
			if (temporary != null)
				storage.remove(temporary);
		} catch (IOException e) {
			// the next storage of the account tries again
		}
	}
}
