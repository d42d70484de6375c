package org.strongroom.storage.webdav;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.Checksum;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.ServerFaultException;

/**
 * A file open for reading. Its beginning comes with the opening, in one request. What is read on and on is fetched in long runs, several at once, each over a connection of its own; anything else
 * just as it is asked for. Of a run as much is held as {@value #MOST_HELD} bytes ahead of its readers: the rest waits in the network, and so has come when its turn does. Every answer says which
 * state of the file it is from: one that is not from the state that was opened is a {@link ConflictException}.
 * <p>
 * A server that always sends the whole file is read from the beginning on, as far as {@value #MOST_SKIPPED} bytes ahead of what was read last; beyond that it cannot be read in parts.
 */
final class DavReader implements Reader {
	/** What comes with the opening: enough for most files of a vault, and what the file system above fetches first. */
	private static final int HEAD = 64 << 10;
	/** Bytes of the first run, and of those that follow. */
	private static final int FIRST_RUN = 4 << 20;
	private static final int RUN = 16 << 20;
	/** As little as this at the end of a file is no run. */
	private static final int NO_RUN = 512 << 10;
	/** What is held of a run comes in blocks, which are used again and again: an array for each would keep the garbage collector busy. */
	private static final int BLOCK = 256 << 10;
	/** Bytes of a run that are held before somebody asks for them. */
	private static final int MOST_HELD = 4 << 20;
	/** Runs of one file. */
	private static final int MOST_RUNS = 5;
	/** Of these, runs behind the one that is being read. */
	private static final int MOST_AHEAD = 3;
	/** Nanoseconds after which a server is not kept waiting any longer for somebody who does not read on. */
	private static final long MOST_PAUSE = 5_000_000_000L;
	/** Reads, each where the one before ended, after which runs are worth their while. */
	private static final int STEADY = 6;
	private static final int MOST_SKIPPED = 16 << 20;
	private static final Pattern CONTENT_RANGE = Pattern.compile("bytes\\s+(?:(\\d{1,18})-(\\d{1,18})|\\*)/(\\d{1,18})");

	private final DavStorage storage;
	private final String path;
	private final String target;
	private final FileInfo info;
	private final byte[] head;
	/** What the headers of the content said when it was opened; empty for nothing. */
	private final String seal;
	private final Optional<Checksum> checksum;

	private final ReentrantLock lock = new ReentrantLock();
	private final Deque<Run> runs = new ArrayDeque<>();
	/** Blocks to be used again; guarded by themselves. */
	private final Deque<byte[]> spare = new ArrayDeque<>();
	private final Whole whole;
	/** Where the server says that the file ends. */
	private volatile long end;
	private long next;
	private int steady;
	/** Runs to fetch ahead: more and more, for many a reader leaves soon. */
	private int ahead;
	private volatile boolean isWhole;
	private volatile boolean closed;

	private DavReader(DavStorage storage, String path, FileInfo info, Head head) {
		this.storage = storage;
		this.path = path;
		this.info = info;
		target = storage.target(path, false);
		this.head = head.bytes();
		seal = head.seal();
		checksum = head.checksum();
		isWhole = head.isWhole();
		end = head.isFile() ? head.size() < 0 ? Long.MAX_VALUE : head.size() : info.size();
		next = head.bytes().length;
		whole = new Whole();
	}

	/** The beginning of a file. @param isFile whether the answer looks like that of a file @param size -1 for not told @param isWhole whether the server does not send parts */
	private record Head(byte[] bytes, boolean isFile, long size, Optional<String> etag, Optional<Instant> modified, String seal, Optional<Checksum> checksum, boolean isWhole, IOException refusal) {
		/** None. @param refusal what to say if it is a file all the same */
		static Head none(IOException refusal) {
			return new Head(new byte[0], false, -1, Optional.empty(), Optional.empty(), "", Optional.empty(), false, refusal);
		}
	}

