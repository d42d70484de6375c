package org.strongroom.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;

/** Rows of cells, as a person and a program get them. */
class OutputTest {
	private static final List<List<String>> ROWS = List.of(List.of("HQ", "sftp://me@hq", "-"), List.of("Clo\tud\u001B[2J", "davs://f"), List.of("\u00FC", "x\ny", "the last one"));

	private static String printed(boolean terminal, List<List<String>> rows) throws IOException {
		var bytes = new ByteArrayOutputStream();
		var out = new Output(bytes, terminal);
		out.table(rows);
		out.flush();
		return bytes.toString(StandardCharsets.UTF_8);
	}

	@Test
	void onATerminalInColumnsAndHarmless() throws Exception {
		assertThat(printed(true, ROWS)).isEqualTo("""
				HQ          sftp://me@hq  -
				Clo\uFFFDud\uFFFD[2J  davs://f
				\u00FC           x\uFFFDy           the last one
				""");
	}

	@Test
	void forAProgramWithTabsAndAsItIs() throws Exception {
		assertThat(printed(false, ROWS)).isEqualTo("HQ\tsftp://me@hq\t-\nClo\tud\u001B[2J\tdavs://f\n\u00FC\tx\ny\tthe last one\n");
	}

	@Test
	void nothingAtAll() throws Exception {
		assertThat(printed(true, List.of())).isEmpty();
		assertThat(printed(false, List.of())).isEmpty();
	}
}
