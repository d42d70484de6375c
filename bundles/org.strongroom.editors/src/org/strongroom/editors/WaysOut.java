package org.strongroom.editors;

import java.util.List;
import java.util.Optional;

import org.eclipse.ui.PlatformUI;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Passage;
import org.strongroom.core.residency.Ruling;
import org.strongroom.core.residency.Verdict;
import org.strongroom.core.residency.WayOut;
import org.strongroom.editors.internal.work.Ui;
import org.strongroom.efs.SessionFile;

/** The ways out of the window. Where no guard is installed, there is none. */
public final class WaysOut {
	private static final Ruling NOBODY = new Ruling(Verdict.FORBID, "Strongroom, whose guard is missing (install it again)");

	/** Name of a print job; not the file's, for it stays in the print system's records. */
	public static final String PRINT_JOB = "Strongroom";

	private WaysOut() {
	}

	/** What the policy says; asks nobody. */
	public static Ruling ruling(Outgoing outgoing) {
		Guard guard = PlatformUI.getWorkbench().getService(Guard.class);
		return guard == null ? NOBODY : guard.ruling(outgoing);
	}

	/** Whether something may leave memory just like that. */
	public static boolean isFree(Outgoing outgoing) {
		return ruling(outgoing).verdict() == Verdict.ALLOW;
	}

	/** Lets something out, or not: asks where the policy says so, and says by which rule it is forbidden. For the UI thread. */
	public static boolean pass(Outgoing outgoing) {
		return passage(outgoing).isPresent();
	}

	/** As {@link #pass}. @return by what it was let out, for the log: of exports and shares the guard itself records nothing */
	public static Optional<Passage> passage(Outgoing outgoing) {
		var asked = new boolean[1];
		try {
			Guard guard = PlatformUI.getWorkbench().getService(Guard.class);
			if (guard == null)
				throw ForbiddenException.by(NOBODY, outgoing.words());
			return Optional.of(guard.pass(outgoing, (_, ruling) -> {
				asked[0] = true;
				return Ui.ask(1, "Permission", "Do you want to %s?\n\nIt leaves Strongroom, readable. You are asked because of %s.".formatted(outgoing.words(), ruling.rule()), "Yes", "No") == 0;
			}));
		} catch (ForbiddenException e) {
			if (!asked[0])
				Ui.tell("This may not leave Strongroom.", e);
			return Optional.empty();
		}
	}

	/** As {@link #pass}, where nobody can be asked or told anything: then it stays. */
	public static boolean passQuietly(Outgoing outgoing) {
		try {
			Guard guard = PlatformUI.getWorkbench().getService(Guard.class);
			if (guard == null)
				return false;
			guard.pass(outgoing, (_, _) -> false);
			return true;
		} catch (ForbiddenException e) {
			return false;
		}
	}

	/** Tells the person at once, before they say where something is to go, if no place is permitted. For the UI thread. @return whether there may be one */
	public static boolean mayPass(Outgoing outgoing) {
		Guard guard = PlatformUI.getWorkbench().getService(Guard.class);
		return guard != null && guard.mildest(outgoing).verdict() != Verdict.FORBID || pass(outgoing.anywhere());
	}

	/** Something of a file that is open. */
	public static Outgoing of(WayOut way, SessionFile file) {
		return Outgoing.of(way, file.session(), List.of(file.location()), "");
	}
}