	static DavReader open(DavStorage storage, String path) throws IOException {
		DavStorage.Tells tells = storage.tells();
		if (tells == DavStorage.Tells.NOTHING)
			return open(storage, path, file(storage, storage.look(path), path));
		Future<Optional<DavResource>> looking = tells == DavStorage.Tells.UNKNOWN ? Chain.start("look at a file", () -> storage.look(path)) : null;
		Head head;
		try {
			head = head(storage, path);
		} catch (IOException | RuntimeException e) {
			if (looking != null)
				looking.cancel(true);
			throw e;
		}
		FileInfo byTag = info(storage, head, true);
		FileInfo byTime = info(storage, head, false);
		FileInfo told = tells == DavStorage.Tells.ETAG ? byTag : tells == DavStorage.Tells.TIME ? byTime : null;
		if (told != null)
			return new DavReader(storage, path, told, head);
		DavResource resource = file(storage, looking == null ? storage.look(path) : DavStorage.await(looking), path);
		FileInfo looked = storage.describe(resource);
		if (head.isFile())
			storage.compare(looked, byTag, byTime);
		// an empty file may be refused where a part is asked for
		boolean isOfIt = head.isFile() ? isOf(byTag, looked) || isOf(byTime, looked) : isEmpty(resource);
		return isOfIt ? new DavReader(storage, path, looked, head) : open(storage, path, resource);
	}

	/** Opens what was looked at before: a content that is newer than its version is noticed by whoever saves, one that is older would not be. */
	private static DavReader open(DavStorage storage, String path, DavResource looked) throws IOException {
		Head head = head(storage, path);
		if (!head.isFile() && !isEmpty(looked))
			throw head.refusal();
		if (head.size() < 0 && !looked.tellsSize())
			throw new ServerFaultException(path, "the server does not tell how long it is");
		return new DavReader(storage, path, storage.describe(looked, head.size()), head);
	}

	private static boolean isEmpty(DavResource looked) {
		return looked.tellsSize() && looked.size() == 0;
	}

	private static DavResource file(DavStorage storage, Optional<DavResource> looked, String path) throws IOException {
		DavResource resource = looked.orElseThrow(() -> new NoSuchFileException(path));
		if (storage.describe(resource).type() == Type.DIRECTORY)
			throw new FileSystemException(path, null, "this is a folder, not a file");
		return resource;
	}

	/** Whether a content is certain to be of the state that was looked at. */
	private static boolean isOf(FileInfo content, FileInfo looked) {
		return content != null && content.version().isPresent() && content.version().equals(looked.version());
	}

	private static FileInfo info(DavStorage storage, Head head, boolean byTag) {
		if (!head.isFile() || head.size() < 0 || byTag && head.etag().isEmpty() || !byTag && head.modified().isEmpty())
			return null;
		return FileInfo.of(Type.FILE, head.size(), head.modified().orElse(Instant.EPOCH), storage.version(byTag ? head.etag() : Optional.empty(), head.size(), head.modified()));
	}

	private static Head head(DavStorage storage, String path) throws IOException {
		String target = storage.target(path, false);
		try (DavAnswer answer = storage.client().send(get(target, 0, HEAD - 1))) {
			return switch (answer.status()) {
			case 200, 206 -> head(storage, path, target, answer);
			default -> {
				// some servers do not send anything for a folder, in several ways: a look tells more
				if (!DavStorage.isRefusal(answer))
					throw storage.error(answer, path);
				yield Head.none(storage.error(answer, path));
			}
			};
		}
	}

	private static Head head(DavStorage storage, String path, String target, DavAnswer answer) throws IOException {
		if (answer.target().equals(target + "/"))
			return Head.none(new FileSystemException(path, null, "this is a folder, not a file"));
		checkEncoding(answer, path);
		boolean part = answer.status() == 206;
		long size = part ? range(answer, path, 0).total() : answer.headers().firstValueAsLong("Content-Length").orElse(-1);
		var bytes = ByteBuffer.allocate(size < 0 ? HEAD : (int) Math.min(size, HEAD));
		answer.fill(bytes);
		byte[] content = java.util.Arrays.copyOf(bytes.array(), bytes.position());
		boolean all = !part && content.length < HEAD;
		Optional<Instant> modified = answer.header("Last-Modified").flatMap(DavResource::time);
		// a page made of a folder has neither
		boolean isFile = answer.header("ETag").isPresent() || modified.isPresent();
		return new Head(content, isFile, size < 0 && all ? content.length : size, answer.header("ETag"), modified, seal(storage, answer), storage.checksum(answer), !part && !all, isFile ? null : new ServerFaultException(path, "the server sends something else than the file"));
	}

