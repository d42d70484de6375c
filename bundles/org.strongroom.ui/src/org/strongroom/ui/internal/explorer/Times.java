package org.strongroom.ui.internal.explorer;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;

/** Times in words. */
public final class Times {
	private Times() {
	}

	/** Day and time here, as the person's language has it. */
	public static String human(Instant time) {
		return DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM).format(time.atZone(ZoneId.systemDefault()));
	}
}
