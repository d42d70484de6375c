package org.strongroom.ui.internal.prompt;

import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.IMessageProvider;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Shell;
import org.strongroom.core.auth.Challenge;

/** Asks whether something may leave Strongroom. Not to let it is the default. */
final class PermissionDialog extends PromptDialog {
	private final Challenge.Permission challenge;

	PermissionDialog(Shell parent, Challenge.Permission challenge) {
		super(parent, "Permission", "May this leave Strongroom?", "Permit");
		this.challenge = challenge;
	}

	@Override
	protected void createFields(Composite fields) {
		setMessage("It is readable then, outside of Strongroom.", IMessageProvider.WARNING);
		row(fields, "From", challenge.asker(), false);
		row(fields, "To do", challenge.action(), false);
		if (!challenge.what().isEmpty())
			row(fields, "With", challenge.what(), false);
		if (!challenge.place().isEmpty())
			row(fields, "To", challenge.place(), false);
		row(fields, "Asked by", challenge.rule(), false);
	}

	@Override
	protected void createButtonsForButtonBar(Composite parent) {
		createButton(parent, IDialogConstants.OK_ID, "Permit Once", false);
		createButton(parent, IDialogConstants.CANCEL_ID, "Do Not", true).setFocus();
	}
}
