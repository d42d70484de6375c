package org.strongroom.ui.internal.prompt;

import java.util.Optional;

import org.eclipse.swt.widgets.Button;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Ruling;
import org.strongroom.core.residency.Verdict;
import org.strongroom.core.residency.WayOut;
import org.strongroom.editors.WaysOut;

/** Where a secret may not be remembered, that is not offered. */
final class Remembering {
	private Remembering() {
	}

	/** @param remember ticked to have it remembered */
	static void adjust(Button remember) {
		Ruling ruling = WaysOut.ruling(Outgoing.of(WayOut.REMEMBER, Optional.empty()));
		if (ruling.verdict() != Verdict.FORBID)
			return;
		remember.setEnabled(false);
		remember.setText("&Remember: forbidden by " + ruling.rule().replaceAll("[,(].*", "").strip());
		remember.setToolTipText("Forbidden by %s.".formatted(ruling.rule()));
	}
}
