package org.strongroom.residency.internal.audit;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

import org.strongroom.core.residency.AuditEvent.Kind;

/**
 * Appends lines to a log, which other threads and processes may do, too: one at a time, by a lock on the state. A batch of lines is written as a whole, or, after an error, not at all. What another process
 * left unfinished is settled first. Appending takes as long however long the log is. For one thread at a time.
 */
final class Journal implements Closeable {
	/** A file is followed by another one once it has that many bytes. */
	static final long LARGEST_FILE = 64L << 20;
	/** How far a clock may go back, in milliseconds, without being noted: clocks are set right by a little all the time. */
	private static final long PUT_BACK = 2000;
	/** Most bytes that are read at the end of a log to find out what a process that was killed has left. */
	private static final long LONGEST_TAIL = 256L << 20;

	/** What is to be written. */
	@FunctionalInterface
	interface Bodies {
		/** Bodies of lines. @param file number of the file that they go to */
		List<String> of(int file) throws IOException;
	}

	private final LogFolder folder;
	private final Origin origin;
	private final Clock clock;
	private final long largestFile;
	private LogKeys keys;
	private FileChannel stateFile;
	private Object stateKey;
	private FileChannel file;
	private Object fileKey;
	private int fileNumber;
	/** As last written or read by this process. */
	private volatile State head;

	Journal(LogFolder folder, Origin origin, Clock clock, long largestFile) {
		this.folder = folder;
		this.origin = origin;
		this.clock = clock;
		this.largestFile = largestFile;
	}

	LogFolder folder() {
		return folder;
	}

	/** Where the log ended when this process last looked; null before. */
	State head() {
		return head;
	}

	/** The keys; once something was appended. */
	LogKeys keys() {
		return Objects.requireNonNull(keys);
	}

	/**
	 * Appends lines.
	 *
	 * @param sign whether a signature is to follow, and all is to be on the disk then
	 * @return where the log ends now
	 * @throws IOException if nothing was written
	 */
	State append(Bodies bodies, boolean sign) throws IOException {
		openState();
		try (var _ = LogFolder.lock(folder.state(), stateFile)) {
			if (keys == null)
				keys = LogKeys.open(folder);
			Optional<State> known = State.read(stateFile, keys);
			var batch = new Batch(settled(known));
			List<String> all = bodies.of(batch.fileNumber);
			batch.clock(all);
			batch.begin(all);
			for (String body : all)
				batch.add(body);
			if (sign && batch.unsigned > 0)
				batch.sign();
			head = batch.write(sign);
			return head;
		} catch (IOException | RuntimeException e) {
			closeFiles(); // what failed once is opened anew
			throw e;
		}
	}

	private void openState() throws IOException {
		if (stateFile != null && !Objects.equals(stateKey, key(folder.state())))
			forget(); // somebody took it away
		if (stateFile == null) {
			LogFolder.make(folder.path());
			stateFile = LogFolder.open(folder.state());
			stateKey = key(folder.state());
		}
	}

	private static Object key(Path file) throws IOException {
		try {
			Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
			return key == null ? "" : key;
		} catch (NoSuchFileException e) {
			return null;
		}
	}

	/** Makes a file of the log the one that is written to. */
	private void open(int number) throws IOException {
		Path path = folder.file(number);
		if (file != null && (fileNumber != number || !Objects.equals(fileKey, key(path)))) {
			file.close();
			file = null;
		}
		if (file == null) {
			file = LogFolder.open(path);
			fileNumber = number;
			fileKey = key(path);
		}
	}

	/** Where the log ends, and what has to be said before anything else is. */
	private record End(State state, long position, Map<String, String> gap) {
	}

