package org.strongroom.ui;

import java.util.List;
import java.util.Objects;

import org.strongroom.core.Problem;
import org.strongroom.ui.internal.work.ProblemDialog;
import org.strongroom.ui.internal.work.Ui;

/** The one place that tells the person of errors. */
public final class Problems {
	/**
	 * What happened to one of several items.
	 *
	 * @param item as the person knows it
	 * @param why the error
	 */
	public record Failure(String item, Throwable why) {
		public Failure {
			Objects.requireNonNull(item);
			Objects.requireNonNull(why);
		}
	}

	private Problems() {
	}

	/**
	 * Shows a dialog, soon. May be called on any thread and returns at once.
	 *
	 * @param what one line that says what happened to the person's file: {@code notes.txt was not renamed.}
	 * @param why the reason, told as {@link Problem} does; technical details are folded
	 */
	public static void show(String what, Throwable why) {
		Ui.async(() -> new ProblemDialog(Ui.shell(), what, List.of(new Failure("", why))).open());
	}

	/** Shows a dialog for several items that failed while others did not. May be called on any thread and returns at once. */
	public static void show(String what, List<Failure> failures) {
		if (!failures.isEmpty())
			Ui.async(() -> new ProblemDialog(Ui.shell(), what, failures).open());
	}
}
