package org.strongroom.editors.internal.work;

import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.PlatformUI;
import org.strongroom.core.Problem;

/** The ways between the UI thread and all others, and short questions. */
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

	/** Runs on the UI thread and waits for it; not for the UI thread itself. */
	public static <T> T call(Supplier<T> work) throws InterruptedIOException {
		if (!PlatformUI.isWorkbenchRunning())
			throw new InterruptedIOException();
		var result = new CompletableFuture<T>();
		display().asyncExec(() -> {
			try {
				result.complete(work.get());
			} catch (RuntimeException | Error e) {
				result.completeExceptionally(e);
			}
		});
		try {
			return result.get();
		} catch (InterruptedException e) {
			throw new InterruptedIOException();
		} catch (ExecutionException e) {
			throw new IllegalStateException(e.getCause());
		}
	}

	/** The shell that a dialog opened now belongs to: the dialog in front, or the window. */
	public static Shell shell() {
		Display display = display();
		Shell active = display.getActiveShell();
		if (active != null && active.isVisible() && (active.getStyle() & SWT.TOOL) == 0)
			return active;
		Shell front = null;
		for (Shell s : display.getShells())
			if (s.isVisible() && (s.getStyle() & (SWT.APPLICATION_MODAL | SWT.PRIMARY_MODAL | SWT.SYSTEM_MODAL)) != 0)
				front = s;
		if (front != null)
			return front;
		var window = PlatformUI.getWorkbench().getActiveWorkbenchWindow();
		return window == null ? null : window.getShell();
	}

	/**
	 * Asks by buttons, on the UI thread. The first one is the default, the last one stands for closing the dialog.
	 *
	 * @return index of the button pressed
	 */
	public static int ask(String title, String message, String... buttons) {
		return ask(0, title, message, buttons);
	}

	/** @param byDefault index of the button that Enter presses */
	public static int ask(int byDefault, String title, String message, String... buttons) {
		int answer = new MessageDialog(shell(), title, null, printable(message), MessageDialog.QUESTION, byDefault, buttons).open();
		return answer < 0 ? buttons.length - 1 : answer;
	}

	/** Tells of an error, on the UI thread. @param what one line that says what happened to the person's file */
	public static void tell(String what, Throwable why) {
		MessageDialog.openError(shell(), "Strongroom", printable(what) + "\n\n" + Problem.of(why).message());
	}

	private static String printable(String text) {
		return org.strongroom.core.auth.Challenge.printable(text);
	}
}
