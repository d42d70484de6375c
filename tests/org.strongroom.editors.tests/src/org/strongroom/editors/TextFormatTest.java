package org.strongroom.editors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.editors.internal.text.TextFormat;
import org.strongroom.editors.internal.text.TextFormat.Decoded;
import org.strongroom.editors.internal.text.TextFormat.UnencodableException;

class TextFormatTest {
	private static final String TEXT = "Größe: 12 m²\r\nzweite Zeile\nletzte\rohne Ende";

	static byte[] bytes(String bom, String charset, String text) {
		var out = new ByteArrayOutputStream();
		for (int i = 0; i + 1 < bom.length(); i += 2)
			out.write(Integer.parseInt(bom.substring(i, i + 2), 16));
		out.writeBytes(text.getBytes(Charset.forName(charset)));
		return out.toByteArray();
	}

	@ParameterizedTest
	@CsvSource({ "UTF-8,''", "UTF-8,EFBBBF", "UTF-16LE,FFFE", "UTF-16BE,FEFF", "UTF-16LE,''", "UTF-16BE,''", "UTF-32LE,FFFE0000", "UTF-32BE,0000FEFF", "ISO-8859-1,''" })
	void isRecognisedAndKept(String charset, String bom) throws Exception {
		byte[] bytes = bytes(bom, charset, TEXT);
		Decoded decoded = TextFormat.decode(bytes, bytes.length);
		assertThat(decoded.text()).isEqualTo(TEXT);
		assertThat(decoded.format().charset().name()).isEqualTo(charset);
		assertThat(decoded.format().encode(decoded.text())).isEqualTo(bytes);
		assertThat(decoded.format().encode("x" + TEXT)).isEqualTo(bytes(bom, charset, "x" + TEXT));
		assertThat(TextFormat.looksLikeText(bytes, bytes.length)).isTrue();
	}

	@Test
	void windowsIsRecognisedByWhatLatin1DoesNotHave() throws Exception {
		byte[] bytes = "für 5 € – „gut“".getBytes("windows-1252");
		Decoded decoded = TextFormat.decode(bytes, bytes.length);
		assertThat(decoded.text()).isEqualTo("für 5 € – „gut“");
		assertThat(decoded.format().encode(decoded.text())).isEqualTo(bytes);
	}

	/** Whatever the bytes are, saving an unchanged text changes nothing. */
	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 3, 4, 7, 64, 1000 })
	void anyBytesComeBack(int length) throws Exception {
		var random = new Random(length);
		for (int i = 0; i < 2000; i++) {
			byte[] bytes = new byte[length];
			random.nextBytes(bytes);
			if (i % 2 == 0 && length > 3) {
				byte[] bom = i % 4 == 0 ? new byte[] { (byte) 0xFF, (byte) 0xFE } : new byte[] { (byte) 0xEF, (byte) 0xBB, (byte) 0xBF };
				System.arraycopy(bom, 0, bytes, 0, bom.length);
			}
			Decoded decoded = TextFormat.decode(bytes, bytes.length);
			assertThat(decoded.format().encode(decoded.text())).isEqualTo(bytes);
		}
	}

	@Test
	void whatIsNoTextIsNotTakenForOne() {
		var random = new Random(1);
		byte[] bytes = new byte[4096];
		random.nextBytes(bytes);
		assertThat(TextFormat.looksLikeText(bytes, bytes.length)).isFalse();
		byte[] log = "\u001B[31mred\u001B[0m\n".repeat(50).getBytes(StandardCharsets.US_ASCII);
		assertThat(TextFormat.looksLikeText(log, log.length)).as("the log of a terminal").isTrue();
	}

	@Test
	void tellsWhatCannotBeWritten() {
		byte[] bytes = "größer".getBytes(StandardCharsets.ISO_8859_1);
		TextFormat latin = TextFormat.decode(bytes, bytes.length).format();
		assertThatThrownBy(() -> latin.encode("größer, € 5")).isInstanceOfSatisfying(UnencodableException.class, e -> assertThat(e.character()).isEqualTo('€'));
	}
}
