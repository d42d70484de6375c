package org.strongroom.ui.kept;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.core.runtime.FileLocator;
import org.eclipse.core.runtime.Platform;

/** The workbench of this test's own installation in a process of its own. */
final class Workbench {
	/** After this it is ended, come what may. */
	static final Duration PATIENCE = Duration.ofSeconds(120);

	private Workbench() {
	}

	/** Starts it, with all that a machine has for it to write to in one folder. @param application of this bundle @param more options of the JVM */
	static Process start(Path machine, Path server, String application, String... more) throws IOException {
		for (String name : List.of("home", "tmp", "user", "configuration", "data"))
			Files.createDirectory(machine.resolve(name));
		Path configuration = Path.of(URI.create(Platform.getConfigurationLocation().getURL().toString().replace(" ", "%20")));
		Files.copy(configuration.resolve("config.ini"), machine.resolve("configuration/config.ini"));
		Path launcher = FileLocator.getBundleFileLocation(Platform.getBundle("org.eclipse.equinox.launcher")).orElseThrow().toPath();
		var command = new ArrayList<String>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g", "--enable-native-access=ALL-UNNAMED",
				"--sun-misc-unsafe-memory-access=allow", "-XX:-UsePerfData", "-Djava.io.tmpdir=" + machine.resolve("tmp"), "-Duser.home=" + machine.resolve("user"),
				"-Dstrongroom.home=" + machine.resolve("home"), "-D" + Visitor.FOLDER + "=" + server));
		command.addAll(List.of(more));
		command.addAll(List.of("-jar", launcher.toString(),
				"-configuration", machine.resolve("configuration").toString(), "-data", machine.resolve("data").toString(),
				"-application", "org.strongroom.ui.tests." + application, "-product", "org.strongroom.ui.product", "-nosplash"));
		var builder = new ProcessBuilder(command);
		builder.environment().put("HOME", machine.resolve("user").toString());
		builder.environment().put("TMPDIR", machine.resolve("tmp").toString());
		for (String folder : List.of("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"))
			builder.environment().remove(folder);
		return builder.redirectError(machine.resolve("errors").toFile()).directory(machine.toFile()).start();
	}
}
