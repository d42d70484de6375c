package org.strongroom.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.eclipse.swt.custom.CLabel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.residency.Guard;
import org.strongroom.external.Loan;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;
import org.strongroom.ui.internal.external.Lent;
import org.strongroom.ui.internal.external.Opener;
import org.strongroom.ui.internal.work.Work;

/** Files that are open with another program: it saves and they are saved; the copy is gone when it is taken back, when its vault is locked, and when somebody travels; nothing is lost. */
@ExtendWith(Screenshots.class)
class OpenWithTest {
	private static final String TAKE_BACK = "org.strongroom.ui.takeBack";
	private static final String LOCK = "org.strongroom.ui.lockEverything";
	private static final String TRAVEL = "org.strongroom.ui.travel";
	private static final String NOTHING = "nothing readable on this machine";
	@TempDir
	Path root;
	@TempDir
	Path keys;
	@TempDir
	Path programs;
	private Office office;
	private ExplorerPage explorer;

	@BeforeEach
	void begin() throws IOException {
		try {
			Loan.check();
		} catch (IOException e) {
			assumeTrue(false, e.getMessage());
		}
		WorkbenchPage.awaitOpen();
		office = Office.embedded(root, keys);
		office.saveBookmark();
		explorer = office.signIn();
		office.unlock(explorer);
	}

	@AfterEach
	void end() throws IOException {
		WorkbenchPage.awaitIdle(Work.FAMILY);
		OwnHome.noPolicy();
		WorkbenchPage.service(Guard.class).travel(false);
		Ui.run(lent()::close);
		office.close();
	}

	private static Lent lent() {
		return WorkbenchPage.service(Lent.class);
	}

	/** A program that opens the file, which says where, and does what it is told on and on: a line of {@code do} is what it does to the copy. */
	private Opener program() throws IOException {
		Path script = Files.writeString(programs.resolve("editor"), """
				#!/bin/sh
				here=$(dirname "$0")
				printf '%s' "$1" >"$here/copy.part"; mv "$here/copy.part" "$here/copy"
				while [ -e "$1" ]; do
					if [ -e "$here/end" ]; then exit; fi
					if [ -e "$here/do" ]; then mv "$here/do" "$here/doing"; . "$here/doing"; fi
					sleep 0.1
				done
				""");
		Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
		return Opener.of(script);
	}

	private void has(String command) throws IOException {
		Files.writeString(programs.resolve("part"), command);
		Files.move(programs.resolve("part"), programs.resolve("do"));
	}

	/** Writes into the copy, or puts another file in its place. */
	private void saves(String text, boolean anew) throws IOException {
		has(anew ? "printf '%s' '" + text + "' >\"$1.new\"; mv \"$1.new\" \"$1\"\n" : "printf '%s' '" + text + "' >\"$1\"\n");
	}

	private void open() throws IOException {
		Opener program = program();
		Ui.run(() -> lent().open(office.session().orElseThrow(), "/Vault/notes.txt", program));
	}

	/** @return where the copy is */
	private Path opened() throws IOException {
		open();
		Ui.awaitThat("the program", () -> Files.exists(programs.resolve("copy")));
		Path copy = Path.of(Files.readString(programs.resolve("copy")));
		assertThat(copy).exists();
		assertThat(Files.getFileStore(copy).type()).isIn("tmpfs", "ramfs");
		awaitStatus("1 open with editor");
		return copy;
	}

	private static void awaitStatus(String text) {
		Ui.awaitThat("the status " + text, () -> Ui.all(CLabel.class).stream().anyMatch(l -> text.equals(l.getText())));
	}

	private void awaitInVault(String text) {
		Ui.awaitThat(text + " on the server", () -> {
			try {
				return office.inVault("/notes.txt").equals(text);
			} catch (IOException e) {
				return false; // it is just being replaced
			}
		});
	}

	@Test
	void itIsAllowedAskedForAndForbidden() throws Exception {
		OwnHome.waysOut("open-with: forbid");
		open();
		DialogPage.awaitProblem().awaitSays("Forbidden by your own policy, line 2: open with another program (/Vault/notes.txt), to editor").close("OK");
		OwnHome.waysOut("open-with: ask");
		open();
		DialogPage.await("Permission").awaitSays("open with another program").awaitSays("/Vault/notes.txt").close("Do Not");
		DialogPage.awaitProblem().awaitSays("Not permitted").close("OK");
		assertThat(lent().all()).isEmpty();
		assertThat(programs.resolve("copy")).doesNotExist();
		open();
		DialogPage.await("Permission").close("Permit Once");
		Ui.awaitThat("the program", () -> Files.exists(programs.resolve("copy")));
		WorkbenchPage.command(TAKE_BACK);
		Ui.awaitThat("nothing lent", () -> lent().all().isEmpty());
		OwnHome.waysOut("open-with: allow");
		Files.delete(programs.resolve("copy"));
		opened();
	}

