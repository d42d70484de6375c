package org.strongroom.editors.internal.preview;

/** Offset, sixteen bytes, and the same as ASCII. */
final class HexRows implements Rows {
	private static final int BYTES = 16;
	private final Blocks blocks;

	HexRows(Blocks blocks) {
		this.blocks = blocks;
	}

	@Override
	public int longest() {
		return BYTES;
	}

	@Override
	public long next(long offset) {
		return offset + BYTES;
	}

	@Override
	public long previous(long offset) {
		return Math.max(0, begin(offset) - BYTES);
	}

	@Override
	public long begin(long offset) {
		return offset - offset % BYTES;
	}

	@Override
	public String text(long offset) {
		var hex = new StringBuilder();
		var ascii = new StringBuilder();
		for (int i = 0; i < BYTES; i++) {
			int b = blocks.at(offset + i);
			hex.append(i == BYTES / 2 ? "  " : " ");
			hex.append(switch (b) {
			case Blocks.MISSING -> "..";
			case Blocks.END -> "  ";
			default -> "%02x".formatted(b);
			});
			ascii.append(b == Blocks.END ? "" : b >= ' ' && b < 0x7F ? String.valueOf((char) b) : ".");
		}
		return "%010x %s  %s".formatted(offset, hex, ascii);
	}
}
