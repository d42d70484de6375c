package org.strongroom.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.eclipse.core.runtime.jobs.Job;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Bookmarks;
import org.strongroom.editors.OpenEditors;
import org.strongroom.testing.CryptomatorOracle;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.TextPage;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;
import org.strongroom.ui.internal.lock.AutoLock;
import org.strongroom.ui.internal.work.Work;

/** Vaults that lock because they are told to, because nobody is there, or because the screen is locked: nobody is asked anything, and nothing that was typed is lost. */
@ExtendWith(Screenshots.class)
class LockEverythingTest {
	private static final String LOCK = "org.strongroom.ui.lockEverything";
	@TempDir
	Path root;
	@TempDir
	Path keys;
	private Office office;
	private ExplorerPage explorer;

	@BeforeEach
	void begin() throws IOException {
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
		Ui.run(OpenEditors::giveUp);
		WorkbenchPage.closeEditors();
		office.close();
	}

	private TextPage notes() {
		explorer.row(Office.NOTES).open();
		return TextPage.await("notes.txt");
	}

	private void awaitLocked() {
		awaitLocked("locked, 1 unsaved");
	}

	private void awaitLocked(String remark) {
		explorer.row(Office.VAULT).awaitRemark(remark);
		WorkbenchPage.awaitEditors();
		assertThat(office.session().orElseThrow().vaults()).isEmpty();
		assertThat(explorer.has(Office.NOTES)).as("names of a locked vault").isFalse();
	}

	private static int unsaved() {
		return Ui.get(OpenEditors::unsaved);
	}

	@Test
	void unsavedTextComesBackAndIsSaved() throws Exception {
		TextPage text = notes().typeFirst("typed ");
		Ui.run(() -> text.editor().selectAndReveal(9, 0));
		WorkbenchPage.command(LOCK);
		awaitLocked();
		assertThat(unsaved()).isEqualTo(1);
		assertThat(office.inVault("/notes.txt")).startsWith("first");
		office.unlock(explorer);
		TextPage back = TextPage.await("notes.txt");
		assertThat(back.text()).isEqualTo("typed first line\nsecond line\n");
		assertThat(back.isDirty()).isTrue();
		assertThat(Ui.get(() -> back.widget().getCaretOffset())).isEqualTo(9);
		assertThat(unsaved()).isEqualTo(1);
		back.saveAndWait();
		assertThat(office.inVault("/notes.txt")).startsWith("typed first");
		assertThat(unsaved()).isZero();
	}

	@Test
	void undoingMakesNothingSavedThatWasNever() throws Exception {
		notes().typeFirst("typed ");
		WorkbenchPage.command(LOCK);
		awaitLocked();
		office.unlock(explorer);
		TextPage back = TextPage.await("notes.txt").typeFirst("x");
		back.undo();
		Ui.awaitThat("what was undone", () -> back.text().startsWith("typed "));
		assertThat(back.isDirty()).isTrue();
		WorkbenchPage.command(LOCK);
		awaitLocked();
		assertThat(unsaved()).isEqualTo(1);
	}

	@Test
	void textsOfSeveralVaultsAreAllKept() throws Exception {
		try (CryptomatorOracle second = CryptomatorOracle.create(root.resolve("A second vault"), "battery staple", CryptomatorOracle.Cipher.SIV_GCM)) {
			second.write("/other.txt", "other\n");
			second.lock();
			explorer.row(Office.NAME).command("org.eclipse.ui.file.refresh");
			String vault = Office.NAME + "/A second vault";
			explorer.row(vault).open();
			DialogPage.await("Vault Passphrase").type("battery staple").close("Unlock");
			explorer.row(vault + "/other.txt").open();
			TextPage.await("other.txt").typeFirst("another ");
			notes().typeFirst("typed ");
			WorkbenchPage.command(LOCK);
			explorer.row(vault).awaitRemark("locked, 1 unsaved");
			awaitLocked();
			assertThat(unsaved()).isEqualTo(2);
			assertThat(DialogPage.isOpen("Unsaved Changes")).isFalse();
			office.unlock(explorer);
			assertThat(TextPage.await("notes.txt").text()).startsWith("typed first");
			explorer.row(vault).open();
			DialogPage.await("Vault Passphrase").type("battery staple").close("Unlock");
			assertThat(TextPage.await("other.txt").text()).startsWith("another other");
		}
	}