	private End settled(Optional<State> known) throws IOException {
		if (known.isEmpty()) {
			List<Path> files = folder.files();
			if (files.isEmpty()) {
				keys.forNewLog();
				State fresh = State.fresh(UUID.randomUUID().toString());
				fresh.write(stateFile, keys);
				open(1);
				return new End(fresh, 0, Map.of());
			}
			return withoutState(files.getLast());
		}
		State state = known.get();
		boolean there = Files.exists(folder.file(state.file()));
		if (!there && state.size() > 0) {
			open(state.file() + 1);
			return new End(new State(state.log(), state.file() + 1, 0, state.number(), state.hash(), state.unsigned(), state.time()), file.size(), Map.of("missing", "file"));
		}
		open(state.file());
		long size = file.size();
		if (size < state.size())
			return new End(state, ended(size), Map.of("missing", "lines"));
		End end = size == state.size() ? new End(state, size, Map.of()) : tail(state, state.size());
		if (end.gap().isEmpty() && Files.exists(folder.file(state.file() + 1))) {
			open(state.file() + 1); // a process was killed when it had just begun it
			State s = end.state();
			return tail(new State(s.log(), s.file() + 1, 0, s.number(), s.hash(), s.unsigned(), s.time()), 0);
		}
		return end;
	}

	/** The end of a file whose last line may not be whole: with a line feed. */
	private long ended(long size) throws IOException {
		if (size > 0) {
			ByteBuffer last = ByteBuffer.allocate(1);
			file.read(last, size - 1);
			if (last.get(0) != '\n')
				writeFully(new byte[] { '\n' }, size++);
		}
		return size;
	}

	/** Without a state, the last file tells; that there was none is told by the log for good. */
	private End withoutState(Path last) throws IOException {
		int number = LogFolder.number(last);
		open(number);
		byte[] bytes = read(0);
		var reading = new Reading(bytes);
		Optional<Begin> begin = reading.begin();
		if (begin.isEmpty()) {
			State fresh = new State(UUID.randomUUID().toString(), number + 1, 0, 0, Line.NOTHING, 0, 0);
			open(number + 1);
			return new End(fresh, file.size(), Map.of("missing", "state"));
		}
		State before = new State(begin.get().log(), number, 0, begin.get().number() - 1, begin.get().previous(), Line.MOST_UNSIGNED, 0);
		End end = tail(before, 0);
		var gap = new LinkedHashMap<String, String>();
		gap.put("missing", "state");
		gap.putAll(end.gap());
		return new End(end.state(), end.position(), gap);
	}

	/** What lies behind a known end: lines of a process that was killed before it could say so, and perhaps a part of one. */
	private End tail(State state, long from) throws IOException {
		byte[] bytes = read(from);
		var reading = new Reading(bytes);
		long number = state.number();
		byte[] hash = state.hash();
		int unsigned = state.unsigned();
		while (reading.next(number + 1, hash)) {
			number++;
			hash = reading.hash();
			unsigned = reading.isCheckpoint() ? 0 : unsigned + 1;
		}
		State end = new State(state.log(), state.file(), from + reading.good(), number, hash, unsigned, state.time());
		if (reading.good() == bytes.length)
			return new End(end, from + bytes.length, Map.of());
		long position = ended(from + bytes.length);
		MessageDigest sha = Line.sha256();
		sha.update(bytes, reading.good(), bytes.length - reading.good());
		if (position > from + bytes.length)
			sha.update((byte) '\n');
		return new End(end, position, Map.of("torn", Long.toString(position - from - reading.good()), "sha256", HexFormat.of().formatHex(sha.digest())));
	}

	private byte[] read(long from) throws IOException {
		long length = file.size() - from;
		if (length > LONGEST_TAIL)
			throw new IOException("The audit log %s does not end where it should; move the folder away to begin a new one.".formatted(folder.path()));
		ByteBuffer bytes = ByteBuffer.allocate((int) length);
		while (bytes.hasRemaining() && file.read(bytes, from + bytes.position()) >= 0) {
			// on
		}
		return bytes.array();
	}

	private void writeFully(byte[] bytes, long at) throws IOException {
		ByteBuffer left = ByteBuffer.wrap(bytes);
		while (left.hasRemaining())
			file.write(left, at + left.position());
	}

