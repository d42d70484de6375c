package org.strongroom.storage.nextcloud;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.regex.Pattern;

import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.storage.webdav.DavAnswer;
import org.strongroom.storage.webdav.DavCall;
import org.strongroom.storage.webdav.DavPaths;
import org.strongroom.storage.webdav.DavResource;
import org.strongroom.storage.webdav.DavStorage;
import org.strongroom.storage.webdav.GuardedUpload;
import org.strongroom.storage.webdav.UnansweredException;

/**
 * A new content on its way. One that fits into a chunk is held in memory and {@code PUT} on the file at the commit, which takes two round trips. A longer one goes to a folder of its own among
 * the uploads, chunk by chunk, several at once; it may be written in any order, for a chunk that was sent can be fetched back. At most {@value #MOST_HELD} chunks are in memory. What the
 * server copies from another file goes there, too, so that nobody sees it before it is whole. If the connection is lost, the next upload to the same file in this process sends what is missing.
 * <p>
 * The server tells the digest (SHA-256) of what it received, which must be that of what was sent.
 */
final class NextcloudUpload extends GuardedUpload {
	private static final int MOST_HELD = 4;
	/** The chunk that the server makes itself. */
	private static final String COPIED = "/00001";
	/** Bytes of a file that are sent sooner than copied: they have come with its opening. */
	private static final int LEAST_COPIED = 64 << 10;
	private static final int MOST_CHUNKS = 9_999;
	private static final int PIECE = 256 << 10;
	/** How long the server is given to put the chunks together, should it not answer: it goes on by itself. Besides, as long as the work takes. */
	private static final Duration ASSEMBLY = Duration.ofMinutes(1);
	/** Bytes that the server puts together in a second, at least. */
	private static final long ASSEMBLY_SPEED = 10 << 20;
	private static final Duration LOOK = Duration.ofSeconds(1);
	/** Number of the first chunk that is sent, as the server has it. */
	private static final int FIRST = 2;
	private static final Pattern CHUNK = Pattern.compile("\\d{5}");
	private static final CutOff.Part UNKNOWN = new CutOff.Part(-1, "");
	private static final SecureRandom RANDOM = new SecureRandom();

	private final NextcloudStorage storage;
	private final int size;
	private final List<Chunk> chunks = new ArrayList<>();
	/** Percent-encoded path of the chunks; null as long as there are none on the server. */
	private String folder;
	/** Length of what the server has copied from another file: that is the first chunk, and the others begin behind it. 0 for nothing. */
	private long copied;
	/** What the server has of an earlier upload that was cut off, by number, as far as it has not been made use of. */
	private final Map<Integer, CutOff.Part> earlier = new HashMap<>();
	/** Digest of the first chunks; null if they could not be taken in their order. */
	private MessageDigest whole = digest();
	/** How many these are. */
	private int digested;
	/** Whether the server may be putting the chunks together. */
	private boolean assembling;
	/** Counts uses of chunks. */
	private long clock;
	private Instant modified;

	NextcloudUpload(NextcloudStorage storage, String path, Precondition precondition) {
		super(path, precondition);
		this.storage = storage;
		size = storage.chunkSize();
	}

	/** A part of the content. */
	private static final class Chunk {
		final int number;
		final Extent written = new Extent();
		/** What was written, with anything between; null if it is on the server only. */
		byte[] bytes = new byte[0];
		/** Whether the server has not all that is here. */
		boolean dirty;
		/** Length of what the server has, -1 for nothing. */
		int sent = -1;
		/** SHA-256 of what was sent, in hexadecimal digits. */
		volatile String digest;
		/** Whether the server has told that it received that. */
		volatile boolean received;
		/** On its way; its bytes stay as they are until that is done. */
		Future<Void> sending;
		long used;

		Chunk(int number) {
			this.number = number;
		}

		String name() {
			return "/%05d".formatted(number + FIRST);
		}
	}

	@Override
	public void write(long position, ByteBuffer source) throws IOException {
		if (position < 0)
			throw new IllegalArgumentException("position " + position);
		guarded(() -> {
			if (position < copied)
				fetchCopied();
			put(position - copied, source);
			return null;
		});
	}

