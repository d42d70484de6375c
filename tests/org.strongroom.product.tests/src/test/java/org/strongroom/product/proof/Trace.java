package org.strongroom.product.proof;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What some processes and all that these started wrote, and which names they gave the system, by {@code strace}. A record has one file for each thread, with lines such as
 * {@code 1732.5 write(3</tmp/a>, "text\n", 5) = 5}; they are read in the order of time.
 */
final class Trace {
	/** What carries bytes out of a process. */
	private static final Set<String> BYTES = Set.of("write", "pwrite64", "writev", "pwritev", "pwritev2", "sendto", "sendmsg", "sendmmsg", "vmsplice", "process_vm_writev", "msgsnd", "mq_timedsend",
			"setxattr", "lsetxattr", "fsetxattr", "add_key");
	/** What takes names. */
	private static final Set<String> NAMES = Set.of("open", "openat", "openat2", "creat", "mkdir", "mkdirat", "mknod", "mknodat", "rename", "renameat", "renameat2", "link", "linkat", "symlink",
			"symlinkat", "memfd_create", "truncate", "connect", "bind", "mq_open");
	/** What writes bytes that strace does not show: from one file to another within the kernel, from memory that is a file, or through a queue in memory. */
	private static final Set<String> UNSEEN = Set.of("copy_file_range", "sendfile", "splice", "mmap", "io_uring_setup", "io_submit");
	/** Longest string that is recorded whole; a longer one is an error. */
	private static final int LONGEST = 16 << 20;

	/** What a process says through a pipe: to whoever started it, or to another process that is traced. */
	static final String OUTPUT = "standard output";
	static final String ERROR = "standard error";
	/** Any other pipe was made by one of the traced processes and leads to one of them. Nothing is kept in it, and what its reader does with it is seen. */
	private static final String WITHIN = "pipe";
	private static final String NOWHERE = "/dev/null<";

	private final Search search;
	private final Map<String, Search.Stream> streams = new HashMap<>();
	private final Map<String, Set<String>> leaks = new LinkedHashMap<>();
	private final Map<String, String> peers = new HashMap<>();
	private final Map<String, Long> written = new TreeMap<>();

	private Trace(Search search) {
		this.search = search;
	}

	/** Why nothing can be traced on this machine, in words for a test report; empty when it can. */
	static Optional<String> unavailable() {
		if (!System.getProperty("os.name").equals("Linux"))
			return Optional.of("strace is for Linux alone");
		try {
			Process process = new ProcessBuilder("strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=write", "true").redirectErrorStream(true).start();
			String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			return process.waitFor() == 0 ? Optional.empty() : Optional.of("strace may not trace here: " + said.strip());
		} catch (IOException e) {
			return Optional.of("strace is missing (Debian: strace)");
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			return Optional.of("interrupted");
		}
	}

	/** What stands before a command to have it traced. @param record an empty folder */
	static List<String> of(Path record) {
		var calls = new TreeSet<String>();
		// not every processor has all of them
		Stream.of(BYTES, NAMES, UNSEEN).flatMap(Set::stream).map(c -> "?" + c).forEach(calls::add);
		return List.of("strace", "-ff", "--seccomp-bpf", "-ttt", "-yy", "-s", Integer.toString(LONGEST), "-e", "abbrev=none", "-e", "signal=none", "-e", "trace=" + String.join(",", calls), "-o",
				record.resolve("trace").toString());
	}

	/**
	 * Reads a record.
	 *
	 * @param aside destinations that are no place where something is kept, by their names
	 */
	static Trace read(Path record, Search search, Predicate<String> aside) throws IOException {
		var trace = new Trace(search);
		var threads = new PriorityQueue<Lines>();
		try (Stream<Path> files = Files.list(record)) {
			for (Path file : files.toList()) {
				var lines = new Lines(file);
				if (lines.next())
					threads.add(lines);
			}
		}
		for (Lines lines = threads.poll(); lines != null; lines = threads.poll()) {
			trace.call(new Call(lines.line, lines.length), aside);
			if (lines.next())
				threads.add(lines);
		}
		return trace;
	}

