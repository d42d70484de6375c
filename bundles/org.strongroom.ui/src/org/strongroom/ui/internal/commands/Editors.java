package org.strongroom.ui.internal.commands;

import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.PlatformUI;
import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.editors.OpenEditors;
import org.strongroom.editors.OpenFile;
import org.strongroom.ui.internal.external.Lent;

/** What the window has to do with editors. For the UI thread. */
public final class Editors {
	private Editors() {
	}

	/** Opens a file. */
	public static void open(IWorkbenchPage page, Session session, Item item) {
		OpenFile.open(page, session, item);
	}

	/**
	 * Closes the editors of all files at and below a location, asking about unsaved ones, and takes back what other programs have of them.
	 *
	 * @return false if the person cancelled: nothing was closed
	 */
	public static boolean close(Session session, String location) {
		return OpenEditors.close(session, location) && PlatformUI.getWorkbench().getService(Lent.class).takeBack(session, location);
	}
}
