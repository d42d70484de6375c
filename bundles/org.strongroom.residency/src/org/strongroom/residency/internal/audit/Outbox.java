package org.strongroom.residency.internal.audit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.strongroom.core.Problem;
import org.strongroom.core.residency.AuditSink;
import org.strongroom.residency.audit.AuditSettings.Sink;

/**
 * Delivers the lines of a log to a sink, in their order, by a virtual thread. How far it has come is kept beside the log, so that nothing is lost if the sink is down, or the process ends before: then the log
 * itself is what waits. Of several processes one delivers at a time.
 */
final class Outbox implements Closeable {
	/** How the sink is found. */
	@FunctionalInterface
	interface Kind {
		AuditSink sink() throws IOException;
	}

	/** Bytes of the log that are read at once; and while it is in doubt whether the sink takes what it is sent. */
	private static final int CHUNK = 256 << 10;
	private static final int CHUNK_IN_DOUBT = 8 << 10;
	/** How long it waits after an error, in milliseconds: at first, and at the most. */
	private static final long FIRST_PAUSE = 500;
	private static final long LONGEST_PAUSE = 30_000;
	/** How often it is looked whether another process has delivered, in milliseconds. */
	private static final long LOOK = 100;
	/** What is not certain to have arrived is made certain after so many lines, after nothing came for so long, and after so long anyway, in nanoseconds: it is all that comes twice. */
	private static final int MOST_UNCERTAIN = 5000;
	private static final long IDLE = TimeUnit.SECONDS.toNanos(2);
	private static final long LONGEST_UNCERTAIN = TimeUnit.SECONDS.toNanos(30);
	/** How long the end waits for the thread to finish. */
	private static final Duration GOODBYE = Duration.ofSeconds(1);

	/**
	 * How far it has come.
	 *
	 * @param number of the last line that is certain to have arrived; with the file and the offset behind it
	 * @param sent number of the last line that was sent
	 */
	private record Place(int file, long offset, long number, long sent) {
		static final Place BEGINNING = new Place(1, 0, 0, 0);

		boolean isBehind(Place other) {
			return file < other.file || file == other.file && offset < other.offset;
		}
	}

	private final LogFolder folder;
	private final Sink sink;
	private final Kind kind;
	private final Path placeFile;
	private final ReentrantLock lock = new ReentrantLock();
	private final Condition changed = lock.newCondition();
	private final Thread thread;
	private State end;
	/** Number of the last line that was delivered, and of the last that is certain to have arrived. */
	private long delivered;
	private long certain;
	private String problem;
	/** The sink is open, as far as is known. */
	private boolean isUp;
	/** Somebody waits for the sink to be open. */
	private boolean isWanted;
	/** Somebody waits for what was sent to be certain. */
	private boolean isToBeCertain;
	/** How often the sink was tried from the start and did not work. */
	private long failures;
	private boolean closed;
	// Of the thread alone:
	private AuditSink.Delivery open;
	private long openedAt;
	private long sentAt;
	private int uncertain;
	/** Up to where what was sent on the connection that is open is not certain; null if nothing is. */
	private Place sent;
	/** Number of the last line that was sent and may be lost; all is well once that is certain. */
	private long doubted = -1;

	Outbox(LogFolder folder, Sink sink, Kind kind) {
		this.folder = folder;
		this.sink = sink;
		this.kind = kind;
		placeFile = folder.path().resolve("sinks").resolve(sink.name());
		thread = Thread.ofVirtual().name("audit sink " + sink.name()).start(this::run);
	}

	Sink sink() {
		return sink;
	}

	/** There is more in the log. */
	void wake(State now) {
		locked(() -> end = now);
	}

	/** What was sent is to be made certain. */
	void certainly() {
		locked(() -> isToBeCertain = true);
	}

	private void locked(Runnable change) {
		lock.lock();
		try {
			change.run();
			changed.signalAll();
		} finally {
			lock.unlock();
		}
	}

	/** Why it is down; empty if it is not, as far as is known. */
	Optional<String> problem() {
		lock.lock();
		try {
			return Optional.ofNullable(problem);
		} finally {
			lock.unlock();
		}
	}

	/** Has the sink tried now if a line was not delivered, or, for 0, it is not up. @return for {@link #await(long, long, long)} */
	long want(long number) {
		lock.lock();
		try {
			want(!has(number));
			return failures;
		} finally {
			lock.unlock();
		}
	}

	private void want(boolean isMissing) {
		if (!isMissing || isWanted)
			return;
		isWanted = true;
		changed.signalAll();
	}

	private boolean has(long number) {
		return number == 0 ? isUp : delivered >= number;
	}

