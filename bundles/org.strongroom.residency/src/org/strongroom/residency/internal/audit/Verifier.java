package org.strongroom.residency.internal.audit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.strongroom.residency.audit.DamagedLogException;
import org.strongroom.residency.audit.Verification;

/**
 * Makes sure that a log is what was written. Reads each file once; blocks of lines are checked by all processors at the same time, for what a line is chained to stands in the line before. Asks no
 * server. For one use.
 */
final class Verifier {
	/** Bytes that are checked by one thread at a time. */
	private static final int BLOCK = 4 << 20;
	/** Most bytes of the first line of a file. */
	private static final int LONGEST_BEGIN = 16 << 10;
	/** Most bytes behind a line that is none in which the line that explains it is looked for. */
	private static final int LONGEST_TORN = 2 * Line.LONGEST;
	private static final String FORGED = "the signature does not fit: this line, or one after line %,d of the log, was changed by somebody who has not the key";
	private static final String UNSIGNED = "there is no signature since line %,d of the log: some were removed";
	private static final byte[] GAP = Line.bytes("\"event\":\"gap\"");
	private static final byte[] CLOCK = Line.bytes("\"event\":\"clock\"");
	/** Where the time is, behind the comma after the number, and how long it is. */
	private static final int TIME = ",\"time\":\"".length();
	private static final int TIME_LENGTH = "2026-11-29T21:05:03.123Z".length();

	private final List<Path> files;
	private final Optional<State> state;
	private final Optional<byte[]> noted;
	private final Optional<String> expectedKey;
	private final int processors = Runtime.getRuntime().availableProcessors();
	private final List<String> notes = new ArrayList<>();
	private Begin begin;
	private PublicKey key;
	private Position at;
	private boolean stateFound;
	private boolean notedFound;
	private long checkpoints;
	private long lastSigned;
	private String firstTime;
	private String lastTime = "";

	/**
	 * How far the log was found to be whole.
	 *
	 * @param lines of the file so far
	 * @param offset in the file
	 * @param number of the last line
	 */
	private record Position(long lines, long offset, long number, byte[] hash, int unsigned) {
	}

	/**
	 * @param state where it ended, as far as that is known
	 * @param noted hash of a line that has to be there
	 * @param expectedKey by which it must be signed, as {@link LogKeys#publicKey}
	 */
	Verifier(List<Path> files, Optional<State> state, Optional<byte[]> noted, Optional<String> expectedKey) {
		this.files = files;
		this.state = state;
		this.noted = noted;
		this.expectedKey = expectedKey;
	}

	/** @param wholeLog whether it has to begin with the first line there ever was */
	Verification verify(boolean wholeLog) throws IOException {
		long firstNumber = 0;
		long lines = 0;
		try (ExecutorService threads = Executors.newFixedThreadPool(processors)) {
			for (int i = 0; i < files.size(); i++) {
				try (FileChannel in = FileChannel.open(files.get(i), StandardOpenOption.READ)) {
					file(i, in, wholeLog);
					if (i == 0)
						firstNumber = at.number() + 1;
					walk(files.get(i), in, in.size(), threads);
					lines += at.lines();
				}
			}
		}
		Path last = files.getLast();
		if (state.isPresent()) {
			State known = state.get();
			if (known.number() > at.number())
				throw new DamagedLogException(last, at.lines() + 1, known.number() == at.number() + 1 ? "line %,d of the log is missing here".formatted(known.number())
						: "lines %,d to %,d of the log are missing here".formatted(at.number() + 1, known.number()));
			if (!stateFound && known.number() > 0)
				throw new DamagedLogException(last, at.lines(), "this is not the log that was written last: line %,d had another hash".formatted(known.number()));
		}
		if (noted.isPresent() && !notedFound)
			throw new DamagedLogException(last, at.lines(), "no line up to here has the hash that was noted: the log was changed before it, or does not reach as far");
		if (lastSigned < at.number())
			notes.add("Lines %,d to %,d are not signed yet.".formatted(lastSigned + 1, at.number()));
		return new Verification(begin.log(), begin.machine(), begin.user(), files.size(), lines, firstNumber, at.number(), firstTime == null ? "" : firstTime, lastTime, checkpoints, lastSigned,
				HexFormat.of().formatHex(at.hash()), begin.key(), notes);
	}