	@Test
	void whatTheProgramSavesIsSavedAndTheCopyIsGoneWhenItIsTakenBack() throws Exception {
		Path copy = opened();
		saves("written over", false);
		awaitInVault("written over");
		saves("put in its place", true);
		awaitInVault("put in its place");
		assertThat(lent().unsaved()).isZero();
		assertThat(copy).exists();
		WorkbenchPage.command(TAKE_BACK);
		awaitStatus(NOTHING);
		assertThat(copy.getParent().getParent()).doesNotExist();
		assertThat(WorkbenchPage.can(TAKE_BACK)).isFalse();
	}

	@Test
	void whatOthersChangedIsNotOverwritten() throws Exception {
		Path copy = opened();
		office.othersWrite("/notes.txt", "theirs\n");
		saves("mine", true);
		DialogPage.await("File Changed").awaitSays("changed on the server by somebody else").close("Not Now");
		assertThat(office.inVault("/notes.txt")).isEqualTo("theirs\n");
		assertThat(lent().unsaved()).isEqualTo(1);
		assertThat(copy).hasContent("mine");
		WorkbenchPage.command(TAKE_BACK);
		DialogPage.await("File Changed").press("Save as a Copy…");
		DialogPage.await("Save as a Copy").type("mine.txt").close("OK");
		Ui.awaitThat("nothing lent", () -> lent().all().isEmpty());
		assertThat(office.inVault("/notes.txt")).isEqualTo("theirs\n");
		assertThat(office.inVault("/mine.txt")).isEqualTo("mine");
		assertThat(copy).doesNotExist();
	}

	@Test
	void whatCouldNotBeSavedIsKeptWhenTheVaultIsLockedAndSavedWhenItIsUnlocked() throws Exception {
		Path copy = opened();
		office.line().refuse(true);
		office.line().cut();
		saves("mine", false);
		DialogPage.await("Not Saved").awaitSays("was not saved").close("Not Now");
		assertThat(lent().unsaved()).isEqualTo(1);
		WorkbenchPage.command(LOCK);
		explorer.row(Office.VAULT).awaitRemark("locked");
		awaitStatus(NOTHING);
		assertThat(copy.getParent().getParent()).doesNotExist();
		assertThat(lent().kept()).isEqualTo(1);
		office.line().refuse(false);
		office.signInAgain(explorer);
		office.unlock(explorer);
		awaitInVault("mine");
		Ui.awaitThat("nothing unsaved", () -> lent().unsaved() == 0);
		assertThat(lent().all()).as("the copy does not come back").isEmpty();
	}

	@Test
	void lockingAVaultSavesFirst() throws Exception {
		Path copy = opened();
		has("printf mine >\"$1\"; : >\"$here/done\"\n");
		Ui.awaitThat("the program has saved", () -> Files.exists(programs.resolve("done")));
		explorer.row(Office.VAULT).command("org.strongroom.ui.lock");
		explorer.row(Office.VAULT).awaitRemark("locked");
		assertThat(copy).doesNotExist();
		assertThat(office.inVault("/notes.txt")).isEqualTo("mine");
		assertThat(lent().unsaved()).isZero();
	}

	@Test
	void whoTravelsTakesNothingAlong() throws Exception {
		Path copy = opened();
		has("printf mine >\"$1\"; : >\"$here/done\"\n");
		Ui.awaitThat("the program has saved", () -> Files.exists(programs.resolve("done")));
		WorkbenchPage.command(TRAVEL);
		awaitStatus("travel mode: nothing leaves");
		assertThat(copy).doesNotExist();
		assertThat(office.inVault("/notes.txt")).isEqualTo("mine");
		open();
		DialogPage.awaitProblem().awaitSays("Forbidden by travel mode").close("OK");
	}

	@Test
	void whatItMayNotHaveAnyMoreIsTakenBack() throws Exception {
		Path copy = opened();
		has("printf mine >\"$1\"; : >\"$here/done\"\n");
		Ui.awaitThat("the program has saved", () -> Files.exists(programs.resolve("done")));
		OwnHome.waysOut("open-with: forbid");
		DialogPage.awaitProblem().awaitSays("notes.txt may not be open with editor any more.").awaitSays("Forbidden by your own policy, line 2").close("OK");
		assertThat(copy).doesNotExist();
		assertThat(office.inVault("/notes.txt")).isEqualTo("mine");
	}

	@Test
	void aProgramThatEndsHasItSavedAtOnce() throws Exception {
		opened();
		has("printf mine >\"$1\"; exit\n");
		awaitInVault("mine");
	}
}
