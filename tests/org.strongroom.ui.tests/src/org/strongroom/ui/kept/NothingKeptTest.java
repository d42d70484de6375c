package org.strongroom.ui.kept;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.Traces;

/** Law 1, seen from outside: what a whole run of the workbench leaves on the disk, while it runs and after it. */
class NothingKeptTest {
	private static final String[] SECRETS = { Visit.FILE, "geheimpl", Visit.SEARCHED, Visit.REPLACED, Visit.PASSPHRASE };

	@Test
	void aRunLeavesNothingReadable(@TempDir Path machine, @TempDir Path server) throws Exception {
		try (CryptomatorOracle vault = CryptomatorOracle.create(server.resolve("Vault"), Visit.PASSPHRASE, Cipher.SIV_GCM)) {
			vault.write("/" + Visit.FILE, "Ein " + Visit.SEARCHED + " im Teich.\n");
			vault.lock();
			Process workbench = Workbench.start(machine, server, "visit");
			workbench.onExit().orTimeout(Workbench.PATIENCE.toSeconds(), TimeUnit.SECONDS).exceptionally(_ -> workbench.destroyForcibly());
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
}
