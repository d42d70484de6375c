package org.strongroom.ui.kept;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

import org.eclipse.core.runtime.Platform;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.PlatformUI;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Bookmarks;
import org.strongroom.testing.ui.DialogPage;
import org.strongroom.testing.ui.ExplorerPage;
import org.strongroom.testing.ui.Keys;
import org.strongroom.testing.ui.TextPage;
import org.strongroom.testing.ui.Ui;
import org.strongroom.testing.ui.WorkbenchPage;

/** Somebody who opens a file of a vault, searches, replaces and saves. */
public final class Visit extends Visitor {
	static final String PASSPHRASE = "correct horse";
	static final String FILE = "Geheimplan.txt";
	static final String SEARCHED = "zebrafisch";
	static final String REPLACED = "quittenbaum";
	private static final String[] DIALOGS = { "org.eclipse.ui.workbench.texteditor", "org.eclipse.ui.workbench", "org.eclipse.ui.ide" };

	@Override
	protected void work() throws IOException {
		WorkbenchPage.service(Bookmarks.class).save(new Bookmark("Here", Path.of(System.getProperty(FOLDER)).toUri()), true);
		ExplorerPage explorer = ExplorerPage.open();
		explorer.row("Here").open();
		explorer.row("Here/Vault").open();
		DialogPage.await("Vault Passphrase").type(PASSPHRASE).close("Unlock");
		explorer.row("Here/Vault/" + FILE).open();
		TextPage text = TextPage.await(FILE);
		searchInPlace(text);
		searchByDialog(text);
		pickByQuickAccess();
		text.saveAndWait();
		assertThat(text.text()).contains(REPLACED);
		assertThat(remembered()).as("what the platform remembers in memory").contains(SEARCHED, REPLACED, "geheimpl");
	}

	private static void searchInPlace(TextPage text) {
		Ui.run(() -> InstanceScope.INSTANCE.getNode("org.eclipse.ui.editors").putBoolean("useFindReplaceOverlay", true));
		WorkbenchPage.command("org.eclipse.ui.edit.findReplace");
		Control field = Ui.await("the field to search by", () -> focus().filter(c -> c != text.widget()));
		Keys.type(field, SEARCHED + "\r");
		Ui.run(() -> WorkbenchPage.page().activate(text.editor()));
	}

	private static Optional<Control> focus() {
		return Optional.ofNullable(Ui.display().getFocusControl()).filter(Text.class::isInstance);
	}

	private static void searchByDialog(TextPage text) {
		Ui.run(() -> InstanceScope.INSTANCE.getNode("org.eclipse.ui.editors").putBoolean("useFindReplaceOverlay", false));
		WorkbenchPage.command("org.eclipse.ui.edit.findReplace");
		DialogPage dialog = DialogPage.await("Find/Replace");
		Ui.run(() -> {
			dialog.all(Combo.class).get(0).setText(SEARCHED);
			dialog.all(Combo.class).get(1).setText(REPLACED);
		});
		dialog.press("Replace All");
		Ui.awaitThat("the text replaced", text::isDirty);
		dialog.close("Close");
	}

	/** Goes to the editor as <em>Find an Action</em> does, which remembers what was picked. */
	private static void pickByQuickAccess() {
		WorkbenchPage.command("org.eclipse.ui.window.quickAccess");
		Control field = Ui.await("the field of Find an Action", Visit::focus);
		Keys.type(field, "geheimpl");
		Ui.awaitThat("the editor among what is found", () -> Ui.all(Table.class).stream().flatMap(t -> Arrays.stream(t.getItems())).anyMatch(i -> i.getText(1).contains(FILE)));
		Keys.type(field, "\r");
		Ui.awaitThat("the end of Find an Action", field::isDisposed);
	}

	/** What the platform would write down of dialogs. */
	private static String remembered() throws IOException {
		var out = new StringWriter();
		for (String bundle : DIALOGS)
			PlatformUI.getDialogSettingsProvider(Platform.getBundle(bundle)).getDialogSettings().save(out);
		return out.toString();
	}
}
