package org.strongroom.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.osgi.framework.FrameworkUtil;
import org.strongroom.core.Home;

/** The whole journey in the terminal, on the installed plug-ins. */
class TerminalDemoTest {

	@Test
	void tellsTheMainJobAndLeavesNothing() throws Exception {
		String home = System.getProperty(Home.PROPERTY);
		var told = new ByteArrayOutputStream();
		var errors = new ByteArrayOutputStream();
		int exit;
		try (var out = new PrintStream(told, false, StandardCharsets.UTF_8); var err = new PrintStream(errors, false, StandardCharsets.UTF_8)) {
			exit = TerminalDemo.run(FrameworkUtil.getBundle(TerminalDemoTest.class).getBundleContext(), out, err, false);
		}
		String text = told.toString(StandardCharsets.UTF_8);
		assertThat(errors.toString(StandardCharsets.UTF_8)).isEmpty();
		assertThat(exit).isZero();
		assertThat(text).containsSubsequence("1  Sign in", "Passphrase for key id_ed25519", "Verification code: ", "signed in", "2  Look around", "Vault/   a vault, locked", "3  Unlock the vault",
				"Passphrase for vault Vault", "notes.txt", "4  Read a file", "| Change this line", "5  Change it and save", "Saved: ", "6  Lock the vault", "Passphrase for vault Vault",
				"| Crane ordered", "7  What the server has", ".c9r", "none occurs", "8  Leave", "Done.");
		assertThat(text.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
		assertThat(text).doesNotContain("\u001b");
		assertThat(temporary()).isEmpty();
		assertThat(System.getProperty(Home.PROPERTY)).isEqualTo(home);
	}

	/** What demos of this process have made and not removed; what those left that were killed is taken away by the next one, whenever that is. */
	private static Set<Path> temporary() throws IOException {
		try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
			String own = "-" + ProcessHandle.current().pid() + "-";
			return files.filter(f -> f.getFileName().toString().startsWith("strongroom-demo") && f.getFileName().toString().contains(own)).collect(Collectors.toSet());
		}
	}
}