	/** The beginning of a file. */
	private void file(int i, FileChannel in, boolean wholeLog) throws IOException {
		Path path = files.get(i);
		Begin found = new Reading(read(in, 0, Math.min(in.size(), LONGEST_BEGIN))).begin().orElseThrow(() -> new DamagedLogException(path, 1, "no file of an audit log begins like this"));
		int number = LogFolder.number(path);
		if (number > 0 && number != found.file())
			throw new DamagedLogException(path, 1, "this is file %d of the log".formatted(found.file()));
		if (i == 0) {
			begin = found;
			if (wholeLog && (found.file() != 1 || found.number() != 1 || !Arrays.equals(found.previous(), Line.NOTHING)))
				throw new DamagedLogException(path, 1, "the log does not begin here: what was before is missing");
			if (!wholeLog && found.number() > 1)
				notes.add("Lines 1 to %,d are in files before these.".formatted(found.number() - 1));
			if (expectedKey.isPresent() && !expectedKey.get().equals(found.key()))
				throw new DamagedLogException(path, 1, "the log was begun with another key than the one it should have");
			try {
				key = LogKeys.verifying(found.key());
			} catch (GeneralSecurityException | RuntimeException e) {
				throw new DamagedLogException(path, 1, "the key in it is none");
			}
			at = new Position(0, 0, found.number() - 1, found.previous(), 0);
			return;
		}
		if (!found.log().equals(begin.log()))
			throw new DamagedLogException(path, 1, "another log begins here");
		if (found.file() != LogFolder.number(files.get(i - 1)) + 1 && LogFolder.number(files.get(i - 1)) > 0)
			throw new DamagedLogException(path, 1, "the file before is missing");
		if (!found.key().equals(begin.key()))
			throw new DamagedLogException(path, 1, "this file has another key than those before");
		at = new Position(0, 0, at.number(), at.hash(), at.unsigned());
	}

	/**
	 * What was found in a block.
	 *
	 * @param lines that are whole, and where they end
	 * @param unsigned lines since the last checkpoint in it, or its beginning
	 * @param wrong what is wrong with the last of them, with a place for the number of the line that was signed last
	 */
	private record Found(long lines, long offset, long number, byte[] hash, int unsigned, int checkpoints, long lastSigned, Optional<String> wrong, boolean isAll, boolean state, boolean noted,
			String first, String last, List<String> notes) {
	}

	/** A block on its way. @param whole bytes of it that are whole lines */
	private record Block(byte[] bytes, int whole, Position from) {
	}

	private void walk(Path path, FileChannel in, long size, ExecutorService threads) throws IOException {
		while (at.offset() < size) {
			blocks(path, in, size, threads);
			if (at.offset() < size)
				over(path, in, size);
		}
	}

	/** Goes on as long as one line is chained to the other. */
	private void blocks(Path path, FileChannel in, long size, ExecutorService threads) throws IOException {
		Deque<Future<Found>> started = new ArrayDeque<>();
		Position next = at;
		try {
			do {
				while (next != null && started.size() < 2 * processors) {
					Block block = block(in, next, size);
					if (block == null) {
						next = null;
					} else {
						started.add(threads.submit(() -> check(block)));
						next = after(block);
					}
				}
			} while (!started.isEmpty() && take(path, get(started.remove())));
		} finally {
			started.forEach(f -> f.cancel(true));
		}
	}

	private static Found get(Future<Found> started) throws IOException {
		try {
			return started.get();
		} catch (ExecutionException e) {
			throw new IOException(e.getCause());
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Cancelled.");
		}
	}