	@Test
	void whatIsAskedWhileSavingIsTakenBackToo() throws Exception {
		TextPage text = notes().typeFirst("typed ");
		office.othersWrite("/notes.txt", "theirs\n");
		text.save();
		DialogPage.await("File Changed");
		Ui.run(() -> WorkbenchPage.service(AutoLock.class).lockEverything());
		awaitLocked();
		Ui.awaitThat("the question taken back", () -> !DialogPage.isOpen("File Changed"));
		assertThat(DialogPage.isOpen("Save As")).isFalse();
		office.unlock(explorer);
		assertThat(TextPage.await("notes.txt").text()).startsWith("typed first");
		assertThat(office.inVault("/notes.txt")).isEqualTo("theirs\n");
	}

	@Test
	void whatSomebodyElseSavedMeanwhileIsNotOverwritten() throws Exception {
		notes().typeFirst("mine ");
		WorkbenchPage.command(LOCK);
		awaitLocked();
		office.othersWrite("/notes.txt", "theirs\n");
		office.unlock(explorer);
		TextPage back = TextPage.await("notes.txt");
		back.save();
		DialogPage.await("File Changed").close("Overwrite");
		back.awaitSaved();
		assertThat(office.inVault("/notes.txt")).startsWith("mine first");
	}

	@Test
	void whatWasNotChangedIsNotBroughtBack() {
		notes();
		WorkbenchPage.command(LOCK);
		awaitLocked("locked");
		assertThat(unsaved()).isZero();
		office.unlock(explorer);
		WorkbenchPage.awaitIdle(Work.FAMILY);
		assertThat(WorkbenchPage.editors()).isEmpty();
	}

	@Test
	void textComesBackInTheEncodingOfItsFile() throws Exception {
		byte[] before = "\uFEFFeins\r\nzwei\r\n".getBytes(StandardCharsets.UTF_16LE);
		office.vault().unlock();
		office.vault().write("/utf16.txt", before);
		office.vault().lock();
		explorer.row(Office.VAULT).command("org.eclipse.ui.file.refresh");
		explorer.row(Office.VAULT + "/utf16.txt").open();
		TextPage.await("utf16.txt").typeFirst("null ");
		WorkbenchPage.command(LOCK);
		awaitLocked();
		office.unlock(explorer);
		TextPage.await("utf16.txt").saveAndWait();
		office.vault().unlock();
		assertThat(office.vault().read("/utf16.txt")).isEqualTo("\uFEFFnull eins\r\nzwei\r\n".getBytes(StandardCharsets.UTF_16LE));
		office.vault().lock();
	}

	@Test
	void textComesBackInANewSession() throws Exception {
		notes().typeFirst("typed ");
		WorkbenchPage.command(LOCK);
		awaitLocked();
		office.session().orElseThrow().close();
		explorer.row(Office.NAME).awaitRemark("offline, 1 unsaved");
		office.signInAgain(explorer);
		office.unlock(explorer);
		TextPage.await("notes.txt").saveAndWait();
		assertThat(office.inVault("/notes.txt")).startsWith("typed first");
	}

	@Test
	void aQuestionThatNobodyAnswersIsTakenBack() throws Exception {
		TextPage text = notes().typeFirst("typed ");
		explorer.row(Office.VAULT).command("org.strongroom.ui.lock");
		DialogPage.await("Save Resource");
		Ui.run(() -> WorkbenchPage.service(AutoLock.class).lockEverything());
		awaitLocked();
		assertThat(DialogPage.isOpen("Save Resource")).isFalse();
		office.unlock(explorer);
		assertThat(TextPage.await("notes.txt").text()).startsWith("typed first");
		assertThat(text.editor()).isNotNull();
	}