	/** What an answer says of the state that it is from. */
	private static String seal(DavStorage storage, DavAnswer answer) {
		return storage.known(DavStorage.strong(answer.header("ETag").orElse(""))) + " " + answer.header("Last-Modified").orElse("");
	}

	private byte[] block() {
		synchronized (spare) {
			return spare.isEmpty() ? new byte[BLOCK] : spare.pop();
		}
	}

	private void giveBack(byte[] block) {
		synchronized (spare) {
			if (spare.size() < MOST_RUNS * MOST_HELD / BLOCK)
				spare.push(block);
		}
	}

	private static DavCall get(String target, long first, long last) {
		return DavCall.of("GET", target).with("Range", "bytes=" + first + "-" + last).with("Accept-Encoding", "identity");
	}

	private static void checkEncoding(DavAnswer answer, String path) throws ServerFaultException {
		if (!answer.header("Content-Encoding").orElse("identity").equals("identity"))
			throw new ServerFaultException(path, "the server sends the file compressed, though it was asked not to");
	}

	private record Range(long first, long last, long total) {
	}

	private static Range range(DavAnswer answer, String path, long first) throws ServerFaultException {
		Matcher m = CONTENT_RANGE.matcher(answer.header("Content-Range").orElse(""));
		if (!m.matches() || m.group(1) == null || Long.parseLong(m.group(1)) != first)
			throw another(path);
		return new Range(first, Long.parseLong(m.group(2)), Long.parseLong(m.group(3)));
	}

	@Override
	public FileInfo info() {
		return info;
	}

	@Override
	public Optional<Checksum> checksum() {
		return checksum;
	}

	/** Whether it is open on a certain storage. */
	boolean isOn(DavStorage other) {
		return storage == other;
	}

	/** Where it is. */
	String path() {
		return path;
	}

	@Override
	public int read(long position, ByteBuffer into) throws IOException {
		if (closed)
			throw new ClosedChannelException();
		if (position < 0)
			throw new IllegalArgumentException("position " + position);
		int total = 0;
		while (into.hasRemaining()) {
			int n = part(position + total, into);
			if (n <= 0)
				break;
			total += n;
		}
		return total == 0 && into.hasRemaining() ? -1 : total;
	}

	@Override
	public boolean isComing(long position) {
		lock.lock();
		try {
			return holding(position).isPresent();
		} finally {
			lock.unlock();
		}
	}

	/** The run that a place belongs to. Under the lock. */
	private Optional<Run> holding(long at) {
		return runs.stream().filter(run -> run.holds(at)).findFirst();
	}

	/** Some of what is asked for, -1 at the end. */
	private int part(long at, ByteBuffer into) throws IOException {
		if (at < head.length) {
			int n = (int) Math.min(into.remaining(), head.length - at);
			into.put(head, (int) at, n);
			return n;
		}
		if (at >= end)
			return -1;
		if (isWhole)
			return whole.read(at, into);
		Run run;
		lock.lock();
		try {
			run = run(at, into.remaining());
		} finally {
			lock.unlock();
		}
		int n = run == null ? 0 : run.read(at, into);
		return n == 0 ? fetch(at, into) : n;
	}

	/** The run that a place belongs to, if there is one or is to be one. Those behind it are set going. */
	private Run run(long at, int length) {
		Run found = holding(at).orElse(null);
		if (found == null) {
			boolean on = at == next;
			steady = on ? steady + 1 : Math.abs(at - next) <= 2L * MOST_RUNS * RUN ? steady : 0;
			next = on || steady == 0 ? at + length : Math.max(next, at + length);
			if (steady < STEADY || info.size() - at <= Math.max(length, NO_RUN))
				return null;
			// of several that read on at once, one of a later place may come first
			long last = runs.isEmpty() ? 0 : runs.getLast().end();
			found = begin(last <= at && at - last < RUN && last > 0 ? last : at, at);
			if (found == null)
				return null;
		}
		if (!found.isEntered) {
			found.isEntered = true;
			ahead = Math.min(MOST_AHEAD, 2 * ahead + 1);
			Run last = found;
			for (int behind = 0; behind < ahead && last != null; behind++) {
				long end = last.end();
				Optional<Run> following = runs.stream().filter(run -> run.start == end).findFirst();
				last = following.isPresent() ? following.get() : begin(end, at);
			}
		}
		return found;
	}

