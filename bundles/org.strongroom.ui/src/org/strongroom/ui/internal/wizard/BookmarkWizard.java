package org.strongroom.ui.internal.wizard;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.jface.wizard.Wizard;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Problem;
import org.strongroom.core.Sessions;
import org.strongroom.core.auth.SignInCancelledException;

/** Makes a bookmark, or changes one. */
public final class BookmarkWizard extends Wizard {
	private final Sessions sessions;
	private final Bookmarks bookmarks;
	private final Optional<Bookmark> old;
	private final BookmarkPage page;

	/** @param old the one to change; none for a new one */
	public BookmarkWizard(Sessions sessions, Bookmarks bookmarks, Optional<Bookmark> old) {
		this.sessions = sessions;
		this.bookmarks = bookmarks;
		this.old = old;
		page = new BookmarkPage(sessions.plugIns(), old);
		setWindowTitle(old.isPresent() ? "Edit Bookmark" : "New Bookmark");
		setNeedsProgressMonitor(true);
	}

	@Override
	public void addPages() {
		addPage(page);
	}

	/** Signs in and out with what has been entered so far; shows how it went. */
	void test(Bookmark bookmark) {
		try {
			getContainer().run(true, true, monitor -> {
				try {
					monitor.beginTask("Signing in to " + bookmark.server() + " …", IProgressMonitor.UNKNOWN);
					cancellable(monitor, () -> sessions.test(bookmark));
				} catch (IOException | RuntimeException e) {
					throw new InvocationTargetException(e);
				}
			});
			page.tested(Optional.empty());
		} catch (InvocationTargetException e) {
			boolean cancelled = e.getCause() instanceof SignInCancelledException || e.getCause() instanceof InterruptedIOException;
			page.tested(Optional.of(cancelled ? "The test was cancelled." : Problem.of(e.getCause()).message()));
		} catch (InterruptedException e) {
			page.tested(Optional.of("The test was cancelled."));
		}
	}

	/** What may wait for a server. */
	@FunctionalInterface
	private interface Waiting {
		void run() throws IOException;
	}

	/** Runs in a thread of its own that is interrupted when the person cancels. */
	private static void cancellable(IProgressMonitor monitor, Waiting work) throws IOException, InterruptedException {
		var done = new CompletableFuture<Void>();
		Thread thread = Thread.startVirtualThread(() -> {
			try {
				work.run();
				done.complete(null);
			} catch (IOException | RuntimeException | LinkageError e) {
				done.completeExceptionally(e);
			}
		});
		while (true) {
			try {
				done.get(100, TimeUnit.MILLISECONDS);
				return;
			} catch (TimeoutException e) {
				if (monitor.isCanceled()) {
					thread.interrupt();
					throw new InterruptedIOException();
				}
			} catch (ExecutionException e) {
				if (e.getCause() instanceof IOException io)
					throw io;
				throw new IOException(Problem.of(e.getCause()).message(), e.getCause());
			}
		}
	}

	@Override
	public boolean performFinish() {
		Bookmark bookmark = page.bookmark();
		try {
			boolean sameName = old.filter(o -> o.name().equals(bookmark.name())).isPresent();
			bookmarks.save(bookmark, sameName);
			if (old.isPresent() && !sameName)
				bookmarks.remove(old.get().name());
			return true;
		} catch (java.nio.file.FileAlreadyExistsException e) {
			page.setErrorMessage("There is a bookmark '%s' already; give another name.".formatted(bookmark.name()));
		} catch (IOException e) {
			page.setErrorMessage("The bookmark was not saved: " + Problem.of(e).message());
		}
		return false;
	}
}
