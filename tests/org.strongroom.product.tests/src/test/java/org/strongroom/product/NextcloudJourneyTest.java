package org.strongroom.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.product.Product.Outcome;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.nextcloud.EmulatedNextcloud;

/** The main job through Nextcloud: somebody signs in in the browser, and works in a vault that Cryptomator's own library makes and reads back. */
class NextcloudJourneyTest {
	private static final String PASSPHRASE = "correct horse battery staple";
	private static final Duration PATIENCE = Duration.ofSeconds(60);
	@TempDir
	private Path temp;

	@Test
	void bothWaysWithCryptomator() throws Exception {
		var user = new User(Files.createDirectory(temp.resolve("user")));
		try (var server = new EmulatedNextcloud(Files.createDirectory(temp.resolve("server")), "/cloud"); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
			Path encrypted = server.files().resolve("Vault");
			try (var oracle = CryptomatorOracle.create(encrypted, PASSPHRASE, Cipher.SIV_GCM)) {
				oracle.write("/notes.txt", "hello\n");
				oracle.createFolder("/Contracts/2026");
			}
			assertThat(user.run("bookmark", "add", "Cloud", "nextcloud://%s/cloud/".formatted(server.uri().getRawAuthority())).code()).isZero();

			Outcome cancelled = user.run("ls", "Cloud:/");

			assertThat(cancelled.complaints()).singleElement();
			assertThat(cancelled.code()).isEqualTo(4);
			assertThat(user.asked()).singleElement().asString().startsWith("browser-login|http");
			assertThat(server.appPasswords()).isEmpty();

			user.answer("browser-login", "");
			user.answer("vault-passphrase", PASSPHRASE);
			byte[] random = new byte[12_000_000];
			new Random(3).nextBytes(random);
			user.file("large", random);
			user.file("plain.txt", "plain\n");
			Future<Boolean> browser = threads.submit(() -> server.browse(address(user)));

			Outcome outcome = user.runWith(String.join("\n", "ls /", "put plain.txt /", "mkdir -p '/a b/c#d'", "mv /plain.txt '/a b/c#d/moved.txt'", "cp '/a b/c#d/moved.txt' '/a b/copy.txt'",
					"cat '/a b/copy.txt'", "rm -r '/a b/c#d'", "ls -R '/a b'", "cat notes.txt", "put plain.txt notes.txt", "put large large", "mv large Contracts/2026", "mkdir made",
					"get Contracts/2026/large back", "cat notes.txt", "ls ."), "shell", "Cloud:/Vault");

			assertThat(outcome.err()).isEmpty();
			assertThat(outcome.out()).isEqualTo("Vault/\nplain\ncopy.txt\nhello\nplain\nContracts/\nmade/\nnotes.txt\n");
			assertThat(outcome.code()).isZero();
			assertThat(browser.get()).isTrue();
			assertThat(user.asked()).extracting(a -> a.split("\\|")[0]).containsExactly("browser-login", "vault-passphrase");
			assertThat(user.folder().resolve("back")).hasBinaryContent(random);
			assertThat(server.appPasswords()).as("signing out revokes it").isEmpty();
			try (var oracle = CryptomatorOracle.open(encrypted, PASSPHRASE)) {
				assertThat(oracle.text("/notes.txt")).isEqualTo("plain\n");
				assertThat(oracle.read("/Contracts/2026/large")).isEqualTo(random);
			}

			browser = threads.submit(() -> server.browse(address(user)));
			Outcome more = user.runWith(String.join("\n", "share create '/a b/copy.txt'", "share create notes.txt", "rm notes.txt", "trash list ."), "shell", "Cloud:/Vault");

			assertThat(more.lines()).hasSize(2);
			assertThat(more.lines().getFirst()).contains("http");
			assertThat(more.lines().getLast()).contains("notes.txt");
			assertThat(more.complaints()).singleElement().asString().contains("--ciphertext");
			assertThat(browser.get()).isTrue();
		}
	}

	/** Where somebody is told to sign in. */
	private static URI address(User user) throws IOException {
		Path asked = user.folder().resolve("asked");
		for (Instant end = Instant.now().plus(PATIENCE); Instant.now().isBefore(end);) {
			List<String> lines = Files.exists(asked) ? Files.readAllLines(asked) : List.of();
			if (!lines.isEmpty())
				return URI.create(lines.getFirst().split("\\|")[1]);
			try {
				Thread.sleep(50);
			} catch (InterruptedException e) {
				throw new InterruptedIOException();
			}
		}
		throw new IOException("nobody was asked to sign in");
	}
}
