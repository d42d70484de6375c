package org.strongroom.ui.kept;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

import org.eclipse.core.runtime.IConfigurationElement;
import org.eclipse.core.runtime.Platform;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
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

/**
 * The workbench in a process of its own, and somebody who opens a file of a vault there, searches, replaces and saves. Says a word on standard output when all is done, leaves when it gets a line on
 * standard input.
 */
public final class Visit implements IApplication {
	/** System property: the folder with the vault in it. */
	static final String FOLDER = "strongroom.test.folder";
	static final String PASSPHRASE = "correct horse";
	static final String FILE = "Geheimplan.txt";
	static final String SEARCHED = "zebrafisch";
	static final String REPLACED = "quittenbaum";
	static final String DONE = "VISITED";
	private static final String[] DIALOGS = { "org.eclipse.ui.workbench.texteditor", "org.eclipse.ui.workbench", "org.eclipse.ui.ide" };
	private volatile IApplication workbench;

	@Override
	public Object start(IApplicationContext context) throws Exception {
		IConfigurationElement run = Platform.getExtensionRegistry().getExtension("org.eclipse.core.runtime.applications", "org.strongroom.ui.application")
				.getConfigurationElements()[0].getChildren("run")[0];
		workbench = (IApplication) run.createExecutableExtension("class");
		var visitor = Thread.ofPlatform().daemon().name("Visitor").start(this::visit);
		Object code = workbench.start(context);
		visitor.join();
		return code;
	}

	private void visit() {
		try {
			WorkbenchPage.awaitOpen();
			work();
			System.out.println(DONE);
			System.in.read();
			Ui.start(() -> PlatformUI.getWorkbench().close());
		} catch (IOException | RuntimeException | Error e) {
			e.printStackTrace();
			// not by the way the window is left, which would ask about unsaved files
			Runtime.getRuntime().halt(1);
		}
	}

	private static void work() throws IOException {
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

	@Override
	public void stop() {
		IApplication started = workbench;
		if (started != null)
			started.stop();
	}
}
