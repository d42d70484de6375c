package org.strongroom.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

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
import org.strongroom.testing.OpenSshServer;

/** The main job on the command line: a real OpenSSH server that wants a key and a code, and vaults that Cryptomator's own library makes and reads back. */
class JourneyTest {
	private static final String PASSPHRASE = "correct horse battery staple";
	private static final String LONG = "n".repeat(230) + ".txt";
	private static final String EMOJI = "\uD83D\uDE00 smile.txt";
	private static final String COMPOSED = "\u00e9t\u00e9.txt";
	/** Vaults hold names in composed form, whatever form they were given in; asked for in either form they are found. */
	private static final String DECOMPOSED = "ne\u0301e.txt";
	@TempDir
	private static Path folder;
	private static OpenSshServer server;
	private static User user;

	@BeforeAll
	static void open() throws Exception {
		assumeTrue(OpenSshServer.isAvailable(), () -> OpenSshServer.unavailable().orElseThrow());
		server = OpenSshServer.builder().start();
		user = User.of(server, folder);
		user.answer("vault-passphrase", PASSPHRASE);
	}

	@BeforeEach
	void codeFromThePhone() throws Exception {
		user.answer("keyboard-interactive", server.currentCode());
		user.asked();
	}

	@AfterAll
	static void close() {
		if (server != null)
			server.close();
	}

	private static void vault(String name, String cipher, boolean format7) throws Exception {
		try (var oracle = CryptomatorOracle.create(server.root().resolve(name), PASSPHRASE, Cipher.valueOf(cipher))) {
			oracle.write("/notes.txt", "hello\n");
			oracle.createFolder("/Contracts/2026");
			oracle.write("/Contracts/2026/a b.txt", "x y");
			oracle.write("/empty", new byte[0]);
			oracle.write("/" + LONG, "long");
			oracle.write("/" + EMOJI, "smile");
			oracle.write("/" + COMPOSED, "composed");
			oracle.write("/" + DECOMPOSED, "decomposed");
			oracle.writeRandom("/chunk", 32 * 1024, 1);
			oracle.writeRandom("/chunks", 64 * 1024, 2);
			oracle.createLink("/Contracts/up", "../notes.txt");
			if (format7)
				oracle.downgradeToFormat7();
		}
	}

