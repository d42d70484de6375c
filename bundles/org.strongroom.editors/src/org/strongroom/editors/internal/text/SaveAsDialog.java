package org.strongroom.editors.internal.text;

import org.eclipse.jface.dialogs.IInputValidator;
import org.eclipse.jface.dialogs.InputDialog;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Shell;
import org.strongroom.core.Location;
import org.strongroom.core.Session;
import org.strongroom.core.storage.StoragePaths;

/** Asks where on the server to save a copy. */
final class SaveAsDialog extends InputDialog {
	private final String proposed;

	/** @param proposed location of a file that the copy's is made up from */
	SaveAsDialog(Shell parent, Session session, String proposed) {
		super(parent, "Save As", "Save a copy on %s as:".formatted(session.bookmark().name()), proposed, validator());
		this.proposed = proposed;
	}

	/** {@code /a/notes (copy).txt} for {@code /a/notes.txt}. */
	static String copyOf(String location) {
		String name = StoragePaths.name(location);
		int dot = name.lastIndexOf('.');
		String copy = dot > 0 ? name.substring(0, dot) + " (copy)" + name.substring(dot) : name + " (copy)";
		return StoragePaths.child(StoragePaths.parent(location), copy);
	}

	private static IInputValidator validator() {
		return text -> {
			if (!text.startsWith("/"))
				return "Give the whole way to the file, beginning with /.";
			String name = StoragePaths.name(text);
			return StoragePaths.isSafeName(name) ? null : "Give the file a name.";
		};
	}

	@Override
	protected Control createDialogArea(Composite parent) {
		Control area = super.createDialogArea(parent);
		int name = proposed.lastIndexOf('/') + 1;
		int dot = proposed.lastIndexOf('.');
		getText().setSelection(name, dot > name ? dot : proposed.length());
		return area;
	}

	/** What was given; normal. */
	String location() {
		return Location.normal(getValue());
	}
}
