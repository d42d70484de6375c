package org.strongroom.ui.internal.commands;

import java.util.function.BiConsumer;

import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.ui.internal.explorer.Container;
import org.strongroom.ui.internal.explorer.ExplorerView;
import org.strongroom.ui.internal.explorer.Node;
import org.strongroom.ui.internal.server.ReadableCopy;
import org.strongroom.ui.internal.server.ShareDialog;
import org.strongroom.ui.internal.server.TrashDialog;
import org.strongroom.ui.internal.server.VersionsDialog;

/** What can be done where the server can do more than hold files. For the UI thread. */
final class ServerActions {
	private ServerActions() {
	}

	/** Shows who else gets at an item. */
	static void share(ExplorerView view) {
		withItem(view, (session, item) -> ShareDialog.show(view, session, item));
	}

	/** Makes a readable copy of something in a vault, to be shared. */
	static void shareCopy(ExplorerView view) {
		withItem(view, (session, item) -> ReadableCopy.share(view, session, item));
	}

	/** Shows what was in a file before. */
	static void versions(ExplorerView view) {
		withItem(view, (session, item) -> VersionsDialog.show(view, session, item));
	}

	private static void withItem(ExplorerView view, BiConsumer<Session, Item> action) {
		Node node = view.selected().getFirst();
		node.parent().session().ifPresent(s -> node.item().ifPresent(i -> action.accept(s, i)));
	}

	/** Shows what was removed from a folder. */
	static void trash(ExplorerView view) {
		if (view.selected().getFirst() instanceof Container c)
			c.session().ifPresent(s -> TrashDialog.show(view, s, c.location()));
	}
}