	/** Where canaries were written or named, and what may have hidden some. */
	List<Leak> leaks() {
		return leaks.entrySet().stream().map(e -> new Leak(e.getKey(), e.getValue())).toList();
	}

	/** How many bytes went where: files, sockets, {@link #OUTPUT} and the like. */
	Map<String, Long> written() {
		return written;
	}

	private void call(Call call, Predicate<String> aside) throws IOException {
		String socket = local(call.target);
		if (call.name.equals("connect") && !socket.isEmpty() && call.strings.size() == 1)
			peers.put(socket, new String(call.strings.getFirst(), StandardCharsets.UTF_8));
		if (BYTES.contains(call.name)) {
			String where = call.target;
			if (!socket.isEmpty())
				where = "socket " + peers.getOrDefault(socket, socket);
			if (call.target.startsWith("pipe:"))
				where = call.descriptor == 1 ? OUTPUT : call.descriptor == 2 ? ERROR : WITHIN;
			// a call that failed wrote nothing, but tried to
			long length = call.result < 0 ? Long.MAX_VALUE : call.result;
			if (call.cut)
				leak("cut short: " + where, Set.of(call.name));
			if (where.equals(WITHIN) || where.startsWith(NOWHERE))
				return;
			Search.Stream stream = streams.computeIfAbsent(where, _ -> search.new Stream());
			for (byte[] bytes : call.strings) {
				// how much of messages was sent is told by a number of another kind
				int taken = call.name.equals("sendmmsg") ? bytes.length : (int) Math.min(bytes.length, length);
				written.merge(where, (long) taken, Long::sum);
				Set<String> found = stream.next(bytes, taken);
				if (!found.isEmpty() && !aside.test(where))
					leak(where, found);
				length -= taken;
			}
		} else if (NAMES.contains(call.name)) {
			for (byte[] name : call.strings) {
				Set<String> found = search.in(name);
				if (!found.isEmpty()) {
					String path = new String(name, StandardCharsets.UTF_8);
					// names in a folder that is open are told without it
					leak(call.name + " " + (!path.startsWith("/") && call.target.startsWith("/") ? call.target + "/" + path : path), found);
				}
			}
		} else if (UNSEEN.contains(call.name) && hides(call) && !aside.test(call.target)) {
			leak("unseen: " + call.name + " " + call.target, Set.of(call.name));
		}
	}

	/** Sockets of this machine have a number, and another one of whom they are connected to, which is told once it is known: {@code UNIX-STREAM:[5->6]}. */
	private static String local(String target) {
		return target.startsWith("UNIX") ? target.replaceFirst("[-\\],].*$", "").replaceFirst("^.*\\[", "UNIX ") : "";
	}

	/** Memory counts only if it is a file's and can be written: such a file changes without a call. */
	private static boolean hides(Call call) {
		if (call.result < 0)
			return false;
		return !call.name.equals("mmap") || call.target.startsWith("/") && call.flags.contains("PROT_WRITE") && call.flags.contains("MAP_SHARED") && !call.target.startsWith("/memfd:");
	}

	private void leak(String where, Set<String> forms) {
		leaks.computeIfAbsent(where, _ -> new TreeSet<>()).addAll(forms);
	}

	/** One line of a record. */
	private static final class Call {
		private final byte[] line;
		private final int end;
		private int at;
		private String name = "";
		/** The first file descriptor's number, and what it is. */
		private int descriptor = -1;
		private String target = "";
		private final List<byte[]> strings = new ArrayList<>();
		private String flags = "";
		private boolean cut;
		private long result = -1;

		Call(byte[] line, int end) {
			this.line = line;
			this.end = end;
			skipTo(' ');
			int from = ++at;
			if (from >= end || line[from] == '+' || line[from] == '-')
				return;
			skipTo('(');
			name = new String(line, from, at - from, StandardCharsets.US_ASCII);
			arguments();
		}

		private void skipTo(char wanted) {
			while (at < end && line[at] != wanted)
				at++;
		}

