package org.strongroom.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

/** The demo in the terminal. */
class DemoTest {

	@Test
	void servesTheCommandLineUntilItsInputEnds() throws Exception {
		var builder = Product.process(Product.FOLDER, "org.strongroom.demo.application", List.of());
		builder.environment().put("STRONGROOM_ARGUMENTS", "--serve\n");
		Process demo = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
		Path home;
		try (var input = demo.outputWriter(); var output = demo.inputReader()) {
			String[] words = output.readLine().split(" ");
			assertThat(words).hasSize(7).startsWith("strongroom", "--home").endsWith("ls", "Demo:/");
			home = Path.of(words[2]);

			var listing = Product.commandLine("--home", words[2], "--askpass", words[4], "ls", words[6]);
			var file = Product.commandLine("--home", words[2], "--askpass", words[4], "cat", "Demo:/Vault/notes.txt");

			assertThat(listing.err() + file.err()).isEmpty();
			assertThat(listing.lines()).contains("Vault/");
			assertThat(file.out()).isNotBlank();
		}
		assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
		assertThat(demo.exitValue()).isZero();
		assertThat(Files.exists(home)).as("its home is gone").isFalse();
	}
}