	/** Begins a run. @param at what is being read now: runs that are far from it make room @return null if there are enough, or at the end */
	private Run begin(long start, long at) {
		if (start >= info.size() || runs.size() == MOST_RUNS && !makeRoom(at))
			return null;
		var run = new Run(start, (int) Math.min(runs.isEmpty() ? FIRST_RUN : RUN, info.size() - start));
		runs.addLast(run);
		next = Math.max(next, run.end());
		return run;
	}

	/** Gives up runs that nobody waits for and that are far from what is being read. */
	private boolean makeRoom(long at) {
		List<Run> far = runs.stream().filter(run -> (run.end() <= at || run.start > at + (long) MOST_RUNS * RUN) && !run.isAwaited()).toList();
		far.forEach(Run::giveUp);
		return runs.removeAll(far);
	}

	/** Fetches just what is asked for. @return -1 at the end */
	private int fetch(long at, ByteBuffer into) throws IOException {
		try (DavAnswer answer = storage.client().send(get(target, at, at + into.remaining() - 1))) {
			switch (answer.status()) {
			case 206 -> {
				int length = length(answer, at, into.remaining());
				ByteBuffer part = into.slice(into.position(), length);
				if (answer.fill(part) < length)
					throw new ServerFaultException(path, "the server sends less than it says");
				into.position(into.position() + length);
				return length;
			}
			case 416 -> {
				Matcher m = CONTENT_RANGE.matcher(answer.header("Content-Range").orElse(""));
				if (m.matches() && Long.parseLong(m.group(3)) > at)
					throw new ServerFaultException(path, "the server does not send this part of the file");
				checkLength(at);
				return -1;
			}
			case 200 -> {
				check(answer);
				isWhole = true;
			}
			case 404, 410 -> throw new ConflictException(path, "it was removed while it was being read");
			default -> throw storage.error(answer, path);
			}
		}
		return whole.read(at, into);
	}

	/** How many bytes a part of the file has, after making sure that it is one of the state that was opened, and no longer than what was asked for. */
	private int length(DavAnswer answer, long first, int most) throws IOException {
		check(answer);
		Range range = range(answer, path, first);
		checkLength(range.total());
		long length = range.last() - range.first() + 1;
		if (length <= 0 || length > most)
			throw another(path);
		return (int) length;
	}

	private static ServerFaultException another(String path) {
		return new ServerFaultException(path, "the server sends another part of the file than the one it was asked for");
	}

	/** Makes sure that an answer is from the state of the file that was opened. */
	private void check(DavAnswer answer) throws IOException {
		checkEncoding(answer, path);
		if (!seal.isEmpty() && !seal.equals(seal(storage, answer)))
			throw changed();
	}

	/** Makes sure that the file ends where it did when it was opened, if that was told. */
	private void checkLength(long now) throws ConflictException {
		if (end == Long.MAX_VALUE)
			end = now;
		else if (now != end)
			throw changed();
	}

	private ConflictException changed() {
		return new ConflictException(path, "it was changed while it was being read; open it again");
	}

	/** A long part of the file being fetched, whoever reads it. */
	private final class Run {
		private final long start;
		private final int length;
		private final byte[][] blocks;
		/** Of each block, the bytes that were read. */
		private final int[] served;
		private final long depth = Chain.length() + 1;
		private final ReentrantLock mine = new ReentrantLock();
		private final Condition changed = mine.newCondition();
		private final Runnable letGo = this::letGo;
		private final Future<Void> fetching;
		private int filled;
		/** Bytes of the blocks that were read as a whole. */
		private int taken;
		/** The furthest that somebody has asked for. */
		private int wanted;
		/** How much must be filled for one of those who wait to go on: what comes in comes in many small pieces. */
		private int awaited = Integer.MAX_VALUE;
		/** Whether nobody reads on, so that nothing is fetched. */
		private boolean pausing;
		/** Whether somebody else needs the connection meanwhile. */
		private boolean needed;
		private boolean ended;
		private IOException failure;
		/** Whether something of it was asked for; guarded by the reader's lock. */
		private boolean isEntered;

		Run(long start, int length) {
			this.start = start;
			this.length = length;
			blocks = new byte[(length + BLOCK - 1) / BLOCK][];
			served = new int[blocks.length];
			fetching = Chain.start("read on", this::fetchAll);
		}