	@Test
	void nobodyIsThere() throws Exception {
		notes().typeFirst("typed ");
		OwnHome.policy("lock: {idle: 10s}");
		awaitLocked();
		assertThat(unsaved()).isEqualTo(1);
	}

	@Test
	void whatIsUnderWayIsWaitedFor(@TempDir Path here) throws Exception {
		Files.write(here.resolve("long"), new byte[3 << 20]);
		WorkbenchPage.service(Bookmarks.class).save(new Bookmark("This machine", here.toUri()), true);
		explorer.row("This machine").open();
		explorer.row("This machine").awaitRemark("signed in");
		office.line().stall();
		explorer.row("This machine/long").command("org.eclipse.ui.edit.copy");
		explorer.row(Office.VAULT).command("org.eclipse.ui.edit.paste");
		Job transfer = Ui.await("the transfer", () -> Arrays.stream(Job.getJobManager().find(Work.FAMILY)).findFirst());
		OwnHome.policy("lock: {idle: 10s}");
		Ui.awaitThat("its being time", () -> WorkbenchPage.service(AutoLock.class).left().filter(left -> !left.isPositive()).isPresent());
		assertThat(office.session().orElseThrow().vaults()).as("unlocked, for something is under way").hasSize(1);
		office.line().resume();
		transfer.join();
		assertThat(transfer.getResult().isOK()).as("it came to its end").isTrue();
		awaitLocked("locked");
		office.vault().unlock();
		assertThat(office.vault().list("/")).containsEntry("/long", "file " + (3 << 20));
		office.vault().lock();
		WorkbenchPage.forget("This machine");
	}

	@Test
	void theScreenIsLocked() throws Exception {
		assumeTrue(System.getenv("DBUS_SESSION_BUS_ADDRESS") != null, "there is no session bus");
		notes().typeFirst("typed ");
		screenSaver(true);
		awaitLocked();
		screenSaver(false);
		office.unlock(explorer);
		assertThat(TextPage.await("notes.txt").text()).startsWith("typed first");
	}

	/** As a screen saver does. */
	private static void screenSaver(boolean active) throws Exception {
		var says = new ProcessBuilder("dbus-send", "--session", "--type=signal", "/org/mate/ScreenSaver", "org.mate.ScreenSaver.ActiveChanged", "boolean:" + active).inheritIO().start();
		assertThat(says.waitFor()).isZero();
	}

	@Test
	void aVaultThatMayNotBeUnlockedAnyMoreIsLocked() throws Exception {
		notes().typeFirst("typed ");
		OwnHome.policy("vaults: [another]");
		DialogPage told = DialogPage.awaitProblem();
		assertThat(told.says()).contains("The vault /Vault of HQ was locked.", "Forbidden by your own policy, line 2");
		told.close("OK");
		awaitLocked();
		assertThat(unsaved()).isEqualTo(1);
		OwnHome.noPolicy();
		office.unlock(explorer);
		assertThat(TextPage.await("notes.txt").text()).startsWith("typed first");
	}

	@Test
	void whoMayNotBeSignedInAnyMoreIsSignedOut() throws Exception {
		notes().typeFirst("typed ");
		OwnHome.policy("servers: []");
		DialogPage told = DialogPage.awaitProblem();
		assertThat(told.says()).contains(Office.NAME + " was signed out.", "Forbidden by your own policy, line 2");
		told.close("OK");
		Ui.awaitThat("signed out", () -> office.session().isEmpty());
		WorkbenchPage.awaitEditors();
		assertThat(unsaved()).isEqualTo(1);
		OwnHome.noPolicy();
		office.signInAgain(explorer);
		office.unlock(explorer);
		assertThat(TextPage.await("notes.txt").text()).startsWith("typed first");
	}
}
