package org.strongroom.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strongroom.product.Product.Outcome;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.CryptomatorOracle.Cipher;
import org.strongroom.testing.DelayProxy;
import org.strongroom.testing.OpenSshServer;

/** {@code strongroom edit}: other programs work on files of a real OpenSSH, in a vault, too; the readable copy is in memory alone, and gone afterwards. */
class EditTest {
	private static final int PATIENCE_SECONDS = 60;
	private static final String PASSPHRASE = "correct horse battery staple";
	private static final Pattern KEPT = Pattern.compile("in memory alone: (/\\S+)\\. Put");
	@TempDir
	private static Path folder;
	private static OpenSshServer server;
	private static DelayProxy line;
	private static User user;
	private static Path memory;
	private Path note;

	@BeforeAll
	static void open() throws Exception {
		assumeTrue(OpenSshServer.unavailableWithoutCode().isEmpty(), () -> OpenSshServer.unavailableWithoutCode().orElseThrow());
		assumeTrue(Files.isDirectory(Path.of("/dev/shm")) && Files.getFileStore(Path.of("/dev/shm")).type().equals("tmpfs"), "this machine has no /dev/shm");
		memory = Files.createTempDirectory(Path.of("/dev/shm"), "test", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		server = OpenSshServer.builder().keyOnly().keyPassphrase("").start();
		line = DelayProxy.to(server.host(), server.port()).start();
		user = User.of(server, folder);
		user.bookmark("Line", server.uri().replace(":" + server.port(), ":" + line.port()), server.keyFile());
		user.answer("vault-passphrase", PASSPHRASE);
	}

	@AfterAll
	static void close() throws Exception {
		if (line != null)
			line.close();
		if (server != null)
			server.close();
		if (memory != null)
			Files.delete(memory);
	}

	@BeforeEach
	void write() throws Exception {
		note = Files.writeString(server.root().resolve("note.txt"), "old\n");
	}

	@AfterEach
	void nothingIsLeft() {
		assertThat(memory).isEmptyDirectory();
	}

	/** A program that gets the copy as its first word, and is found by its name. */
	private static String program(String name, String does) throws IOException {
		Path script = user.file(name, "#!/bin/sh\n" + does + "\n");
		Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
		return script.toString();
	}

	private static ProcessBuilder command(String... words) throws IOException {
		ProcessBuilder builder = user.command(words);
		builder.environment().put("XDG_RUNTIME_DIR", memory.toString());
		builder.environment().keySet().removeAll(List.of("VISUAL", "EDITOR"));
		return builder;
	}

	private static Outcome run(String input, String... words) throws Exception {
		return Product.run(command(words), input);
	}

	private static void done(Outcome outcome) {
		assertThat(outcome.err()).isEmpty();
		assertThat(outcome.code()).isZero();
	}

	/** The copies that there are now. */
	private static List<Path> copies() throws IOException {
		try (Stream<Path> all = Files.walk(memory)) {
			return all.filter(p -> p.endsWith("note.txt")).toList();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "printf 'new\\n' >\"$1\"", "cp \"$1\" \"$1~\"; printf 'new\\n' >\"$1.part\"; mv \"$1.part\" \"$1\"" })
	void whatAProgramSavesComesBack(String way) throws Exception {
		Path seen = user.folder().resolve("seen");
		done(run("", "edit", "--with", program("editor", "stat -f -c %T \"$1\" >" + seen + "; cat \"$1\" >>" + seen + "; " + way), "HQ:/note.txt"));
		assertThat(seen).hasContent("tmpfs\nold");
		assertThat(note).hasContent("new");
	}

	@Test
	void inAVault() throws Exception {
		try (var vault = CryptomatorOracle.create(server.root().resolve("Vault"), PASSPHRASE, Cipher.SIV_GCM)) {
			vault.write("/note.txt", "old\n");
			vault.lock();
			done(run("", "edit", "--with", program("editor", "printf 'new\\n' >>\"$1\""), "HQ:/Vault/note.txt"));
			assertThat(vault.textOfLocked("/note.txt")).isEqualTo("old\nnew\n");
		}
	}

	/** Real ones: ed by its standard input, vi by a terminal. */
	@Test
	void realEditors() throws Exception {
		assumeTrue(Files.isExecutable(Path.of("/usr/bin/ed")) && Files.isExecutable(Path.of("/usr/bin/vi")) && Files.isExecutable(Path.of("/usr/bin/script")), "ed, vi and script are needed");
		ProcessBuilder ed = command("edit", "HQ:/note.txt");
		ed.environment().put("VISUAL", "ed -s");
		ed.environment().put("EDITOR", "no-such-program");
		done(Product.run(ed, "1s/old/new/\nw\nq\n"));
		assertThat(note).hasContent("new");

		ProcessBuilder vi = command("edit", "--with", "vi -u NONE", "HQ:/note.txt");
		vi.environment().put("TERM", "xterm");
		String quoted = String.join(" ", vi.command().stream().map(w -> "'" + w + "'").toList());
		vi.command("script", "-q", "-e", "-c", quoted, "/dev/null");
		Outcome outcome = Product.run(vi, "Gobelow\u001b:wq\r");
		assertThat(outcome.code()).as(outcome.out()).isZero();
		assertThat(note).hasContent("new\nbelow");
	}

	@Test
	void whatIsNotUnderstoodIsNotDone() throws Exception {
		for (String[] words : new String[][] { { "edit", "HQ:/note.txt" }, { "edit", "--with", "'ed", "HQ:/note.txt" }, { "edit", "--no-unlock", "--with", "ed", "HQ:/note.txt" } }) {
			Outcome outcome = run("", words);
			assertThat(outcome.complaints()).singleElement().asString().startsWith("strongroom: ");
			assertThat(outcome.code()).isEqualTo(2);
		}
		Outcome gone = run("", "edit", "--with", "true", "HQ:/nowhere.txt");
		assertThat(gone.complaints()).containsExactly("strongroom: HQ:/nowhere.txt: there is no such file or folder.");
		assertThat(gone.code()).isEqualTo(3);
		Outcome missing = run("", "edit", "--with", "no-such-program", "HQ:/note.txt");
		assertThat(missing.complaints()).containsExactly("strongroom: The program 'no-such-program' cannot be started: is it installed?");
		assertThat(missing.code()).isEqualTo(1);
		assertThat(run("", "edit", "--with", "true", "HQ:/").code()).isEqualTo(1);
	}

	@Test
	void aProgramThatFailsHasSavedWhatItSaved() throws Exception {
		Outcome outcome = run("", "edit", "--with", program("editor", "printf 'new\\n' >\"$1\"; exit 3"), "HQ:/note.txt");
		assertThat(outcome.complaints()).containsExactly("strongroom: HQ:/note.txt: editor ended with exit code 3.");
		assertThat(outcome.code()).isEqualTo(1);
		assertThat(note).hasContent("new");
	}

	/** Removes what was kept. @return what is in it */
	private static String takeKept(Outcome outcome) throws IOException {
		Matcher kept = KEPT.matcher(outcome.err());
		assertThat(kept.find()).as(outcome.err()).isTrue();
		Path copy = Path.of(kept.group(1));
		assertThat(copy).startsWith(memory);
		String text = Files.readString(copy);
		Files.delete(copy);
		Files.delete(copy.getParent());
		return text;
	}

	@Test
	void whatOthersChangedIsNotOverwrittenAndNothingIsLost() throws Exception {
		Outcome outcome = run("", "edit", "--with", program("editor", "printf 'mine\\n' >\"$1\"; printf 'theirs\\n' >" + note), "HQ:/note.txt");
		assertThat(outcome.complaints()).singleElement().asString().startsWith("strongroom: HQ:/note.txt: changed on the server meanwhile, nothing was overwritten");
		assertThat(outcome.code()).isEqualTo(9);
		assertThat(note).hasContent("theirs");
		assertThat(takeKept(outcome)).isEqualTo("mine\n");
	}

	/** At a terminal, whoever is there says what is to become of it. */
	@Test
	void whoIsThereIsAsked() throws Exception {
		assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script is needed");
		ProcessBuilder edit = command("edit", "--with", program("editor", "printf 'mine\\n' >\"$1\"; printf 'theirs\\n' >" + note), "HQ:/note.txt");
		edit.command("script", "-q", "-e", "-c", String.join(" ", edit.command().stream().map(w -> "'" + w + "'").toList()), "/dev/null");
		Outcome outcome = Product.run(edit, "x\na\nnote.txt\na\nmine.txt\n");
		assertThat(outcome.code()).as(outcome.out()).isZero();
		assertThat(outcome.out()).contains("HQ:/note.txt: changed on the server meanwhile", "[o]verwrite", "HQ:/note.txt: there is already something of that name.");
		assertThat(note).hasContent("theirs");
		assertThat(server.root().resolve("mine.txt")).hasContent("mine");
		Files.delete(server.root().resolve("mine.txt"));
	}

	/** What cannot go back to its vault goes to a plain folder only as the policy has it. */
	@ParameterizedTest
	@ValueSource(strings = { "forbid", "allow" })
	void whatIsFromAVaultIsSavedOutsideOfItAsThePolicyHasIt(String verdict) throws Exception {
		assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script is needed");
		Path policy = Files.writeString(user.home().resolve("policy.yaml"), "policy: 1\nways-out: {share: " + verdict + "}\n");
		Path safe = server.root().resolve("Safe-" + verdict);
		Path taken = server.root().resolve("taken.txt");
		try (var vault = CryptomatorOracle.create(safe, PASSPHRASE, Cipher.SIV_GCM)) {
			vault.write("/note.txt", "old\n");
			vault.lock();
			ProcessBuilder edit = command("edit", "--with", program("editor", "printf 'mine\\n' >\"$1\"; rm -r " + safe.resolve("d") + "/*"), "HQ:/" + safe.getFileName() + "/note.txt");
			edit.command("script", "-q", "-e", "-c", String.join(" ", edit.command().stream().map(w -> "'" + w + "'").toList()), "/dev/null");
			Outcome outcome = Product.run(edit, "a\n/taken.txt\n" + (verdict.equals("allow") ? "" : "k\n"));
			if (verdict.equals("allow")) {
				assertThat(outcome.code()).as(outcome.out()).isZero();
				assertThat(taken).hasContent("mine");
				Files.delete(taken);
			} else {
				assertThat(outcome.out()).contains("Forbidden by your own policy, line 2: share a readable copy", "to HQ:/taken.txt");
				assertThat(taken).doesNotExist();
				assertThat(takeKept(new Outcome(outcome.code(), "", outcome.out()))).isEqualTo("mine\n");
			}
		} finally {
			Files.delete(policy);
		}
	}

	/** A program that waits, once it runs, for a file. */
	private static Process waiting(String bookmark) throws Exception {
		Files.deleteIfExists(user.folder().resolve("go"));
		Files.deleteIfExists(user.folder().resolve("runs"));
		ProcessBuilder edit = command("edit", "--with", program("editor", "printf 'new\\n' >\"$1\"; : >runs; while [ ! -e go ] && [ -e \"$1\" ]; do sleep 0.1; done"), bookmark + ":/note.txt");
		Process process = edit.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).start();
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
		while (!Files.exists(user.folder().resolve("runs"))) {
			assertThat(process.isAlive()).isTrue();
			assertThat(System.nanoTime()).as("the program does not run").isLessThan(end);
			Thread.sleep(20);
		}
		assertThat(copies()).hasSize(1);
		return process;
	}

