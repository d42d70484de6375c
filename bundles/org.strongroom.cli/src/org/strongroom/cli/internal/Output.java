package org.strongroom.cli.internal;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.strongroom.core.auth.Challenge;

/** Standard output, always in UTF-8. To a terminal, control characters are made harmless; anything else is given the exact bytes. For one thread. */
final class Output {
	/** Nobody reads on, or there is no room: not an error of what was being shown. */
	static final class LostException extends IOException {
		private static final long serialVersionUID = 1L;

		LostException(IOException cause) {
			super("Standard output cannot be written: " + cause.getMessage(), cause);
		}

		/** Whether the reader simply has enough, as {@code head} does. */
		boolean isReaderGone() {
			String message = getCause().getMessage();
			return message != null && (message.contains("Broken pipe") || message.contains("pipe is being closed") || message.contains("EPIPE"));
		}
	}

	/** Blanks between columns. */
	private static final int GAP = 2;
	private final OutputStream raw;
	private final OutputStream buffered;
	private final boolean terminal;
	private boolean answered;

	/** @param terminal whether a person looks at it */
	Output(OutputStream raw, boolean terminal) {
		this.raw = raw;
		this.terminal = terminal;
		buffered = new BufferedOutputStream(raw, 32 * 1024);
	}

	/** Whether a person looks at it. */
	boolean isTerminal() {
		return terminal;
	}

	/** A command begins: nothing was printed for it yet. */
	void begin() {
		answered = false;
	}

	/** What the command has to print is printed, though it be nothing. */
	void answered() {
		answered = true;
	}

	/** An empty array, if the command has printed nothing: so that each prints one. */
	void jsonAtLeast() throws LostException {
		if (!answered)
			json(List.of());
	}

	/** One line. */
	void line(String text) throws LostException {
		print((terminal ? harmless(text) : text) + "\n");
	}

	/** Rows of cells: with a tab between them, for a program; to a terminal in columns, and what is not printable in a cell is made harmless. */
	void table(List<List<String>> rows) throws LostException {
		if (!terminal) {
			for (List<String> row : rows)
				line(String.join("\t", row));
			return;
		}
		List<List<String>> shown = rows.stream().map(row -> row.stream().map(Output::harmless).toList()).toList();
		var widths = new ArrayList<Integer>();
		for (List<String> row : shown)
			for (int i = 0; i < row.size(); i++)
				if (i == widths.size())
					widths.add(width(row.get(i)));
				else
					widths.set(i, Math.max(widths.get(i), width(row.get(i))));
		for (List<String> row : shown) {
			var line = new StringBuilder();
			for (int i = 0; i < row.size(); i++)
				// behind the last cell of a row nothing needs room
				line.append(row.get(i)).append(i + 1 == row.size() ? "\n" : " ".repeat(widths.get(i) - width(row.get(i)) + GAP));
			print(line.toString());
		}
	}

	private static int width(String text) {
		return text.codePointCount(0, text.length());
	}

	private static String harmless(String text) {
		return Challenge.printable(text).replace('\n', '\uFFFD');
	}

	/** One array of objects, on one line. */
	void json(List<?> array) throws LostException {
		print(Json.of(array) + "\n");
	}

	/** Text of our own, as it is. */
	void print(String text) throws LostException {
		answered = true;
		try {
			buffered.write(text.getBytes(StandardCharsets.UTF_8));
			if (terminal)
				buffered.flush();
		} catch (IOException e) {
			throw new LostException(e);
		}
	}

	/** For the bytes of a file. */
	WritableByteChannel channel() throws LostException {
		answered = true;
		flush();
		WritableByteChannel out = Channels.newChannel(raw);
		return new WritableByteChannel() {
			@Override
			public int write(ByteBuffer bytes) throws IOException {
				try {
					return out.write(bytes);
				} catch (java.nio.channels.ClosedByInterruptException e) {
					throw e;
				} catch (IOException e) {
					throw new LostException(e);
				}
			}

			@Override
			public boolean isOpen() {
				return true;
			}

			@Override
			public void close() {
				// Standard output stays open.
			}
		};
	}

	void flush() throws LostException {
		try {
			buffered.flush();
		} catch (IOException e) {
			throw new LostException(e);
		}
	}
}