		private void arguments() {
			var rest = new StringBuilder();
			int number = -1;
			for (at++; at < end; at++) {
				char c = (char) line[at];
				switch (c) {
				case '"' -> strings.add(string());
				case '<' -> {
					String what = annotation();
					if (target.isEmpty()) {
						descriptor = number;
						target = what;
					}
				}
				default -> {
					number = c >= '0' && c <= '9' ? (number < 0 ? 0 : number * 10) + c - '0' : -1;
					rest.append(c);
				}
				}
			}
			flags = rest.toString();
			int equals = flags.lastIndexOf(" = ");
			if (equals >= 0)
				result = number(flags, equals + 3);
			// where data goes to is the second of these
			if (name.equals("copy_file_range") || name.equals("splice"))
				target = flags;
		}

		private static long number(String text, int from) {
			int to = from;
			while (to < text.length() && Character.isDigit(text.charAt(to)))
				to++;
			return to == from || to - from > 18 ? text.startsWith("0x", from) ? 0 : -1 : Long.parseLong(text.substring(from, to));
		}

		/** What is told of a file descriptor: {@code 3<...>}. Within paths {@code <} and {@code >} are escaped. */
		private String annotation() {
			var text = new ByteArrayOutputStream();
			int depth = 1;
			for (at++; at < end; at++) {
				byte b = line[at];
				if (b == '<')
					depth++;
				else if (b == '>' && line[at - 1] != '-' && --depth == 0)
					break;
				if (b == '\\')
					text.write(escaped());
				else
					text.write(b);
			}
			return text.toString(StandardCharsets.UTF_8);
		}

		private byte[] string() {
			var bytes = new ByteArrayOutputStream();
			for (at++; at < end && line[at] != '"'; at++)
				bytes.write(line[at] == '\\' ? escaped() : line[at]);
			cut |= at + 3 < end && line[at + 1] == '.' && line[at + 2] == '.' && line[at + 3] == '.';
			return bytes.toByteArray();
		}

		/** A character after a backslash, as C has it; at its last byte afterwards. */
		private int escaped() {
			int value = 0;
			int digits = 0;
			while (digits < 3 && at + 1 < end && line[at + 1] >= '0' && line[at + 1] <= '7') {
				value = value * 8 + line[++at] - '0';
				digits++;
			}
			if (digits > 0)
				return value;
			return switch (line[++at]) {
			case 'n' -> '\n';
			case 't' -> '\t';
			case 'r' -> '\r';
			case 'v' -> 0x0B;
			case 'f' -> '\f';
			default -> line[at];
			};
		}
	}

	/** The lines of one thread; the one that is earliest comes first. */
	private static final class Lines implements Comparable<Lines>, Closeable {
		private final InputStream in;
		private final byte[] read = new byte[8192];
		private int taken;
		private int filled;
		private byte[] line = new byte[256];
		private int length;
		private double time;

		Lines(Path file) throws IOException {
			in = Files.newInputStream(file);
		}

		boolean next() throws IOException {
			length = 0;
			for (boolean ended = false; !ended && more();) {
				int end = taken;
				while (end < filled && read[end] != '\n')
					end++;
				if (length + end - taken > line.length)
					line = Arrays.copyOf(line, Math.max(2 * line.length, length + end - taken));
				System.arraycopy(read, taken, line, length, end - taken);
				length += end - taken;
				ended = end < filled;
				taken = ended ? end + 1 : end;
			}
			if (length == 0) {
				close();
				return false;
			}
			int space = 0;
			while (space < length && line[space] != ' ')
				space++;
			time = Double.parseDouble(new String(line, 0, space, StandardCharsets.US_ASCII));
			return true;
		}

		private boolean more() throws IOException {
			if (taken == filled) {
				taken = 0;
				filled = Math.max(0, in.read(read));
			}
			return filled > 0;
		}

		@Override
		public int compareTo(Lines other) {
			return Double.compare(time, other.time);
		}

		@Override
		public void close() throws IOException {
			in.close();
		}
	}
}