	private void put(long position, ByteBuffer source) throws IOException {
		for (long at = position; source.hasRemaining();) {
			int offset = (int) (at % size);
			int n = Math.min(source.remaining(), size - offset);
			Chunk chunk = held(at / size);
			if (chunk.bytes.length < offset + n)
				chunk.bytes = Arrays.copyOf(chunk.bytes, Math.min(size, Math.max(offset + n, 2 * chunk.bytes.length)));
			source.get(chunk.bytes, offset, n);
			chunk.written.add(offset, offset + n);
			chunk.dirty = true;
			if (chunk.number < digested)
				whole = null;
			at += n;
			if (chunk.written.covers(size) && (chunks.size() > 1 || source.hasRemaining()))
				send(chunk, size);
		}
	}

	/** A chunk, in memory and not on its way. */
	private Chunk held(long number) throws IOException {
		if (number >= MOST_CHUNKS)
			throw new FileSystemException(path, null, "the server takes no file longer than %,d bytes".formatted((long) MOST_CHUNKS * size));
		while (chunks.size() <= number) {
			makeRoom();
			chunks.add(new Chunk(chunks.size()));
		}
		Chunk first = chunks.getFirst();
		// as long as there was nothing else, all might have gone up at once
		if (number > 0 && first.dirty && first.sending == null && first.written.covers(size))
			send(first, size);
		Chunk chunk = chunks.get((int) number);
		chunk.used = ++clock;
		if (chunk.sending != null)
			settle(chunk);
		if (chunk.bytes == null) {
			makeRoom();
			chunk.bytes = fetch(chunk);
		}
		return chunk;
	}

	/** Lets go of chunks until one more fits into memory. */
	private void makeRoom() throws IOException {
		for (;;) {
			List<Chunk> held = chunks.stream().filter(c -> c.bytes != null && c.bytes.length > 0).sorted(Comparator.comparingLong(c -> c.used)).toList();
			if (held.size() < MOST_HELD)
				return;
			// what is only being filled would have to be fetched back
			Chunk oldest = held.stream().filter(c -> !c.dirty).findFirst().orElse(held.getFirst());
			if (oldest.dirty && oldest.sending == null)
				send(oldest, oldest.written.end());
			settle(oldest);
			oldest.bytes = null;
		}
	}

	private void send(Chunk chunk, int length) throws IOException {
		if (folder == null)
			begin();
		byte[] bytes = chunk.bytes.length == length ? chunk.bytes : Arrays.copyOf(chunk.bytes, length);
		if (chunk.number < digested)
			whole = null;
		byte[] digest = sha256(bytes);
		CutOff.Part there = earlier.remove(chunk.number);
		chunk.digest = HexFormat.of().formatHex(digest);
		chunk.received = there != null && there.equals(new CutOff.Part(length, chunk.digest));
		chunk.dirty = false;
		chunk.sent = length;
		digestOn();
		if (chunk.received)
			return;
		DavCall call = DavCall.of("PUT", folder + chunk.name()).with("Content-Type", "application/octet-stream").with("Destination", destination()).with("X-Hash", "sha256").with(bytes);
		chunk.sending = Chain.start("send a chunk", () -> {
			try (DavAnswer answer = storage.send(call)) {
				if (!answer.isOk())
					throw storage.refusal(answer, path);
				verify(answer, digest);
				chunk.received = true;
				return null;
			}
		});
	}

	/** Takes on what has been sent without a gap, as long as it is in memory. */
	private void digestOn() {
		for (; whole != null && digested < chunks.size(); digested++) {
			Chunk next = chunks.get(digested);
			if (next.sent < 0 || next.dirty)
				return;
			if (next.bytes == null)
				whole = null;
			else
				whole.update(next.bytes, 0, next.sent);
		}
	}

	/** Waits until a chunk is sent. */
	private static void settle(Chunk chunk) throws IOException {
		if (chunk.sending == null)
			return;
		DavStorage.result(chunk.sending);
		chunk.sending = null;
	}

	private byte[] fetch(Chunk chunk) throws IOException {
		if (chunk.sent < 0)
			return new byte[0];
		try (DavAnswer answer = storage.http().send(DavCall.of("GET", folder + chunk.name()).with("Accept-Encoding", "identity"))) {
			if (answer.status() != 200)
				throw lost();
			byte[] bytes = answer.content(size);
			if (bytes.length != chunk.sent)
				throw lost();
			return bytes;
		}
	}

	/** Makes the folder for the chunks, and looks whether all this is of any use. */
	private void begin() throws IOException {
		Future<Optional<DavResource>> look = Chain.start("look at the target", () -> storage.ask(path, "<resourcetype/><permissions xmlns=\"%s\"/>".formatted(NextcloudStorage.OC)));
		if (!goOn())
			makeFolder();
		Optional<DavResource> there = DavStorage.result(look);
		if (there.isPresent() && there.get().collection())
			throw isFolder();
		if (there.flatMap(t -> t.property(NextcloudStorage.OC, "permissions")).filter(p -> p.indexOf('W') < 0).isPresent())
			throw new AccessDeniedException(path);
	}

