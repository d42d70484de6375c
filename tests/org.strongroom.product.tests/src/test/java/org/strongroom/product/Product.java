package org.strongroom.product;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The finished product, started as a user starts it. */
final class Product {

	/** What a run printed, and how it ended. */
	record Outcome(int code, String out, String err) {
	}

	static final Path FOLDER = Path.of(System.getProperty("strongroom.product"));
	static final Path REPOSITORY = Path.of(System.getProperty("strongroom.repository"));
	private static final String JAVA = System.getProperty("strongroom.java");

	private Product() {
	}

	/** Runs the command line with these arguments, and no input. */
	static Outcome commandLine(String... arguments) throws IOException, InterruptedException {
		var builder = process(FOLDER, "org.strongroom.cli.application", List.of());
		builder.environment().put("STRONGROOM_ARGUMENTS", encoded(arguments));
		return run(builder);
	}

	/** A process of this application of the product in that folder, with Equinox's own options. */
	static ProcessBuilder process(Path product, String application, List<String> options) throws IOException {
		var command = new ArrayList<>(List.of(JAVA, "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
				"-Declipse.log.enabled=false", "-jar", launcher(product).toString(), "-application", application, "-nosplash", "-data", "@none"));
		command.addAll(options);
		return new ProcessBuilder(command);
	}

	static Outcome run(ProcessBuilder builder) throws IOException, InterruptedException {
		Process process = builder.start();
		process.getOutputStream().close();
		var err = new StringBuilder();
		Thread reader = Thread.ofVirtual().start(() -> {
			try (var stream = process.getErrorStream()) {
				err.append(new String(stream.readAllBytes()));
			} catch (IOException e) {
				throw new UncheckedIOException(e);
			}
		});
		String out = new String(process.getInputStream().readAllBytes());
		if (!process.waitFor(2, TimeUnit.MINUTES))
			process.destroyForcibly();
		reader.join();
		return new Outcome(process.waitFor(), out, err.toString());
	}

	private static Path launcher(Path product) throws IOException {
		try (var found = Files.newDirectoryStream(product.resolve("plugins"), "org.eclipse.equinox.launcher_*.jar")) {
			return found.iterator().next();
		}
	}

	/** As the start script hands arguments over. */
	private static String encoded(String... arguments) {
		var text = new StringBuilder();
		for (String argument : arguments)
			text.append(argument.replace("\\", "\\\\").replace("\n", "\\n")).append('\n');
		return text.toString();
	}
}