	/** Lines on their way. */
	private final class Batch {
		private final ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
		private final MessageDigest sha = Line.sha256();
		private final String log;
		private final long now = clock.millis();
		private final long before;
		private final int fileNumber;
		private final boolean fresh;
		private final Map<String, String> gap;
		private long position;
		private long number;
		private byte[] hash;
		private int unsigned;
		/** Body of the line that was added last; null for none. */
		private String last;

		Batch(End end) throws IOException {
			State state = end.state();
			log = state.log();
			before = state.time();
			number = state.number();
			hash = state.hash();
			unsigned = state.unsigned();
			gap = end.gap();
			boolean rotates = end.position() >= largestFile && gap.isEmpty();
			fileNumber = rotates ? state.file() + 1 : state.file();
			if (rotates)
				open(fileNumber);
			position = rotates ? file.size() : end.position();
			fresh = position == 0;
		}

		/** The first line of a file, and what has to be said of what is before. */
		void begin(List<String> behind) throws IOException {
			if (fresh) {
				var detail = new LinkedHashMap<String, String>();
				detail.put("format", "1");
				detail.put("log", log);
				detail.put("file", Integer.toString(fileNumber));
				detail.put("prev", HexFormat.of().formatHex(hash));
				detail.put("key", keys.publicKey());
				add(origin.own(time(behind), Kind.BEGIN, detail));
			}
			if (!gap.isEmpty())
				add(origin.own(time(behind), Kind.GAP, gap));
		}

		void clock(List<String> behind) throws IOException {
			if (!fresh && now < before - PUT_BACK)
				add(origin.own(time(behind), Kind.CLOCK, Map.of("seconds", Long.toString((before - now) / 1000))));
		}

		/** For a line about the log: not after that of the event behind it, which happened before it was written. */
		private Instant time(List<String> behind) {
			Instant written = Instant.ofEpochMilli(now);
			if (behind.isEmpty())
				return written;
			Instant happened = Origin.time(behind.getFirst());
			return happened.isBefore(written) ? happened : written;
		}

		void add(String body) throws IOException {
			last = body;
			byte[] hashed = Line.hashed(number + 1, body);
			if (hashed.length + 256 > Line.LONGEST)
				throw new IOException("A line of the audit log is too long.");
			put(hashed);
			if (++unsigned >= Line.MOST_UNSIGNED)
				sign();
		}

		void sign() throws IOException {
			String body = origin.own(last == null ? Instant.ofEpochMilli(now) : Origin.time(last), Kind.CHECKPOINT, Map.of("log", log));
			byte[] open = Line.hashed(number + 1, body);
			put(Line.signed(open, keys.sign(Line.toSign(hash, open, 0, open.length))));
			unsigned = 0;
		}

		private void put(byte[] hashed) {
			hash = Line.hash(sha, hash, hashed, 0, hashed.length);
			out.writeBytes(Line.whole(hashed, hash));
			number++;
		}

		State write(boolean force) throws IOException {
			try {
				writeFully(out.toByteArray(), position);
				if (force)
					file.force(false);
				var state = new State(log, fileNumber, position + out.size(), number, hash, unsigned, now);
				state.write(stateFile, keys);
				return state;
			} catch (IOException e) {
				try {
					file.truncate(position);
				} catch (IOException truncate) {
					e.addSuppressed(truncate);
				}
				throw e;
			}
		}
	}

	/** What is in the folder now may be another log, with keys of its own. */
	private void forget() {
		closeFiles();
		keys = null;
	}

	private void closeFiles() {
		for (FileChannel channel : new FileChannel[] { file, stateFile }) {
			try {
				if (channel != null)
					channel.close();
			} catch (IOException e) {
				// It is not used any more.
			}
		}
		file = null;
		stateFile = null;
	}

	@Override
	public void close() {
		closeFiles();
	}
}
