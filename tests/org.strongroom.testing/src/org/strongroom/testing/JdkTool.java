package org.strongroom.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The JDK's own tools, as people run them. */
public final class JdkTool {
	private JdkTool() {
	}

	/** Runs one to its end, which has to be a good one. Passwords of key stores are in its environment: {@code -storepass:env STORE}. */
	public static void run(String tool, String... words) throws IOException, InterruptedException {
		var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", tool).toString()));
		command.addAll(List.of(words));
		var builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().put("STORE", "of a test");
		Process process = builder.start();
		String said = new String(process.getInputStream().readAllBytes());
		assertThat(process.waitFor()).as(said).isZero();
	}
}
