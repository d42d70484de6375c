package org.strongroom.product.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/** The window of the finished product, and the visitor at it, who does what is told. */
final class Window implements AutoCloseable {
	/** What the visitor is made of, each by one of its files: none is part of the product. */
	private static final List<String> BUNDLES = List.of("org/strongroom/testing/visitor/Visitor.class", "org/strongroom/testing/ui/Ui.class", "org/junit/jupiter/api/Test.class",
			"org/junit/platform/commons/JUnitException.class", "org/opentest4j/AssertionFailedError.class", "org/assertj/core/api/Assertions.class", "net/bytebuddy/ByteBuddy.class");
	/** After this the window is closed, come what may. */
	private static final Duration PATIENCE = Duration.ofSeconds(120);
	private final Process process;
	private final BufferedWriter orders;
	private final BufferedReader answers;

	private Window(Process process) {
		this.process = process;
		process.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).exceptionally(_ -> {
			kill();
			return process;
		});
		orders = process.outputWriter(StandardCharsets.UTF_8);
		answers = process.inputReader(StandardCharsets.UTF_8);
	}

	/** Has a visitor at the window of this machine's product, whenever it is opened. */
	static void invite(Machine machine) throws IOException {
		var bundles = new ArrayList<Machine.Bundle>();
		for (String file : BUNDLES)
			bundles.add(bundle(file));
		machine.add(bundles);
	}

	private static Machine.Bundle bundle(String file) throws IOException {
		URL found = Window.class.getClassLoader().getResource(file);
		URI jar = URI.create(found.getPath().substring(0, found.getPath().indexOf("!/")));
		try (var opened = new JarFile(Path.of(jar).toFile())) {
			Manifest manifest = opened.getManifest();
			String name = manifest.getMainAttributes().getValue("Bundle-SymbolicName").replaceFirst(";.*", "").strip();
			return new Machine.Bundle(name, manifest.getMainAttributes().getValue("Bundle-Version"), jar);
		}
	}

	/** Opens the window, in a session of D-Bus of its own: what it has that start for it is traced, too. @param errors a file for what is said on standard error */
	static Window open(Machine machine, Path errors) throws IOException {
		return new Window(machine.command(List.of("dbus-run-session", "--")).redirectError(errors.toFile()).start());
	}

	/** Tells the visitor a step, and waits until it is done. */
	Window step(String... words) throws IOException {
		orders.write(String.join("\t", words) + "\n");
		orders.flush();
		String answer = answers.readLine();
		// the desktop's services speak here, too
		while (answer != null && !answer.startsWith("done") && !answer.startsWith("failed"))
			answer = answers.readLine();
		assertThat(answer).as(words[0]).isEqualTo("done");
		return this;
	}

	/** Leaves by the menu, and waits for the end. */
	void exit() throws IOException, InterruptedException {
		step("command", "org.eclipse.ui.file.exit");
		assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).isZero();
	}

	/** The power goes: first the start script is killed, so that it cannot tidy up, then the window. */
	void kill() {
		List<ProcessHandle> all = process.descendants().toList();
		for (String program : List.of("bash", "java"))
			all.stream().filter(p -> p.info().command().map(Path::of).filter(c -> c.endsWith(program)).isPresent()).forEach(ProcessHandle::destroyForcibly);
	}

	@Override
	public void close() throws IOException, InterruptedException {
		kill();
		process.descendants().forEach(ProcessHandle::destroyForcibly);
		process.destroyForcibly().waitFor();
	}
}
