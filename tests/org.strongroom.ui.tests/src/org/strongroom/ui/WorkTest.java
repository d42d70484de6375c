package org.strongroom.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.eclipse.core.runtime.jobs.IJobChangeEvent;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.core.runtime.jobs.JobChangeAdapter;
import org.eclipse.ui.progress.IProgressConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Session;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.TextPage;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;

/** What a day brings once somebody is signed in: files made, moved and lost, others who save, lines that break, vaults that are locked. */
@ExtendWith(Screenshots.class)
class WorkTest {
	private static final String EDIT = "org.eclipse.ui.edit.";
	private static final String OURS = "org.strongroom.ui.";
	@TempDir
	static Path root;
	@TempDir
	static Path keys;
	private static Office office;
	private static ExplorerPage explorer;

	@BeforeAll
	static void signIn() throws IOException {
		WorkbenchPage.awaitOpen();
		office = Office.embedded(root, keys);
		office.saveBookmark();
		explorer = office.signIn();
	}

	@BeforeEach
	void unlock() throws IOException {
		office.othersWrite("/notes.txt", "first line\nsecond line\n");
		if (office.session().orElseThrow().vaults().isEmpty())
			office.unlock(explorer);
		else
			explorer.row(Office.VAULT).command("org.eclipse.ui.file.refresh");
	}

	@AfterEach
	void closeEditors() {
		WorkbenchPage.closeEditors();
	}

	@AfterAll
	static void signOut() throws IOException {
		office.close();
	}

	private static TextPage notes() {
		explorer.row(Office.NOTES).open();
		return TextPage.await("notes.txt");
	}

	@Test
	void lockingAsksAboutUnsavedFiles() throws Exception {
		TextPage text = notes().typeFirst("x");
		explorer.row(Office.VAULT).command(OURS + "lock");
		DialogPage.await("Save Resource").close("Cancel");
		assertThat(text.isDirty()).isTrue();
		assertThat(office.session().orElseThrow().vaults()).hasSize(1);
		explorer.row(Office.VAULT).command(OURS + "lock");
		DialogPage.await("Save Resource").close("Save");
		explorer.row(Office.VAULT).awaitRemark("locked");
		WorkbenchPage.awaitEditors();
		assertThat(office.inVault("/notes.txt")).startsWith("xfirst");
		assertThat(explorer.has(Office.NOTES)).as("names of a locked vault").isFalse();
	}

	@Test
	void whoeverLocksUnsavedFilesAreAskedAbout() throws Exception {
		notes().typeFirst("y");
		Session session = office.session().orElseThrow();
		var locked = CompletableFuture.runAsync(() -> lock(session));
		DialogPage ask = DialogPage.await("Unsaved Changes").awaitSays("notes.txt has unsaved changes, and its vault is being locked.");
		assertThat(locked).as("waits for the answer").isNotDone();
		ask.close("Save");
		locked.get(Ui.PATIENCE.toSeconds(), TimeUnit.SECONDS);
		WorkbenchPage.awaitEditors();
		explorer.row(Office.VAULT).awaitRemark("locked");
		assertThat(office.inVault("/notes.txt")).startsWith("yfirst");
	}

	@Test
	void whoeverLocksFilesWithoutChangesAreClosed() throws Exception {
		notes();
		lock(office.session().orElseThrow());
		WorkbenchPage.awaitEditors();
		assertThat(DialogPage.isOpen("Unsaved Changes")).isFalse();
	}

	@Test
	void whatIsKeptOpenCanBeSavedAfterUnlockingAgain() throws Exception {
		TextPage text = notes().typeFirst("z");
		Session session = office.session().orElseThrow();
		var locked = CompletableFuture.runAsync(() -> lock(session));
		DialogPage.await("Unsaved Changes").close("Keep Open");
		locked.get(Ui.PATIENCE.toSeconds(), TimeUnit.SECONDS);
		assertThat(WorkbenchPage.editors()).containsExactly("*notes.txt");
		text.save();
		DialogPage.await("Vault Passphrase").type(office.vault().passphrase()).close("Unlock");
		text.awaitSaved();
		assertThat(office.inVault("/notes.txt")).startsWith("zfirst");
	}

	@Test
	void whatIsKeptOpenCanBeSavedAfterSigningInAnew() throws Exception {
		TextPage text = notes().typeFirst("w");
		Session session = office.session().orElseThrow();
		var closed = CompletableFuture.runAsync(() -> close(session));
		DialogPage.await("Unsaved Changes").awaitSays("HQ is being signed out of").close("Keep Open");
		closed.get(Ui.PATIENCE.toSeconds(), TimeUnit.SECONDS);
		explorer.row(Office.NAME).awaitRemark("offline");
		text.save();
		DialogPage.await("Connection Lost").close("Reconnect and Save");
		office.givePassphrase();
		office.giveCode();
		DialogPage.await("Vault Passphrase").type(office.vault().passphrase()).close("Unlock");
		text.awaitSaved();
		assertThat(office.inVault("/notes.txt")).startsWith("wfirst");
		text.typeFirst("ww").saveAndWait();
		assertThat(office.inVault("/notes.txt")).startsWith("wwwfirst");
		explorer.row(Office.NAME).open();
		explorer.row(Office.VAULT);
	}

