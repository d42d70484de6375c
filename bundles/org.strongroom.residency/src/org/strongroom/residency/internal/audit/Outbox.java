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

	/** Bytes of the log that are read at once. */
	private static final int CHUNK = 256 << 10;
	/** How long it waits after an error, in milliseconds: at first, and at the most. */
	private static final long FIRST_PAUSE = 500;
	private static final long LONGEST_PAUSE = 30_000;
	/** How often it is looked whether another process has delivered, in milliseconds. */
	private static final long LOOK = 100;

	/** How far it has come. @param number of the last line that was delivered */
	private record Place(int file, long offset, long number) {
		static final Place BEGINNING = new Place(1, 0, 0);
	}

	private final LogFolder folder;
	private final Sink sink;
	private final Kind kind;
	private final Path placeFile;
	private final ReentrantLock lock = new ReentrantLock();
	private final Condition changed = lock.newCondition();
	private final Thread thread;
	private State end;
	private long delivered;
	private String problem;
	private boolean closed;
	private AuditSink.Delivery open;

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
		lock.lock();
		try {
			end = now;
			changed.signalAll();
		} finally {
			lock.unlock();
		}
	}

	Optional<String> problem() {
		lock.lock();
		try {
			return Optional.ofNullable(problem);
		} finally {
			lock.unlock();
		}
	}

	/** Waits until a line was delivered. @return whether it was */
	boolean await(long number, Duration limit) throws InterruptedException {
		long left = limit.toNanos();
		lock.lock();
		try {
			while (delivered < number && !closed) {
				if (left <= 0)
					return false;
				left = changed.awaitNanos(left);
			}
			return delivered >= number;
		} finally {
			lock.unlock();
		}
	}

	private void run() {
		long pause = FIRST_PAUSE;
		while (true) {
			try {
				if (!waitForMore())
					return;
				if (deliver())
					pause = FIRST_PAUSE;
				else
					pause(LOOK); // another process is at it
			} catch (InterruptedException e) {
				return;
			} catch (IOException | RuntimeException | LinkageError e) {
				disconnect();
				told("The audit sink '%s' is down: %s".formatted(sink.name(), Problem.of(e).message()));
				try {
					pause(pause);
				} catch (InterruptedException x) {
					return;
				}
				pause = Math.min(LONGEST_PAUSE, 2 * pause);
			}
		}
	}

	private void told(String what) {
		lock.lock();
		try {
			problem = what;
			changed.signalAll();
		} finally {
			lock.unlock();
		}
	}

	private boolean waitForMore() throws InterruptedException {
		lock.lock();
		try {
			while (!closed && (end == null || delivered >= end.number()))
				changed.await();
			return !closed;
		} finally {
			lock.unlock();
		}
	}

	private void pause(long milliseconds) throws InterruptedException {
		lock.lock();
		try {
			long left = TimeUnit.MILLISECONDS.toNanos(milliseconds);
			while (left > 0 && !closed)
				left = changed.awaitNanos(left);
		} finally {
			lock.unlock();
		}
	}

	/** @return false if another process is at it */
	private boolean deliver() throws IOException {
		LogFolder.make(placeFile.getParent());
		try (FileChannel channel = LogFolder.open(placeFile)) {
			LogFolder.Held held = LogFolder.tryLock(placeFile, channel);
			if (held == null) {
				came(place(channel).number());
				return false;
			}
			try (held) {
				Place place = place(channel);
				came(place.number());
				for (Place next; (next = deliver(place)) != null; place = next) {
					keep(channel, next);
					came(next.number());
				}
				return true;
			}
		}
	}

	private void came(long number) {
		lock.lock();
		try {
			delivered = Math.max(delivered, number);
			if (open != null)
				problem = null;
			changed.signalAll();
		} finally {
			lock.unlock();
		}
	}

	private static Place place(FileChannel channel) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(128);
		while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
			// on
		}
		try {
			String[] words = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip().split(" ");
			return new Place(Integer.parseInt(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
		} catch (RuntimeException e) {
			return Place.BEGINNING; // what is delivered twice is told by its number
		}
	}

	private static void keep(FileChannel channel, Place place) throws IOException {
		ByteBuffer bytes = ByteBuffer.wrap(Line.bytes("%-63s\n".formatted(place.file() + " " + place.offset() + " " + place.number())));
		while (bytes.hasRemaining())
			channel.write(bytes, bytes.position());
	}

	/** Delivers what comes next. @return where it ended; null if there is no more */
	private Place deliver(Place from) throws IOException {
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
			return new Place(from.file() + 1, 0, from.number());
		byte[] bytes = read(path, from.offset(), (int) Math.min(CHUNK, size - from.offset()));
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
		return new Place(from.file(), from.offset() + whole, lines.isEmpty() ? from.number() : lines.getLast().number());
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
		if (open == null)
			open = kind.sink().open(sink.settings());
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

	@Override
	public void close() {
		lock.lock();
		try {
			closed = true;
			changed.signalAll();
		} finally {
			lock.unlock();
		}
		thread.interrupt();
		try {
			thread.join(Duration.ofSeconds(1));
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		}
		disconnect();
	}
}
