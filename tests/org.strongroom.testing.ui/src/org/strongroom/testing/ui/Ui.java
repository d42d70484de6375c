package org.strongroom.testing.ui;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.ui.PlatformUI;

/** The way from a test's thread to the UI thread. Everything that asks for something to be seen waits for it, and fails when it does not come. */
public final class Ui {
	/** Longest wait for something to be seen. */
	public static final Duration PATIENCE = Duration.ofSeconds(30);
	private static final long LOOK_AGAIN = Duration.ofMillis(20).toNanos();

	private Ui() {
	}

	/** The workbench's display. */
	public static Display display() {
		return PlatformUI.getWorkbench().getDisplay();
	}

	/** Gives what is found out on the UI thread. May be called there, too. */
	public static <T> T get(Supplier<T> look) {
		if (Display.getCurrent() != null)
			return look.get();
		var found = new CompletableFuture<T>();
		display().asyncExec(() -> {
			try {
				found.complete(look.get());
			} catch (RuntimeException | Error e) {
				found.completeExceptionally(e);
			}
		});
		try {
			return found.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		} catch (ExecutionException e) {
			switch (e.getCause()) {
			case RuntimeException r -> throw r;
			case Error r -> throw r;
			default -> throw new AssertionError(e.getCause());
			}
		} catch (TimeoutException e) {
			throw new AssertionError("the UI thread is stuck:\n" + trace(display().getThread()));
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			throw new AssertionError("interrupted");
		}
	}

	private static String trace(Thread thread) {
		var out = new StringBuilder();
		for (StackTraceElement frame : thread.getStackTrace())
			out.append("\tat ").append(frame).append('\n');
		return out.toString();
	}

	/** Runs on the UI thread and waits for the end. Not for what opens a modal dialog: that is {@link #start}. */
	public static void run(Runnable work) {
		get(() -> {
			work.run();
			return null;
		});
	}

	/** Runs on the UI thread, soon; may open a modal dialog. */
	public static void start(Runnable work) {
		display().asyncExec(work);
	}

	/** Waits until something is there, and gives it. Looks on the UI thread. */
	public static <T> T await(String what, Supplier<Optional<T>> look) {
		long end = System.nanoTime() + PATIENCE.toNanos();
		while (true) {
			Optional<T> seen = get(look);
			if (seen.isPresent())
				return seen.get();
			if (System.nanoTime() > end)
				throw new AssertionError("did not come: " + what + "; open are: " + get(DialogPage::titles));
			LockSupport.parkNanos(LOOK_AGAIN);
		}
	}

	/** Waits until something holds. Looks on the UI thread. */
	public static void awaitThat(String what, BooleanSupplier look) {
		await(what, () -> look.getAsBoolean() ? Optional.of(true) : Optional.empty());
	}

	/** The visible controls of one kind in all windows. For the UI thread. */
	public static <T extends Control> List<T> all(Class<T> kind) {
		return Arrays.stream(display().getShells()).flatMap(s -> controls(s).stream()).filter(Control::isVisible).filter(kind::isInstance).map(kind::cast).toList();
	}

	/** The controls in a composite, at any depth, in their order. For the UI thread. */
	static List<Control> controls(Composite in) {
		var all = new ArrayList<Control>();
		for (Control c : in.getChildren()) {
			all.add(c);
			if (c instanceof Composite inner)
				all.addAll(controls(inner));
		}
		return all;
	}
}
