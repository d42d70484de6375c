package org.strongroom.testing.ui;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.eclipse.swt.graphics.Point;

/** The mouse, moved by {@code xdotool}: what begins to be dragged keeps the UI thread busy, which SWT's own events of the mouse would wait for. */
public final class Mouse {
	private static final int STEPS = 20;
	/** Seconds between two of them, as a hand moves. */
	private static final String PAUSE = "0.02";
	/** How long something may take to be seen before it is dragged once more: GTK takes it for no drag if the mouse did not move for half a second, which happens where there is much else to do. */
	private static final Duration SOON = Duration.ofSeconds(5);
	private static final long LOOK_AGAIN = Duration.ofMillis(20).toNanos();

	private Mouse() {
	}

	/**
	 * Presses the left button, moves, as somebody who drags, and lets go; until something holds.
	 *
	 * @param from makes ready what is to be dragged, on the UI thread, and gives its place on the display
	 * @param way pixels that it is dragged to the right and downwards
	 */
	public static void drag(Supplier<Point> from, int way, String what, BooleanSupplier arrived) {
		for (long end = System.nanoTime() + Ui.PATIENCE.toNanos(); System.nanoTime() < end;) {
			Point at = Ui.get(from);
			var words = new ArrayList<String>(List.of("xdotool", "mousemove", text(at.x), text(at.y), "mousedown", "1"));
			for (int i = 1; i <= STEPS; i++)
				words.addAll(List.of("sleep", PAUSE, "mousemove", text(at.x + way * i / STEPS), text(at.y + way * i / STEPS)));
			words.addAll(List.of("mouseup", "1"));
			run(words);
			for (long soon = System.nanoTime() + SOON.toNanos(); System.nanoTime() < soon; LockSupport.parkNanos(LOOK_AGAIN))
				if (arrived.getAsBoolean())
					return;
		}
		throw new AssertionError("did not come: " + what);
	}

	private static String text(int number) {
		return Integer.toString(number);
	}

	private static void run(List<String> command) {
		try {
			if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0)
				throw new AssertionError("xdotool does not move the mouse");
		} catch (IOException e) {
			throw new AssertionError("xdotool is needed to move the mouse", e);
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			throw new AssertionError("interrupted");
		}
	}
}
