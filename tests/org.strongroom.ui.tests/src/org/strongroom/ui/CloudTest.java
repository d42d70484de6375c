package org.strongroom.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.ST;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.texteditor.ITextEditorExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Session;
import org.strongroom.core.Sessions;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.Keys;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.TextPage;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;
import org.strongroom.ui.internal.work.Work;

/** Shares, old versions and the trash of a server, in plain folders and in a vault. */
@ExtendWith(Screenshots.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CloudTest {
	private static final String EDIT = "org.eclipse.ui.edit.";
	private static final String OURS = "org.strongroom.ui.";

	@TempDir
	Path folder;
	private Cloud cloud;
	private ExplorerPage explorer;

	@BeforeEach
	void signIn() throws IOException {
		WorkbenchPage.awaitOpen();
		cloud = new Cloud(folder);
		explorer = cloud.signIn();
	}

	@AfterEach
	void signOut() throws IOException {
		OwnHome.noPolicy();
		cloud.server().trouble(_ -> 0);
		cloud.close();
	}

	private DialogPage versionsOfNotes() {
		explorer.row(Cloud.NOTES).command(OURS + "versions");
		return DialogPage.await("Versions of notes.txt");
	}

	/** Opens the notes of the vault and saves them with something before what they were. */
	private TextPage changedNotes() {
		cloud.unlock(explorer);
		explorer.row(Cloud.NOTES).open();
		TextPage notes = TextPage.await("notes.txt");
		notes.typeFirst("second ").saveAndWait();
		return notes;
	}

	@Test
	void anOldVersionOfAFileInAVaultIsReadAndCompared() {
		changedNotes();
		DialogPage versions = versionsOfNotes().awaitRows(1);
		versions.awaitSays("One old version");
		versions.select(0).press("Open");
		TextPage old = TextPage.await("notes.txt (" + versions.row(0).getFirst() + ")");
		assertThat(old.text()).isEqualTo("first\n");
		assertThat(Ui.get(() -> ((ITextEditorExtension) old.editor()).isEditorInputReadOnly())).isTrue();
		Keys.type(old.widget(), "x");
		assertThat(old.text()).isEqualTo("first\n");
		assertThat(old.isDirty()).isFalse();
		versions.press("Compare with Current");
		DialogPage compare = DialogPage.await("Compare notes.txt").awaitSays("One place differs.");
		assertThat(compare.says()).contains("As of " + versions.row(0).getFirst(), "On the server now");
		compare.close("Close");
		versions.close("Close");
	}

	@Test
	void aRestoredVersionIsShownWhereNothingIsUnsaved() throws Exception {
		TextPage notes = changedNotes();
		DialogPage versions = versionsOfNotes().awaitRows(1);
		versions.select(0).press("Restore…");
		DialogPage ask = DialogPage.await("Restore");
		assertThat(ask.says()).contains("What it holds now is kept").doesNotContain("unsaved");
		ask.close("Restore");
		Ui.awaitThat("the old text in the editor", () -> notes.text().equals("first\n"));
		assertThat(notes.isDirty()).isFalse();
		versions.awaitRows(1).close("Close");
		notes.typeFirst("third ").saveAndWait();
		assertThat(cloud.inVault("/notes.txt")).isEqualTo("third first\n");
	}

	@Test
	void aRestoredVersionTakesNothingUnsavedAway() throws Exception {
		TextPage notes = changedNotes();
		notes.typeFirst("typed ");
		DialogPage versions = versionsOfNotes().awaitRows(1);
		List<String> before = versions.row(0);
		versions.select(0).press("Restore…");
		DialogPage.await("Restore").awaitSays("It is open with unsaved changes. They stay in the editor").close("Restore");
		Ui.awaitThat("what was replaced among the old versions", () -> !versions.row(0).equals(before));
		assertThat(notes.text()).isEqualTo("typed second first\n");
		assertThat(notes.isDirty()).isTrue();
		versions.close("Close");
		notes.save();
		DialogPage.await("File Changed").awaitSays("Nothing has been overwritten.").close("Overwrite");
		notes.awaitSaved();
		assertThat(cloud.inVault("/notes.txt")).isEqualTo("typed second first\n");
	}

	@Test
	void aLongOldVersionIsShownPieceByPieceAndRestored() throws Exception {
		cloud.unlock(explorer);
		Session session = WorkbenchPage.service(Sessions.class).all().stream().filter(s -> s.bookmark().name().equals(Cloud.NAME)).findFirst().orElseThrow();
		Path log = session.vaults().get("/Vault").root().resolve("long.log");
		String line = "a line of a long text, %08d\n";
		int lines = 2_200_000;
		try (var out = Files.newBufferedWriter(log)) {
			for (int i = 0; i < lines; i++)
				out.write(line.formatted(i));
		}
		long size = Files.size(log);
		assertThat(size).isGreaterThan(64 << 20);
		cloud.server().longAgo();
		session.refresh("/");
		Files.writeString(log, "a new beginning\n");
		explorer.row(Cloud.NAME).command("org.eclipse.ui.file.refresh");
		explorer.row(Cloud.VAULT + "/long.log").command(OURS + "versions");
		DialogPage versions = DialogPage.await("Versions of long.log").awaitRows(1);
		long before = session.fileSystem().storage().traffic().received();
		versions.select(0).press("Open");
		WorkbenchPage.awaitEditor("long.log (" + versions.row(0).getFirst() + ")");
		awaitShown(line.formatted(0).strip());
		StyledText text = Ui.get(() -> Ui.all(StyledText.class).stream().filter(t -> t.getText().contains(line.formatted(0).strip())).findFirst().orElseThrow());
		Ui.run(() -> {
			var end = new Event();
			end.keyCode = SWT.END;
			end.stateMask = SWT.MOD1;
			text.notifyListeners(ST.VerifyKey, end);
		});
		awaitShown(line.formatted(lines - 1).strip());
		assertThat(session.fileSystem().storage().traffic().received() - before).as("received of %d", size).isLessThan(size / 2);
		List<String> old = versions.row(0);
		versions.select(0).press("Restore…");
		DialogPage.await("Restore").close("Restore");
		Ui.awaitThat("what was replaced among the old versions", () -> !versions.row(0).equals(old));
		assertThat(Files.size(log)).isEqualTo(size);
		versions.close("Close");
		WorkbenchPage.closeEditors();
	}

	private static void awaitShown(String line) {
		Ui.awaitThat("'" + line + "' among what is shown", () -> Ui.all(StyledText.class).stream().anyMatch(t -> t.getText().contains(line)));
	}

	@Test
	void lockingTheVaultTakesItsNamesAway() {
		changedNotes();
		DialogPage versions = versionsOfNotes().awaitRows(1);
		versions.select(0).press("Open");
		TextPage.await("notes.txt (" + versions.row(0).getFirst() + ")");
		explorer.row(Cloud.VAULT).command(OURS + "lock");
		explorer.row(Cloud.VAULT).awaitRemark("locked");
		WorkbenchPage.awaitEditors();
		Ui.awaitThat("the end of the dialog", () -> !DialogPage.isOpen("Versions of notes.txt"));
	}

	@Test
	void whatWasRemovedComesBack() throws Exception {
		cloud.unlock(explorer);
		explorer.row(Cloud.VAULT + "/other.txt").command(EDIT + "delete");
		DialogPage.await("Delete").close("Delete");
		explorer.awaitGone(Cloud.VAULT + "/other.txt");
		explorer.row(Cloud.OFFER).command(EDIT + "delete");
		DialogPage.await("Delete").close("Delete");
		explorer.awaitGone(Cloud.OFFER);

		explorer.row(Cloud.VAULT).command(OURS + "trash");
		DialogPage trash = DialogPage.await("Removed from Vault").awaitRows(1);
		assertThat(trash.row(0)).startsWith("other.txt", "/Vault");
		cloud.server().trouble(r -> r.method().equals("MOVE") ? 507 : 0);
		trash.select(0).press("Restore");
		DialogPage problem = DialogPage.awaitProblem().awaitSays("other.txt was not restored; it is still in the trash.");
		assertThat(problem.says()).contains("there is no room left on the server");
		problem.close("OK");
		cloud.server().trouble(_ -> 0);
		trash.awaitRows(1).select(0).press("Restore");
		explorer.row(Cloud.VAULT + "/other.txt");
		assertThat(cloud.inVault("/other.txt")).isEqualTo("other\n");
		trash.awaitRows(0).close("Close");

		explorer.row(Cloud.NAME).command(OURS + "trash");
		trash = DialogPage.await("Removed from cloud").awaitRows(1);
		assertThat(trash.row(0)).startsWith("Offer.txt", "/");
		trash.select(0).press("Restore");
		explorer.row(Cloud.OFFER);
		assertThat(cloud.server().files().resolve("Offer.txt")).hasContent("first offer\n");
		trash.close("Close");
	}

	@Test
	void aFolderOfAVaultComesBackWithAllThatWasInIt() throws Exception {
		cloud.unlock(explorer);
		explorer.row(Cloud.VAULT + "/Plans").command(EDIT + "delete");
		DialogPage.await("Delete").close("Delete");
		explorer.awaitGone(Cloud.VAULT + "/Plans");
		explorer.row(Cloud.VAULT).command(OURS + "trash");
		DialogPage trash = DialogPage.await("Removed from Vault").awaitRows(1);
		assertThat(trash.row(0)).startsWith("Plans/", "/Vault").endsWith("");
		cloud.server().trouble(r -> r.method().equals("MOVE") ? 507 : 0);
		trash.select(0).press("Restore");
		DialogPage.awaitProblem().awaitSays("Plans/ was not restored; it is still in the trash.").close("OK");
		cloud.server().trouble(_ -> 0);
		trash.awaitRows(1).select(0).press("Restore");
		explorer.row(Cloud.VAULT + "/Plans").open();
		explorer.row(Cloud.VAULT + "/Plans/Old");
		assertThat(cloud.inVault("/Plans/plan.txt")).isEqualTo("a plan\n");
		assertThat(cloud.inVault("/Plans/Old/older.txt")).isEqualTo("an older plan\n");
		trash.awaitRows(0).close("Close");
	}

	@Test
	void aConnectionThatIsLostMeanwhileIsToldOnce() {
		cloud.server().trouble(r -> r.method().equals("DELETE") ? -1 : 0);
		explorer.row(Cloud.OFFER).command(EDIT + "delete");
		DialogPage.await("Delete").awaitSays("The server keeps it in its trash for a while.").close("Delete");
		DialogPage.awaitProblem().awaitSays("Offer.txt could not be deleted.").close("OK");
		explorer.row(Cloud.NAME).awaitRemark("offline, connection lost");
		WorkbenchPage.awaitIdle(Work.FAMILY);
		assertThat(Ui.get(() -> Arrays.stream(Ui.display().getShells()).filter(s -> s.isVisible() && s.getParent() != null).map(Shell::getText).toList())).as("dialogs").isEmpty();
	}

	private static String clipboard() {
		return Ui.get(() -> {
			var clipboard = new Clipboard(Ui.display());
			try {
				return (String) clipboard.getContents(TextTransfer.getInstance());
			} finally {
				clipboard.dispose();
			}
		});
	}

	private static void choose(DialogPage dialog, int combo, int index) {
		Ui.run(() -> {
			Combo there = dialog.all(Combo.class).get(combo);
			there.select(index);
			there.notifyListeners(SWT.Selection, new Event());
		});
	}

	@Test
	void aLinkIsMadeCopiedAndEnded() {
		explorer.row(Cloud.OFFER).command(OURS + "share");
		DialogPage shares = DialogPage.await("Share Offer.txt").awaitSays("It is not shared.");
		assertThat(shares.canPress("Copy Link")).isFalse();
		shares.press("New Share…");
		DialogPage wish = DialogPage.await("New Share");
		assertThat(wish.canPress("Share")).isTrue();
		wish.fill(1, "a password").fill(2, "for you");
		Ui.run(() -> wish.all(Button.class).stream().filter(b -> b.getText().contains("Until")).forEach(b -> {
			b.setSelection(true);
			b.notifyListeners(SWT.Selection, new Event());
		}));
		cloud.server().trouble(r -> r.method().equals("POST") && r.path().contains("/shares") ? 403 : 0);
		wish.press("Share");
		DialogPage.awaitProblem().awaitSays("Offer.txt was not shared.").close("OK");
		cloud.server().trouble(_ -> 0);
		wish.close("Share");
		shares.awaitRows(1).awaitSays("It is shared once.");
		assertThat(shares.row(0)).startsWith("link with password", "read").endsWith("for you");
		assertThat(shares.row(0).get(2)).matches("\\d{4}-\\d\\d-\\d\\d");
		shares.press("Copy Link");
		shares.awaitSays("The link is on the clipboard.");
		assertThat(clipboard()).isEqualTo(shares.row(0).get(3)).startsWith(cloud.server().uri() + "/s/");
		shares.press("End Share…");
		DialogPage.await("End Share").close("End Share");
		shares.awaitRows(0).close("Close");
	}

	@Test
	void aLinkIsCopiedAsThePolicyHasIt() throws Exception {
		explorer.row(Cloud.OFFER).command(OURS + "share");
		DialogPage shares = DialogPage.await("Share Offer.txt").awaitSays("It is not shared.");
		shares.press("New Share…");
		DialogPage.await("New Share").close("Share");
		shares.awaitRows(1);
		String link = shares.row(0).get(3);
		OwnHome.waysOut("clipboard: forbid");
		shares.press("Copy Link");
		DialogPage.awaitProblem().awaitSays("Forbidden by your own policy, line 2: copy to the clipboard (/Offer.txt)").close("OK");
		OwnHome.waysOut("clipboard: ask");
		shares.press("Copy Link");
		DialogPage.await("Permission").awaitSays("copy to the clipboard (/Offer.txt)").close("No");
		assertThat(clipboard()).isNotEqualTo(link);
		assertThat(shares.says()).doesNotContain("The link is on the clipboard.");
		shares.press("Copy Link");
		DialogPage.await("Permission").close("Yes");
		shares.awaitSays("The link is on the clipboard.");
		assertThat(clipboard()).isEqualTo(link);
		shares.close("Close");
	}

	@Test
	void aFolderIsSharedWithSomebody() {
		explorer.row(Cloud.NAME + "/Public").command(OURS + "share");
		DialogPage shares = DialogPage.await("Share Public").awaitSays("It is not shared.");
		shares.press("New Share…");
		DialogPage wish = DialogPage.await("New Share");
		choose(wish, 0, 1);
		assertThat(wish.canPress("Share")).isFalse();
		wish.fill(0, "nobody");
		choose(wish, 1, 1);
		wish.press("Share");
		DialogPage.awaitProblem().awaitSays("Public was not shared.").awaitSays("valid user").close("OK");
		wish.fill(0, "bob").close("Share");
		shares.awaitRows(1);
		assertThat(shares.row(0)).startsWith("bob", "read, change, add, delete");
		assertThat(shares.canPress("Copy Link")).isFalse();
		shares.press("New Share…");
		DialogPage drop = DialogPage.await("New Share");
		choose(drop, 1, 2);
		drop.close("Share");
		shares.awaitRows(2);
		assertThat(List.of(shares.row(0).get(1), shares.row(1).get(1))).containsExactlyInAnyOrder("read, change, add, delete", "upload only");
		shares.close("Close");
	}

	@Test
	void ofAVaultCiphertextIsSharedOnlyByAYes() {
		cloud.unlock(explorer);
		explorer.row(Cloud.NOTES).command(OURS + "share");
		DialogPage shares = DialogPage.await("Share notes.txt").awaitSays("without the vault's passphrase nobody can read");
		shares.press("New Share…");
		DialogPage ask = DialogPage.await("Share Ciphertext").awaitSays("gets ciphertext");
		assertThat(ask.buttons()).containsExactly("Share the Ciphertext", "Share a Readable Copy…", "Cancel");
		ask.close("Cancel");
		assertThat(DialogPage.isOpen("New Share")).isFalse();
		shares.press("New Share…");
		DialogPage.await("Share Ciphertext").close("Share the Ciphertext");
		DialogPage.await("New Share").close("Share");
		shares.awaitRows(1).close("Close");
	}

	@Test
	void aReadableCopyIsSharedAsThePolicyHasIt() throws Exception {
		Path copy = cloud.server().files().resolve("Public/notes.txt");
		cloud.unlock(explorer);
		OwnHome.waysOut("share: forbid");
		putReadableCopyOfNotes();
		DialogPage.awaitProblem().awaitSays("Forbidden by your own policy, line 2: share a readable copy (/Vault/notes.txt), to cloud:/Public").close("OK");
		OwnHome.waysOut("share: ask");
		putReadableCopyOfNotes();
		DialogPage.await("Permission").awaitSays("share a readable copy").close("Do Not");
		DialogPage.awaitProblem().awaitSays("Not permitted").close("OK");
		assertThat(copy).doesNotExist();
		putReadableCopyOfNotes();
		DialogPage.await("Permission").close("Permit Once");
		DialogPage.await("Share notes.txt").awaitSays("It is not shared.").close("Close");
		assertThat(copy).hasContent("first\n");
	}

	private void putReadableCopyOfNotes() {
		explorer.row(Cloud.NOTES).command(OURS + "shareCopy");
		DialogPage choose = DialogPage.await("Choose a Folder");
		Ui.awaitThat("the folders", () -> folders(choose).equals(List.of("Public")));
		Ui.run(() -> {
			Tree tree = choose.all(Tree.class).getFirst();
			tree.setSelection(tree.getItem(0).getItem(0));
			tree.notifyListeners(SWT.Selection, new Event());
		});
		choose.close("Choose");
		DialogPage.await("Readable Copy").close("Put a Readable Copy There");
	}

	@Test
	void aReadableCopyIsSharedInstead() throws Exception {
		cloud.unlock(explorer);
		explorer.row(Cloud.NOTES).command(OURS + "shareCopy");
		DialogPage choose = DialogPage.await("Choose a Folder");
		Ui.awaitThat("the folders", () -> folders(choose).equals(List.of("Public")));
		Ui.run(() -> {
			Tree tree = choose.all(Tree.class).getFirst();
			TreeItem folder = tree.getItem(0).getItem(0);
			tree.setSelection(folder);
			tree.notifyListeners(SWT.Selection, new Event());
		});
		choose.close("Choose");
		DialogPage.await("Readable Copy").awaitSays("not encrypted").close("Cancel");
		assertThat(cloud.server().files().resolve("Public/notes.txt")).doesNotExist();
		explorer.row(Cloud.NOTES).command(OURS + "shareCopy");
		DialogPage again = DialogPage.await("Choose a Folder");
		Ui.awaitThat("the folders", () -> folders(again).equals(List.of("Public")));
		Ui.run(() -> again.all(Tree.class).getFirst().setSelection(again.all(Tree.class).getFirst().getItem(0).getItem(0)));
		Ui.run(() -> again.all(Tree.class).getFirst().notifyListeners(SWT.Selection, new Event()));
		again.close("Choose");
		DialogPage.await("Readable Copy").close("Put a Readable Copy There");
		DialogPage shares = DialogPage.await("Share notes.txt").awaitSays("It is not shared.");
		assertThat(cloud.server().files().resolve("Public/notes.txt")).hasContent("first\n");
		shares.press("New Share…");
		DialogPage.await("New Share").close("Share");
		shares.awaitRows(1).close("Close");
		assertThat(cloud.inVault("/notes.txt")).isEqualTo("first\n");
	}

	private static List<String> folders(DialogPage choose) {
		return Ui.get(() -> List.of(choose.all(Tree.class).getFirst().getItem(0).getItems()).stream().map(TreeItem::getText).toList());
	}

	@Test
	void aServerThatTellsNothingIsTold() {
		cloud.server().trouble(r -> r.path().contains("/versions/") ? 404 : 0);
		explorer.row(Cloud.OFFER).command(OURS + "versions");
		DialogPage problem = DialogPage.awaitProblem().awaitSays("The server did not tell what there is of Offer.txt.");
		assertThat(problem.says().lines().filter(l -> !l.isBlank())).hasSizeLessThan(4);
		problem.close("OK");
		DialogPage.await("Versions of Offer.txt").awaitSays("The server did not tell.").close("Close");
	}

	@Test
	void whatIsNotPermittedIsNotOffered() throws Exception {
		Path given = Files.createDirectory(cloud.server().files().resolve("read-only"));
		Files.writeString(given.resolve("read-only.txt"), "given\n");
		explorer.row(Cloud.OFFER); // what is being listed is not asked for once more
		explorer.row(Cloud.NAME).command("org.eclipse.ui.file.refresh");
		explorer.select(Cloud.OFFER);
		for (String id : List.of(EDIT + "delete", EDIT + "rename", EDIT + "cut", EDIT + "paste", OURS + "newFile", OURS + "newFolder", OURS + "uploadFiles", OURS + "share"))
			Ui.awaitThat(id + " on what is one's own", () -> WorkbenchPage.can(id));
		explorer.row(Cloud.NAME + "/read-only").open();
		explorer.row(Cloud.NAME + "/read-only/read-only.txt");
		for (String row : List.of("/read-only", "/read-only/read-only.txt")) {
			explorer.select(Cloud.NAME + row);
			for (String id : List.of(EDIT + "delete", EDIT + "rename", EDIT + "cut", EDIT + "paste", OURS + "newFile", OURS + "newFolder", OURS + "uploadFiles", OURS + "uploadFolder"))
				Ui.awaitThat(id + " to be disabled on " + row, () -> !WorkbenchPage.can(id));
			assertThat(WorkbenchPage.can(EDIT + "copy")).isTrue();
		}
		explorer.row(Cloud.NAME + "/read-only/read-only.txt").open();
		TextPage text = TextPage.await("read-only.txt");
		Keys.type(text.widget(), "x");
		assertThat(text.text()).isEqualTo("given\n");
		assertThat(text.isDirty()).isFalse();
		assertThat(text.says()).contains("Read-only: the server does not permit you to change this file.");
	}

	@Test
	void propertiesTellWhatTheServerDoes() {
		explorer.row(Cloud.OFFER).command(OURS + "share");
		DialogPage shares = DialogPage.await("Share Offer.txt").awaitSays("It is not shared.");
		shares.press("New Share…");
		DialogPage.await("New Share").close("Share");
		shares.awaitRows(1).close("Close");
		explorer.row(Cloud.OFFER).command("org.eclipse.ui.file.properties");
		explorer.select(Cloud.NAME + "/Public");
		explorer.select(Cloud.OFFER);
		Ui.awaitThat("what the server tells", () -> WorkbenchPage.properties().keySet().containsAll(List.of("File id", "Permitted", "Shared with")));
		assertThat(WorkbenchPage.properties()).containsEntry("Permitted", "read, change, rename, move, delete, share").containsEntry("Owner", "Alice").containsEntry("Shared with", "link");
	}
}
