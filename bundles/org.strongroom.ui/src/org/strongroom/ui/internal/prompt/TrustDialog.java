package org.strongroom.ui.internal.prompt;

import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Shell;

/** Asks whether a server is the right one, by what it shows of itself. Not trusting it is the default. */
abstract class TrustDialog extends PromptDialog {
	TrustDialog(Shell parent, String title) {
		super(parent, title, harmless("Is this the right server?"), "Trust");
	}

	/** Wide enough for the whole fingerprint: half of one proves nothing. */
	@Override
	protected Point getInitialSize() {
		Point usual = super.getInitialSize();
		Point whole = getShell().computeSize(SWT.DEFAULT, SWT.DEFAULT, true);
		return new Point(Math.max(usual.x, whole.x), Math.max(usual.y, whole.y));
	}

	@Override
	protected void createButtonsForButtonBar(Composite parent) {
		createButton(parent, IDialogConstants.OK_ID, "Trust This Server", false);
		createButton(parent, IDialogConstants.CANCEL_ID, "Do Not Connect", true).setFocus();
	}
}