	private void makeFolder() throws IOException {
		byte[] random = new byte[16];
		RANDOM.nextBytes(random);
		String to = storage.beside("uploads", "/strongroom-" + HexFormat.of().formatHex(random));
		try (DavAnswer answer = storage.send(DavCall.of("MKCOL", to).with("Destination", destination()))) {
			if (!answer.isOk())
				throw storage.refusal(answer, path);
		}
		folder = to;
	}

	/** Goes on with what is left of an upload to the same file that was cut off, if the server still has it. */
	private boolean goOn() throws IOException {
		Optional<CutOff.Left> left = storage.cutOff().take(path).filter(l -> l.size() == size);
		if (left.isEmpty())
			return false;
		List<DavResource> there;
		try {
			there = storage.list(left.get().folder(), "<resourcetype/><getcontentlength/>", path);
		} catch (FileSystemException e) {
			return false;
		}
		folder = left.get().folder();
		for (DavResource chunk : there) {
			String name = DavPaths.decode(chunk.href()).map(StoragePaths::name).orElse("");
			if (!CHUNK.matcher(name).matches())
				continue;
			int number = Integer.parseInt(name) - FIRST;
			// what nobody knows the digest of is sent again, or removed
			CutOff.Part known = left.get().chunks().getOrDefault(number, UNKNOWN);
			earlier.put(number, known.length() == chunk.size() ? known : UNKNOWN);
		}
		return true;
	}

	/** Copies whole files only, as the first that is done. */
	@Override
	public boolean copy(Reader source, long from, long position, long length) throws IOException {
		return guarded(() -> {
			if (storage.pathOf(source).isEmpty() || from != 0 || position != 0 || length != source.info().size() || length <= LEAST_COPIED || folder != null || !chunks.isEmpty())
				return false;
			begin();
			if (storage.copied(source, folder + COPIED))
				copied = length;
			return copied > 0;
		});
	}

	/** What was copied is to be changed: it goes through here. */
	private void fetchCopied() throws IOException {
		if (!chunks.isEmpty())
			throw new FileSystemException(path, null, "it was written in an order that the server cannot take");
		copied = 0;
		try (DavAnswer answer = storage.http().send(DavCall.of("GET", folder + COPIED).with("Accept-Encoding", "identity"))) {
			if (answer.status() != 200)
				throw lost();
			var piece = ByteBuffer.allocate(PIECE);
			for (long at = 0; answer.fill(piece.clear()) > 0; at += piece.limit())
				put(at, piece.flip());
		}
		storage.http().send(DavCall.of("DELETE", folder + COPIED).with("Destination", destination())).close();
	}

	private ServerFaultException lost() {
		return new ServerFaultException(path, "the server lost what was sent; the file there is as it was");
	}

	private int readCopied(long position, ByteBuffer target) throws IOException {
		ByteBuffer part = target.slice(target.position(), (int) Math.min(target.remaining(), copied - position));
		DavCall get = DavCall.of("GET", folder + COPIED).with("Range", "bytes=%d-%d".formatted(position, position + part.remaining() - 1)).with("Accept-Encoding", "identity");
		try (DavAnswer answer = storage.http().send(get)) {
			int length = part.remaining();
			if (answer.status() != 206 || answer.fill(part) < length)
				throw lost();
			target.position(target.position() + length);
			return length;
		}
	}

	private String destination() {
		return storage.http().address(storage.at(path));
	}

	@Override
	public boolean isReadable() {
		return true;
	}

	@Override
	public int read(long position, ByteBuffer target) throws IOException {
		return guarded(() -> {
			int total = position < copied && target.hasRemaining() ? readCopied(position, target) : 0;
			for (long at = position + total - copied; target.hasRemaining() && at / size < chunks.size();) {
				int offset = (int) (at % size);
				Chunk chunk = held(at / size);
				int end = at / size == chunks.size() - 1 ? chunk.written.end() : size;
				if (offset >= end)
					break;
				int n = Math.min(target.remaining(), end - offset);
				// what was left out so far reads as nothing at all
				if (chunk.bytes.length < offset + n)
					chunk.bytes = Arrays.copyOf(chunk.bytes, offset + n);
				target.put(chunk.bytes, offset, n);
				at += n;
				total += n;
			}
			return total == 0 && target.hasRemaining() ? -1 : total;
		});
	}

