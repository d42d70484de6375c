package org.strongroom.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.product.Product.Outcome;
import org.strongroom.testing.Certificates;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.WebDavServer;
import org.strongroom.testing.WebDavServer.Kind;

/** {@code strongroom doctor}: on a person's folder, on a real OpenSSH with two factors, on a real Apache. */
class DoctorTest {
	private static final String PASSPHRASE = "correct horse battery staple";
	private static final Pattern FINDING = Pattern.compile("\\{\"id\":\"([^\"]+)\",\"severity\":\"([a-z]+)\"");
	private static final String[] HARDENED = { "KexAlgorithms curve25519-sha256", "Ciphers aes256-gcm@openssh.com", "MACs hmac-sha2-512-etm@openssh.com", "HostKeyAlgorithms ssh-ed25519" };

	@TempDir
	Path folder;

	/** The worst of each check. */
	private static Map<String, String> severities(String json) {
		var all = new TreeMap<String, String>();
		Matcher matcher = FINDING.matcher(json);
		while (matcher.find())
			all.putIfAbsent(matcher.group(1), matcher.group(2)); // the worst come first
		return all;
	}

	@Test
	void thisMachineIsLookedAtAndTheExitCodeSaysWhetherThereIsSomethingToMend() throws Exception {
		Path temporary = Files.createDirectory(folder.resolve("tmp"));
		Path home = Files.createDirectory(folder.resolve("me"));
		var user = new User(folder);
		Outcome clean = look(user, home, temporary, "doctor", "--json");

		assertThat(clean.err()).isEmpty();
		assertThat(severities(clean.out())).hasSizeGreaterThanOrEqualTo(15).allSatisfy((id, _) -> assertThat(id).startsWith("leak."));
		assertThat(clean.out().lines()).as("one array on one line").hasSize(1);

		Files.createDirectories(temporary.resolve("strongroom-999999999-abc"));
		Outcome left = look(user, home, temporary, "doctor");

		assertThat(left.err()).isEmpty();
		assertThat(left.code()).isEqualTo(1);
		assertThat(left.lines()).anyMatch(line -> line.startsWith("WARNING   " + temporary)).anyMatch(line -> line.matches(".*\\d+ serious, \\d+ warnings?, \\d+ notes?, \\d+ fine, \\d+ not checked\\."));
		assertThat(left.out()).contains("To mend it:", "rm -r '" + temporary.resolve("strongroom-999999999-abc") + "'");
		assertThat(Files.exists(temporary.resolve("strongroom-999999999-abc"))).as("nothing is changed").isTrue();
	}

	private static Outcome look(User user, Path home, Path temporary, String... words) throws Exception {
		ProcessBuilder process = user.command(words);
		process.command().add(1, "-Duser.home=" + home);
		process.environment().put("TMPDIR", temporary.toString());
		return Product.run(process, "");
	}

	@Test
	void aServerWithTwoFactorsAndAVault() throws Exception {
		assumeTrue(OpenSshServer.isAvailable(), () -> OpenSshServer.unavailable().orElseThrow());
		try (OpenSshServer server = OpenSshServer.builder().config(HARDENED).start()) {
			try (var oracle = CryptomatorOracle.create(server.root().resolve("Vault"), PASSPHRASE, Cipher.SIV_GCM)) {
				oracle.write("/notes.txt", "hello\n");
			}
			User user = User.of(server, folder);
			user.answer("vault-passphrase", PASSPHRASE);
			user.answer("keyboard-interactive", server.currentCode());

			Outcome vault = user.run("doctor", "HQ:/Vault");

			assertThat(vault.err()).isEmpty();
			assertThat(vault.code()).as(vault.out()).isZero();
			assertThat(vault.out()).contains("publickey, then", "HQ:/Vault: No damage found", "0 serious, 0 warnings");
			assertThat(vault.lines()).filteredOn(line -> !line.startsWith(" ".repeat(10))).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
			assertThat(user.betrayedBy(vault.out())).isFalse();

			user.asked();
			user.answer("keyboard-interactive", server.currentCode());
			Outcome outside = user.run("doctor", "--json", "--no-unlock", "HQ:/");

			assertThat(outside.code()).isZero();
			assertThat(user.asked()).noneMatch(asked -> asked.startsWith("vault-passphrase"));
			assertThat(severities(outside.out())).containsEntry("ssh.factors", "ok").containsEntry("vault.passphrase-cost", outside.out().contains("as Cryptomator has it") ? "ok" : "warning").doesNotContainKey("vault.health");
		}
	}

	@Test
	void aServerThatAKeyAloneOpens() throws Exception {
		assumeTrue(OpenSshServer.isAvailable(), () -> OpenSshServer.unavailable().orElseThrow());
		try (OpenSshServer server = OpenSshServer.builder().keyOnly().config("Ciphers +3des-cbc").start()) {
			User user = User.of(server, folder);
			Outcome outcome = user.run("--json", "doctor", "HQ:/");
			assertThat(outcome.code()).isEqualTo(1);
			assertThat(severities(outcome.out())).containsEntry("ssh.factors", "warning").containsEntry("ssh.ciphers", "warning").containsEntry("ssh.key-exchange", "ok");
			assertThat(user.run("doctor", "HQ:/nowhere").code()).as("errors keep their exit codes").isEqualTo(3);
			user.answer("key-passphrase", null);
			assertThat(user.run("doctor", "HQ:/").code()).isEqualTo(4);
		}
	}

	@Test
	void anApacheWhoseCertificateNobodyIssued() throws Exception {
		assumeTrue(WebDavServer.unavailable(Kind.APACHE).isEmpty(), () -> WebDavServer.unavailable(Kind.APACHE).orElseThrow());
		try (WebDavServer server = WebDavServer.apache().tls(Certificates.selfSigned()).start()) {
			var user = new User(folder);
			user.answer("password", server.password());
			user.answer("certificate", "yes");
			user.done("bookmark", "add", "Cloud", "davs://%s@%s:%d/".formatted(server.user(), server.host(), server.port()));

			Outcome outcome = user.run("doctor", "--json", "Cloud:/");

			assertThat(outcome.err()).isEmpty();
			assertThat(outcome.code()).isEqualTo(1);
			assertThat(severities(outcome.out())).containsEntry("tls.version", "ok").containsEntry("tls.old-versions", "ok").containsEntry("tls.certificate", "warning").containsEntry("dav.factors", "warning")
					.containsEntry("tls.certificate-end", "ok");
			assertThat(user.betrayedBy(outcome.out())).isFalse();
			assertThat(server.requests()).as("nothing is changed").allSatisfy(r -> assertThat(List.of("PROPFIND", "OPTIONS", "HEAD", "GET")).contains(r.method()));
		}
	}
}
