package org.strongroom.product.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.product.Product;
import org.strongroom.product.Product.Outcome;
import org.strongroom.testing.Certificates;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.OpenSshServer;
import org.strongroom.testing.WebDavServer;
import org.strongroom.testing.WebDavServer.Kind;
import org.strongroom.testing.nextcloud.EmulatedNextcloud;

/** Law 1 on the command line, proved by tracing it: whatever happens, no name and no content of the server is written on this machine. */
class CommandLineProofTest {
	/** What a command says it says to somebody: through a pipe to this test. Its answers come from the askpass program by a pipe, too, which is that program's standard output. */
	private static final Predicate<String> SAID = w -> w.equals(Trace.OUTPUT) || w.equals(Trace.ERROR);
	private static final Duration PATIENCE = Duration.ofSeconds(60);
	private static final Canaries CANARIES = new Canaries();
	private static Company company;
	@TempDir
	Path base;
	private Observed observed;
	private Path answers;

	@BeforeAll
	static void open() throws Exception {
		assumeTrue(Trace.unavailable().isEmpty(), () -> Trace.unavailable().orElseThrow());
		assumeTrue(OpenSshServer.isAvailable(), () -> OpenSshServer.unavailable().orElseThrow());
		company = new Company(CANARIES);
	}

	@AfterAll
	static void close() throws Exception {
		if (company != null)
			company.close();
	}

	@BeforeEach
	void observe() throws Exception {
		observed = new Observed(base, company.server().root(), CANARIES);
		answers = observed.aside();
		observed.machine().set("STRONGROOM_ASKPASS", company.askpass(answers).toString());
		assertThat(run("", "bookmark", "add", "HQ", company.uri(), "--key", company.server().keyFile().toString()).code()).isZero();
	}

	@AfterEach
	void leave() throws Exception {
		if (observed != null)
			observed.close();
	}

	private Outcome run(String input, String... words) throws Exception {
		company.freshCode(answers);
		return Product.run(observed.machine().command(words), input);
	}

	private static String inVault(String name) {
		return "HQ:/" + company.vault() + "/" + name;
	}

	@Test
	void workInAVault() throws Exception {
		String made = CANARIES.name("made");
		List<String> commands = List.of("ls -lR /", "ls --json '" + company.vault() + "'", "cd-is-no-command " + made, "cat '/" + company.plain() + "/" + company.plainText() + "'",
				"find '/" + company.vault() + "' --name '*" + CANARIES.word() + "*'", "stat '/" + company.vault() + "/" + company.text() + "'", "vault info '/" + company.vault() + "'",
				"cat '/" + company.vault() + "/" + company.text() + "'", "cat '/" + company.vault() + "/" + company.utf16() + "'", "cat '/" + company.vault() + "/" + company.binary() + "'",
				"mkdir '/" + company.vault() + "/" + made + "'", "cp '/" + company.vault() + "/" + company.text() + "' '/" + company.vault() + "/" + made + "/copy'",
				"cp -r '/" + company.vault() + "/" + company.folder() + "' '/" + company.vault() + "/" + made + "/folder'", "cp '/" + company.plain() + "/" + company.plainText() + "' '/" + company.vault() + "/" + made + "'",
				"mv '/" + company.vault() + "/" + made + "/copy' '/" + company.vault() + "/" + made + "/moved'", "cat '/" + company.vault() + "/" + made + "/nowhere'", "rm -r '/" + company.vault() + "/" + made + "'");

		Outcome outcome = run(String.join("\n", commands), "--trace", "shell", "HQ:/");

		assertThat(outcome.out()).contains(company.text(), company.utf16(), CANARIES.lines());
		assertThat(outcome.complaints()).filteredOn(l -> l.startsWith("strongroom: ")).hasSize(2);

		Outcome saved = run(CANARIES.line(3 << 20), "put", "-", inVault(company.utf16() + "-long"));

		assertThat(saved.code()).as(saved.err()).isZero();
		assertThat(observed.assertNothingFound(SAID)).flatExtracting(t -> t.written().keySet()).as("what was looked at").contains(Trace.OUTPUT, observed.machine().home().resolve(".config/strongroom/known_hosts").toString());
	}