	@Override
	public boolean setAttributes(Instant time, Integer permissions) throws IOException {
		return guarded(() -> {
			if (time == null || storage.timed(time).isEmpty())
				return false;
			modified = time;
			return permissions == null;
		});
	}

	@Override
	public FileInfo commit(long length) throws IOException {
		try (this) {
			return guarded(() -> {
				if (length < copied)
					fetchCopied();
				long own = length - copied;
				int count = (int) ((own + size - 1) / size);
				for (int i = 0; i < count; i++)
					if (i >= chunks.size() || !chunks.get(i).written.covers(lengthOf(i, own)))
						throw new ServerFaultException(path, "parts of the new content were never written");
				if (copied > 0 || count > 1)
					return assemble(own, count);
				byte[] content = count == 0 ? new byte[0] : Arrays.copyOf(held(0).bytes, (int) own);
				return alone(destination(), () -> put(content, precondition instanceof Precondition.Unchanged(var version) ? storage.tag(version) : Optional.empty(), true));
			});
		}
	}

	private int lengthOf(int chunk, long length) {
		return (int) Math.min(size, length - (long) chunk * size);
	}

	// A short content.

	/** @param tag that the file must have, if it must be unchanged @param again whether to try again if it has another one for the same content */
	private FileInfo put(byte[] content, Optional<String> tag, boolean again) throws IOException {
		byte[] digest = sha256(content);
		DavCall call = timed(DavCall.of("PUT", storage.at(path))).with("Content-Type", "application/octet-stream").with("X-Hash", "sha256").with("OC-Checksum", checksum(digest)).with(content);
		call = switch (precondition) {
		case Precondition.Any _ -> call;
		case Precondition.Absent _ -> call.with("If-None-Match", "*").once();
		case Precondition.Unchanged _ -> call.with("If-Match", tag.orElseThrow(() -> new ConflictException(path, "somebody else changed it"))).once();
		};
		try (DavAnswer answer = storage.send(call)) {
			Optional<String> now = again && answer.status() == 412 && precondition instanceof Precondition.Unchanged ? checkedTag() : tag;
			if (!now.equals(tag))
				return put(content, now, false);
			if (!answer.isOk())
				throw notStored(answer);
			verify(answer, digest);
		} catch (UnansweredException e) {
			// it was done, if the server knows the digest
			Optional<String> known = storage.ask(path, "<checksums xmlns=\"%s\"/>".formatted(NextcloudStorage.OC)).flatMap(r -> r.property(NextcloudStorage.OC, "checksums"));
			if (known.filter(k -> k.contains(checksum(digest))).isEmpty())
				throw storage.http().lose(new ConnectionException(e.getMessage() + " The server holds the old or the new content.", e));
		}
		return result(content.length);
	}

	// A long content.

	/** @param own bytes that are not copied @param count of chunks for them */
	private FileInfo assemble(long own, int count) throws IOException {
		long length = copied + own;
		for (int i = 0; i < count; i++) {
			Chunk chunk = chunks.get(i);
			int end = lengthOf(i, own);
			if (chunk.dirty || chunk.sent != end)
				send(held(i), end);
		}
		for (Chunk behind : chunks.subList(count, chunks.size()))
			if (behind.sent >= 0) {
				settle(behind);
				remove(behind.number);
			}
		for (int number : List.copyOf(earlier.keySet()))
			remove(number);
		for (Chunk chunk : chunks)
			settle(chunk);
		chunks.forEach(c -> c.bytes = null);
		return alone(destination(), () -> assemble(length, whole != null && copied == 0 && digested == count ? Optional.of(checksum(whole.digest())) : Optional.empty()));
	}

	private FileInfo assemble(long length, Optional<String> checksum) throws IOException {
		DavCall move = timed(DavCall.of("MOVE", folder + "/.file")).with("Destination", destination()).with("OC-Total-Length", Long.toString(length))
				.with("Overwrite", precondition instanceof Precondition.Absent ? "F" : "T").once();
		if (precondition instanceof Precondition.Unchanged(var version)) {
			Optional<String> tag = checkedTag().filter(_ -> storage.tag(version).isPresent());
			if (tag.isPresent())
				move = move.with("If", "<%s> ([%s])".formatted(destination(), tag.get()));
		}
		if (checksum.isPresent())
			move = move.with("OC-Checksum", checksum.get());
		assembling = true;
		try (DavAnswer answer = storage.send(move)) {
			if (!answer.isOk())
				throw notStored(answer);
		} catch (UnansweredException e) {
			awaitAssembly(length, e);
		}
		folder = null;
		return result(length);
	}

