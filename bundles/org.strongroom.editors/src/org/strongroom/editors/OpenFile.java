package org.strongroom.editors;

import java.util.concurrent.CompletableFuture;

import org.eclipse.ui.IEditorPart;
import org.eclipse.ui.IWorkbenchPage;
import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.editors.internal.open.OpeningJob;
import org.strongroom.efs.SessionFile;

/** Opens files of sessions: texts to be edited, pictures to be looked at, anything else as bytes. */
public final class OpenFile {
	private OpenFile() {
	}

	/**
	 * Opens a file, or shows the editor that is open on it. For the UI thread, and returns at once: the file is fetched by a job with progress and cancel, which
	 * signs in and unlocks by asking where it must. Errors are told to the person.
	 *
	 * @param page where the editor is to appear
	 * @param item a file, or a link to one
	 * @return completed on the UI thread once the editor is open, cancelled or failed otherwise
	 */
	public static CompletableFuture<IEditorPart> open(IWorkbenchPage page, Session session, Item item) {
		return open(page, new SessionFile(session, item.location()));
	}

	/** Opens a file, or an old version of one, as above. */
	public static CompletableFuture<IEditorPart> open(IWorkbenchPage page, SessionFile file) {
		IEditorPart there = page.findEditor(new SessionEditorInput(file));
		if (there != null) {
			page.activate(there);
			return CompletableFuture.completedFuture(there);
		}
		var job = new OpeningJob(page, file);
		job.schedule();
		return job.opened();
	}
}
