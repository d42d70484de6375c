package org.strongroom.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Display;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Home;
import org.strongroom.core.residency.Guard;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.Screenshots;
import org.strongroom.testing.ui.TextPage;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;
import org.strongroom.ui.internal.work.Work;

/** What may leave the window: allowed, asked for, forbidden. */
@ExtendWith(Screenshots.class)
class WaysOutTest {
	private static final String EDIT = "org.eclipse.ui.edit.";
	private static final String TRAVEL = "org.strongroom.ui.travel";
	private static final String HERE = "This machine";
	private static final String BEFORE = "what was on the clipboard before";
	@TempDir
	Path root;
	@TempDir
	Path keys;
	@TempDir
	Path here;
	private Office office;

	@BeforeEach
	void begin() throws IOException {
		WorkbenchPage.awaitOpen();
		office = Office.embedded(root, keys);
		office.saveBookmark();
		WorkbenchPage.service(Bookmarks.class).save(new Bookmark(HERE, here.toUri()), true);
	}

	@AfterEach
	void end() throws IOException {
		WorkbenchPage.awaitIdle(Work.FAMILY);
		Files.deleteIfExists(Home.folder().resolve("policy.yaml"));
		WorkbenchPage.service(Guard.class).travel(false);
		WorkbenchPage.closeEditors();
		WorkbenchPage.forget(HERE);
		office.close();
	}

	private static void policy(String waysOut) throws IOException {
		Files.writeString(Home.folder().resolve("policy.yaml"), "policy: 1\nways-out: {" + waysOut + "}\n");
	}

	private ExplorerPage unlocked() {
		ExplorerPage explorer = office.signIn();
		office.unlock(explorer);
		explorer.row(HERE).open();
		explorer.row(HERE).awaitRemark("signed in");
		return explorer;
	}

	private static void copy(ExplorerPage explorer, String from, String to) {
		explorer.row(from).command(EDIT + "copy");
		explorer.row(to).command(EDIT + "paste");
	}

	@Test
	void copyingToThisMachineIsAllowedAskedForAndForbidden() throws Exception {
		ExplorerPage explorer = unlocked();
		policy("export: forbid");
		copy(explorer, Office.NOTES, HERE);
		DialogPage.awaitProblem().awaitSays("Forbidden by your own policy, line 2").close("OK");
		policy("export: ask");
		copy(explorer, Office.NOTES, HERE);
		DialogPage.await("Permission").awaitSays("save on this machine").awaitSays("/Vault/notes.txt").awaitSays("your own policy, line 2").close("Do Not");
		DialogPage.awaitProblem().awaitSays("Not permitted").close("OK");
		assertThat(here).isEmptyDirectory();
		copy(explorer, Office.NOTES, HERE);
		DialogPage.await("Permission").close("Permit Once");
		Ui.awaitThat("the copy", () -> Files.exists(here.resolve("notes.txt")));
		assertThat(here.resolve("notes.txt")).hasContent("first line\nsecond line\n");
		policy("export: allow");
		explorer.row(Office.NAME + "/Plain").open();
		copy(explorer, Office.NAME + "/Plain/plain.txt", HERE);
		Ui.awaitThat("the copy", () -> Files.exists(here.resolve("plain.txt")));
	}

	@Test
	void whatLeavesAVaultForAPlainFolderIsAskedFor() throws Exception {
		ExplorerPage explorer = unlocked();
		policy("share: ask");
		copy(explorer, Office.NOTES, Office.NAME + "/Plain");
		DialogPage.await("Permission").awaitSays("share a readable copy").awaitSays("/Vault/notes.txt").awaitSays("HQ:/Plain").close("Do Not");
		DialogPage.awaitProblem().close("OK");
		assertThat(root.resolve("Plain/notes.txt")).doesNotExist();
		policy("share: forbid");
		copy(explorer, Office.NOTES, Office.NAME + "/Plain");
		DialogPage.awaitProblem().awaitSays("Forbidden by").close("OK");
		policy("share: allow");
		copy(explorer, Office.NOTES, Office.NAME + "/Plain");
		Ui.awaitThat("the copy", () -> Files.exists(root.resolve("Plain/notes.txt")));
	}

	private static String clipboard() {
		return Ui.get(() -> {
			var clipboard = new Clipboard(Display.getCurrent());
			try {
				return (String) clipboard.getContents(TextTransfer.getInstance());
			} finally {
				clipboard.dispose();
			}
		});
	}