	@Test
	void whatGoesWrong() throws Exception {
		Company.answer(answers, "vault-passphrase", "wrong " + CANARIES.word());
		assertThat(run("", "cat", inVault(company.text())).code()).isEqualTo(6);
		company.askpass(answers);

		company.line().cutAfterBytes(1 << 20);
		assertThat(run(CANARIES.line(4 << 20), "put", "-", inVault(company.text())).code()).isEqualTo(5);

		company.line().delay(Duration.ofMillis(25), Duration.ofMillis(25));
		Process killed = observed.machine().command("put", "-", inVault(company.text())).redirectErrorStream(true).start();
		try {
			long before = company.line().bytesToServer();
			Thread.ofVirtual().start(() -> say(killed, CANARIES.line(8 << 20)));
			long end = System.nanoTime() + PATIENCE.toNanos();
			while (company.line().bytesToServer() < before + (1 << 20)) {
				assertThat(killed.isAlive()).isTrue();
				assertThat(System.nanoTime()).as("nothing is sent").isLessThan(end);
				Thread.sleep(20);
			}
			java(killed).destroyForcibly();
			assertThat(killed.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		} finally {
			killed.descendants().forEach(ProcessHandle::destroyForcibly);
			company.line().delay(Duration.ZERO, Duration.ZERO);
		}
		observed.assertNothingFound(SAID);
	}

	private static void say(Process to, String text) {
		try (OutputStream content = to.getOutputStream()) {
			content.write(text.getBytes(StandardCharsets.UTF_8));
		} catch (IOException e) {
			// it was killed
		}
	}

	private static ProcessHandle java(Process traced) {
		return traced.descendants().filter(p -> p.info().command().orElse("").endsWith("/java")).findFirst().orElseThrow();
	}

	@Test
	void theDiskBecomesFullAndTheProgramCrashes() throws Exception {
		assumeTrue(observed.isSmall(), "a small disk cannot be had here");
		Path filling = null;
		company.freshCode(answers);
		Process shell = observed.machine().command("shell", "HQ:/").redirectError(ProcessBuilder.Redirect.DISCARD).start();
		shell.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).exceptionally(_ -> shell.destroyForcibly());
		try (var commands = shell.outputWriter(StandardCharsets.UTF_8); var says = shell.inputReader(StandardCharsets.UTF_8)) {
			String file = "'/" + company.vault() + "/" + company.folder() + "/" + company.text() + "'";
			for (int i = 0; i < 3; i++) {
				commands.write("cat " + file + "\n");
				commands.flush();
				for (String line : CANARIES.lines().split("\n"))
					assertThat(says.readLine()).isEqualTo(line);
				if (filling == null) {
					filling = observed.fillDisk();
					commands.write("cp " + file + " '/" + company.vault() + "/" + CANARIES.name("copy") + "'\ncat '/" + company.vault() + "/" + CANARIES.name("nowhere") + "'\n");
				} else {
					Files.deleteIfExists(filling);
				}
			}
			// as a fault of its own would: the JVM writes a report, and the system a copy of its memory, if they are let
			assertThat(new ProcessBuilder("kill", "-SEGV", Long.toString(java(shell).pid())).start().waitFor()).isZero();
			assertThat(says.lines()).as("it crashed").anyMatch(l -> l.contains("SIGSEGV"));
			assertThat(shell.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
		observed.assertNothingFound(SAID);
	}

	@Test
	void overWebDav() throws Exception {
		assumeTrue(WebDavServer.unavailable(Kind.APACHE).isEmpty(), () -> WebDavServer.unavailable(Kind.APACHE).orElseThrow());
		try (WebDavServer server = WebDavServer.of(Kind.APACHE).tls(Certificates.selfSigned()).start()) {
			observed.server(server.root());
			observed.server(server.state());
			try (var vault = CryptomatorOracle.create(server.root().resolve(company.vault()), company.oracle().passphrase(), Cipher.SIV_GCM)) {
				vault.write("/" + company.text(), CANARIES.lines());
			}
			Files.writeString(Files.createDirectory(server.root().resolve(company.plain())).resolve(company.plainText()), CANARIES.lines());
			server.handOverAll();
			Company.answer(answers, "certificate", "yes");
			Company.answer(answers, "password", server.password());
			List<String> commands = List.of("ls -lR /", "cat '/" + company.plain() + "/" + company.plainText() + "'", "cat '/" + company.vault() + "/" + company.text() + "'",
					"cp '/" + company.plain() + "/" + company.plainText() + "' '/" + company.vault() + "/" + CANARIES.name("copy") + "'", "cat '/" + company.plain() + "/" + CANARIES.name("nowhere") + "'");

			Outcome outcome = run(String.join("\n", commands), "shell", "davs://%s@%s:%d/".formatted(server.user(), server.host(), server.port()));

			assertThat(outcome.complaints()).filteredOn(l -> l.startsWith("strongroom: ")).singleElement().asString().contains("nowhere");
			assertThat(outcome.out()).contains(CANARIES.lines() + CANARIES.lines());

			try (DelayProxy line = DelayProxy.to(server.host(), server.port()).start()) {
				String place = "davs://%s@%s:%d/%s/".formatted(server.user(), server.host(), line.port(), company.vault());
				line.delay(Duration.ofMillis(25), Duration.ofMillis(25));
				Outcome saved = run(CANARIES.line(12 << 20), "put", "-", place + company.utf16());
				assertThat(saved.code()).as(saved.err()).isZero();
				line.delay(Duration.ZERO, Duration.ZERO);
				line.cutAfterBytes(4 << 20);
				assertThat(run(CANARIES.line(12 << 20), "put", "-", place + company.text()).code()).isEqualTo(5);
			}
			observed.assertNothingFound(SAID);
		}
	}

	/** Readable paths, by the auditor's key, are in the file that was asked for and nowhere else; of a PDF, which is compressed, it is looked at where anything is written at all. */
	@Test
	void aReportWithReadablePathsIsWrittenWhereItWasAskedForAlone() throws Exception {
		Path home = observed.machine().home();
		var pair = KeyPairGenerator.getInstance("X25519").generateKeyPair();
		Path key = Files.writeString(answers.resolve("auditor.key"), "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n".formatted(Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded())));
		Files.writeString(home.resolve(".config/strongroom/policy.yaml"), "policy: 1\naudit:\n  auditor-key: |\n    -----BEGIN PUBLIC KEY-----\n    %s\n    -----END PUBLIC KEY-----\n"
				.formatted(Base64.getEncoder().encodeToString(pair.getPublic().getEncoded())));
		assertThat(run("", "cat", inVault(company.text())).code()).isZero();
		Path reports = Files.createDirectory(home.resolve("reports"));
		for (String format : List.of("pdf", "html"))
			assertThat(run("", "report", "-o", reports.resolve("hashes." + format).toString()).code()).isZero();
		assertThat(run("", "report", "--auditor-key", key.toString(), "-o", reports.resolve("readable.pdf").toString()).code()).isZero();
		List<Trace> traces = observed.assertNothingFound(SAID);
		assertThat(traces.getLast().written().keySet()).filteredOn(w -> w.startsWith("/")).contains(reports.resolve("readable.pdf").toString()).as("log, and what is always written")
				.allMatch(w -> w.startsWith(reports + "/") || w.startsWith(home.resolve(".config/strongroom/audit") + "/") || traces.getFirst().written().containsKey(w));

		assertThat(run("", "report", "--auditor-key", key.toString(), "-o", reports.resolve("readable.html").toString()).code()).isZero();
		observed.assertFoundIn(reports, List.of("readable.html"), SAID);
	}

	@Test
	void onNextcloud() throws Exception {
		try (var server = new EmulatedNextcloud(Files.createDirectory(base.resolve("nextcloud")), "")) {
			observed.server(base.resolve("nextcloud"));
			try (var vault = CryptomatorOracle.create(server.files().resolve(company.vault()), company.oracle().passphrase(), Cipher.SIV_GCM)) {
				vault.write("/" + company.text(), CANARIES.lines());
			}
			Files.writeString(Files.createDirectory(server.files().resolve(company.plain())).resolve(company.plainText()), CANARIES.lines());
			server.longAgo();
			Company.answer(answers, "password", server.password());
			assertThat(run("", "bookmark", "add", "Cloud", server.bookmark(server.user(), Map.of()).uri().toString(), "--option", "sign-in=password").code()).isZero();
			String inVault = "'/" + company.vault() + "/" + company.text() + "'";
			String plain = "'/" + company.plain() + "/" + company.plainText() + "'";
			List<String> commands = List.of("ls -lR /", "cat " + plain, "cat " + inVault, "find / --name '*" + CANARIES.word() + "*'", "cp " + plain + " '/" + company.vault() + "/" + CANARIES.name("copy") + "'",
					"share create " + plain, "share list " + plain, "versions list " + inVault, "rm " + plain, "trash list '/" + company.plain() + "'", "cat '/" + company.plain() + "/" + CANARIES.name("nowhere") + "'");

			Outcome outcome = run(String.join("\n", commands), "shell", "Cloud:/");

			assertThat(outcome.complaints()).filteredOn(l -> l.startsWith("strongroom: ")).singleElement().asString().contains("nowhere");
			assertThat(outcome.out()).contains(CANARIES.lines() + CANARIES.lines());
			Outcome saved = run(CANARIES.line(12 << 20), "put", "-", "Cloud:/" + company.vault() + "/" + company.utf16());
			assertThat(saved.code()).as(saved.err()).isZero();
			// what is said to the server goes to another machine; unencrypted, for this server knows no TLS
			observed.assertNothingFound(SAID.or(w -> w.startsWith("TCP") && w.endsWith(":%d]".formatted(server.uri().getPort()))));
		}
	}

	@Test
	void whoTravelsTakesNothingAlong() throws Exception {
		Path export = observed.machine().home().resolve("export");
		for (String[] taking : List.of(new String[] { "get", inVault(company.text()), export.toString() }, new String[] { "cat", inVault(company.text()) })) {
			Outcome outcome = run("", Stream.concat(Stream.of("--travel"), Stream.of(taking)).toArray(String[]::new));
			assertThat(outcome.complaints()).filteredOn(l -> l.startsWith("strongroom: ")).singleElement().asString().contains("travel mode");
			assertThat(outcome.code()).isEqualTo(8);
			assertThat(outcome.out()).isEmpty();
		}
		assertThat(run(CANARIES.lines(), "--travel", "put", "-", inVault(company.text() + "-new")).code()).isZero();
		observed.assertNothingFound(SAID);
	}

	/** What another program works on is in memory, and nowhere else; afterwards it is gone from there, too. */
	@Test
	void anotherProgramsCopyIsInMemoryAlone() throws Exception {
		assumeTrue(observed.isSmall(), "a folder of this test that is in memory cannot be had here");
		Path memory = observed.machine().folder().resolve("run");

		assertThat(run(CANARIES.lines(), "put", "-", inVault(company.text() + "-edited")).code()).isZero();
		Outcome outcome = run("", "edit", "--with", "sed -i s/e/E/g", inVault(company.text() + "-edited"));

		assertThat(outcome.err()).doesNotContain("strongroom: ");
		assertThat(outcome.code()).isZero();
		observed.assertWrittenInAndGone(memory, SAID);
		assertThat(run("", "cat", inVault(company.text() + "-edited")).out()).isEqualTo(CANARIES.lines().replace('e', 'E'));
	}

	/** The check can fail: what is saved on this machine because somebody wants it is found, there and nowhere else. */
	@Test
	void anExportIsFoundWhereItWent() throws Exception {
		Path export = observed.machine().home().resolve("export");

		Outcome outcome = run("", "get", "-r", inVault(company.folder()), export.toString());

		assertThat(outcome.err()).doesNotContain("strongroom: ");
		assertThat(outcome.code()).isZero();
		observed.assertFoundIn(export, List.of(company.text()), SAID);
	}
}
