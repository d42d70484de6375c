package org.strongroom.ui.internal.server;

import java.io.IOException;
import java.util.List;

import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.ui.IEditorPart;
import org.strongroom.core.Held;
import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.storage.Change;
import org.strongroom.core.storage.History.Past;
import org.strongroom.editors.OldVersions;
import org.strongroom.editors.OpenEditors;
import org.strongroom.editors.OpenFile;
import org.strongroom.efs.PastFile;
import org.strongroom.ui.internal.explorer.ExplorerView;
import org.strongroom.ui.internal.explorer.Sizes;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/** What was in a file before: to be read, compared and restored. For the UI thread. */
public final class VersionsDialog extends ServerDialog<Past> {

	private final boolean canWrite;

	private VersionsDialog(ExplorerView view, Session session, Item item) {
		super(view, session, item.location());
		canWrite = !item.refused().contains(Change.WRITE);
	}

	/** Shows the old versions of a file. */
	public static void show(ExplorerView view, Session session, Item item) {
		new VersionsDialog(view, session, item).show();
	}

	@Override
	String title() {
		return "Versions of";
	}

	@Override
	List<Column<Past>> columns() {
		return List.of(new Column<>("Written", 40, p -> file(p).time()), new Column<>("Size on the Server", 25, p -> Sizes.human(p.size())), new Column<>("By", 35, p -> p.author().orElse("")));
	}

	@Override
	List<Action<Past>> actions() {
		return List.of(Action.ofOne("&Open", "Shows this version; it cannot be changed", _ -> true, p -> OpenFile.open(view().getSite().getPage(), file(p))),
				Action.ofOne("&Compare with Current", "Shows this version beside what the file holds now", _ -> true, p -> OldVersions.compare(file(p))),
				Action.ofOne("&Restore…", "Gives the file this content again", _ -> canWrite, this::restore));
	}

	private PastFile file(Past past) {
		return new PastFile(session(), location(), past);
	}

	@Override
	List<Past> ask() throws IOException {
		Held held = Held.item(session(), location(), Unlocking.FAIL);
		return held.history().list(held.path());
	}

	@Override
	String says(List<Past> rows) {
		return rows.isEmpty() ? "The server keeps no old versions of it."
				: "%s, the latest first. What the file holds now is not among them.".formatted(rows.size() == 1 ? "One old version" : "%,d old versions".formatted(rows.size()));
	}

	private void restore(Past past) {
		boolean unsaved = OpenEditors.in(session(), location()).stream().anyMatch(IEditorPart::isDirty);
		String question = "Give %s the content it had on %s again?\n\nWhat it holds now is kept as an old version.%s".formatted(name(), file(past).time(),
				unsaved ? "\n\nIt is open with unsaved changes. They stay in the editor; when you save them, you are asked first, for the file will be another one." : "");
		if (new MessageDialog(getShell(), "Restore", null, question, MessageDialog.QUESTION, 0, "Restore", "Cancel").open() != 0)
			return;
		Work.start("Restoring a version", "of " + name(), "%s was not restored; it is as it was.".formatted(name()), _ -> {
			Held held = Held.item(session(), location(), Unlocking.FAIL);
			held.history().restore(held.path(), past.id());
			session().refresh(location());
			Ui.async(this::restored);
		});
	}

	private void restored() {
		OpenEditors.reload(session(), location());
		explorer().saved(session(), location());
		load();
	}
}
