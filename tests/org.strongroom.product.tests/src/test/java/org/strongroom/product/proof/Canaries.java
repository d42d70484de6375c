package org.strongroom.product.proof;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Names and contents that occur nowhere else in the world: each has the same word in it, made by chance for this object. So one search for one word, in all its forms, finds any of them.
 */
final class Canaries {
	/** Letters and digits alone: escaped by no format (URIs, JSON, XML, properties, shells), so that the plain form is found in all of these. */
	private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
	/** 72 bits of chance. */
	private static final int LENGTH = 14;
	/** Of how many lines a text is made whose every piece of some length is to be found. */
	private static final int FEW = 40;

	/**
	 * One way in which the word can be written.
	 *
	 * @param anyCase whether letters of ASCII are the same, small or capital
	 */
	record Form(String name, byte[] bytes, boolean anyCase) {
	}

	private final String word;
	private final List<Form> forms;

	Canaries() {
		var random = new SecureRandom();
		word = random.ints(LENGTH, 0, ALPHABET.length()).mapToObj(i -> ALPHABET.substring(i, i + 1)).collect(Collectors.joining());
		forms = formsOf(word);
	}

	/** The word itself. */
	String word() {
		return word;
	}

	/** Everything to look for. */
	List<Form> forms() {
		return forms;
	}

	/** A name, told apart by a word of one's own. */
	String name(String own) {
		return own + "-" + word + "-é";
	}

	/** A few lines, each of them a canary, from the first word to the last. */
	String lines() {
		return ("Grüße " + word + " €\n").repeat(FEW);
	}

	/** One line of so many characters at least. */
	String line(int length) {
		return (word + " ").repeat(length / (LENGTH + 1) + 1) + "\n";
	}

	/** Bytes that are no text: the word in several forms, between zeros. */
	byte[] binary() {
		var out = new ByteArrayOutputStream();
		for (String form : List.of("UTF-8", "UTF-16LE", "UTF-16BE", "base64 (0)")) {
			out.writeBytes(new byte[64]);
			out.writeBytes(forms.stream().filter(f -> f.name().equals(form)).findFirst().orElseThrow().bytes());
		}
		out.writeBytes(new byte[64]);
		return out.toByteArray();
	}

	/** A text in UTF-16 with a byte order mark. */
	byte[] utf16() {
		return lines().getBytes(StandardCharsets.UTF_16);
	}

	/** A picture of 64 × 64 grey points with a text in it (PNG, ISO/IEC 15948, 11.3.4.3). Its points spell the word, too. */
	byte[] picture() {
		var out = new ByteArrayOutputStream();
		out.writeBytes(new byte[] { (byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n' });
		chunk(out, "IHDR", ByteBuffer.allocate(13).putInt(64).putInt(64).put((byte) 8).put((byte) 0).array());
		chunk(out, "tEXt", ("Comment\0" + word).getBytes(StandardCharsets.ISO_8859_1));
		byte[] row = Arrays.copyOf(word.repeat(5).getBytes(StandardCharsets.US_ASCII), 64);
		var points = new ByteArrayOutputStream();
		for (int y = 0; y < 64; y++) {
			points.write(0);
			points.writeBytes(row);
		}
		var deflater = new Deflater();
		deflater.setInput(points.toByteArray());
		deflater.finish();
		byte[] packed = new byte[points.size() + 64];
		chunk(out, "IDAT", Arrays.copyOf(packed, deflater.deflate(packed)));
		chunk(out, "IEND", new byte[0]);
		return out.toByteArray();
	}

	private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
		byte[] body = ByteBuffer.allocate(4 + data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data).array();
		var sum = new CRC32();
		sum.update(body);
		try {
			out.write(ByteBuffer.allocate(4).putInt(data.length).array());
			out.write(body);
			out.write(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
		} catch (IOException e) {
			throw new UncheckedIOException(e);
		}
	}

	private static List<Form> formsOf(String word) {
		var all = new ArrayList<Form>();
		for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, StandardCharsets.UTF_32LE, StandardCharsets.UTF_32BE))
			all.add(new Form(charset.name(), withoutZerosBefore(word.getBytes(charset)), true));
		byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
		all.add(new Form("hexadecimal", ascii(HexFormat.of().formatHex(utf8)), true));
		all.add(new Form("hexadecimal with spaces", ascii(HexFormat.ofDelimiter(" ").formatHex(utf8)), true));
		all.add(new Form("percent signs", ascii(each(word, c -> "%%%02x".formatted(c))), true));
		all.add(new Form("quoted-printable", ascii(each(word, c -> "=%02x".formatted(c))), true));
		all.add(new Form("Java escapes", ascii(each(word, c -> "\\u%04x".formatted(c))), true));
		all.add(new Form("octal escapes", ascii(each(word, c -> "\\%03o".formatted(c))), true));
		all.add(new Form("decimal entities", ascii(each(word, c -> "&#%d;".formatted(c))), true));
		all.add(new Form("hexadecimal entities", ascii(each(word, c -> "&#x%x;".formatted(c))), true));
		base64(all, "base64", utf8);
		base64(all, "base64 of UTF-16LE", word.getBytes(StandardCharsets.UTF_16LE));
		base64(all, "base64 of UTF-16BE", word.getBytes(StandardCharsets.UTF_16BE));
		return List.copyOf(all);
	}

	/** Base64 (RFC 4648, section 4 and 5) as it looks when zero, one or two bytes of a group of three stand before; characters that depend on neighbours are left out. */
	private static void base64(List<Form> all, String name, byte[] bytes) {
		for (int before = 0; before < 3; before++) {
			byte[] shifted = new byte[before + bytes.length];
			System.arraycopy(bytes, 0, shifted, before, bytes.length);
			int first = (before * 8 + 5) / 6;
			int end = shifted.length * 8 / 6;
			String plain = Base64.getEncoder().withoutPadding().encodeToString(shifted).substring(first, end);
			String forUrls = Base64.getUrlEncoder().withoutPadding().encodeToString(shifted).substring(first, end);
			all.add(new Form(name + " (" + before + ")", ascii(plain), false));
			if (!forUrls.equals(plain))
				all.add(new Form(name + " for URLs (" + before + ")", ascii(forUrls), false));
		}
	}

	/** Zeros are everywhere: to begin with one would make the search slow, and tells nothing. */
	private static byte[] withoutZerosBefore(byte[] bytes) {
		int from = 0;
		while (bytes[from] == 0)
			from++;
		return Arrays.copyOfRange(bytes, from, bytes.length);
	}

	private static String each(String word, IntFunction<String> how) {
		return word.chars().mapToObj(how).collect(Collectors.joining());
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}
}
