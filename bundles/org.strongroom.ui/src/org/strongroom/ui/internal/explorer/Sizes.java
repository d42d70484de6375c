package org.strongroom.ui.internal.explorer;

import java.util.Locale;

/** Sizes in words. */
public final class Sizes {
	private Sizes() {
	}

	/** Such as {@code 512 bytes}, {@code 1.5 KiB}, {@code 2.0 GiB}. */
	public static String human(long bytes) {
		if (bytes < 1024)
			return bytes == 1 ? "1 byte" : bytes + " bytes";
		String[] units = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
		double value = bytes;
		int unit = -1;
		while (value >= 1024 && unit < units.length - 1) {
			value /= 1024;
			unit++;
		}
		return String.format(Locale.getDefault(), "%.1f %s", value, units[unit]);
	}
}
