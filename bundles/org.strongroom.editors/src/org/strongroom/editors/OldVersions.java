package org.strongroom.editors;

import org.strongroom.editors.internal.text.Comparing;
import org.strongroom.efs.PastFile;

/** What was in files before. To be opened as any other file, by {@link OpenFile}. */
public final class OldVersions {
	private OldVersions() {
	}

	/** Shows an old version of a text beside what the file holds now, and returns when that is closed. For the UI thread, which goes on serving events; errors are told to the person. */
	public static void compare(PastFile past) {
		Comparing.show(past);
	}
}
