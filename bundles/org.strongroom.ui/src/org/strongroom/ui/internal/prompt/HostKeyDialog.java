package org.strongroom.ui.internal.prompt;

import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.IMessageProvider;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.strongroom.core.auth.Challenge;

/** Shows the fingerprint of a server met for the first time. Not trusting it is the default. */
final class HostKeyDialog extends PromptDialog {
	private final Challenge.HostKey challenge;

	HostKeyDialog(Shell parent, Challenge.HostKey challenge) {
		super(parent, "Unknown Server", harmless("Is this the right server?"), "Trust");
		this.challenge = challenge;
	}

	@Override
	void createFields(Composite fields) {
		setMessage("It is not known yet. Trust it only if its fingerprint is the one you were given.", IMessageProvider.WARNING);
		row(fields, "Server", server(), false);
		row(fields, "Address", challenge.address() + ", port " + challenge.port(), false);
		row(fields, "Kind of key", challenge.algorithm(), false);
		row(fields, "Fingerprint", challenge.fingerprint(), true);
	}

	/** Wide enough for the whole fingerprint: half of one proves nothing. */
	@Override
	protected Point getInitialSize() {
		Point usual = super.getInitialSize();
		Point whole = getShell().computeSize(SWT.DEFAULT, SWT.DEFAULT, true);
		return new Point(Math.max(usual.x, whole.x), Math.max(usual.y, whole.y));
	}

	private String server() {
		return challenge.port() == 22 ? challenge.host() : challenge.host() + ":" + challenge.port();
	}

	private static void row(Composite parent, String name, String value, boolean mono) {
		new Label(parent, SWT.NONE).setText(name + ":");
		Text text = new Text(parent, SWT.READ_ONLY | SWT.SINGLE);
		text.setText(harmless(value));
		text.setBackground(parent.getBackground());
		if (mono)
			text.setFont(JFaceResources.getTextFont());
		GridDataFactory.fillDefaults().grab(true, false).align(SWT.FILL, SWT.CENTER).applyTo(text);
		named(text, name);
	}

	@Override
	protected void createButtonsForButtonBar(Composite parent) {
		createButton(parent, IDialogConstants.OK_ID, "Trust This Server", false);
		createButton(parent, IDialogConstants.CANCEL_ID, "Do Not Connect", true).setFocus();
	}
}
