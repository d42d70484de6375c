package org.strongroom.testing.ui;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * The desktop's dialog for printers: GTK's own, which SWT does not know as a window, driven by {@code xdotool}. As long as it is open, the UI thread does nothing else.
 */
public final class PrinterPage {
	/** The dialog has none. */
	private static final String TITLE = "";
	private static final String FILE_TITLE = "Select a filename";
	private static final long LOOK_AGAIN = java.time.Duration.ofMillis(50).toNanos();

	private PrinterPage() {
	}

	/** Waits until it has the keyboard. */
	public static PrinterPage await() {
		awaitActive("the dialog for printers", TITLE::equals);
		return new PrinterPage();
	}

	/** Closes it by Escape, and waits until it is gone. */
	public void cancel() {
		keys("Escape");
		awaitGone();
	}

	/** Has it print to a file, which must not be there yet, as PDF; waits until the dialog is gone, not for the file. */
	public void printTo(Path file) {
		keys("Tab", "Down"); // the first printer is "Print to File"
		keys("Tab", "space"); // the button with the file's name
		awaitActive("the dialog for the file", FILE_TITLE::equals);
		keys("ctrl+a");
		run("xdotool", "type", file.toString());
		keys("Return");
		awaitActive("the dialog for printers", TITLE::equals);
		keys("alt+p");
		awaitGone();
	}

	private static void awaitGone() {
		awaitActive("the end of the dialog for printers", title -> !title.equals(TITLE));
	}

	/** Keys go to the window that is active, and wait there until it looks. */
	private static void awaitActive(String what, Predicate<String> title) {
		for (long end = System.nanoTime() + Ui.PATIENCE.toNanos(); System.nanoTime() < end; LockSupport.parkNanos(LOOK_AGAIN)) {
			String active = run("xdotool", "getactivewindow", "getwindowname");
			if (active.endsWith("\n") && title.test(active.strip()))
				return;
		}
		throw new AssertionError("did not come: " + what + "; active is '" + run("xdotool", "getactivewindow", "getwindowname").strip() + "'");
	}

	private static void keys(String... keys) {
		var command = new ArrayList<String>(List.of("xdotool", "key"));
		command.addAll(List.of(keys));
		run(command.toArray(String[]::new));
	}

	/** @return what it prints; empty where there is no such window */
	private static String run(String... command) {
		try {
			Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
			String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			return process.waitFor() == 0 ? out : "";
		} catch (IOException e) {
			throw new AssertionError("xdotool is needed to press keys in dialogs of the desktop", e);
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			throw new AssertionError("interrupted");
		}
	}
}
