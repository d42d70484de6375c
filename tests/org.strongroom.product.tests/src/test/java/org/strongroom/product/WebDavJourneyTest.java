package org.strongroom.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strongroom.product.Product.Outcome;
import org.strongroom.testing.Certificates;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.WebDavServer;
import org.strongroom.testing.WebDavServer.Kind;

/** The main job through WebDAV: real servers over HTTPS whose certificate nobody knows yet, and a vault that Cryptomator's own library makes and reads back. */
class WebDavJourneyTest {
	private static final String PASSPHRASE = "correct horse battery staple";
	@TempDir
	private Path folder;

	@ParameterizedTest
	@EnumSource(Kind.class)
	void bothWaysWithCryptomator(Kind kind) throws Exception {
		assumeTrue(WebDavServer.unavailable(kind).isEmpty(), () -> WebDavServer.unavailable(kind).orElseThrow());
		Certificates.Identity identity = Certificates.selfSigned();
		try (WebDavServer server = WebDavServer.of(kind).tls(identity).start()) {
			Path encrypted = server.root().resolve("Vault");
			try (var oracle = CryptomatorOracle.create(encrypted, PASSPHRASE, Cipher.SIV_GCM)) {
				oracle.write("/notes.txt", "hello\n");
				oracle.createFolder("/Contracts/2026");
			}
			server.handOverAll();
			var user = new User(folder);
			user.answer("password", server.password());
			user.answer("vault-passphrase", PASSPHRASE);
			user.answer("certificate", "no");
			assertThat(user.run("bookmark", "add", "Cloud", "davs://%s@%s:%d/".formatted(server.user(), server.host(), server.port())).code()).isZero();

			Outcome refused = user.run("ls", "Cloud:/");

			assertThat(refused.code()).isEqualTo(4);
			assertThat(refused.complaints()).singleElement().asString().contains("certificate").contains("was not accepted");
			assertThat(user.asked()).singleElement().asString().startsWith("certificate|").contains(identity.fingerprint());
			assertThat(server.requests()).isEmpty();

			byte[] random = new byte[3_000_000];
			new Random(3).nextBytes(random);
			user.file("large", random);
			user.file("plain.txt", "plain\n");
			user.answer("certificate", "yes");

			Outcome outcome = user.runWith(String.join("\n", "ls /", "put plain.txt /", "cat /plain.txt", "mkdir -p '/a b/c#d'", "mv /plain.txt '/a b/c#d/moved.txt'", "cp '/a b/c#d/moved.txt' '/a b/copy.txt'",
					"cat '/a b/copy.txt'", "rm -r '/a b/c#d'", "ls -R '/a b'", "cat notes.txt", "put plain.txt notes.txt", "put large large", "mv large Contracts/2026", "mkdir made",
					"mv notes.txt made/renamed.txt", "get Contracts/2026/large back", "cat made/renamed.txt", "ls ."), "shell", "Cloud:/Vault");

			assertThat(outcome.err()).isEmpty();
			assertThat(outcome.out()).isEqualTo("Vault/\nplain\nplain\ncopy.txt\nhello\nplain\nContracts/\nmade/\n");
			assertThat(outcome.code()).isZero();
			assertThat(user.asked()).extracting(a -> a.split("\\|")[0]).containsExactly("certificate", "password", "vault-passphrase");
			assertThat(user.folder().resolve("back")).hasBinaryContent(random);
			try (var oracle = CryptomatorOracle.open(encrypted, PASSPHRASE)) {
				assertThat(oracle.text("/made/renamed.txt")).isEqualTo("plain\n");
				assertThat(oracle.digest("/Contracts/2026/large")).isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(random)));
				assertThat(oracle.list("/")).doesNotContainKeys("/notes.txt", "/large");
			}
		}
	}
}
