package org.strongroom.ui.internal.commands;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.wizard.WizardDialog;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Session;
import org.strongroom.core.auth.Authenticator;
import org.strongroom.core.auth.Challenge;
import org.strongroom.ui.internal.explorer.BookmarkNode;
import org.strongroom.ui.internal.explorer.Container;
import org.strongroom.ui.internal.explorer.ExplorerView;
import org.strongroom.ui.internal.explorer.Node;
import org.strongroom.ui.internal.wizard.BookmarkWizard;
import org.strongroom.ui.internal.work.Work;

/** What can be done to bookmarks. For the UI thread. */
public final class BookmarkActions {
	private BookmarkActions() {
	}

	/** Makes a bookmark. */
	public static void newBookmark(ExplorerView view) {
		wizard(view, Optional.empty());
	}

	/** Changes a bookmark; one that is signed in is signed out first. */
	public static void edit(ExplorerView view) {
		if (!(view.selected().getFirst() instanceof BookmarkNode b))
			return;
		Optional<Session> session = b.session();
		if (session.isPresent()) {
			if (!MessageDialog.openConfirm(view.getSite().getShell(), "Edit Bookmark", "%s is signed in. It is signed out before it is changed.".formatted(b.name()))
					|| !Editors.close(session.get(), "/"))
				return;
			signOut(session.get());
		}
		wizard(view, Optional.of(b.saved()));
	}

	private static void wizard(ExplorerView view, Optional<Bookmark> old) {
		var dialog = new WizardDialog(view.getSite().getShell(), new BookmarkWizard(view.explorer().sessions(), view.explorer().saved(), old));
		dialog.setHelpAvailable(false);
		dialog.open();
	}

	/** Signs in (again), and opens the bookmark. */
	static void connect(ExplorerView view) {
		bookmarks(view).forEach(view.explorer()::open);
	}

	/** Signs out, after asking about unsaved files. */
	static void disconnect(ExplorerView view) {
		for (BookmarkNode b : bookmarks(view)) {
			Optional<Session> session = b.session();
			if (session.isPresent() && Editors.close(session.get(), "/"))
				signOut(session.get());
		}
	}

	private static void signOut(Session session) {
		String name = session.bookmark().name();
		Work.start("Signing out", "of " + name, "%s was not signed out cleanly.".formatted(name), _ -> session.close());
	}

	/** Removes bookmarks, after asking. */
	static void delete(ExplorerView view, List<BookmarkNode> nodes) {
		String what = nodes.size() == 1 ? "the bookmark '%s'".formatted(nodes.getFirst().name()) : "%,d bookmarks".formatted(nodes.size());
		if (!MessageDialog.openConfirm(view.getSite().getShell(), "Delete", "Delete %s? Nothing is deleted on the server.".formatted(what)))
			return;
		for (BookmarkNode b : nodes) {
			Optional<Session> session = b.session();
			if (session.isPresent() && !Editors.close(session.get(), "/"))
				return;
			session.ifPresent(BookmarkActions::signOut);
		}
		Work.start("Deleting", what, "%s could not be deleted.".formatted(what), _ -> {
			for (BookmarkNode b : nodes)
				view.explorer().saved().remove(b.name());
		});
	}

	/** Forgets the passphrases and passwords that are remembered for a bookmark and its vaults, or for one vault. */
	static void forget(ExplorerView view) {
		Node node = view.selected().getFirst();
		Optional<BookmarkNode> bookmark = node.bookmark();
		if (bookmark.isEmpty())
			return;
		List<String> keys = node instanceof BookmarkNode b ? keys(b.saved())
				: List.of(new Challenge.VaultPassphrase(bookmark.get().name(), ((Container) node).location().substring(1), 1).key());
		Work.start("Forgetting secrets", "of " + node.name(), "The remembered secrets of %s were not forgotten.".formatted(node.name()), _ -> {
			IOException failed = null;
			for (Authenticator a : view.explorer().sessions().plugIns().authenticators())
				for (String key : keys)
					try {
						a.forget(key);
					} catch (IOException e) {
						failed = e;
					}
			if (failed != null)
				throw failed;
		});
		view.getViewSite().getActionBars().getStatusLineManager().setMessage("No secret is remembered for %s any more.".formatted(node.name()));
	}

	/** What the answers to a bookmark's challenges are kept under: whole keys, or what they begin with. */
	private static List<String> keys(Bookmark bookmark) {
		var keys = new ArrayList<String>();
		List<Path> files = bookmark.keys();
		for (Path file : files)
			keys.add(new Challenge.KeyPassphrase("", file, 1).key());
		if (files.isEmpty())
			keys.add("key:" + Path.of(System.getProperty("user.home"), ".ssh"));
		keys.add("password:" + bookmark.server());
		keys.add("password:" + bookmark.name());
		keys.add("vault:" + bookmark.name() + ":");
		return keys;
	}

	private static List<BookmarkNode> bookmarks(ExplorerView view) {
		return view.selected().stream().filter(BookmarkNode.class::isInstance).map(BookmarkNode.class::cast).toList();
	}
}
