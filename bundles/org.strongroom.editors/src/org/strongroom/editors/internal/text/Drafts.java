package org.strongroom.editors.internal.text;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import org.eclipse.ui.IEditorReference;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.PlatformUI;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Location;
import org.strongroom.core.Session;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.vault.Vault;
import org.strongroom.editors.SessionEditorInput;
import org.strongroom.editors.internal.open.OpenInput;
import org.strongroom.efs.SessionFile;

/** Unsaved texts of locked vaults: in memory, each encrypted under its vault's key, until it is unlocked again. For the UI thread. */
public final class Drafts {
	private static final List<Sealed> KEPT = new ArrayList<>();

	/**
	 * @param server of its bookmark, as people call it: bookmarks may be changed meanwhile
	 * @param place where its vault lies there
	 * @param by what encrypted it; as long as that is still unlocked it is not to come back
	 */
	private record Sealed(String server, String place, WeakReference<Vault> by, byte[] sealed) {
	}

	private Drafts() {
	}

	/** How many are kept. */
	public static int count() {
		return KEPT.size();
	}

	/** How many are kept of vaults that lie at a location of a bookmark, or below. */
	public static int count(Bookmark bookmark, String location) {
		String server = server(bookmark);
		String place = bookmark.onServer(location);
		return (int) KEPT.stream().filter(sealed -> sealed.server().equals(server) && StoragePaths.isIn(sealed.place(), place)).count();
	}

	/** Gives them up. */
	public static void discard() {
		KEPT.clear();
	}

	/**
	 * Keeps what an editor shows, if it can be closed.
	 *
	 * @param close closes the editor, and says whether it did
	 * @return false if nothing was done: it is in no unlocked vault, or in one of a kind that cannot
	 */
	public static boolean keep(StrongroomTextEditor editor, BooleanSupplier close) {
		SessionEditorInput input = editor.input();
		Optional<Map.Entry<String, Vault>> vault = input.session().vaultOf(input.location());
		Optional<Draft> draft = vault.flatMap(v -> editor.draft(Location.normal(input.location().substring(v.getKey().equals("/") ? 0 : v.getKey().length()))));
		if (draft.isEmpty())
			return false;
		byte[] bytes = draft.get().bytes();
		try {
			Vault by = vault.get().getValue();
			Bookmark bookmark = input.session().bookmark();
			var sealed = new Sealed(server(bookmark), bookmark.onServer(vault.get().getKey()), new WeakReference<>(by), by.seal(bytes));
			return close.getAsBoolean() && KEPT.add(sealed);
		} catch (IOException e) {
			return false;
		} finally {
			Arrays.fill(bytes, (byte) 0);
		}
	}

	private static String server(Bookmark bookmark) {
		return bookmark.scheme() + "://" + bookmark.server();
	}

	/** Opens again what was kept of vaults that are unlocked in a session. */
	public static void bringBack(Session session) {
		IWorkbenchPage page = page();
		if (page == null)
			return;
		for (Map.Entry<String, Vault> vault : session.vaults().entrySet())
			KEPT.removeIf(sealed -> sealed.server().equals(server(session.bookmark())) && !sealed.by().refersTo(vault.getValue()) && open(page, session, vault, sealed));
	}

	private static IWorkbenchPage page() {
		if (!PlatformUI.isWorkbenchRunning())
			return null;
		IWorkbenchWindow active = PlatformUI.getWorkbench().getActiveWorkbenchWindow();
		IWorkbenchWindow[] windows = PlatformUI.getWorkbench().getWorkbenchWindows();
		return active != null ? active.getActivePage() : windows.length > 0 ? windows[0].getActivePage() : null;
	}

	/** @return false if it stays kept: it is another vault's, or something else was typed into that file since */
	private static boolean open(IWorkbenchPage page, Session session, Map.Entry<String, Vault> vault, Sealed sealed) {
		try {
			byte[] bytes = vault.getValue().unseal(sealed.sealed());
			Draft draft;
			try {
				draft = Draft.of(bytes);
			} finally {
				Arrays.fill(bytes, (byte) 0);
			}
			var file = new SessionFile(session, vault.getKey() + "/" + draft.within());
			var input = OpenInput.unsaved(file, draft.loaded(), draft.access());
			if (!isFree(input) || !(page.openEditor(input, StrongroomTextEditor.ID) instanceof StrongroomTextEditor editor))
				return false;
			editor.show(draft);
			return editor.isDirty();
		} catch (IOException | PartInitException e) {
			return false;
		}
	}

	/** Closes editors that show the file as it is. @return false if one is left */
	private static boolean isFree(SessionEditorInput input) {
		for (IWorkbenchWindow window : PlatformUI.getWorkbench().getWorkbenchWindows())
			for (IWorkbenchPage page : window.getPages())
				for (IEditorReference there : page.findEditors(input, null, IWorkbenchPage.MATCH_INPUT))
					if (there.isDirty() || !page.closeEditors(new IEditorReference[] { there }, false))
						return false;
		return true;
	}
}
