package org.strongroom.ui.internal.server;

import java.util.Optional;

import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.swt.widgets.Shell;
import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.ui.internal.explorer.ExplorerView;
import org.strongroom.ui.internal.transfer.TransferWork;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/** Puts a readable copy of something in a vault beside the vault, for others to be given that. For the UI thread. */
public final class ReadableCopy {
	private ReadableCopy() {
	}

	/** Asks where the copy is to go and whether that is really meant, makes it, and then shows how it can be shared. */
	public static void share(ExplorerView view, Session session, Item item) {
		Shell shell = view.getSite().getShell();
		Optional<String> folder = new PlainFolderDialog(shell, session, "Where does the readable copy of %s go?".formatted(item.name()), "Choose").ask();
		if (folder.isEmpty())
			return;
		String server = session.bookmark().name();
		String where = folder.get().equals("/") ? "the start folder of " + server : "%s on %s".formatted(folder.get(), server);
		String text = "A copy of %s%s is put into %s, not encrypted. Whoever runs the server, and whoever has access to that folder, can read it, and its name; so can those you share it with.\n\nWhat is in the vault stays as it is."
				.formatted(item.name(), item.isFolder() ? " with everything in it" : "", where);
		if (new MessageDialog(shell, "Readable Copy", null, text, MessageDialog.WARNING, 1, "Put a Readable Copy There", "Cancel").open() != 0)
			return;
		new TransferWork(view.explorer()).copy(item, session, folder.get(), copy -> Work.start("Looking at", item.name(), "The copy of %s cannot be shared.".formatted(item.name()), _ -> {
			Item there = session.stat(copy, Unlocking.NEVER);
			Ui.async(() -> ShareDialog.show(view, session, there));
		}));
	}
}
