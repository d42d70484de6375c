package org.strongroom.ui.kept;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.HeapDump;
import org.strongroom.testing.VaultKeys;

/** What a locked vault leaves in the memory of the workbench, seen by a dump of its heap. */
class NothingInMemoryTest {
	private static final String PASSPHRASE = "Zwetschgenknödel im August";
	private static final String FILE = "Geheimplan.txt";
	private static final String READ = "Ein Zebrafisch im Teich, wie er im Buche steht.";
	private static final String TYPED = "quittenbaum ";
	private static final int MOST_DUMPS = 10;

	@Test
	void lockingLeavesNoKeyNoPassphraseNoTextAndNoName(@TempDir Path machine, @TempDir Path server) throws Exception {
		var secrets = new HeapDump().text("passphrase", PASSPHRASE).text("what was read", READ).text("what was typed", TYPED).text("name", FILE);
		try (CryptomatorOracle vault = CryptomatorOracle.create(server.resolve("Vault"), PASSPHRASE, CryptomatorOracle.Cipher.SIV_GCM)) {
			vault.write("/" + FILE, READ + "\n");
			Path encrypted = vault.ciphertext("/" + FILE);
			vault.lock();
			VaultKeys.of(server.resolve("Vault"), PASSPHRASE, encrypted).forEach(secrets::bytes);
		}
		Process workbench = Workbench.start(machine, server, "leaving", "-D" + Leaving.DUMPS + "=" + machine);
		workbench.onExit().orTimeout(Workbench.PATIENCE.toSeconds(), TimeUnit.SECONDS).exceptionally(_ -> workbench.destroyForcibly());
		Set<String> left = Set.of();
		try (BufferedReader says = workbench.inputReader(); OutputStream tell = workbench.getOutputStream()) {
			say(tell, PASSPHRASE, FILE, TYPED);
			// timers of the platform, which run out one by one, have hold of what they belong to
			for (int i = 0; i < MOST_DUMPS && (i == 0 || !left.isEmpty()); i++) {
				say(tell, Leaving.DUMP);
				assertThat(awaits(says, Leaving.DUMPED)).as("somebody who leaves: %s", Files.readString(machine.resolve("errors"))).isTrue();
				left = secrets.find(machine.resolve(Leaving.LOCKED));
			}
			say(tell, "end");
			assertThat(awaits(says, Visitor.DONE)).as("the end").isTrue();
			say(tell, "");
			workbench.waitFor();
		} finally {
			workbench.destroyForcibly().waitFor();
		}
		assertThat(left).as("once it is locked").isEmpty();
		assertThat(secrets.find(machine.resolve(Leaving.UNLOCKED))).as("while it is unlocked, so that it is certain that all would be found").contains("key for contents", "key for names", "what was read (bytes)",
				"what was typed (bytes)", "name (bytes)");
	}

	private static void say(OutputStream tell, String... lines) throws IOException {
		for (String line : lines)
			tell.write((line + "\n").getBytes(UTF_8));
		tell.flush();
	}

	private static boolean awaits(BufferedReader says, String word) throws IOException {
		for (String line; (line = says.readLine()) != null;)
			if (line.equals(word))
				return true;
		return false;
	}
}