	/** Of the chunks on the server, one is not to be part of the file. */
	private void remove(int number) throws IOException {
		storage.http().send(DavCall.of("DELETE", folder + "/%05d".formatted(number + FIRST)).with("Destination", destination())).close();
		earlier.remove(number);
	}

	/** The server puts the chunks together, however long that takes and whoever still listens; then it takes their folder away. */
	private void awaitAssembly(long length, UnansweredException unanswered) throws IOException {
		long end = System.nanoTime() + ASSEMBLY.plusSeconds(length / ASSEMBLY_SPEED).toNanos();
		while (System.nanoTime() < end) {
			try (DavAnswer answer = storage.http().send(DavCall.of("PROPFIND", folder).with("Depth", "0"))) {
				if (answer.status() == 404)
					return;
			}
			try {
				Thread.sleep(LOOK);
			} catch (InterruptedException e) {
				throw new InterruptedIOException("an upload was cancelled");
			}
		}
		throw storage.http().lose(new ConnectionException(unanswered.getMessage() + " The server holds the old or the new content.", unanswered));
	}

	// What both have in common.

	/** The entity tag that the file has now. @throws ConflictException if the precondition does not hold */
	private Optional<String> checkedTag() throws IOException {
		Optional<DavResource> now = storage.resource(path);
		check(now.map(storage::describe));
		return now.flatMap(DavResource::etag);
	}

	private DavCall timed(DavCall call) {
		return modified == null ? call : call.with(storage.timed(modified));
	}

	private IOException notStored(DavAnswer answer) throws IOException {
		if (answer.status() == 412 || answer.status() == 404 || answer.status() == 409 || answer.status() == 400 || answer.status() == 405) {
			Optional<FileInfo> now = storage.look(path);
			if (now.isPresent() && now.get().type() == FileInfo.Type.DIRECTORY)
				return isFolder();
			check(now);
			if (answer.status() == 412)
				return new ConflictException(path, "somebody else was changing it");
			String parent = StoragePaths.parent(path);
			if (storage.look(parent).filter(p -> p.type() == FileInfo.Type.DIRECTORY).isEmpty())
				return new NoSuchFileException(parent);
		}
		return storage.refusal(answer, path);
	}

	private FileInfo result(long length) throws IOException {
		FileInfo now = storage.stat(path, true);
		if (now.size() != length)
			throw new ServerFaultException(path, "the server says that it holds %,d bytes, and not the %,d that were sent".formatted(now.size(), length));
		return now;
	}

	/** The server tells what it received, if it can. */
	private void verify(DavAnswer answer, byte[] digest) throws ServerFaultException {
		Optional<String> received = answer.header("X-Hash-SHA256");
		if (received.isPresent() && !received.get().strip().equalsIgnoreCase(HexFormat.of().formatHex(digest)))
			throw new ServerFaultException(path, "what the server received is not what was sent");
	}

	private static String checksum(byte[] digest) {
		return "SHA256:" + HexFormat.of().formatHex(digest);
	}

	private static byte[] sha256(byte[] bytes) {
		return digest().digest(bytes);
	}

	private static MessageDigest digest() {
		try {
			return MessageDigest.getInstance("SHA-256");
		} catch (NoSuchAlgorithmException e) {
			throw new IllegalStateException("every Java platform has SHA-256", e);
		}
	}

	@Override
	protected Runnable ending() {
		if (folder != null && copied == 0 && !assembling && isCutOff()) {
			var received = new HashMap<>(earlier);
			chunks.stream().filter(c -> c.received).forEach(c -> received.put(c.number, new CutOff.Part(c.sent, c.digest)));
			chunks.clear();
			storage.cutOff().add(path, new CutOff.Left(folder, size, received));
			return () -> {
				// somebody goes on with it
			};
		}
		List<Future<Void>> sending = chunks.stream().map(c -> c.sending).filter(s -> s != null).toList();
		chunks.clear();
		String left = folder;
		return () -> {
			if (left != null)
				discard(left, sending);
		};
	}

	private void discard(String left, List<Future<Void>> sending) {
		for (Future<Void> chunk : sending)
			chunk.cancel(true);
		storage.discard(left);
	}
}