	/**
	 * Waits until a line was delivered; given up once the sink was tried and did not work.
	 *
	 * @param number 0: until the sink is up
	 * @param before as {@link #want(long)} gave it
	 * @param until as {@link System#nanoTime}
	 * @return whether it was
	 */
	boolean await(long number, long before, long until) throws InterruptedException {
		lock.lock();
		try {
			while (!has(number) && !closed && failures == before) {
				want(true);
				if (!await(until))
					break;
			}
			if (!has(number) && problem == null)
				problem = "it has taken nothing for some seconds.";
			return has(number);
		} finally {
			lock.unlock();
		}
	}

	/** Waits until a line is certain to have arrived, if the sink is not down. @param until as {@link System#nanoTime} */
	void awaitCertain(long number, long until) throws InterruptedException {
		lock.lock();
		try {
			while (certain < number && problem == null && !closed)
				if (!await(until))
					return;
		} finally {
			lock.unlock();
		}
	}

	private boolean await(long until) throws InterruptedException {
		return changed.awaitNanos(until - System.nanoTime()) > 0;
	}

	private void run() {
		long pause = FIRST_PAUSE;
		while (true) {
			boolean isFresh = open == null;
			try {
				if (!waitForWork())
					break;
				isFresh = open == null;
				if (work())
					pause = FIRST_PAUSE;
				else
					pause(LOOK, false); // another process is at it
			} catch (InterruptedException e) {
				break;
			} catch (IOException | RuntimeException | LinkageError e) {
				broken(Problem.of(e).message(), isFresh);
				try {
					// a connection may be cut while nothing is sent: a new one tells
					if (isFresh)
						pause(pause, true);
				} catch (InterruptedException x) {
					break;
				}
				if (isFresh)
					pause = Math.min(LONGEST_PAUSE, 2 * pause);
			}
		}
		finish();
	}

	private void broken(String why, boolean isFresh) {
		if (sent != null)
			doubted = Math.max(doubted, sent.number());
		sent = null;
		disconnect();
		locked(() -> {
			problem = why;
			isUp = false;
			delivered = certain;
			if (isFresh)
				failures++;
		});
	}

	/** @return false if it is to end */
	private boolean waitForWork() throws InterruptedException {
		lock.lock();
		try {
			while (!closed && !(end != null && delivered < end.number() || isWanted && open == null)) {
				if (sent == null) {
					isToBeCertain = false;
					changed.await();
				} else if (isToBeCertain || changed.awaitNanos(sentAt + IDLE - System.nanoTime()) <= 0) {
					isToBeCertain = true;
					return true;
				}
			}
			return !closed;
		} finally {
			lock.unlock();
		}
	}

	/** @param isShort whether it ends if somebody waits for the sink */
	private void pause(long milliseconds, boolean isShort) throws InterruptedException {
		lock.lock();
		try {
			isWanted &= !isShort;
			long left = TimeUnit.MILLISECONDS.toNanos(milliseconds);
			while (left > 0 && !closed && !(isShort && isWanted))
				left = changed.awaitNanos(left);
		} finally {
			lock.unlock();
		}
	}

	/** @return false if another process is at it */
	private boolean work() throws IOException {
		if (open == null && isWanted())
			connected();
		LogFolder.make(placeFile.getParent());
		try (FileChannel channel = LogFolder.open(placeFile)) {
			LogFolder.Held held = LogFolder.tryLock(placeFile, channel);
			if (held == null) {
				came(place(channel), place(channel));
				return false;
			}
			try (held) {
				work(channel);
				return true;
			}
		}
	}

	private boolean isWanted() {
		lock.lock();
		try {
			return isWanted;
		} finally {
			lock.unlock();
		}
	}

	/** What another process has sent, or one that has ended, and is not certain, is sent by this one, too. */
	private void work(FileChannel channel) throws IOException {
		Place kept = place(channel);
		if (doubted < 0)
			doubted = kept.sent();
		if (sent != null && !kept.isBehind(sent))
			sent = null; // another process has come further
		Place from = sent != null ? sent : kept;
		came(kept, from);
		for (Place next; (next = deliver(from, kept.number() < doubted ? CHUNK_IN_DOUBT : CHUNK)) != null; from = next) {
			if (open == null || open.isCertain() && sent == null) {
				kept = next;
				keep(channel, kept);
			} else {
				sent = next;
				sentAt = System.nanoTime();
				keep(channel, new Place(kept.file(), kept.offset(), kept.number(), sent.number()));
				if (kept.number() < doubted || uncertain >= MOST_UNCERTAIN || sentAt - openedAt > LONGEST_UNCERTAIN)
					kept = made(channel);
			}
			came(kept, next);
		}
		if (sent != null && isToBeCertain()) {
			kept = made(channel);
			came(kept, kept);
		}
	}

	private boolean isToBeCertain() {
		lock.lock();
		try {
			return isToBeCertain;
		} finally {
			lock.unlock();
		}
	}

	/** Makes what was sent certain. @return up to where it is */
	private Place made(FileChannel channel) throws IOException {
		AuditSink.Delivery ended = open;
		open = null;
		ended.close();
		Place arrived = new Place(sent.file(), sent.offset(), sent.number(), sent.number());
		keep(channel, arrived);
		sent = null;
		locked(() -> {
			isUp = false;
			problem = null;
		});
		return arrived;
	}

