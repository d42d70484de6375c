package org.strongroom.editors.internal.text;

import java.io.IOException;

import org.strongroom.editors.SessionEditorInput;
import org.strongroom.editors.internal.open.Loaded;
import org.strongroom.editors.internal.open.Loader;
import org.strongroom.editors.internal.work.Cancelled;
import org.strongroom.editors.internal.work.Ui;
import org.strongroom.editors.internal.work.Waiting;

/** Shows a text beside what is on the server; all in memory. */
final class Comparing {
	private Comparing() {
	}

	static void show(SessionEditorInput input, String text) {
		try {
			Loaded.Text there = Waiting.run("Comparing " + input.getName(), monitor -> Loader.text(input.file(), monitor));
			new CompareDialog(Ui.shell(), input.getName(), text, there.document().get()).open();
		} catch (Cancelled e) {
			// as the person wished
		} catch (IOException e) {
			Ui.tell("%s could not be compared.".formatted(input.getName()), e);
		}
	}
}