	private static Outcome end(Process process) throws Exception {
		String out = new String(process.getInputStream().readAllBytes());
		String err = new String(process.getErrorStream().readAllBytes());
		assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
		return new Outcome(process.exitValue(), out, err);
	}

	@Test
	void aLineThatWasCutMeanwhileIsMadeAnew() throws Exception {
		Process process = waiting("Line");
		line.cut();
		Files.createFile(user.folder().resolve("go"));
		done(end(process));
		assertThat(note).hasContent("new");
	}

	@Test
	void whereTheServerIsGoneNothingIsLost() throws Exception {
		Process process = waiting("Line");
		line.refuse(true);
		line.cut();
		try {
			Files.createFile(user.folder().resolve("go"));
			Outcome outcome = end(process);
			assertThat(outcome.complaints()).singleElement().asString().startsWith("strongroom: Line:/note.txt: ");
			assertThat(outcome.code()).isEqualTo(5);
			assertThat(takeKept(outcome)).isEqualTo("new\n");
			assertThat(note).hasContent("old");
		} finally {
			line.refuse(false);
		}
	}

	/** The session may end before it can be saved. */
	@Test
	void whoIsToldToEndLosesNothing() throws Exception {
		Process process = waiting("HQ");
		process.toHandle().destroy(); // its streams stay open
		Outcome outcome = end(process);
		assertThat(outcome.code()).isEqualTo(130);
		if (Files.readString(note).equals("old\n"))
			assertThat(takeKept(outcome)).isEqualTo("new\n");
		else
			assertThat(note).hasContent("new");
		assertThat(copies()).isEmpty();
	}

	@Test
	void whatIsLeftByAKilledProcessIsFoundAndTakenAway() throws Exception {
		Process process = waiting("HQ");
		ProcessHandle java = Stream.concat(Stream.of(process.toHandle()), process.descendants()).filter(p -> p.info().command().orElse("").endsWith("/java")).findFirst().orElseThrow();
		List<ProcessHandle> all = process.descendants().toList();
		java.destroyForcibly();
		assertThat(java.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
		assertThat(copies()).as("nobody was there to tidy up").hasSize(1);

		Outcome found = run("", "doctor");
		assertThat(found.code()).isEqualTo(1);
		Path left = copies().getFirst().getParent().getParent();
		assertThat(found.out()).contains("WARNING   " + left + ": Readable", "rm -r '" + left + "'");
		assertThat(copies()).as("the doctor changes nothing").hasSize(1);

		done(run("", "ls", "HQ:/"));
		assertThat(copies()).isEmpty();
		all.forEach(ProcessHandle::destroyForcibly);
	}
}
