package org.strongroom.editors.internal.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a text is written down in bytes. A text decoded and encoded again by the same format is the same bytes.
 *
 * @param charset of the text
 * @param bom the byte order mark before it, empty if there is none
 */
public record TextFormat(Charset charset, byte[] bom) {
	/** What a text is written in if it does not say. */
	public static final TextFormat UTF_8 = new TextFormat(StandardCharsets.UTF_8, new byte[0]);
	/** Bytes that are looked at to tell text from other things. */
	public static final int HEAD = 1 << 16;
	private static final Charset WINDOWS = Charset.forName("windows-1252");
	/** Byte order marks (Unicode Standard 16.0, table 2-4); longer ones first, for that of UTF-32LE begins as that of UTF-16LE. */
	private static final List<TextFormat> MARKED = List.of(
			new TextFormat(Charset.forName("UTF-32LE"), bytes(0xFF, 0xFE, 0, 0)),
			new TextFormat(Charset.forName("UTF-32BE"), bytes(0, 0, 0xFE, 0xFF)),
			new TextFormat(StandardCharsets.UTF_8, bytes(0xEF, 0xBB, 0xBF)),
			new TextFormat(StandardCharsets.UTF_16LE, bytes(0xFF, 0xFE)),
			new TextFormat(StandardCharsets.UTF_16BE, bytes(0xFE, 0xFF)));

	public TextFormat {
		Objects.requireNonNull(charset);
		bom = bom.clone();
	}

	/** A text and how it was written down. */
	public record Decoded(String text, TextFormat format) {
	}

	/** A character that a charset has no bytes for. */
	public static final class UnencodableException extends CharacterCodingException {
		private static final long serialVersionUID = 1L;
		private final int character;

		UnencodableException(int character) {
			this.character = character;
		}

		/** The first such code point. */
		public int character() {
			return character;
		}
	}

	private static byte[] bytes(int... values) {
		byte[] all = new byte[values.length];
		for (int i = 0; i < all.length; i++)
			all[i] = (byte) values[i];
		return all;
	}

	/** Whether a file that begins with these bytes is to be shown as text. */
	public static boolean looksLikeText(byte[] head, int length) {
		if (MARKED.stream().anyMatch(m -> m.marks(head, length)) || unmarkedUtf16(head, length).isPresent())
			return true;
		int odd = 0;
		for (int i = 0; i < length; i++) {
			int b = head[i] & 0xFF;
			if (b == 0)
				return false;
			// escape and backspace are in the logs of terminals, form feeds between pages
			if (b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != '\b' && b != 0x1B)
				odd++;
		}
		return odd <= length / 200;
	}

	/** Reads bytes as text: by their byte order mark, as UTF-16 or UTF-8 if they are valid as such, else as windows-1252 or Latin-1. */
	public static Decoded decode(byte[] bytes, int length) {
		for (TextFormat marked : MARKED)
			if (marked.marks(bytes, length)) {
				Optional<String> text = marked.strictly(bytes, length);
				if (text.isPresent())
					return new Decoded(text.get(), marked);
			}
		Optional<TextFormat> utf16 = unmarkedUtf16(bytes, Math.min(length, HEAD));
		if (utf16.isPresent()) {
			Optional<String> text = utf16.get().strictly(bytes, length);
			if (text.isPresent())
				return new Decoded(text.get(), utf16.get());
		}
		Optional<String> utf8 = UTF_8.strictly(bytes, length);
		if (utf8.isPresent())
			return new Decoded(utf8.get(), UTF_8);
		var windows = new TextFormat(WINDOWS, new byte[0]);
		if (hasC1(bytes, length)) {
			Optional<String> text = windows.strictly(bytes, length);
			if (text.isPresent())
				return new Decoded(text.get(), windows);
		}
		return new Decoded(new String(bytes, 0, length, StandardCharsets.ISO_8859_1), new TextFormat(StandardCharsets.ISO_8859_1, new byte[0]));
	}

	/** Whether there are bytes that are control characters in Latin-1, and letters or signs in windows-1252. */
	private static boolean hasC1(byte[] bytes, int length) {
		for (int i = 0; i < length; i++)
			if ((bytes[i] & 0xE0) == 0x80)
				return true;
		return false;
	}

	/** UTF-16 without a mark shows by zero bytes in every other place and nowhere else. */
	private static Optional<TextFormat> unmarkedUtf16(byte[] bytes, int length) {
		int[] zeros = new int[2];
		for (int i = 0; i < length; i++)
			if (bytes[i] == 0)
				zeros[i & 1]++;
		int pairs = length / 2;
		if (pairs < 2)
			return Optional.empty();
		if (zeros[0] == 0 && zeros[1] > pairs / 2)
			return Optional.of(new TextFormat(StandardCharsets.UTF_16LE, new byte[0]));
		if (zeros[1] == 0 && zeros[0] > pairs / 2)
			return Optional.of(new TextFormat(StandardCharsets.UTF_16BE, new byte[0]));
		return Optional.empty();
	}

	private boolean marks(byte[] bytes, int length) {
		return bom.length > 0 && length >= bom.length && Arrays.equals(bytes, 0, bom.length, bom, 0, bom.length);
	}

	/** The text, if all bytes are valid and would be written again just so. */
	private Optional<String> strictly(byte[] bytes, int length) {
		try {
			String text = charset.newDecoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)
					.decode(ByteBuffer.wrap(bytes, bom.length, length - bom.length)).toString();
			if (charset.equals(StandardCharsets.UTF_8))
				return Optional.of(text); // each valid text has one form in UTF-8
			byte[] again = encode(text);
			boolean same = Arrays.equals(again, 0, again.length, bytes, 0, length);
			Arrays.fill(again, (byte) 0);
			return same ? Optional.of(text) : Optional.empty();
		} catch (CharacterCodingException e) {
			return Optional.empty();
		}
	}

	/**
	 * The bytes of a text, byte order mark included.
	 *
	 * @throws UnencodableException if it has a character that the charset has no bytes for
	 */
	public byte[] encode(String text) throws UnencodableException {
		CharsetEncoder encoder = charset.newEncoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
		CharBuffer in = CharBuffer.wrap(text);
		ByteBuffer out;
		try {
			out = encoder.encode(in);
		} catch (CharacterCodingException e) {
			throw new UnencodableException(text.codePointAt(Math.min(in.position(), text.length() - 1)));
		}
		byte[] all = new byte[bom.length + out.remaining()];
		System.arraycopy(bom, 0, all, 0, bom.length);
		out.get(all, bom.length, out.remaining());
		Arrays.fill(out.array(), (byte) 0);
		return all;
	}

	/** What a person calls it. */
	public String words() {
		return charset.name() + (bom.length > 0 ? " with byte order mark" : "");
	}

	@Override
	public boolean equals(Object o) {
		return o instanceof TextFormat other && charset.equals(other.charset) && Arrays.equals(bom, other.bom);
	}

	@Override
	public int hashCode() {
		return Objects.hash(charset, Arrays.hashCode(bom));
	}
}