		boolean holds(long at) {
			return at >= start && at < end();
		}

		long end() {
			return start + length;
		}

		private Void fetchAll() {
			IOException failed = null;
			try {
				for (int done = 0; done < length;) {
					awaitRoom();
					int n = fetchSome(done);
					if (n < 0)
						break;
					done += n;
				}
			} catch (InterruptedException e) {
				failed = new InterruptedIOException("reading was cancelled");
			} catch (IOException e) {
				failed = e;
			} catch (RuntimeException e) {
				failed = new IOException(e);
			}
			end(failed);
			return null;
		}

		private void end(IOException failed) {
			mine.lock();
			try {
				if (!ended)
					failure = failed;
				ended = true;
				changed.signalAll();
			} finally {
				mine.unlock();
			}
		}

		/** One request. @return how many bytes came before nobody wanted more of them, -1 at the end of the file */
		private int fetchSome(int done) throws IOException, InterruptedException {
			try (DavAnswer answer = storage.client().send(get(target, start + done, end() - 1).aside())) {
				if (answer.status() == 416) {
					checkLength(start + done);
					return -1;
				}
				if (answer.status() == 404 || answer.status() == 410)
					throw new ConflictException(path, "it was removed while it was being read");
				if (answer.status() != 206)
					throw answer.status() == 200 ? new ServerFaultException(path, "the server sends parts of the file at one time and not at another") : storage.error(answer, path);
				int comes = length(answer, start + done, length - done);
				int got = 0;
				while (got < comes && mayGoOn()) {
					int at = done + got;
					byte[] block = blocks[at / BLOCK];
					if (block == null)
						block = block();
					int n = answer.readOn(block, at % BLOCK, Math.min(BLOCK - at % BLOCK, comes - got));
					if (n < 0)
						throw new ServerFaultException(path, "the server sends less than it says");
					got += n;
					filled(block, done + got);
				}
				return got;
			}
		}

		private void filled(byte[] block, int to) {
			mine.lock();
			try {
				blocks[(to - 1) / BLOCK] = block;
				filled = to;
				if (filled >= awaited) {
					awaited = Integer.MAX_VALUE;
					changed.signalAll();
				}
			} finally {
				mine.unlock();
			}
		}

		private boolean hasRoom() {
			return filled - taken < MOST_HELD || wanted > filled;
		}

		private void checkNotEnded() throws InterruptedException {
			if (ended)
				throw new InterruptedException();
		}

		private void awaitRoom() throws InterruptedException {
			mine.lock();
			try {
				pausing = true;
				while (!hasRoom() && !ended)
					changed.await();
				checkNotEnded();
			} finally {
				pausing = false;
				mine.unlock();
			}
		}

		/** Waits until more is wanted. @return false if that takes too long, or somebody else needs the connection: the rest is asked for once it is wanted */
		private boolean mayGoOn() throws InterruptedException {
			mine.lock();
			try {
				checkNotEnded();
				return hasRoom() || pause();
			} finally {
				mine.unlock();
			}
		}

		private boolean pause() throws InterruptedException {
			pausing = true;
			needed = false;
			storage.client().lends(letGo);
			try {
				for (long left = MOST_PAUSE; !hasRoom() && !needed && !ended && left > 0;)
					left = changed.awaitNanos(left);
				return hasRoom();
			} finally {
				storage.client().lendsNoMore(letGo);
				pausing = false;
			}
		}

		private void letGo() {
			mine.lock();
			try {
				needed = true;
				if (pausing)
					changed.signalAll();
			} finally {
				mine.unlock();
			}
		}

		/** Some of what is asked for, 0 if it was read before and is held no more, -1 at the end. */
		int read(long at, ByteBuffer into) throws IOException {
			int from = (int) (at - start);
			int to = from + Math.min(into.remaining(), length - from);
			boolean spent;
			IOException failed = null;
			int n = 0;
			mine.lock();
			try {
				if (to > wanted) {
					wanted = to;
					if (pausing)
						changed.signalAll();
				}
				while (filled < to && !ended) {
					awaited = Math.min(awaited, to);
					changed.await();
				}
				if (filled < to)
					failed = failure;
				if (failed == null) {
					if (filled <= from)
						return -1;
					n = take(from, Math.min(to, filled), into);
				}
				spent = taken == length || failed != null;
			} catch (InterruptedException e) {
				throw new InterruptedIOException("reading was cancelled");
			} finally {
				mine.unlock();
			}
			if (spent) {
				lock.lock();
				try {
					runs.remove(this);
				} finally {
					lock.unlock();
				}
			}
			if (failed != null)
				throw failed;
			Chain.waitedFor(depth);
			return n;
		}