	@Test
	void signingOutOfAFileInPlainAsksToo() throws Exception {
		explorer.row(Office.NAME + "/Plain").open();
		explorer.row(Office.NAME + "/Plain/plain.txt").open();
		TextPage.await("plain.txt").typeFirst("v");
		Session session = office.session().orElseThrow();
		var closed = CompletableFuture.runAsync(() -> close(session));
		DialogPage.await("Unsaved Changes").close("Don't Save");
		closed.get(Ui.PATIENCE.toSeconds(), TimeUnit.SECONDS);
		WorkbenchPage.awaitEditors();
		assertThat(root.resolve("Plain/plain.txt")).hasContent("plain\n");
		explorer.row(Office.NAME).open();
		office.givePassphrase();
		office.giveCode();
		explorer.row(Office.VAULT);
	}

	private static void close(Session session) {
		try {
			session.close();
		} catch (IOException e) {
			throw new UncheckedIOException(e);
		}
	}

	private static void lock(Session session) {
		try {
			session.lock("/Vault");
		} catch (IOException e) {
			throw new UncheckedIOException(e);
		}
	}

	@Test
	void whatWorkCostIsToldWithoutNames() throws Exception {
		var done = new CompletableFuture<Job>();
		var listener = new JobChangeAdapter() {
			@Override
			public void done(IJobChangeEvent event) {
				if (event.getJob().getName().equals("Making"))
					done.complete(event.getJob());
			}
		};
		Job.getJobManager().addJobChangeListener(listener);
		try {
			explorer.row(Office.NAME + "/Plain").command(OURS + "newFolder");
			DialogPage.await("New Folder").fill(0, "Harbour").close("OK");
			Job job = done.get(Ui.PATIENCE.toSeconds(), TimeUnit.SECONDS);
			assertThat(job.getResult().getMessage()).matches("[1-9]\\d* round trips?, [1-9]\\d* requests?, .+ sent, .+ received, [\\d,]+ m?s");
			assertThat(job.getProperty(IProgressConstants.KEEPONE_PROPERTY)).isEqualTo(true);
		} finally {
			Job.getJobManager().removeJobChangeListener(listener);
			Files.deleteIfExists(root.resolve("Plain/Harbour"));
		}
	}

	@Test
	void whatOthersSavedIsNotOverwritten() throws Exception {
		TextPage text = notes().typeFirst("mine ");
		office.othersWrite("/notes.txt", "by somebody else\n");
		text.save();
		DialogPage ask = DialogPage.await("File Changed").awaitSays("Nothing has been overwritten.");
		assertThat(ask.buttons()).containsExactlyInAnyOrder("Overwrite", "Save as a Copy", "Compare", "Cancel");
		ask.close("Cancel");
		assertThat(text.isDirty()).isTrue();
		assertThat(office.inVault("/notes.txt")).isEqualTo("by somebody else\n");
		text.save();
		DialogPage.await("File Changed").close("Overwrite");
		text.awaitSaved();
		assertThat(office.inVault("/notes.txt")).startsWith("mine first");
	}

	@Test
	void aLongTextOfAVaultIsChangedAsAnyOther() throws Exception {
		String lines = "0123456789 ABCDEFGHIJ\r\n".repeat(150_000);
		office.othersWrite("/notes.txt", lines);
		TextPage text = notes();
		assertThat(text.text()).isEqualTo(lines);
		text.typeFirst("a").saveAndWait();
		assertThat(office.inVault("/notes.txt")).isEqualTo("a" + lines);
	}

	@Test
	void aLostConnectionLosesNothingTyped() throws Exception {
		TextPage text = notes().typeFirst("typed on the train ");
		Session session = office.session().orElseThrow();
		office.line().cut();
		Ui.awaitThat("the lost connection to be noticed", () -> session.state() == Session.State.LOST);
		text.save();
		DialogPage.await("Connection Lost").awaitSays("Your text is kept here, unsaved.").close("Reconnect and Save");
		office.givePassphrase();
		office.giveCode();
		text.awaitSaved();
		assertThat(office.inVault("/notes.txt")).startsWith("typed on the train first");
		explorer.row(Office.NAME).awaitRemark("signed in");
	}

	@Test
	void foldersAndFilesAreMadeRenamedCopiedAndDeleted() throws Exception {
		explorer.row(Office.VAULT).command(OURS + "newFolder");
		DialogPage.await("New Folder").fill(0, "Harbour").close("OK");
		explorer.row(Office.VAULT + "/Harbour").command(OURS + "newFile");
		DialogPage.await("New File").fill(0, "crane.txt").close("OK");
		TextPage.await("crane.txt").typeFirst("blue").saveAndWait();
		WorkbenchPage.closeEditors();
		explorer.row(Office.VAULT + "/Harbour/crane.txt").command(EDIT + "rename");
		DialogPage.await("Rename").fill(0, "big crane.txt").close("OK");
		explorer.awaitGone(Office.VAULT + "/Harbour/crane.txt");
		explorer.row(Office.VAULT + "/Harbour/big crane.txt").command(EDIT + "copy");
		explorer.row(Office.NAME + "/Plain").command(EDIT + "paste");
		Ui.awaitThat("the copy", () -> Files.exists(root.resolve("Plain/big crane.txt")));
		assertThat(root.resolve("Plain/big crane.txt")).hasContent("blue");
		explorer.row(Office.VAULT + "/Harbour").command(EDIT + "delete");
		DialogPage.await("Delete").awaitSays("'Harbour' and everything in it").close("Cancel");
		explorer.row(Office.VAULT + "/Harbour").command(EDIT + "delete");
		DialogPage.await("Delete").close("Delete");
		explorer.awaitGone(Office.VAULT + "/Harbour");
		office.vault().unlock();
		assertThat(office.vault().list("/")).containsOnlyKeys("/notes.txt");
		office.vault().lock();
	}
}
