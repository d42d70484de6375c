package org.strongroom.product;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The finished product, started as a user starts it. */
public final class Product {

	/** What a run printed, and how it ended. */
	public record Outcome(int code, String out, String err) {

		/** The lines of standard output. */
		public List<String> lines() {
			return out.lines().toList();
		}

		/** The lines of standard error. */
		public List<String> complaints() {
			return err.lines().toList();
		}
	}

	static final Path FOLDER = Path.of(System.getProperty("strongroom.product"));
	static final Path REPOSITORY = Path.of(System.getProperty("strongroom.repository"));
	private static final String JAVA = System.getProperty("strongroom.java");
	private static final int PATIENCE_MINUTES = 2;

	private Product() {
	}

	/** Runs the command line with these arguments, and no input. */
	static Outcome commandLine(String... arguments) throws IOException, InterruptedException {
		return run(command(FOLDER, List.of(), arguments), "");
	}

	/** A process of the command line, with Java's own options before. */
	static ProcessBuilder command(Path product, List<String> javaOptions, String... arguments) throws IOException {
		var builder = process(product, "org.strongroom.cli.application", javaOptions);
		builder.environment().put("STRONGROOM_ARGUMENTS", encoded(arguments));
		return builder;
	}

	/** A process of this application of the product in that folder, with Java's own options before. It can ask nobody unless told whom. */
	static ProcessBuilder process(Path product, String application, List<String> javaOptions) throws IOException {
		var command = new ArrayList<>(Shield.before());
		command.addAll(List.of(JAVA, "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
				"-Declipse.log.enabled=false", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
		command.addAll(javaOptions);
		command.addAll(List.of("-jar", launcher(product).toString(), "-application", application, "-nosplash", "-data", "@none"));
		var builder = new ProcessBuilder(command);
		builder.environment().keySet().removeAll(List.of("STRONGROOM_ASKPASS", "STRONGROOM_HOME", "SSH_AUTH_SOCK"));
		return builder;
	}

	/** Runs a process to its end. A terminal that the tests were started from is not its terminal. */
	public static Outcome run(ProcessBuilder builder, String input) throws IOException, InterruptedException {
		var detached = new ArrayList<>(List.of("setsid", "--wait"));
		detached.addAll(builder.command());
		Process process = builder.command(detached).start();
		Thread writer = Thread.ofVirtual().start(() -> {
			try (var stdin = process.getOutputStream()) {
				stdin.write(input.getBytes(StandardCharsets.UTF_8));
			} catch (IOException e) {
				// It ended without reading all; its exit code tells.
			}
		});
		var err = new StringBuilder();
		Thread reader = Thread.ofVirtual().start(() -> {
			try (var stream = process.getErrorStream()) {
				err.append(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
			} catch (IOException e) {
				throw new UncheckedIOException(e);
			}
		});
		Thread watchdog = Thread.ofVirtual().start(() -> {
			try {
				if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
					process.descendants().forEach(ProcessHandle::destroyForcibly);
					process.destroyForcibly();
				}
			} catch (InterruptedException e) {
				// It came to its end.
			}
		});
		String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		int code = process.waitFor();
		watchdog.interrupt();
		reader.join();
		writer.join();
		return new Outcome(code, out, err.toString());
	}

	/** A copy of the product that may be changed. */
	static Path copy(Path target) throws IOException {
		Files.walkFileTree(FOLDER, new SimpleFileVisitor<>() {
			@Override
			public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
				Files.createDirectories(target.resolve(FOLDER.relativize(folder)));
				return FileVisitResult.CONTINUE;
			}

			@Override
			public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
				if (!file.toString().endsWith(".aot"))
					Files.copy(file, target.resolve(FOLDER.relativize(file)));
				return FileVisitResult.CONTINUE;
			}
		});
		return target;
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
