package org.strongroom.editors.internal.open;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Status;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.ui.IEditorPart;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.PartInitException;
import org.strongroom.core.auth.SignInCancelledException;
import org.strongroom.core.storage.Chain;
import org.strongroom.editors.SessionEditorInput;
import org.strongroom.editors.internal.open.OpenInput.Access;
import org.strongroom.editors.internal.text.StrongroomTextEditor;
import org.strongroom.editors.internal.work.Ui;
import org.strongroom.efs.SessionFile;

/** Fetches a file and then opens its editor. Its end is never an error status, for the platform logs those, and messages name files. */
public final class OpeningJob extends Job {
	private final IWorkbenchPage page;
	private final SessionFile file;
	private final CompletableFuture<IEditorPart> opened = new CompletableFuture<>();
	/** Who is at work; guarded by this. */
	private Thread worker;

	/** @param page where the editor is to appear */
	public OpeningJob(IWorkbenchPage page, SessionFile file) {
		super("Opening " + file.name());
		this.page = page;
		this.file = file;
		setUser(false);
	}

	/** The editor, once it is open; cancelled or failed if it will not be. */
	public CompletableFuture<IEditorPart> opened() {
		return opened;
	}

	@Override
	protected IStatus run(IProgressMonitor monitor) {
		synchronized (this) {
			worker = Thread.currentThread();
		}
		try {
			Future<Optional<String>> look = Chain.start("who has it locked?", file::lockedBy);
			Loaded loaded = Loader.load(file, monitor);
			Optional<String> holder = loaded instanceof Loaded.Text ? lockedBy(look) : Optional.empty();
			if (monitor.isCanceled())
				throw new InterruptedIOException();
			Ui.async(() -> show(loaded, holder));
			return Status.OK_STATUS;
		} catch (SignInCancelledException | InterruptedIOException | ClosedByInterruptException e) {
			opened.completeExceptionally(new CancellationException());
		} catch (IOException | RuntimeException | OutOfMemoryError e) {
			failed(e);
		} finally {
			synchronized (this) {
				worker = null;
				Thread.interrupted();
			}
			monitor.done();
		}
		return Status.CANCEL_STATUS;
	}

	/** @param look begun before it was signed in, perhaps, or its vault unlocked */
	private Optional<String> lockedBy(Future<Optional<String>> look) throws InterruptedIOException {
		try {
			return look.get();
		} catch (InterruptedException e) {
			throw new InterruptedIOException();
		} catch (ExecutionException e) {
			try {
				return file.lockedBy();
			} catch (InterruptedIOException cancelled) {
				throw cancelled;
			} catch (IOException again) {
				return Optional.empty(); // saving will tell
			}
		}
	}

	private void failed(Throwable e) {
		opened.completeExceptionally(e);
		Ui.async(() -> Ui.tell(file.name() + " could not be opened.", e));
	}

	private void show(Loaded loaded, Optional<String> holder) {
		if (page.getWorkbenchWindow().getShell() == null || page.getWorkbenchWindow().getShell().isDisposed()) {
			opened.completeExceptionally(new CancellationException());
			return;
		}
		Access access = Access.USUAL;
		if (holder.isPresent()) {
			int answer = Ui.ask("Locked", "%s is locked by %s. What you change cannot be saved there before it is unlocked.".formatted(file.name(), holder.get()), "Read Only", "Edit Anyway", "Cancel");
			if (answer == 2) {
				opened.completeExceptionally(new CancellationException());
				return;
			}
			access = answer == 0 ? Access.READ_ONLY : Access.KNOWN_TO_BE_LOCKED;
		}
		try {
			opened.complete(page.openEditor(new OpenInput(file, loaded, access), editor(loaded), true, IWorkbenchPage.MATCH_INPUT));
		} catch (PartInitException e) {
			failed(e);
		}
	}

	private static String editor(Loaded loaded) {
		return switch (loaded) {
		case Loaded.Text _ -> StrongroomTextEditor.ID;
		case Loaded.Picture _ -> "org.strongroom.editors.picture";
		case Loaded.Raw _ -> "org.strongroom.editors.preview";
		};
	}

	@Override
	protected void canceling() {
		synchronized (this) {
			if (worker != null)
				worker.interrupt();
		}
	}

	@Override
	public boolean belongsTo(Object family) {
		return family == SessionEditorInput.class;
	}
}
