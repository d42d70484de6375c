package org.strongroom.ui.internal.commands;

import java.util.List;

import org.strongroom.core.Session;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.WayOut;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.editors.WaysOut;
import org.strongroom.ui.internal.explorer.ExplorerView;
import org.strongroom.ui.internal.explorer.FileNode;
import org.strongroom.ui.internal.external.Lent;
import org.strongroom.ui.internal.external.Opener;

/** What can be done with other programs of this machine. For the UI thread. */
final class ExternalActions {
	private ExternalActions() {
	}

	/** Opens a file with the program that the system opens such files with; asks which where there is none. */
	static void openWith(ExplorerView view) {
		with(view, (file, session) -> Opener.usual(file.name()).ifPresentOrElse(opener -> open(view, file, session, opener), () -> pick(view, file, session)));
	}

	/** Opens a file with a program that the person picks. */
	static void openWithOther(ExplorerView view) {
		with(view, (file, session) -> pick(view, file, session));
	}

	@FunctionalInterface
	private interface Action {
		void run(FileNode file, Session session);
	}

	private static void with(ExplorerView view, Action action) {
		if (!(view.selected().getFirst() instanceof FileNode file))
			return;
		Runnable run = () -> file.parent().session().ifPresent(session -> action.run(file, session));
		if (file.item().filter(i -> i.type() == Type.SYMLINK).isPresent())
			view.explorer().follow(file, run);
		else
			run.run();
	}

	private static void pick(ExplorerView view, FileNode file, Session session) {
		if (!WaysOut.mayPass(Outgoing.of(WayOut.OPEN_WITH, session, List.of(location(file)), "")))
			return;
		ProgramDialog.ask(view.getSite().getShell(), file.name()).ifPresent(opener -> open(view, file, session, opener));
	}

	private static void open(ExplorerView view, FileNode file, Session session, Opener opener) {
		lent(view).open(session, location(file), opener);
	}

	private static String location(FileNode file) {
		return file.item().orElseThrow().location();
	}

	/** Takes back the copies of the selected files; if none of them is lent, all. */
	static void takeBack(ExplorerView view) {
		Lent lent = lent(view);
		List<Lent.Copy> selected = view.selected().stream().filter(FileNode.class::isInstance)
				.flatMap(n -> n.parent().session().flatMap(s -> lent.of(s, n.item().orElseThrow().location())).stream()).toList();
		lent.takeBack(selected.isEmpty() ? lent.all() : selected);
	}

	private static Lent lent(ExplorerView view) {
		return view.getSite().getService(Lent.class);
	}
}
