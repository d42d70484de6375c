package org.strongroom.editors.internal.text;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.List;

import org.eclipse.core.runtime.IProgressMonitor;
import org.strongroom.editors.SessionEditorInput;
import org.strongroom.editors.internal.open.Loaded;
import org.strongroom.editors.internal.open.Loader;
import org.strongroom.editors.internal.text.CompareDialog.Side;
import org.strongroom.editors.internal.work.Cancelled;
import org.strongroom.editors.internal.work.Ui;
import org.strongroom.editors.internal.work.Waiting;
import org.strongroom.efs.PastFile;
import org.strongroom.efs.SessionFile;

/** Shows a text beside what is on the server; all in memory. */
public final class Comparing {
	private static final String NOW = "On the server now";

	private Comparing() {
	}

	static void show(SessionEditorInput input, String text) {
		try {
			Loaded.Text there = Waiting.run("Comparing " + input.getName(), monitor -> Loader.text(input.file(), monitor));
			new CompareDialog(Ui.shell(), input.file(), new Side("Your text (not saved)", text), new Side(NOW, there.document().get())).open();
		} catch (Cancelled e) {
			// as the person wished
		} catch (IOException e) {
			Ui.tell("%s could not be compared.".formatted(input.getName()), e);
		}
	}

	/** Shows an old version beside what the file holds now. */
	public static void show(PastFile past) {
		var now = new SessionFile(past.session(), past.location());
		try {
			List<String> both = Waiting.run("Comparing " + now.name(), monitor -> List.of(text(past, monitor), text(now, monitor)));
			new CompareDialog(Ui.shell(), now, new Side("As of " + past.time(), both.getFirst()), new Side(NOW, both.getLast())).open();
		} catch (Cancelled e) {
			// as the person wished
		} catch (IOException e) {
			Ui.tell("%s could not be compared.".formatted(now.name()), e);
		}
	}

	private static String text(SessionFile file, IProgressMonitor monitor) throws IOException {
		if (Loader.load(file, monitor) instanceof Loaded.Text text)
			return text.document().get();
		throw new FileSystemException(file.name(), null, "this is no text that can be shown in lines");
	}
}
