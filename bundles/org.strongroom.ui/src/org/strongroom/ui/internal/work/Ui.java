package org.strongroom.ui.internal.work;

import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.PlatformUI;

/** The ways between the UI thread and all others. */
public final class Ui {
	private Ui() {
	}

	/** The workbench's display. */
	public static Display display() {
		return PlatformUI.getWorkbench().getDisplay();
	}

	/** Runs on the UI thread, later; never if the workbench has gone. May be called on any thread. */
	public static void async(Runnable work) {
		if (!PlatformUI.isWorkbenchRunning())
			return;
		Display display = display();
		if (!display.isDisposed())
			display.asyncExec(work);
	}

	/**
	 * Asks on the UI thread and waits for the answer; not for the UI thread itself.
	 *
	 * @param question opens a modal dialog and gives its answer
	 * @param withdraw closes that dialog; run on the UI thread if the waiting thread is interrupted
	 */
	public static <T> T ask(Supplier<T> question, Runnable withdraw) throws InterruptedIOException {
		if (!PlatformUI.isWorkbenchRunning())
			throw new InterruptedIOException("the window has been closed");
		var answer = new CompletableFuture<T>();
		display().asyncExec(() -> {
			try {
				if (!answer.isDone())
					answer.complete(question.get());
			} catch (RuntimeException | Error e) {
				answer.completeExceptionally(e);
			}
		});
		try {
			return answer.get();
		} catch (InterruptedException e) {
			answer.cancel(false);
			async(withdraw);
			throw new InterruptedIOException();
		} catch (ExecutionException e) {
			throw new IllegalStateException("a dialog could not be shown", e.getCause());
		}
	}

	/** The shell that a dialog opened now belongs to: the dialog in front, or the window. */
	public static Shell shell() {
		Display display = display();
		Shell active = display.getActiveShell();
		if (active != null && !active.isDisposed() && active.isVisible() && (active.getStyle() & org.eclipse.swt.SWT.TOOL) == 0)
			return active;
		Shell front = null;
		for (Shell s : display.getShells()) {
			int modal = org.eclipse.swt.SWT.APPLICATION_MODAL | org.eclipse.swt.SWT.PRIMARY_MODAL | org.eclipse.swt.SWT.SYSTEM_MODAL;
			if (s.isVisible() && (s.getStyle() & modal) != 0)
				front = s;
		}
		if (front != null)
			return front;
		var window = PlatformUI.getWorkbench().getActiveWorkbenchWindow();
		if (window != null)
			return window.getShell();
		var windows = PlatformUI.getWorkbench().getWorkbenchWindows();
		return windows.length == 0 ? null : windows[0].getShell();
	}
}
