package org.strongroom.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.product.Product.Outcome;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.OpenSshServer;

/** What the command line lets out: allowed, asked for with a yes, with a no, with nobody there to be asked, and forbidden. A real OpenSSH whose key has no passphrase, so that nobody needs to be there. */
class WaysOutTest {
	private static final int FORBIDDEN = 8;
	@TempDir
	private static Path folder;
	private static OpenSshServer server;
	private static User user;
	private static String note;
	/** As a policy calls the way out, and as a person is told. */
	private String way = "export";
	private String action = "save on this machine";
	private Path there;

	@BeforeAll
	static void open() throws Exception {
		assumeTrue(OpenSshServer.unavailableWithoutCode().isEmpty(), () -> OpenSshServer.unavailableWithoutCode().orElseThrow());
		server = OpenSshServer.builder().keyOnly().keyPassphrase("").start();
		Files.writeString(server.root().resolve("note.txt"), "unter uns");
		user = User.of(server, folder);
		note = User.BOOKMARK + ":/note.txt";
		user.done("ls", User.BOOKMARK + ":/"); // the server is known from now on
	}

	@AfterAll
	static void close() {
		if (server != null)
			server.close();
	}

	@BeforeEach
	void nothingThere() throws Exception {
		there = user.folder().resolve("there");
		Files.deleteIfExists(there);
		user.answer("permission", null);
		user.asked();
	}

	private void policy(String verdict) throws Exception {
		Files.writeString(user.home().resolve("policy.yaml"), "policy: 1\nways-out: {%s: %s}\n".formatted(way, verdict));
	}

	private void refused(Outcome outcome, String says) {
		assertThat(outcome.complaints()).singleElement().asString().startsWith("strongroom: ").contains(says, "your own policy, line 2", action + " (/note.txt)");
		assertThat(outcome.code()).isEqualTo(FORBIDDEN);
		assertThat(outcome.out()).isEmpty();
		assertThat(there).doesNotExist();
	}

	/** @param words of a command, whose {@code THERE} is a file of this machine */
	private void isAllowedAskedForAndForbidden(boolean toOutput, String... words) throws Exception {
		String[] command = List.of(words).stream().map(w -> w.replace("THERE", there.toString())).toArray(String[]::new);
		policy("forbid");
		refused(user.run(command), "Forbidden by");
		assertThat(user.asked()).isEmpty();
		policy("ask");
		refused(user.run(command), "Not permitted");
		assertThat(user.asked()).as("there was somebody, who cancelled").singleElement().asString().startsWith("permission|");
		user.answer("permission", "no");
		refused(user.run(command), "Not permitted");
		user.answer("permission", "yes");
		passed(toOutput, user.run(command));
		policy("allow");
		user.asked();
		passed(toOutput, user.run(command));
		assertThat(user.asked()).isEmpty();
	}

	private void passed(boolean toOutput, Outcome outcome) throws Exception {
		assertThat(outcome.err()).isEmpty();
		assertThat(outcome.code()).isZero();
		if (toOutput) {
			assertThat(outcome.out()).isEqualTo("unter uns");
		} else {
			assertThat(there).hasContent("unter uns");
			Files.delete(there);
		}
	}

	@Test
	void get() throws Exception {
		isAllowedAskedForAndForbidden(false, "get", note, "THERE");
	}

	@Test
	void copyToAPlaceOfThisMachine() throws Exception {
		isAllowedAskedForAndForbidden(false, "cp", note, "file://THERE");
	}

	@Test
	void catIntoAPipe() throws Exception {
		isAllowedAskedForAndForbidden(true, "cat", note);
	}

	@Test
	void getIntoAPipe() throws Exception {
		isAllowedAskedForAndForbidden(true, "get", note, "-");
	}

	@Test
	void openWithAnotherProgram() throws Exception {
		way = "open-with";
		action = "open with another program";
		Path program = user.file("copier", "#!/bin/sh\ncat \"$1\" >\"" + there + "\"\n");
		Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
		isAllowedAskedForAndForbidden(false, "edit", "--with", program.toString(), note);
		user.answer("permission", "no");
		policy("ask");
		assertThat(user.run("edit", "--with", program.toString(), note).complaints()).singleElement().asString().endsWith(", to copier.");
	}

	@Test
	void move() throws Exception {
		Path own = Files.writeString(server.root().resolve("moved.txt"), "unter uns");
		String[] command = { "mv", User.BOOKMARK + ":/moved.txt", "file://" + there };
		policy("forbid");
		assertThat(user.run(command).code()).isEqualTo(FORBIDDEN);
		policy("ask");
		assertThat(user.run(command).code()).isEqualTo(FORBIDDEN);
		assertThat(own).hasContent("unter uns");
		assertThat(there).doesNotExist();
		user.answer("permission", "yes");
		user.done(command);
		assertThat(there).hasContent("unter uns");
		assertThat(own).doesNotExist();
	}

	@Test
	void whatIsReadableInAVaultOfThisMachineAlone() throws Exception {
		Path disk = Files.createDirectory(folder.resolve("disk"));
		Files.writeString(disk.resolve("plain.txt"), "hier");
		try (CryptomatorOracle vault = CryptomatorOracle.create(disk.resolve("Vault"), "correct horse", CryptomatorOracle.Cipher.SIV_GCM)) {
			vault.write("/note.txt", "unter uns");
		}
		user.done("bookmark", "add", "Disk", disk.toUri().toString());
		user.answer("vault-passphrase", "correct horse");
		policy("forbid");
		assertThat(user.run("get", "Disk:/Vault/note.txt", there.toString()).code()).isEqualTo(FORBIDDEN);
		assertThat(user.run("cp", "Disk:/Vault/note.txt", "Disk:/copied.txt").code()).isEqualTo(FORBIDDEN);
		assertThat(there).doesNotExist();
		assertThat(disk.resolve("copied.txt")).doesNotExist();
		user.done("get", "Disk:/plain.txt", there.toString()); // it lies here already
		user.done("cp", "Disk:/Vault/note.txt", "Disk:/Vault/again.txt");
		policy("allow");
		user.done("cp", "Disk:/Vault/note.txt", "Disk:/copied.txt");
		assertThat(disk.resolve("copied.txt")).hasContent("unter uns");
	}

	@Test
	void whereNobodyCanBeAskedItIsNotDone() throws Exception {
		var alone = User.of(server, Files.createDirectory(folder.resolve("alone")));
		alone.done("ls", User.BOOKMARK + ":/");
		alone.leave();
		Files.writeString(alone.home().resolve("policy.yaml"), "policy: 1\nways-out: {export: ask}\n");
		Outcome nobody = alone.run("get", note, there.toString());
		refused(nobody, "Not permitted");
		assertThat(nobody.err()).contains("Nobody can be asked here, for there is no terminal: give --askpass PROGRAM.");
		refused(alone.run("cat", note), "Nobody can be asked here");
		Files.writeString(alone.home().resolve("policy.yaml"), "policy: 1\nways-out: {export: forbid}\n");
		refused(alone.run("get", note, there.toString()), "Forbidden by");
		Files.writeString(alone.home().resolve("policy.yaml"), "policy: 1\nways-out: {export: allow}\n");
		alone.done("get", note, there.toString());
		assertThat(there).hasContent("unter uns");
	}
}