	/** @param kept up to where lines are certain to have arrived @param to up to where they were sent */
	private void came(Place kept, Place to) {
		boolean isDoubtful = kept.number() < doubted;
		boolean isOpen = open != null;
		locked(() -> {
			certain = Math.max(certain, kept.number());
			delivered = Math.max(delivered, isDoubtful ? kept.number() : to.number());
			if (!isOpen || isDoubtful)
				return;
			problem = null;
			isUp = true;
			isWanted = false;
		});
	}

	private static Place place(FileChannel channel) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(128);
		while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
			// on
		}
		try {
			String[] words = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip().split(" ");
			long number = Long.parseLong(words[2]);
			return new Place(Integer.parseInt(words[0]), Long.parseLong(words[1]), number, words.length > 3 ? Long.parseLong(words[3]) : number);
		} catch (RuntimeException e) {
			return Place.BEGINNING; // what is delivered twice is told by its number
		}
	}

	private static void keep(FileChannel channel, Place place) throws IOException {
		ByteBuffer bytes = ByteBuffer.wrap(Line.bytes("%-95s\n".formatted(place.file() + " " + place.offset() + " " + place.number() + " " + place.sent())));
		while (bytes.hasRemaining())
			channel.write(bytes, bytes.position());
	}

	/** Delivers what comes next. @return where it ended; null if there is no more */
	private Place deliver(Place from, int most) throws IOException {
		State until;
		lock.lock();
		try {
			until = end;
			if (closed)
				return null;
		} finally {
			lock.unlock();
		}
		if (until == null || from.file() > until.file() || from.file() == until.file() && from.offset() >= until.size())
			return null;
		Path path = folder.file(from.file());
		long size = !Files.exists(path) ? 0 : from.file() == until.file() ? until.size() : Files.size(path);
		if (from.offset() >= size)
			return new Place(from.file() + 1, 0, from.number(), from.number());
		byte[] bytes = read(path, from.offset(), (int) Math.min(most, size - from.offset()));
		int whole = bytes.length;
		while (whole > 0 && bytes[whole - 1] != '\n')
			whole--;
		if (whole == 0) {
			// A line may be longer than what was read; what is no line ends with the file.
			bytes = read(path, from.offset(), (int) Math.min(Line.LONGEST, size - from.offset()));
			whole = 0;
			while (whole < bytes.length && bytes[whole++] != '\n') {
				// on
			}
		}
		List<AuditSink.Line> lines = lines(new String(bytes, 0, whole, StandardCharsets.UTF_8), from.number());
		if (!lines.isEmpty())
			connected().deliver(lines);
		uncertain += lines.size();
		long number = lines.isEmpty() ? from.number() : lines.getLast().number();
		return new Place(from.file(), from.offset() + whole, number, number);
	}

	private static byte[] read(Path path, long offset, int length) throws IOException {
		try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
			ByteBuffer bytes = ByteBuffer.allocate(length);
			while (bytes.hasRemaining() && in.read(bytes, offset + bytes.position()) >= 0) {
				// on
			}
			return java.util.Arrays.copyOf(bytes.array(), bytes.position());
		}
	}

	private static List<AuditSink.Line> lines(String text, long after) {
		var all = new ArrayList<AuditSink.Line>();
		text.lines().forEach(line -> {
			try {
				Map<String, Object> is = Json.read(line);
				long number = (Long) is.get("n");
				if (number > after)
					all.add(new AuditSink.Line(number, Instant.parse((String) is.get("time")), (String) is.get("event"), (String) is.get("result"), line));
			} catch (RuntimeException e) {
				// A part of a line, of a process that was killed; the log says so.
			}
		});
		return all;
	}

	private AuditSink.Delivery connected() throws IOException {
		if (open == null) {
			open = kind.sink().open(sink.settings());
			openedAt = System.nanoTime();
			uncertain = 0;
		}
		return open;
	}

	private void disconnect() {
		try {
			if (open != null)
				open.close();
		} catch (IOException e) {
			// It was broken.
		}
		open = null;
	}

	/** The last that the thread does. */
	private void finish() {
		if (sent != null) {
			try (FileChannel channel = LogFolder.open(placeFile); LogFolder.Held held = LogFolder.tryLock(placeFile, channel)) {
				if (held != null && !place(channel).isBehind(sent))
					sent = null; // another process has come further
				else if (held != null)
					made(channel);
			} catch (IOException | RuntimeException e) {
				// The next process sends it again.
			}
		}
		disconnect();
	}

	/** It is to end; {@link #close} waits for that. */
	void end() {
		locked(() -> closed = true);
	}

	@Override
	public void close() {
		end();
		try {
			if (!thread.join(GOODBYE)) {
				thread.interrupt();
				thread.join(GOODBYE);
			}
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		}
	}
}
