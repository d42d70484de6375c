package org.strongroom.ui.internal.commands;

import java.util.Optional;

import org.strongroom.core.Session;
import org.strongroom.ui.internal.explorer.Container;
import org.strongroom.ui.internal.explorer.ExplorerView;
import org.strongroom.ui.internal.explorer.Node;
import org.strongroom.ui.internal.lock.AutoLock;
import org.strongroom.ui.internal.work.Work;

/** What can be done to vaults. For the UI thread. */
final class VaultActions {
	private VaultActions() {
	}

	/** Asks for the passphrase, and opens the vault. */
	static void unlock(ExplorerView view) {
		for (Node n : view.selected())
			if (n instanceof Container c && c.isLockedVault())
				view.explorer().open(c);
	}

	/** Locks, after asking about unsaved files. */
	static void lock(ExplorerView view) {
		for (Node n : view.selected())
			if (n instanceof Container c && c.isUnlockedVault())
				c.session().ifPresent(s -> lock(s, c.location()));
	}

	/** Locks all vaults of all sessions, and asks nothing: unsaved texts come back when they are unlocked. */
	static void lockEverything(ExplorerView view) {
		view.getSite().getService(AutoLock.class).lockEverything();
	}

	private static void lock(Session session, String location) {
		if (!Editors.close(session, location))
			return;
		String name = Optional.of(location.substring(location.lastIndexOf('/') + 1)).filter(n -> !n.isEmpty()).orElse(session.bookmark().name());
		Work.start("Locking", name, "The vault %s was not locked cleanly.".formatted(name), _ -> session.lock(location));
	}
}
