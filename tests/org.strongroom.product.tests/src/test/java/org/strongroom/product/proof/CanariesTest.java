package org.strongroom.product.proof;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Canaries are found however they are written, and nothing else is. */
class CanariesTest {
	private final Canaries canaries = new Canaries();
	private final Search search = new Search(canaries.forms());

	@Test
	void inEveryForm() {
		String word = canaries.word();
		assertThat(search.in("a name, " + word.toUpperCase() + ".txt")).containsExactly("UTF-8");
		assertThat(search.in(word.getBytes(UTF_16LE))).contains("UTF-16LE");
		assertThat(search.in(word.getBytes(UTF_16BE))).contains("UTF-16BE");
		assertThat(search.in(word.getBytes(Charset.forName("UTF-32LE")))).contains("UTF-32LE");
		assertThat(search.in(HexFormat.of().withUpperCase().formatHex(word.getBytes(UTF_8)))).containsExactly("hexadecimal");
		assertThat(search.in(URLEncoder.encode("ä" + word, UTF_8))).containsExactly("UTF-8");
		for (String before : List.of("", "1", "12", "123", "Grüße an alle", "é"))
			for (Charset charset : List.of(UTF_8, UTF_16LE, UTF_16BE))
				for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder(), Base64.getEncoder().withoutPadding()))
					assertThat(search.in(encoder.encodeToString((before + word + " and more").getBytes(charset)))).as("after '%s' in %s", before, charset).isNotEmpty();
		assertThat(search.in(canaries.name("notes"))).containsExactly("UTF-8");
		assertThat(search.in(canaries.utf16())).contains("UTF-16BE");
		assertThat(search.in(canaries.picture())).containsExactly("UTF-8");
		assertThat(search.in(canaries.binary())).contains("UTF-8", "UTF-16LE", "UTF-16BE", "base64 (0)");
	}

	@Test
	void othersAreNotFound() {
		var others = new Canaries();
		assertThat(search.in(others.lines() + others.line(100_000))).isEmpty();
		assertThat(search.in(others.binary())).isEmpty();
		assertThat(search.in(canaries.word().substring(1))).isEmpty();
		assertThat(search.in(new byte[0])).isEmpty();
	}

	@Test
	void acrossPieces() {
		byte[] text = ("x".repeat(100) + Base64.getEncoder().encodeToString(("yy" + canaries.word() + "zz").getBytes(UTF_16LE)) + "x".repeat(100)).getBytes(UTF_8);
		for (int length = 1; length < text.length; length++) {
			Search.Stream stream = search.new Stream();
			Set<String> found = new TreeSet<>();
			for (int at = 0; at < text.length; at += length)
				found.addAll(stream.next(Arrays.copyOfRange(text, at, Math.min(text.length, at + length)), Math.min(length, text.length - at)));
			// a form that begins a byte later looks the same but for the zero before
			assertThat(found).as("pieces of %d", length).isNotEmpty().allMatch(f -> f.startsWith("base64 of UTF-16"));
		}
	}

	@Test
	void inFilesThatChanged(@TempDir Path folder) throws IOException {
		Files.writeString(folder.resolve("before"), canaries.line(10));
		Changes changes = Changes.from(folder);
		Path inside = Files.createDirectory(folder.resolve("d"));
		Files.writeString(inside.resolve("nothing"), "nothing");
		Path content = Files.write(inside.resolve("content"), canaries.utf16());
		Path name = Files.createDirectory(inside.resolve(canaries.name("n")));
		Path link = Files.createSymbolicLink(inside.resolve("link"), Path.of(canaries.name("target")));
		Files.writeString(Files.createDirectory(folder.resolve("aside")).resolve("content"), canaries.lines());

		assertThat(changes.leaks(search, List.of(folder.resolve("aside")))).extracting(Leak::where).containsExactlyInAnyOrder(content.toString(), name.toString(), link.toString());
	}
}