		/** Hands on what is held; blocks that were read as a whole are let go of. */
		private int take(int from, int to, ByteBuffer into) {
			int at = from;
			while (at < to && blocks[at / BLOCK] != null) {
				int number = at / BLOCK;
				int end = Math.min((number + 1) * BLOCK, length);
				int n = Math.min(to, end) - at;
				into.put(blocks[number], at % BLOCK, n);
				at += n;
				served[number] += n;
				if (served[number] >= end - number * BLOCK && filled >= end) {
					giveBack(blocks[number]);
					blocks[number] = null;
					taken += end - number * BLOCK;
					if (pausing)
						changed.signalAll();
				}
			}
			return at - from;
		}

		/** Whether somebody waits for what is to come. */
		boolean isAwaited() {
			mine.lock();
			try {
				return wanted > filled && !ended;
			} finally {
				mine.unlock();
			}
		}

		void giveUp() {
			fetching.cancel(true);
			end(new IOException("Reading was given up."));
		}
	}

	/** A file that the server sends as a whole only: read from the beginning on, what was read last is kept. */
	private final class Whole {
		private static final int BLOCK = 256 << 10;

		private final ReentrantLock mine = new ReentrantLock();
		private final Deque<byte[]> kept = new ArrayDeque<>();
		private DavAnswer answer;
		private long first;
		private long end;
		/** The furthest that was read, which it may have to be read to again. */
		private long reached;
		private boolean complete;
		private final Runnable letGo = this::letGo;

		int read(long at, ByteBuffer into) throws IOException {
			mine.lock();
			try {
				if (answer == null || at < first)
					begin();
				if (at - Math.max(end, reached) > MOST_SKIPPED)
					throw new FileSystemException(path, null, "the server sends this file as a whole only, and it is too long for that");
				while (end < at + into.remaining() && !complete)
					more();
				reached = Math.max(reached, end);
				if (at >= end)
					return -1;
				int total = 0;
				long start = first;
				for (byte[] block : kept) {
					long here = at + total - start;
					if (here >= 0 && here < block.length && into.hasRemaining()) {
						int n = (int) Math.min(block.length - here, into.remaining());
						into.put(block, (int) here, n);
						total += n;
					}
					start += block.length;
				}
				return total;
			} catch (IOException e) {
				giveUp();
				throw e;
			} finally {
				mine.unlock();
			}
		}

		private void begin() throws IOException {
			giveUp();
			answer = storage.client().send(DavCall.of("GET", target).with("Accept-Encoding", "identity").aside());
			storage.client().lends(letGo);
			if (answer.status() != 200)
				throw storage.error(answer, path);
			check(answer);
		}

		private void more() throws IOException {
			byte[] block = answer.body().readNBytes(BLOCK);
			complete = block.length < BLOCK;
			if (complete) {
				answer.close();
				storage.client().lendsNoMore(letGo);
			}
			kept.addLast(block);
			end += block.length;
			while (kept.size() > 2 * MOST_SKIPPED / BLOCK)
				first += kept.removeFirst().length;
		}

		/** Somebody else needs a connection: it is read from the beginning again, if it is read on. */
		private void letGo() {
			if (!mine.tryLock())
				return; // it is being read
			try {
				giveUp();
			} finally {
				mine.unlock();
			}
		}

		void giveUp() {
			if (answer != null)
				answer.close();
			storage.client().lendsNoMore(letGo);
			answer = null;
			kept.clear();
			first = 0;
			end = 0;
			complete = false;
		}

		void close() {
			mine.lock();
			try {
				giveUp();
			} finally {
				mine.unlock();
			}
		}
	}

	@Override
	public void close() {
		if (closed)
			return;
		closed = true;
		lock.lock();
		try {
			runs.forEach(Run::giveUp);
			runs.clear();
		} finally {
			lock.unlock();
		}
		if (isWhole)
			whole.close();
	}
}