	private static byte[] read(FileChannel in, long from, long length) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate((int) length);
		while (bytes.hasRemaining() && in.read(bytes, from + bytes.position()) >= 0) {
			// on
		}
		return bytes.position() == length ? bytes.array() : Arrays.copyOf(bytes.array(), bytes.position());
	}

	private static Block block(FileChannel in, Position from, long size) throws IOException {
		if (from.offset() >= size)
			return null;
		byte[] bytes = read(in, from.offset(), Math.min(size - from.offset(), BLOCK));
		int whole = bytes.length;
		while (whole > 0 && bytes[whole - 1] != '\n')
			whole--;
		return whole == 0 ? null : new Block(bytes, whole, from);
	}

	/** Where the next block begins, if the last line of this one is what it says it is; null if that cannot be. */
	private static Position after(Block block) {
		byte[] bytes = block.bytes();
		int from = block.whole() - 1;
		while (from > 0 && bytes[from - 1] != '\n')
			from--;
		int end = Line.hashedEnd(bytes, from, block.whole());
		byte[] hash = end < 0 ? null : Line.saidHash(bytes, end);
		long number = end < 0 ? -1 : Line.number(bytes, from, end);
		return hash == null || number < 0 ? null : new Position(0, block.from().offset() + block.whole(), number, hash, 0);
	}

	private Found check(Block block) {
		byte[] bytes = block.bytes();
		var reading = new Reading(bytes, block.whole());
		long number = block.from().number();
		byte[] hash = block.from().hash();
		long lines = 0;
		int unsigned = 0;
		int signed = 0;
		long signedLast = -1;
		boolean stateHere = false;
		boolean notedHere = false;
		String first = null;
		var said = new ArrayList<String>();
		String wrong = null;
		while (wrong == null && reading.next(number + 1, hash)) {
			byte[] previous = hash;
			hash = reading.hash();
			number++;
			if (lines++ == 0)
				first = time(bytes, reading.from());
			if (state.isPresent() && number == state.get().number())
				stateHere = Arrays.equals(hash, state.get().hash());
			if (noted.isPresent() && hash[0] == noted.get()[0] && Arrays.equals(hash, noted.get()))
				notedHere = true;
			if (reading.isCheckpoint()) {
				if (isSigned(bytes, reading, previous)) {
					signed++;
					signedLast = number;
					unsigned = 0;
				} else {
					wrong = FORGED;
				}
			} else if (++unsigned > Line.MOST_UNSIGNED) {
				wrong = UNSIGNED;
			} else if (reading.is(GAP)) {
				Map<?, ?> gap = detail(reading.text());
				Object missing = gap.get("missing");
				if (gap.get("lost") != null)
					said.add("Line %,d: %s events were lost before it, for the log could not be written for so long that there was no room for more.".formatted(number, gap.get("lost")));
				if (missing != null)
					wrong = "when this was written the end of the log was missing (%s): what was before may have been cut".formatted("lines".equals(missing) ? "lines" : "the " + missing);
			} else if (reading.is(CLOCK)) {
				said.add("Line %,d: the clock of the machine was put back by %s s.".formatted(number, detail(reading.text()).get("seconds")));
			}
		}
		return new Found(lines, block.from().offset() + reading.good(), number, hash, unsigned, signed, signedLast, Optional.ofNullable(wrong), reading.good() == block.whole(), stateHere, notedHere, first,
				lines == 0 ? null : time(bytes, reading.from()), said);
	}

	private static String time(byte[] bytes, int from) {
		int at = from + Line.BEFORE.length;
		while (bytes[at] != ',')
			at++;
		return new String(bytes, at + TIME, Math.min(TIME_LENGTH, bytes.length - at - TIME), StandardCharsets.UTF_8);
	}

	private static Map<?, ?> detail(String line) {
		try {
			return Json.read(line).get("detail") instanceof Map<?, ?> detail ? detail : Map.of();
		} catch (RuntimeException e) {
			return Map.of();
		}
	}

	private boolean isSigned(byte[] bytes, Reading reading, byte[] previous) {
		int end = Line.signedEnd(bytes, reading.from(), reading.end());
		byte[] signature = end < 0 ? null : Line.signature(bytes, end);
		if (signature == null)
			return false;
		try {
			Signature check = Signature.getInstance("Ed25519");
			check.initVerify(key);
			check.update(Line.toSign(previous, bytes, reading.from(), end - reading.from()));
			return check.verify(signature);
		} catch (GeneralSecurityException e) {
			return false;
		}
	}

	/** Takes what was found in the next block. @return whether all of it was whole */
	private boolean take(Path path, Found found) throws IOException {
		int unsigned = found.checkpoints() == 0 ? at.unsigned() + found.unsigned() : found.unsigned();
		at = new Position(at.lines() + found.lines(), found.offset(), found.number(), found.hash(), unsigned);
		stateFound |= found.state();
		notedFound |= found.noted();
		checkpoints += found.checkpoints();
		if (found.checkpoints() > 0)
			lastSigned = found.lastSigned();
		if (firstTime == null)
			firstTime = found.first();
		if (found.last() != null)
			lastTime = found.last();
		notes.addAll(found.notes());
		String wrong = found.wrong().orElse(unsigned > Line.MOST_UNSIGNED ? UNSIGNED : null);
		if (wrong != null)
			throw new DamagedLogException(path, at.lines(), wrong.formatted(lastSigned));
		return found.isAll();
	}

	/** Gets over what is no line, if the log itself explains it. */
	private void over(Path path, FileChannel in, long size) throws IOException {
		byte[] bytes = read(in, at.offset(), Math.min(size - at.offset(), LONGEST_TORN));
		int lines = 0;
		int firstEnd = -1;
		for (int i = 1; i < bytes.length; i++) {
			if (bytes[i - 1] != '\n')
				continue;
			lines++;
			if (firstEnd < 0)
				firstEnd = i;
			var reading = new Reading(bytes, i, bytes.length);
			if (reading.next(at.number() + 1, at.hash()) && reading.is(GAP) && explains(detail(reading.text()), bytes, i)) {
				notes.add("%s, line %d is not whole: a process was ended while it wrote, or the disk was full. Line %,d of the log says so.".formatted(path.getFileName(), at.lines() + 1, at.number() + 1));
				at = new Position(at.lines() + lines, at.offset() + i, at.number(), at.hash(), at.unsigned());
				return;
			}
		}
		if (firstEnd < 0 && bytes[bytes.length - 1] != '\n') {
			if (stateFound && path.equals(files.getLast()) && bytes.length == size - at.offset()) {
				notes.add("%s, line %d is not whole: a process was ended while it wrote, or the disk was full. The next one will say so in the log.".formatted(path.getFileName(), at.lines() + 1));
				at = new Position(at.lines(), size, at.number(), at.hash(), at.unsigned());
				return;
			}
			throw new DamagedLogException(path, at.lines() + 1, "it is not whole");
		}
		throw new DamagedLogException(path, at.lines() + 1, reason(bytes, firstEnd < 0 ? bytes.length : firstEnd));
	}

	private static boolean explains(Map<?, ?> gap, byte[] bytes, int length) {
		MessageDigest sha = Line.sha256();
		sha.update(bytes, 0, length);
		return Integer.toString(length).equals(gap.get("torn")) && HexFormat.of().formatHex(sha.digest()).equals(gap.get("sha256"));
	}

	private String reason(byte[] bytes, int end) {
		int hashed = Line.hashedEnd(bytes, 0, end);
		long number = hashed < 0 ? -1 : Line.number(bytes, 0, hashed);
		long expected = at.number() + 1;
		if (number < 0)
			return "this is no line of an audit log";
		if (number == expected)
			return "it was changed";
		return number < expected ? "line %,d of the log is out of its place".formatted(number)
				: number == expected + 1 ? "line %,d of the log is missing before it".formatted(expected) : "lines %,d to %,d of the log are missing before it".formatted(expected, number - 1);
	}
}
