package org.strongroom.ui.kept;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.eclipse.core.runtime.FileLocator;
import org.eclipse.core.runtime.Platform;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.Traces;

/** Law 1, seen from outside: what a whole run of the workbench leaves on the disk, while it runs and after it. */
class NothingKeptTest {
	/** After this the workbench is ended, come what may. */
	private static final Duration PATIENCE = Duration.ofSeconds(120);
	private static final String[] SECRETS = { Visit.FILE, "geheimpl", Visit.SEARCHED, Visit.REPLACED, Visit.PASSPHRASE };

	@Test
	void aRunLeavesNothingReadable(@TempDir Path machine, @TempDir Path server) throws Exception {
		try (CryptomatorOracle vault = CryptomatorOracle.create(server.resolve("Vault"), Visit.PASSPHRASE, Cipher.SIV_GCM)) {
			vault.write("/" + Visit.FILE, "Ein " + Visit.SEARCHED + " im Teich.\n");
			vault.lock();
			Process workbench = start(machine, server);
			workbench.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).exceptionally(_ -> workbench.destroyForcibly());
			try (BufferedReader says = workbench.inputReader()) {
				boolean done = says.lines().anyMatch(Visit.DONE::equals);
				assertThat(done).as("the visit: %s", Files.readString(machine.resolve("errors"))).isTrue();
				assertThat(Traces.of(machine, SECRETS)).as("while it runs").isEmpty();
				workbench.getOutputStream().write('\n');
				workbench.getOutputStream().close();
				workbench.waitFor();
			} finally {
				workbench.destroyForcibly().waitFor();
			}
			assertThat(workbench.exitValue()).isZero();
			assertThat(Traces.of(machine, SECRETS)).as("after it").isEmpty();
			vault.unlock();
			assertThat(vault.text("/" + Visit.FILE)).isEqualTo("Ein " + Visit.REPLACED + " im Teich.\n");
		}
	}

	@Test
	void tracesAreFound(@TempDir Path machine) throws IOException {
		Files.writeString(machine.resolve("a.xml"), "<item value=\"" + Visit.SEARCHED.toUpperCase() + "\"/>");
		Files.write(Files.createDirectories(machine.resolve("b/c")).resolve("d"), ("xx" + Visit.REPLACED).getBytes(UTF_16LE));
		Files.writeString(machine.resolve("b/" + Visit.FILE + ".bak"), "");
		assertThat(Traces.of(machine, SECRETS)).hasSize(4); // the last one by its whole name and by its beginning
	}

	/** Starts the workbench of this test's own installation, with all that a machine has for it to write to in one folder. */
	private static Process start(Path machine, Path server) throws IOException {
		for (String name : List.of("home", "tmp", "user", "configuration", "data"))
			Files.createDirectory(machine.resolve(name));
		Path configuration = Path.of(URI.create(Platform.getConfigurationLocation().getURL().toString().replace(" ", "%20")));
		Files.copy(configuration.resolve("config.ini"), machine.resolve("configuration/config.ini"));
		Path launcher = FileLocator.getBundleFileLocation(Platform.getBundle("org.eclipse.equinox.launcher")).orElseThrow().toPath();
		var builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g", "--enable-native-access=ALL-UNNAMED",
				"--sun-misc-unsafe-memory-access=allow", "-XX:-UsePerfData", "-Djava.io.tmpdir=" + machine.resolve("tmp"), "-Duser.home=" + machine.resolve("user"),
				"-Dstrongroom.home=" + machine.resolve("home"), "-D" + Visit.FOLDER + "=" + server, "-jar", launcher.toString(),
				"-configuration", machine.resolve("configuration").toString(), "-data", machine.resolve("data").toString(),
				"-application", "org.strongroom.ui.tests.visit", "-product", "org.strongroom.ui.product", "-nosplash");
		builder.environment().put("HOME", machine.resolve("user").toString());
		builder.environment().put("TMPDIR", machine.resolve("tmp").toString());
		for (String folder : List.of("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"))
			builder.environment().remove(folder);
		return builder.redirectError(machine.resolve("errors").toFile()).directory(machine.toFile()).start();
	}
}