	private static void onClipboard(String text) {
		Ui.run(() -> {
			var clipboard = new Clipboard(Display.getCurrent());
			clipboard.setContents(new Object[] { text }, new org.eclipse.swt.dnd.Transfer[] { TextTransfer.getInstance() });
			clipboard.dispose();
		});
	}

	private static TextPage notes(ExplorerPage explorer) {
		explorer.row(Office.NOTES).open();
		TextPage text = TextPage.await("notes.txt");
		Ui.run(() -> text.editor().selectAndReveal(0, 5));
		return text;
	}

	@Test
	void theClipboardIsAllowedAskedForAndForbidden() throws Exception {
		TextPage text = notes(unlocked());
		onClipboard(BEFORE);
		policy("clipboard: forbid");
		WorkbenchPage.command(EDIT + "copy");
		DialogPage.awaitProblem().awaitSays("Forbidden by your own policy, line 2: copy to the clipboard (/Vault/notes.txt)").close("OK");
		WorkbenchPage.command(EDIT + "cut");
		DialogPage.awaitProblem().close("OK");
		assertThat(text.text()).as("nothing was cut").startsWith("first");
		policy("clipboard: ask");
		WorkbenchPage.command(EDIT + "copy");
		DialogPage.await("Permission").awaitSays("copy to the clipboard").close("No");
		assertThat(clipboard()).isEqualTo(BEFORE);
		WorkbenchPage.command(EDIT + "copy");
		DialogPage.await("Permission").close("Yes");
		assertThat(clipboard()).isEqualTo("first");
		onClipboard(BEFORE);
		policy("clipboard: allow");
		WorkbenchPage.command(EDIT + "cut");
		Ui.awaitThat("what was cut", () -> "first".equals(clipboard()));
	}

	@Test
	void printingIsAskedForAndForbidden() throws Exception {
		notes(unlocked());
		policy("print: forbid");
		WorkbenchPage.command("org.eclipse.ui.file.print");
		DialogPage.awaitProblem().awaitSays("Forbidden by your own policy, line 2: print (/Vault/notes.txt)").close("OK");
		policy("print: ask");
		WorkbenchPage.command("org.eclipse.ui.file.print");
		DialogPage.await("Permission").awaitSays("print (/Vault/notes.txt)").close("No");
	}

	@Test
	void rememberingIsNotOfferedWhereItIsForbidden() throws Exception {
		policy("remember: forbid");
		ExplorerPage explorer = ExplorerPage.open();
		explorer.row(Office.NAME).open();
		office.trust();
		DialogPage asks = DialogPage.await("Key Passphrase");
		Button remember = Ui.get(() -> asks.all(Button.class).stream().filter(b -> b.getText().startsWith("&Remember")).findFirst().orElseThrow());
		assertThat(Ui.get(remember::isEnabled)).isFalse();
		assertThat(Ui.get(remember::getText)).isEqualTo("&Remember: forbidden by your own policy");
		asks.close("Cancel");
	}

	@Test
	void travelModeEndsForWhoeverKnowsAVaultsPassphrase() throws Exception {
		ExplorerPage explorer = ExplorerPage.open();
		Guard guard = WorkbenchPage.service(Guard.class);
		WorkbenchPage.command(TRAVEL);
		Ui.awaitThat("travelling", guard::isTravelling);
		WorkbenchPage.command(TRAVEL);
		DialogPage.await("Travel Mode").awaitSays("unlock one first").close("OK");
		assertThat(guard.isTravelling()).isTrue();
		explorer = unlocked();
		copy(explorer, Office.NOTES, HERE);
		DialogPage.awaitProblem().awaitSays("Forbidden by travel mode").close("OK");
		assertThat(here).isEmptyDirectory();
		WorkbenchPage.command(TRAVEL);
		DialogPage.await("Vault Passphrase").type(Office.WRONG).close("Unlock");
		DialogPage.await("Vault Passphrase").close("Cancel");
		assertThat(guard.isTravelling()).isTrue();
		WorkbenchPage.command(TRAVEL);
		DialogPage.await("Vault Passphrase").type(office.vault().passphrase()).close("Unlock");
		Ui.awaitThat("being at home", () -> !guard.isTravelling());
	}
}
