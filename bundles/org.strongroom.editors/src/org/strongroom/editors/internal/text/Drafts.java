package org.strongroom.editors.internal.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.eclipse.ui.IEditorPart;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.PlatformUI;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Session;
import org.strongroom.core.vault.Vault;
import org.strongroom.editors.SessionEditorInput;
import org.strongroom.editors.internal.open.OpenInput;
import org.strongroom.efs.SessionFile;

/** Unsaved texts of locked vaults: in memory, each encrypted under its vault's key, until it is unlocked again. For the UI thread. */
public final class Drafts {
	private static final List<Sealed> KEPT = new ArrayList<>();

	/** @param vault its location */
	private record Sealed(Bookmark bookmark, String vault, byte[] sealed) {
	}

	private Drafts() {
	}

	/** How many are kept. */
	public static int count() {
		return KEPT.size();
	}

	/** Gives them up. */
	public static void discard() {
		KEPT.clear();
	}

	/** Keeps what an editor shows. @return false if that cannot be done: it is in no unlocked vault, or in one of a kind that cannot */
	public static boolean keep(StrongroomTextEditor editor) {
		SessionEditorInput input = editor.input();
		Optional<Map.Entry<String, Vault>> vault = input.session().vaultOf(input.location());
		Optional<Draft> draft = editor.draft();
		if (vault.isEmpty() || draft.isEmpty())
			return false;
		byte[] bytes = draft.get().bytes();
		try {
			KEPT.add(new Sealed(input.session().bookmark(), vault.get().getKey(), vault.get().getValue().seal(bytes)));
			return true;
		} catch (IOException e) {
			return false;
		} finally {
			Arrays.fill(bytes, (byte) 0);
		}
	}

	/** Opens again what was kept of vaults that are unlocked in a session. */
	public static void bringBack(Session session) {
		Map<String, Vault> vaults = session.vaults();
		IWorkbenchPage page = page();
		if (page == null)
			return;
		for (Iterator<Sealed> all = KEPT.iterator(); all.hasNext();) {
			Sealed sealed = all.next();
			Vault vault = vaults.get(sealed.vault());
			if (sealed.bookmark().equals(session.bookmark()) && vault != null && open(page, session, vault, sealed))
				all.remove();
		}
	}

	private static IWorkbenchPage page() {
		if (!PlatformUI.isWorkbenchRunning())
			return null;
		IWorkbenchWindow active = PlatformUI.getWorkbench().getActiveWorkbenchWindow();
		IWorkbenchWindow[] windows = PlatformUI.getWorkbench().getWorkbenchWindows();
		return active != null ? active.getActivePage() : windows.length > 0 ? windows[0].getActivePage() : null;
	}

	/** @return false if it stays kept: its vault is another one by now, or something else was typed into that file since */
	private static boolean open(IWorkbenchPage page, Session session, Vault vault, Sealed sealed) {
		try {
			byte[] bytes = vault.unseal(sealed.sealed());
			Draft draft;
			try {
				draft = Draft.of(bytes);
			} finally {
				Arrays.fill(bytes, (byte) 0);
			}
			var input = OpenInput.unsaved(new SessionFile(session, draft.location()), draft.loaded(), draft.access());
			IEditorPart there = page.findEditor(input);
			if (there != null && (there.isDirty() || !page.closeEditor(there, false)))
				return false;
			if (page.openEditor(input, StrongroomTextEditor.ID) instanceof StrongroomTextEditor editor)
				editor.show(draft);
			return true;
		} catch (IOException | PartInitException e) {
			return false;
		}
	}
}
