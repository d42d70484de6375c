package org.strongroom.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strongroom.product.Product.Outcome;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.OpenSshServer.KeyKind;

/** What goes wrong between a person, a real OpenSSH server and a vault: one line that says what, the right exit code, and a server that has the old file or the new one. */
class FaultsTest {
	private static final String PASSPHRASE = "correct horse battery staple";
	@TempDir
	private static Path temporary;
	private static OpenSshServer server;
	private static int users;
	private User user;

	@BeforeAll
	static void open() throws Exception {
		assumeTrue(OpenSshServer.isAvailable(), () -> OpenSshServer.unavailable().orElseThrow());
		server = OpenSshServer.builder().testUser().start();
		try (var oracle = CryptomatorOracle.create(server.root().resolve("Vault"), PASSPHRASE, Cipher.SIV_GCM)) {
			oracle.write("/notes.txt", "old\n");
		}
		Files.writeString(server.root().resolve("plain.txt"), "old\n");
		belongToTheAccount();
	}

	@BeforeEach
	void somebody() throws Exception {
		user = User.of(server, Files.createDirectory(temporary.resolve("user" + ++users)));
		user.answer("vault-passphrase", PASSPHRASE);
		user.answer("keyboard-interactive", server.currentCode());
	}

	@AfterAll
	static void close() {
		if (server != null)
			server.close();
	}

	/** What this process made in the served folder is given to the account that signs in. */
	private static void belongToTheAccount() throws IOException {
		var owner = server.root().getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(server.user());
		try (Stream<Path> all = Files.walk(server.root())) {
			for (Path path : all.toList())
				if (!Files.isSymbolicLink(path))
					Files.setOwner(path, owner);
		}
	}

	private void assertFails(Outcome outcome, int code, String... said) {
		assertThat(outcome.out()).isEmpty();
		assertThat(outcome.complaints()).as("exactly one line").hasSize(1);
		assertThat(outcome.err()).startsWith("strongroom: ").contains(said).doesNotContain("Exception");
		assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
		assertThat(user.betrayedBy(outcome.err())).as("a secret in " + outcome.err()).isFalse();
	}

	@Test
	void wrongPassphraseOfTheKey() throws Exception {
		user.answer("key-passphrase", "wrong");
		assertFails(user.run("ls", "HQ:/"), 4, "does not open the key", "3 times");
		assertThat(user.asked()).extracting(a -> a.split("\\|")[0]).containsExactly("host-key", "key-passphrase", "key-passphrase", "key-passphrase");
	}

	@Test
	void wrongCodeAsOftenAsTheServerAllows() throws Exception {
		user.answer("keyboard-interactive", server.wrongCode());
		assertFails(user.run("ls", "HQ:/"), 4, "check your answers");
		assertThat(user.asked()).filteredOn(a -> a.startsWith("keyboard-interactive|Verification code: |")).hasSizeGreaterThan(2);
	}

	@Test
	void cancelIsCancel() throws Exception {
		user.answer("keyboard-interactive", null);
		assertFails(user.run("ls", "HQ:/"), 4, "cancelled");
		assertThat(user.asked()).filteredOn(a -> a.startsWith("keyboard-interactive")).hasSize(1);
	}

	@Test
	void noMatchingKey() throws Exception {
		user.bookmark("Strange", server.uri(), server.newStrangeKey(KeyKind.ED25519, server.keyPassphrase()));
		assertFails(user.run("ls", "Strange:/"), 4, "took none of the keys offered");
	}

	@Test
	void nobodyToAsk() throws Exception {
		user.leave();
		assertFails(user.run("ls", "HQ:/"), 4, "cannot be asked here", "--askpass");
	}

	@Test
	void unknownAndChangedHostKeys() throws Exception {
		try (var other = OpenSshServer.builder().keyOnly().keyPassphrase("").start()) {
			user.bookmark("Other", other.uri(), other.keyFile());
			user.answer("host-key", "no");
			assertFails(user.run("ls", "Other:/"), 4, other.hostKeyFingerprint(), "not accepted");
			assertThat(user.asked()).singleElement().asString().startsWith("host-key|").contains(other.hostKeyFingerprint());
			user.answer("host-key", "yes");
			assertThat(user.run("ls", "Other:/").code()).isZero();
			assertThat(user.run("ls", "Other:/").code()).isZero();
			assertThat(user.asked()).as("asked once").hasSize(1);
			other.rotateHostKey();
			assertFails(user.run("ls", "Other:/"), 4, "has changed", other.hostKeyFingerprint(), "known_hosts, line 1", "remove that line");
			assertThat(user.asked()).isEmpty();
		}
	}

	@Test
	void unreachable() throws Exception {
		int port;
		try (var socket = new ServerSocket(0)) {
			port = socket.getLocalPort();
		}
		assertFails(user.run("ls", "sftp://somebody@127.0.0.1:" + port + "/"), 5, "refuses connections");
		assertFails(user.run("ls", "sftp://somebody@nowhere.invalid/"), 5, "nowhere.invalid is not known");
	}

