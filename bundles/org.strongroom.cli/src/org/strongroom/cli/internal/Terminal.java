package org.strongroom.cli.internal;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The terminal of the person, wherever standard input and output lead: {@code /dev/tty}, as ssh uses it. */
final class Terminal implements Closeable {
	static final Path DEVICE = Path.of("/dev/tty");
	private static final int LONGEST_ANSWER = 4096;
	private final FileChannel in;
	private final FileChannel out;
	/** The terminal's settings to go back to, while it does not echo; in the form of {@code stty -g}. */
	private volatile String settings;

	private Terminal() throws IOException {
		in = FileChannel.open(DEVICE, StandardOpenOption.READ);
		try {
			out = FileChannel.open(DEVICE, StandardOpenOption.WRITE);
		} catch (IOException e) {
			in.close();
			throw e;
		}
	}

	/** The terminal, if this process has one. */
	static Optional<Terminal> open() {
		try {
			return Files.exists(DEVICE) ? Optional.of(new Terminal()) : Optional.empty();
		} catch (IOException e) {
			return Optional.empty();
		}
	}

	/** Whether one of the three standard streams is a terminal: 0, 1, 2. */
	static boolean isTerminal(int stream) {
		try {
			String device = Path.of("/proc/self/fd/" + stream).toRealPath().toString();
			return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
		} catch (IOException e) {
			var console = System.console();
			return console != null && console.isTerminal();
		}
	}

	void show(String text) throws IOException {
		var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
		while (bytes.hasRemaining())
			out.write(bytes);
	}

	/**
	 * Asks for one line typed by the person. What must not be seen is not seen from the moment the question is there: an answer may be pasted at once.
	 *
	 * @param echo whether it may be seen
	 * @return without the line's end; null if the person ended the input
	 * @throws IOException if the terminal is gone or cannot be kept from showing it
	 */
	char[] ask(String question, boolean echo) throws IOException {
		if (echo) {
			show(question);
			return read();
		}
		settings = stty("-g").strip();
		if (!settings.matches("[0-9a-fA-F:]+(=[0-9a-fA-F]+)?.*")) {
			settings = null;
			throw new IOException("the terminal's settings cannot be read");
		}
		stty("-echo");
		try {
			show(question);
			return read();
		} finally {
			restore();
			show("\n");
		}
	}

	/** Lets the terminal echo again; for any thread. */
	void restore() throws IOException {
		String before = settings;
		if (before != null) {
			stty(before);
			settings = null;
		}
	}

	private char[] read() throws IOException {
		byte[] bytes = new byte[LONGEST_ANSWER];
		try {
			int length = 0;
			var one = ByteBuffer.allocate(1);
			for (;;) {
				one.clear();
				if (in.read(one) < 0) {
					if (length == 0)
						return null;
					break;
				}
				byte b = one.get(0);
				one.put(0, (byte) 0);
				if (b == '\n')
					break;
				if (length == bytes.length)
					throw new IOException("the answer is too long");
				bytes[length++] = b;
			}
			return Utf8.chars(bytes, length);
		} finally {
			Arrays.fill(bytes, (byte) 0);
		}
	}

	private static String stty(String setting) throws IOException {
		Process stty = new ProcessBuilder("stty", setting).redirectInput(DEVICE.toFile()).redirectError(new File("/dev/null")).start();
		try {
			String said = new String(stty.getInputStream().readNBytes(4096), StandardCharsets.US_ASCII);
			if (!stty.waitFor(Duration.ofSeconds(5).toMillis(), TimeUnit.MILLISECONDS) || stty.exitValue() != 0)
				throw new IOException("the terminal cannot be kept from showing what is typed");
			return said;
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			throw new java.io.InterruptedIOException();
		} finally {
			stty.destroyForcibly();
		}
	}

	@Override
	public void close() throws IOException {
		restore();
		in.close();
		out.close();
	}
}
