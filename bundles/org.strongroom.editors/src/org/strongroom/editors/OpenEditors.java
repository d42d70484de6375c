package org.strongroom.editors;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.ui.IEditorInput;
import org.eclipse.ui.IEditorPart;
import org.eclipse.ui.IEditorReference;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.texteditor.ITextEditor;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Location;
import org.strongroom.core.Session;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.editors.internal.text.Drafts;
import org.strongroom.editors.internal.text.StrongroomTextEditor;
import org.strongroom.editors.internal.work.Ui;
import org.strongroom.efs.SessionFile;
import org.strongroom.efs.SessionStores;

/** The editors open on files of sessions. For the UI thread. */
public final class OpenEditors {
	private OpenEditors() {
	}

	/** The file that an editor is open on, if it is one of a session. */
	public static Optional<SessionEditorInput> input(IEditorPart editor) {
		return editor != null && editor.getEditorInput() instanceof SessionEditorInput input ? Optional.of(input) : Optional.empty();
	}

	/**
	 * The editors of a session's files.
	 *
	 * @param location of a file, or of a folder or vault the files lie in, at any depth; {@code /} for all
	 */
	public static List<IEditorPart> in(Session session, String location) {
		return references(session, location).values().stream().flatMap(List::stream).map(r -> r.getEditor(false)).filter(java.util.Objects::nonNull).toList();
	}

	/** Has the editors of a file that have no unsaved changes show what is in it now. */
	public static void reload(Session session, String location) {
		for (var entry : references(session, location).entrySet())
			for (IEditorReference reference : entry.getValue()) {
				IEditorPart editor = reference.getEditor(false);
				Optional<SessionFile> file = input(editor).map(SessionEditorInput::file).filter(f -> f.version().isEmpty() && f.location().equals(Location.normal(location)));
				if (file.isEmpty() || editor.isDirty())
					continue;
				if (editor instanceof ITextEditor text) {
					text.doRevertToSaved();
				} else {
					entry.getKey().closeEditor(editor, false);
					OpenFile.open(entry.getKey(), file.get());
				}
			}
	}

	/** How many files, of any session, have changes that are not saved: in an editor, or kept of a locked vault. */
	public static int unsaved() {
		int count = kept();
		for (IWorkbenchWindow window : PlatformUI.getWorkbench().getWorkbenchWindows())
			for (IWorkbenchPage page : window.getPages())
				for (IEditorPart editor : page.getDirtyEditors())
					if (input(editor).isPresent())
						count++;
		return count;
	}

	/**
	 * Closes the editors of a session's files, asking about unsaved ones before (which may save them: the UI goes on living meanwhile).
	 *
	 * @param location as in {@link #in}
	 * @return false if the person cancelled: then some may still be open
	 */
	public static boolean close(Session session, String location) {
		boolean all = true;
		for (var entry : references(session, location).entrySet())
			all &= entry.getKey().closeEditors(entry.getValue().toArray(IEditorReference[]::new), true);
		return all;
	}

	/**
	 * Closes the editors of files that are about to be out of reach, asking before what is to become of unsaved changes (the UI goes on living meanwhile). Unlike with
	 * {@link #close} there is no way to stop it: a person may only keep an editor open with what was typed.
	 *
	 * @param location as in {@link #in}
	 */
	public static void letGo(Session session, String location) {
		closeUnchanged(session, location);
		for (var entry : references(session, location).entrySet())
			for (IEditorReference reference : entry.getValue()) {
				IEditorPart editor = reference.getEditor(false);
				if (editor == null || !editor.isDirty())
					continue;
				int answer = Ui.ask("Unsaved Changes", "%s has unsaved changes, and %s.\n\nSave them?".formatted(reference.getName(),
						location.equals("/") ? session.bookmark().name() + " is being signed out of" : "its vault is being locked"), "Save", "Don't Save", "Keep Open");
				if (!Arrays.asList(entry.getKey().getEditorReferences()).contains(reference))
					continue; // it was put away under the question
				boolean done = answer == 0 ? entry.getKey().saveEditor(editor, false) && !editor.isDirty() : answer == 1;
				if (done)
					entry.getKey().closeEditor(editor, false);
				else if (editor instanceof StrongroomTextEditor text)
					text.letGoOfLock();
			}
		forget(session, location);
	}

	private static void forget(Session session, String location) {
		var open = new HashSet<SessionEditorInput>();
		for (List<IEditorReference> there : references(session, location).values())
			for (IEditorReference reference : there)
				if (input(reference) instanceof SessionEditorInput input)
					open.add(input);
		SessionEditorInput.forget(session, location, open);
		SessionStores.forget(session, location);
	}

	/**
	 * Closes the editors of all files in unlocked vaults and asks nobody. Unsaved texts are kept in memory, encrypted under their vault's key, and come back when it is unlocked again.
	 *
	 * @param vault its location, or that of a folder in which there are vaults; the editors of other files there are closed, too, if nothing is unsaved in them
	 * @return false if an editor is still open: it has unsaved changes that cannot be kept so
	 */
	public static boolean putAway(Session session, String vault) {
		Job.getJobManager().cancel(SessionEditorInput.class);
		closeUnchanged(session, vault);
		boolean all = true;
		var kept = new HashSet<IEditorInput>();
		for (var entry : references(session, vault).entrySet())
			for (IEditorReference reference : entry.getValue())
				all &= reference.getEditor(false) instanceof StrongroomTextEditor text && putAway(entry.getKey(), text, kept);
		return all;
	}

	/** @param kept of what a text was kept already: several editors may show one */
	private static boolean putAway(IWorkbenchPage page, StrongroomTextEditor editor, Set<IEditorInput> kept) {
		IEditorInput input = editor.getEditorInput();
		if (kept.contains(input))
			return page.closeEditor(editor, false);
		return Drafts.keep(editor, () -> page.closeEditor(editor, false)) && kept.add(input);
	}

	/** How many unsaved texts are kept of vaults that are locked. */
	public static int kept() {
		return Drafts.count();
	}

	/** How many of them are kept of the vault at a location of a bookmark, or of those that lie below. */
	public static int kept(Bookmark bookmark, String location) {
		return Drafts.count(bookmark, location);
	}

	/** Gives up the unsaved texts that are kept of vaults that are locked. */
	public static void giveUp() {
		Drafts.discard();
	}

	private static void closeUnchanged(Session session, String location) {
		for (var entry : references(session, location).entrySet())
			entry.getKey().closeEditors(entry.getValue().stream().filter(r -> !r.isDirty()).toArray(IEditorReference[]::new), false);
	}

	private static Map<IWorkbenchPage, List<IEditorReference>> references(Session session, String location) {
		String folder = Location.normal(location);
		var found = new LinkedHashMap<IWorkbenchPage, List<IEditorReference>>();
		for (IWorkbenchWindow window : PlatformUI.getWorkbench().getWorkbenchWindows())
			for (IWorkbenchPage page : window.getPages())
				for (IEditorReference reference : page.getEditorReferences())
					if (input(reference) instanceof SessionEditorInput i && i.session() == session && StoragePaths.isIn(i.location(), folder))
						found.computeIfAbsent(page, _ -> new ArrayList<>()).add(reference);
		return found;
	}

	private static IEditorInput input(IEditorReference reference) {
		try {
			return reference.getEditorInput();
		} catch (PartInitException e) {
			return null;
		}
	}
}