	@Test
	void wrongPassphraseOfTheVault() throws Exception {
		user.answer("vault-passphrase", "wrong");
		assertFails(user.run("cat", "HQ:/Vault/notes.txt"), 6, "does not open the vault /Vault");
	}

	@Test
	void whatIsGone() throws Exception {
		Outcome outcome = user.runWith("cat gone\nstat gone\nls gone\nget gone here\nmv gone here\ncp gone here\nrm gone\nput plain gone/x\nfind gone\nvault info gone\ncat Vault/gone\nmkdir gone/x\n", "shell", "HQ:/");
		assertThat(outcome.complaints()).hasSize(12).allMatch(line -> line.contains("there is no such"));
		assertThat(outcome.code()).isEqualTo(3);
		assertFails(user.run("bookmark", "show", "Nobody"), 3, "no such bookmark");
		assertFails(user.run("ls", "Nobody:/"), 3, "no such bookmark");
	}

	@Test
	void wordsNotUnderstood() throws Exception {
		assertFails(user.run("ls", "--long", "HQ:/"), 2, "'--long' is too much or not known", "strongroom help ls");
		List<String> lines = List.of("frobnicate", "ls", "ls HQ", "bookmark", "bookmark add a:b sftp://h/", "bookmark add a sftp://user:word@h/", "get -r HQ:/ -", "cat --count -1 HQ:/x", "cat --offset x HQ:/x", "ls 'no end");
		Outcome outcome = user.runWith(String.join("\n", lines), "shell");
		assertThat(outcome.out()).isEmpty();
		assertThat(outcome.complaints()).hasSameSizeAs(lines).noneMatch(line -> line.contains("user:word"));
		assertThat(outcome.code()).isEqualTo(2);
		assertThat(user.asked()).as("nobody is asked for that").isEmpty();
	}

	@Test
	void withoutPermissionTheRestIsDone() throws Exception {
		Path shut = Files.createDirectories(server.root().resolve("mixed/shut"));
		for (String name : List.of("mixed/a", "mixed/b", "mixed/shut/c"))
			Files.writeString(server.root().resolve(name), name);
		belongToTheAccount();
		Files.setPosixFilePermissions(server.root().resolve("mixed/b"), PosixFilePermissions.fromString("---------"));
		Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("r-xr-xr-x"));

