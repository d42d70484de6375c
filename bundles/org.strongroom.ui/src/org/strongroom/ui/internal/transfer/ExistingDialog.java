package org.strongroom.ui.internal.transfer;

import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Shell;

/** Asks what is to be done about a name that is taken. */
final class ExistingDialog extends MessageDialog {
	/** What to do. */
	enum Answer {
		REPLACE, KEEP_BOTH, SKIP, CANCEL
	}

	/**
	 * An answer.
	 *
	 * @param all whether it is meant for all that follow, too
	 */
	record Choice(Answer answer, boolean all) {
	}

	private final boolean several;
	private Button all;
	private boolean forAll;

	ExistingDialog(Shell parent, String name, String folder, boolean isFolder, boolean several) {
		super(parent, "Name Is Taken", null,
				"There is already something called '%s' in %s.\n\n%s".formatted(name, folder,
						isFolder ? "Replacing puts the new files into the folder that is there; files of the same name are replaced."
								: "Replacing it cannot be undone."),
				MessageDialog.QUESTION, 2, "Replace", "Keep Both", "Skip", IDialogConstants.CANCEL_LABEL);
		this.several = several;
	}

	@Override
	protected Control createCustomArea(Composite parent) {
		if (!several)
			return null;
		all = new Button(parent, SWT.CHECK);
		all.setText("The same for &all further names");
		return all;
	}

	@Override
	protected void buttonPressed(int id) {
		forAll = all != null && all.getSelection();
		super.buttonPressed(id);
	}

	Choice ask() {
		int button = open();
		Answer answer = button >= 0 && button < 4 ? Answer.values()[button] : Answer.CANCEL;
		return new Choice(answer, forAll);
	}
}