	@ParameterizedTest
	@CsvSource({ "Modern,SIV_GCM,false", "Older,SIV_CTRMAC,false", "Oldest,SIV_CTRMAC,true" })
	void bothWaysWithCryptomator(String name, String cipher, boolean format7) throws Exception {
		vault(name, cipher, format7);
		byte[] random = new byte[96 * 1024];
		new Random(3).nextBytes(random);
		user.file("tree/chunks3", random);
		user.file("tree/none", "");
		user.file("tree/" + LONG, "long too");
		user.file("tree/deep/" + EMOJI, "smile too");
		user.file("tree/deep/" + COMPOSED, "composed too");
		user.file("tree/deep/" + DECOMPOSED, "decomposed too");
		String vault = "HQ:/" + name;

		Outcome outcome = user.runWith(String.join("\n", "cat notes.txt", "cat Contracts/up", "cat 'Contracts/2026/a b.txt'", "cat --offset 2 --count 2 " + LONG, "cat '" + EMOJI + "'", "cat " + COMPOSED,
				"cat " + DECOMPOSED, "cat empty", "put -r tree /" + name, "mv notes.txt \"Contracts/no tes\"", "cp chunk Contracts/2026", "rm chunks", "rm -r Contracts/up", "mkdir -p made/of/many",
				"get -r /" + name + " back-" + name), "shell", vault);

		assertThat(outcome.err()).isEmpty();
		assertThat(outcome.out()).isEqualTo("hello\nhello\nx yngsmilecomposeddecomposed");
		assertThat(outcome.code()).isZero();
		assertThat(user.asked()).extracting(a -> a.split("\\|")[0]).filteredOn(a -> !a.equals("host-key")).containsExactly("key-passphrase", "keyboard-interactive", "vault-passphrase");
		try (var oracle = format7 ? CryptomatorOracle.locked(server.root().resolve(name), PASSPHRASE) : CryptomatorOracle.open(server.root().resolve(name), PASSPHRASE)) {
			if (format7) {
				assertThat(oracle.needsMigration()).as("still of format 7").isTrue();
				oracle.migrate();
				oracle.unlock();
			}
			Map<String, String> all = oracle.list("/");
			assertThat(all).containsEntry("/Contracts/no tes", "file 6").containsEntry("/Contracts/2026/chunk", "file 32768").containsEntry("/made/of/many", "folder")
					.containsEntry("/tree/none", "file 0").containsKeys("/tree/deep/" + EMOJI, "/tree/deep/" + COMPOSED, "/tree/deep/" + Normalizer.normalize(DECOMPOSED, Form.NFC))
					.doesNotContainKeys("/notes.txt", "/chunks", "/Contracts/up");
			assertThat(oracle.text("/tree/" + LONG)).isEqualTo("long too");
			assertThat(oracle.text("/tree/deep/" + DECOMPOSED)).isEqualTo("decomposed too");
			assertThat(oracle.digest("/tree/chunks3")).isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(random)));
		}
		assertThat(user.folder().resolve("back-" + name + "/tree/chunks3")).hasBinaryContent(random);
		assertThat(user.folder().resolve("back-" + name).resolve(LONG)).hasContent("long");
		assertThat(user.folder().resolve("back-" + name + "/empty")).isEmptyFile();
	}

	@Test
	void lookingChangesNothing() throws Exception {
		vault("Looked", "SIV_GCM", false);
		Path encrypted = server.root().resolve("Looked");
		try (var backups = Files.newDirectoryStream(encrypted, "*.bkup")) {
			for (Path backup : backups)
				Files.delete(backup);
		}
		var before = Fingerprint.of(encrypted);

		Outcome outcome = user.runWith("ls -lR .\nls -l Contracts\nstat notes.txt\nfind . --name '*.txt'\ncat chunks\nvault info .\nget -r . looked\nls --no-unlock /Looked\n", "shell", "HQ:/Looked");

		assertThat(outcome.err()).isEmpty();
		assertThat(outcome.code()).isZero();
		assertThat(Fingerprint.of(encrypted)).isEqualTo(before);
	}

	@Test
	void listings() throws Exception {
		vault("Listed", "SIV_GCM", false);
		Path plain = Files.createDirectories(server.root().resolve("listed"));
		Files.writeString(Files.createDirectory(plain.resolve("sub")).resolve("x"), "x");
		Files.writeString(plain.resolve("f \"q\" \\.txt"), "12345");
		Files.setLastModifiedTime(plain.resolve("f \"q\" \\.txt"), FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
		Files.createSymbolicLink(plain.resolve("link"), Path.of("sub"));
		Path links = Files.createDirectory(server.root().resolve("links"));
		Files.createSymbolicLink(links.resolve("nowhere"), Path.of("nothing"));
		Files.createSymbolicLink(links.resolve("circle"), Path.of("circle"));

		Outcome outcome = user.runWith("ls /listed\nls -l /listed\nls -R /listed\nls --json /listed\nls --json /listed/sub/x\nfind /listed --name x\n--no-unlock ls /Listed\nls --json /listed/sub/../../Listed/Contracts\nls -l /\nls /links/nowhere\nls -l /links/circle\nls /links/nothing\n",
				"shell", "HQ:/");

		assertThat(outcome.complaints()).hasSize(1).first().asString().contains("/links/nothing");
		assertThat(outcome.lines().get(outcome.lines().size() - 2)).isEqualTo("nowhere");
		assertThat(outcome.lines().getLast()).matches("symlink +\\d+ \\S+Z circle");
		assertThat(outcome.out()).startsWith("""
				f "q" \\.txt
				link
				sub/
				file                      5 2026-01-02T03:04:05Z f "q" \\.txt
				""");
		assertThat(outcome.lines().get(4)).matches("symlink +\\d+ \\S+Z link");
		assertThat(outcome.lines().get(5)).matches("directory +\\d+ \\S+Z sub/");
		assertThat(outcome.lines().subList(6, 10)).containsExactly("f \"q\" \\.txt", "link", "sub/", "sub/x");
		assertThat(outcome.lines().get(10)).matches("\\[\\{\"name\":\"f \\\\\"q\\\\\" \\\\\\\\.txt\",\"path\":\"/listed/f \\\\\"q\\\\\" \\\\\\\\.txt\",\"type\":\"file\",\"size\":5,\"modified\":\"2026-01-02T03:04:05Z\",\"vault\":null\\},"
				+ "\\{\"name\":\"link\",\"path\":\"/listed/link\",\"type\":\"symlink\",.*\\},\\{\"name\":\"sub\",\"path\":\"/listed/sub\",\"type\":\"directory\",.*\"vault\":null\\}\\]");
		assertThat(outcome.lines().get(11)).startsWith("[{\"name\":\"x\",\"path\":\"/listed/sub/x\",").endsWith("}]");
		assertThat(outcome.lines().get(12)).isEqualTo("/listed/sub/x");
		assertThat(outcome.lines().subList(13, 16)).contains("d/", "masterkey.cryptomator", "vault.cryptomator");
		assertThat(outcome.out()).contains("\"path\":\"/Listed/Contracts/2026\"").containsPattern("locked-vault +\\d+ \\S+Z|directory +\\d+ \\S+Z Listed/");
	}

	@Test
	void aShellTellsEveryErrorAndGoesOn() throws Exception {
		Files.writeString(server.root().resolve("one.txt"), "one\n");

		Outcome outcome = user.runWith("# a remark\n\ncat nowhere\nfrobnicate\ncat 'one.txt\nput - x\nshell\nput nothing-here HQ:/\ncat one\\.txt\n", "shell", "HQ:/");

		assertThat(outcome.out()).isEqualTo("one\n");
		assertThat(outcome.complaints()).hasSize(6).allMatch(line -> line.startsWith("strongroom: "));
		assertThat(outcome.complaints().getFirst()).isEqualTo("strongroom: HQ:/nowhere: there is no such file or folder.");
		assertThat(outcome.code()).as("the first failure's").isEqualTo(3);

		Outcome json = user.runWith("mkdir made\nls made\nls nowhere\nfrobnicate\nrm -r made\nstat one.txt\n'\n", "--json", "shell", "HQ:/");

		assertThat(json.lines()).hasSize(7);
		assertThat(json.lines().subList(0, 5)).containsOnly("[]");
		assertThat(json.lines().get(5)).contains("\"path\":\"/one.txt\"");
		assertThat(json.code()).isEqualTo(3);
	}

	@Test
	void aShellRunsEachLineAsItComes() throws Exception {
		Files.writeString(server.root().resolve("first.txt"), "first\n");
		var builder = user.command("shell", "HQ:/").redirectError(ProcessBuilder.Redirect.DISCARD);
		Process process = builder.start();
		try (var commands = process.outputWriter(); var answers = process.inputReader()) {
			commands.write("cat first.txt\n");
			commands.flush();
			assertThat(answers.readLine()).isEqualTo("first");
			commands.write("stat first.txt\n");
			commands.flush();
			assertThat(answers.readLine()).isEqualTo("name: first.txt");
		}
		assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
	}

	@Test
	void thingsArePlacedAsCpDoes() throws Exception {
		Files.createDirectories(server.root().resolve("placed/there"));
		user.file("place/a/1", "one");
		user.file("single", "single");

		Outcome outcome = user.runWith(String.join("\n", "put single /placed", "put single /placed/other", "put -r place /placed/there", "put -r place /placed/new", "put -r place/. /placed/merged",
				"cp -r /placed/new /placed/there", "mv /placed/other /placed/there", "mv /placed/single /placed/renamed", "get /placed/renamed got", "get /placed/renamed .", "get -r /placed/there got-there",
				"put -r place /placed/merged", "put single /placed/nowhere/x", "put place /placed", "put -r place /placed/renamed"), "shell", "HQ:/");

		assertThat(outcome.complaints()).hasSize(3);
		assertThat(outcome.code()).isEqualTo(3);
		Path placed = server.root().resolve("placed");
		assertThat(List.of("renamed", "there/other", "there/place/a/1", "there/new/a/1", "new/a/1", "merged/a/1", "merged/place/a/1")).allSatisfy(name -> assertThat(placed.resolve(name)).isRegularFile());
		assertThat(List.of("single", "other", "nowhere", "place")).allSatisfy(name -> assertThat(placed.resolve(name)).doesNotExist());
		assertThat(user.folder().resolve("got")).hasContent("single");
		assertThat(user.folder().resolve("renamed")).hasContent("single");
		assertThat(user.folder().resolve("got-there/new/a/1")).hasContent("one");
	}

	@Test
	void whatCannotBeReadIsTold() throws Exception {
		vault("Torn", "SIV_GCM", false);
		try (var oracle = CryptomatorOracle.open(server.root().resolve("Torn"), PASSPHRASE)) {
			Path moved = oracle.ciphertext("/notes.txt");
			Files.move(moved, oracle.ciphertext("/Contracts").resolve(moved.getFileName()));
		}

		Outcome outcome = user.runWith("ls Contracts\nls --json Contracts\nls -R .\nls .\n", "shell", "HQ:/Torn");

		String told = "strongroom: HQ:/Torn/Contracts: 1 item here cannot be read: damaged, or from another folder or vault.";
		assertThat(outcome.complaints()).containsExactly(told, told, told);
		assertThat(outcome.lines().subList(0, 2)).containsExactly("2026/", "up");
		assertThat(outcome.lines().get(2)).startsWith("[{\"name\":\"2026\",").endsWith("}]").contains("\"name\":\"up\"");
		assertThat(outcome.code()).as("damaged").isEqualTo(7);
	}

	@Test
	void whatIsMovedKeepsItsTime() throws Exception {
		vault("Times", "SIV_GCM", false);
		FileTime time = FileTime.from(Instant.parse("2001-02-03T04:05:06Z"));
		for (String name : List.of("dated", LONG)) {
			Path file = Files.writeString(server.root().resolve(name), "dated");
			Files.setLastModifiedTime(file, time);
		}

		Outcome outcome = user.runWith("mv dated Times/moved\nmv " + LONG + " Times/long-moved\nstat Times/moved\n", "shell", "HQ:/");

		assertThat(outcome.err()).isEmpty();
		assertThat(outcome.lines()).contains("modified: 2001-02-03T04:05:06Z");
		try (var oracle = CryptomatorOracle.open(server.root().resolve("Times"), PASSPHRASE)) {
			assertThat(Files.getLastModifiedTime(oracle.ciphertext("/moved"))).isEqualTo(time);
			assertThat(Files.getLastModifiedTime(oracle.ciphertext("/long-moved"))).isEqualTo(time);
			assertThat(oracle.text("/moved")).isEqualTo("dated");
		}
	}

	@Test
	void aPersonAtATerminalIsAskedWithoutEcho() throws Exception {
		vault("Typed", "SIV_GCM", false);
		var builder = user.command("cat", "HQ:/Typed/notes.txt");
		builder.environment().remove("STRONGROOM_ASKPASS");
		String words = String.join(" ", builder.command().stream().map(w -> "'" + w + "'").toList());
		Process process = builder.command("script", "--quiet", "--flush", "--return", "--command", words, "/dev/null").redirectErrorStream(true).start();
		var shown = new StringBuilder();
		try (var keyboard = process.outputWriter(); var screen = process.inputReader()) {
			for (String[] turn : new String[][] { { "Passphrase for key id_ed25519_1: ", server.keyPassphrase() }, { "Verification code: ", server.currentCode() },
					{ "Passphrase for vault Typed: ", PASSPHRASE } }) {
				while (!shown.toString().contains(turn[0])) {
					int c = screen.read();
					assertThat(c).as("after: " + shown).isNotNegative();
					shown.append((char) c);
					if (shown.toString().endsWith("(yes/no) ")) {
						keyboard.write("yes\n");
						keyboard.flush();
					}
				}
				awaitNoEcho(process);
				keyboard.write(turn[1] + "\n");
				keyboard.flush();
			}
			screen.transferTo(new java.io.StringWriter() {
				@Override
				public void write(char[] text, int from, int length) {
					shown.append(text, from, length);
				}
			});
		}
		assertThat(process.waitFor()).as(shown.toString()).isZero();
		assertThat(shown.toString()).endsWith("hello\r\n").doesNotContain(server.keyPassphrase(), PASSPHRASE);
	}

	/** The terminal is asked by its own settings, as stty shows them, until it shows nothing of what is typed. */
	private static void awaitNoEcho(Process script) throws Exception {
		Path device = Path.of("/proc", Long.toString(script.descendants().filter(p -> p.info().command().orElse("").endsWith("java")).findFirst().orElseThrow().pid()), "fd", "0").toRealPath();
		for (int i = 0; i < 600; i++) {
			var stty = new ProcessBuilder("stty", "-a").redirectInput(device.toFile()).start();
			if (new String(stty.getInputStream().readAllBytes()).contains("-echo "))
				return;
			Thread.sleep(50);
		}
		throw new AssertionError("the terminal echoes");
	}
}