		assertFails(user.run("cat", "HQ:/mixed/b"), 1, "HQ:/mixed/b: the server does not permit this");
		assertFails(user.run("get", "-r", "HQ:/mixed", "mixed"), 1, "HQ:/mixed/b: the server does not permit this");
		assertThat(user.folder().resolve("mixed/a")).hasContent("mixed/a");
		assertThat(user.folder().resolve("mixed/shut/c")).hasContent("mixed/shut/c");
		user.file("tree/shut/d", "d");
		user.file("tree/e", "e");
		assertFails(user.run("put", "-r", user.folder().resolve("tree/.").toString(), "HQ:/mixed"), 1, "HQ:/mixed/shut/d");
		assertThat(server.root().resolve("mixed/e")).hasContent("e");
		assertThat(shut).isDirectoryNotContaining(p -> !p.endsWith("c"));
		assertFails(user.run("rm", "-r", "HQ:/mixed"), 1, "HQ:/mixed/shut/c");
		assertThat(server.root().resolve("mixed/a")).doesNotExist();
	}

	@Test
	void fullDisk() throws Exception {
		Path small = Files.createDirectory(server.root().resolve("small"));
		assumeTrue(new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=2m,mode=777", "tmpfs", small.toString()).start().waitFor() == 0, "a small disk cannot be had here");
		try {
			Files.writeString(small.resolve("file"), "old\n");
			belongToTheAccount();
			Path large = user.file("large", new byte[4 << 20]);

			assertFails(user.run("put", large.toString(), "HQ:/small/file"), 1, "HQ:/small/file", "disk full");

			assertThat(small.resolve("file")).hasContent("old\n");
			assertThat(small).isDirectoryNotContaining(p -> !p.endsWith("file"));
		} finally {
			assertThat(new ProcessBuilder("umount", small.toString()).start().waitFor()).isZero();
		}
	}

	@Test
	void connectionCutInTheMiddleOfASave() throws Exception {
		byte[] large = new byte[12 << 20];
		new Random(1).nextBytes(large);
		String local = user.file("large", large).toString();
		try (var link = DelayProxy.to(server.host(), server.port()).start()) {
			user.bookmark("Bad", server.uri().replace(":" + server.port(), ":" + link.port()), server.keyFile());
			for (String name : List.of("plain.txt", "Vault/notes.txt")) {
				user.answer("keyboard-interactive", server.currentCode());
				link.cutAfterBytes(3 << 20);
				assertFails(user.run("put", local, "Bad:/" + name), 5, "Bad:/" + name, "whole", "was lost");
				assertThat(user.run("cat", "HQ:/" + name).out()).isEqualTo("old\n");
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "plain.txt, 0", "Vault/notes.txt, 1", "Vault/long, 0", "Vault/long, 1" })
	void killedInTheMiddleOfASave(String file, int least) throws Exception {
		String name = file.replace("long", "a name so long that its entry is a folder, ".repeat(5));
		String local = user.file("large", new byte[1 << 20]).toString();
		try (var link = DelayProxy.to(server.host(), server.port()).start()) {
			user.bookmark("Far", server.uri().replace(":" + server.port(), ":" + link.port()), server.keyFile());
			link.delay(Duration.ofMillis(100), Duration.ofMillis(100));
			Process put = user.command("put", local, "Far:/" + name).start();
			try {
				while (temporary().noneMatch(p -> p.toString().endsWith(".part") && p.toFile().length() >= least))
					assertThat(put.isAlive()).as("still at work").isTrue();
			} finally {
				put.destroyForcibly().waitFor();
			}
		}
		assertThat(temporary()).isNotEmpty();
		Outcome outcome = user.run("cat", "HQ:/" + name);
		assertThat(outcome.code()).as(outcome.err()).isEqualTo(file.endsWith("long") ? 3 : 0);
		assertThat(outcome.out()).isEqualTo(file.endsWith("long") ? "" : "old\n");
		assertThat(temporary()).isEmpty();
		assertThat(user.home().resolve("connections")).isEmptyDirectory();
	}

	/** What is on its way on the server, and records of it. */
	private static Stream<Path> temporary() throws IOException {
		for (;;) {
			try (Stream<Path> all = Files.walk(server.root())) {
				return all.filter(p -> p.getFileName().toString().startsWith(".strongroom")).toList().stream();
			} catch (UncheckedIOException e) {
				// Something is gone already: look again.
			}
		}
	}

	@Test
	void changedOnTheServerMeanwhile() throws Exception {
		for (String name : List.of("busy.txt", "appearing.txt")) {
			Path file = server.root().resolve(name);
			if (name.startsWith("busy"))
				Files.writeString(file, "old\n");
			belongToTheAccount();
			user.answer("keyboard-interactive", server.currentCode());
			user.asked();
			Path pipe = user.folder().resolve("pipe-" + name);
			assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
			Process put = user.command("put", pipe.toString(), "HQ:/" + name).start();
			// Opens when the other side begins to read, which it does when it has seen what is there.
			try (OutputStream content = Files.newOutputStream(pipe)) {
				content.write("mine\n".getBytes(StandardCharsets.UTF_8));
				Files.writeString(file, "theirs!\n");
			}
			String err = new String(put.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(put.waitFor()).as(err).isEqualTo(9);
			assertThat(err).contains("HQ:/" + name + ": changed on the server meanwhile").hasLineCount(1);
			assertThat(file).hasContent("theirs!\n");
		}
	}

	@Test
	void hostileVaults() throws Exception {
		String kid = "\"kid\":\"masterkeyfile:masterkey.cryptomator\",\"typ\":\"JWT\",";
		String payload = "{\"format\":8,\"cipherCombo\":\"SIV_GCM\",\"shorteningThreshold\":220}";
		var commands = new StringBuilder();
		String[][] configurations = { { "{" + kid + "\"alg\":\"none\"}", payload, "is not signed" }, { "{" + kid + "\"alg\":\"HS256\"}", payload, "was not signed with this vault's key" },
				{ "{" + kid + "\"alg\":\"HS256\"}", payload.replace("8", "99"), "format 99" }, { "{" + kid + "\"alg\":\"HS256\"}", payload.replace("SIV_GCM", "NONE"), "cipher" },
				{ "{\"kid\":\"https://elsewhere/\",\"typ\":\"JWT\",\"alg\":\"HS256\"}", payload, "key that is not in the vault's own folder" } };
		for (int i = 0; i < configurations.length; i++) {
			Path vault = hostile("Hostile" + i, "vault.cryptomator", base64(configurations[i][0]) + "." + base64(configurations[i][1]) + "." + base64("signature"));
			commands.append("ls ").append(vault.getFileName()).append('\n');
		}
		String key = Files.readString(server.root().resolve("Vault/masterkey.cryptomator"));
		hostile("Costly", "masterkey.cryptomator", key.replaceAll("(\"scryptCostParam\": *)\\d+", "$11073741824"));
		hostile("Garbage", "vault.cryptomator", "garbage");
		belongToTheAccount();

		Outcome outcome = user.runWith(commands + "ls Costly\nls Garbage\n", "shell", "HQ:/");

		assertThat(outcome.out()).isEmpty();
		assertThat(outcome.complaints()).hasSize(configurations.length + 2).allMatch(line -> line.contains("damaged vault data"));
		for (int i = 0; i < configurations.length; i++)
			assertThat(outcome.complaints().get(i)).contains("HQ:/Hostile" + i, configurations[i][2]);
		assertThat(outcome.complaints().get(configurations.length)).contains("MiB of memory");
		assertThat(outcome.code()).isEqualTo(7);
	}

	private static Path hostile(String name, String file, String content) throws IOException {
		Path vault = Files.createDirectory(server.root().resolve(name));
		for (String part : List.of("vault.cryptomator", "masterkey.cryptomator"))
			Files.copy(server.root().resolve("Vault").resolve(part), vault.resolve(part));
		Files.writeString(vault.resolve(file), content);
		return vault;
	}

	private static String base64(String text) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}
}
