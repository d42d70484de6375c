package org.strongroom.editors.internal.preview;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

import org.strongroom.core.auth.Challenge;

/** Lines of text; long ones are cut into rows. */
final class TextRows implements Rows {
	/** Most bytes of a row. */
	private static final int LONGEST = 240;
	/** How far back the beginning of a line is looked for, in bytes. */
	private static final int BACK = 16 * LONGEST;
	private final Blocks blocks;
	private final Charset charset;
	/** Bytes of the smallest character. */
	private final int unit;

	TextRows(Blocks blocks, Charset charset) {
		this.blocks = blocks;
		this.charset = charset;
		unit = charset.equals(StandardCharsets.UTF_16LE) || charset.equals(StandardCharsets.UTF_16BE) ? 2 : charset.name().startsWith("UTF-32") ? 4 : 1;
	}

	@Override
	public int longest() {
		return LONGEST;
	}

	@Override
	public long next(long offset) {
		long at = offset;
		while (at - offset < LONGEST) {
			int c = character(at);
			if (c == Blocks.MISSING || c == Blocks.END)
				return c == Blocks.END ? Math.max(at, offset + 1) : offset + LONGEST;
			at += unit;
			if (c == '\n' || c == '\r' && character(at) != '\n')
				return at;
		}
		return whole(at);
	}

	/** Not in the middle of a character of UTF-8. */
	private long whole(long at) {
		long back = at;
		while (charset.equals(StandardCharsets.UTF_8) && at - back < 3 && (blocks.at(back) & 0xC0) == 0x80 && blocks.at(back) >= 0)
			back--;
		return back;
	}

	@Override
	public long previous(long offset) {
		return offset <= 0 ? 0 : begin(offset - unit);
	}

	@Override
	public long begin(long offset) {
		long inside = Math.max(0, offset - offset % unit);
		long line = inside;
		while (line > 0 && inside - line < BACK && !ends(line - unit))
			line -= unit;
		long row = line;
		for (long next = next(row); next <= inside; next = next(row))
			row = next;
		return row;
	}

	/** Whether a line ends with the character at an offset. */
	private boolean ends(long offset) {
		int c = character(offset);
		return c == '\n' || c == '\r' && character(offset + unit) != '\n';
	}

	/** A character as far as it matters here: of the ASCII ones all. */
	private int character(long offset) {
		int value = 0;
		for (int i = 0; i < unit; i++) {
			int b = blocks.at(offset + (charset.name().endsWith("LE") ? unit - 1 - i : i));
			if (b < 0)
				return b;
			value = value << 8 | b;
		}
		return value < 0 ? '?' : value;
	}

	@Override
	public String text(long offset) {
		var bytes = new ByteArrayOutputStream();
		long end = Math.min(next(offset), blocks.size());
		for (long at = offset; at < end; at++) {
			int b = blocks.at(at);
			if (b == Blocks.MISSING)
				return "…";
			if (b >= 0)
				bytes.write(b);
		}
		String text = bytes.toString(charset).replaceAll("[\r\n]+$", "").replace("\t", "    ");
		return Challenge.printable(text.replace('\n', ' ')).replace('\uFEFF', ' ');
	}
}
