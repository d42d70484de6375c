package org.strongroom.editors.internal.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * What a picture says of itself before it is decoded. Every number in it may lie; none of them is used but to refuse.
 *
 * @param kind what people call the format
 */
record PictureHeader(String kind) {
	private static final byte[] PNG = { (byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n' };
	/** Sizes of the headers that follow BMP's file header (BITMAPCOREHEADER to BITMAPV5HEADER). */
	private static final Set<Integer> DIB_HEADERS = Set.of(12, 40, 52, 56, 64, 108, 124);

	/** The kind of picture that begins so. */
	static Optional<PictureHeader> of(byte[] b, int length) {
		if (isPng(b, 0, length))
			return found("PNG");
		if (length > 3 && u8(b, 0) == 0xFF && u8(b, 1) == 0xD8 && u8(b, 2) == 0xFF)
			return found("JPEG");
		if (length > 13 && (begins(b, "GIF87a") || begins(b, "GIF89a")))
			return found("GIF");
		if (length > 26 && begins(b, "BM") && DIB_HEADERS.contains(little(b).getInt(14)))
			return found("BMP");
		if (length > 22 && little(b).getInt(0) == 0x0001_0000 && icons(b) > 0 && little(b).getInt(18) >= 6 && u8(b, 9) == 0)
			return found("ICO");
		return Optional.empty();
	}

	private static Optional<PictureHeader> found(String kind) {
		return Optional.of(new PictureHeader(kind));
	}

	/** How many pixels decoding would make at most, all frames together; 0 if the headers are damaged. */
	static long pixels(byte[] b, int length) {
		try {
			return switch (of(b, length).map(PictureHeader::kind).orElse("")) {
			case "PNG" -> png(b, 0, length);
			case "JPEG" -> jpeg(b, length);
			case "GIF" -> gif(b, length);
			case "BMP" -> dib(b, 14, length);
			case "ICO" -> ico(b, length);
			default -> 0;
			};
		} catch (IndexOutOfBoundsException e) {
			return 0;
		}
	}

	private static boolean isPng(byte[] b, int at, int length) {
		return length - at > 24 && java.util.Arrays.equals(b, at, at + PNG.length, PNG, 0, PNG.length);
	}

	/** PNG (third edition), section 11.2.1: width and height begin the first chunk. */
	private static long png(byte[] b, int at, int length) {
		ByteBuffer in = ByteBuffer.wrap(b, 0, length);
		long pixels = (in.getInt(at + 16) & 0xFFFF_FFFFL) * (in.getInt(at + 20) & 0xFFFF_FFFFL);
		return pixels < 0 ? Long.MAX_VALUE : pixels;
	}

	/** ITU-T T.81, B.2.2: a frame header (SOF) has the size; the largest counts. */
	private static long jpeg(byte[] b, int length) {
		ByteBuffer in = ByteBuffer.wrap(b, 0, length);
		long most = 0;
		int at = 2;
		while (at + 9 < length) {
			if (u8(b, at) != 0xFF) {
				at++;
				continue;
			}
			int marker = u8(b, at + 1);
			boolean alone = marker == 0xFF || marker <= 0x01 || marker >= 0xD0 && marker <= 0xD9;
			if (alone) {
				at += marker == 0xFF ? 1 : 2;
				continue;
			}
			boolean frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
			if (frame)
				most = Math.max(most, (in.getShort(at + 5) & 0xFFFFL) * (in.getShort(at + 7) & 0xFFFFL));
			at += 2 + Math.max(2, in.getShort(at + 2) & 0xFFFF);
		}
		return most;
	}

	/** GIF89a specification, sections 18 to 26: each image may be laid out on the whole screen. */
	private static long gif(byte[] b, int length) {
		ByteBuffer in = little(b);
		long screen = (in.getShort(6) & 0xFFFFL) * (in.getShort(8) & 0xFFFFL);
		long all = 0;
		int at = 13 + colours(u8(b, 10));
		while (at < length) {
			int block = u8(b, at);
			if (block == 0x21) {
				at = blocks(b, at + 2, length);
			} else if (block == 0x2C && at + 10 < length) {
				all += Math.max(screen, (in.getShort(at + 5) & 0xFFFFL) * (in.getShort(at + 7) & 0xFFFFL));
				at = blocks(b, at + 10 + colours(u8(b, at + 9)) + 1, length);
			} else {
				break;
			}
		}
		return Math.max(all, screen);
	}

	/** Bytes of a colour table by the flags before it. */
	private static int colours(int flags) {
		return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
	}

	private static int blocks(byte[] b, int from, int length) {
		int at = from;
		while (at < length && u8(b, at) != 0)
			at += u8(b, at) + 1;
		return at + 1;
	}

	private static long dib(byte[] b, int at, int length) {
		ByteBuffer in = little(b);
		if (at + 16 > length)
			return 0;
		if (in.getInt(at) == 12)
			return (in.getShort(at + 4) & 0xFFFFL) * (in.getShort(at + 6) & 0xFFFFL);
		return Math.abs((long) in.getInt(at + 4)) * Math.abs((long) in.getInt(at + 8));
	}

	private static int icons(byte[] b) {
		return little(b).getShort(4) & 0xFFFF;
	}

	private static long ico(byte[] b, int length) {
		ByteBuffer in = little(b);
		long all = 0;
		for (int i = 0; i < icons(b) && 6 + 16 * i + 16 <= length; i++) {
			int at = in.getInt(6 + 16 * i + 12);
			if (at < 0 || at + 16 > length)
				continue;
			all += isPng(b, at, length) ? png(b, at, length) : dib(b, at, length);
			if (all < 0 || all > Pictures.MOST_PIXELS)
				return Long.MAX_VALUE;
		}
		return all;
	}

	private static boolean begins(byte[] b, String with) {
		byte[] sign = with.getBytes(StandardCharsets.US_ASCII);
		return java.util.Arrays.equals(b, 0, sign.length, sign, 0, sign.length);
	}

	private static int u8(byte[] b, int at) {
		return b[at] & 0xFF;
	}

	private static ByteBuffer little(byte[] b) {
		return ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN);
	}
}
