package org.strongroom.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.product.Product.Outcome;
import org.strongroom.testing.OpenSshServer;

/** What stands in a person's own SSH configuration counts. */
class SshSettingsTest {
	@TempDir
	private Path temporary;

	@Test
	void anAliasBehindAnotherServer() throws Exception {
		assumeTrue(OpenSshServer.isAvailable(), () -> OpenSshServer.unavailable().orElseThrow());
		try (var inner = OpenSshServer.builder().start(); var gate = OpenSshServer.builder().keyOnly().keyPassphrase("").start()) {
			Files.writeString(inner.root().resolve("inside.txt"), "inside\n");
			var user = new User(temporary);
			Files.writeString(user.sshFolder().resolve("config"), """
					Host hq
					  HostName 127.0.0.1
					  Port %d
					  User %s
					  IdentityFile %s
					  ProxyJump gate
					Host gate
					  HostName 127.0.0.1
					  Port %d
					  User %s
					  IdentityFile %s
					""".formatted(inner.port(), inner.user(), inner.keyFile(), gate.port(), gate.user(), gate.keyFile()));
			user.answer("key-passphrase", inner.keyPassphrase());
			user.answer("keyboard-interactive", inner.currentCode());

			Outcome outcome = user.run("cat", "sftp://hq/~/inside.txt");

			assertThat(outcome.err()).isEmpty();
			assertThat(outcome.out()).isEqualTo("inside\n");
			assertThat(user.asked()).extracting(a -> a.split("\\|")[0] + " " + a.split("\\|")[2]).containsExactly("host-key gate", "host-key hq", "key-passphrase hq", "keyboard-interactive hq");
		}
	}

	@Test
	void aServerThatWantsAPasswordOnly() throws Exception {
		assumeTrue(OpenSshServer.isAvailable(), () -> OpenSshServer.unavailable().orElseThrow());
		try (var server = OpenSshServer.builder().passwordOnly().start()) {
			Files.writeString(server.root().resolve("a"), "a\n");
			var user = new User(temporary);
			user.answer("password", server.password());

			Outcome outcome = user.run("ls", server.uri());

			assertThat(outcome.err()).isEmpty();
			assertThat(outcome.out()).isEqualTo("a\n");
			assertThat(user.asked()).extracting(a -> a.split("\\|")[0]).containsExactly("host-key", "password");
		}
	}
}
