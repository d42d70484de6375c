package org.strongroom.ui.internal.prompt;

import org.eclipse.jface.dialogs.IMessageProvider;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Shell;
import org.strongroom.core.auth.Challenge;

/** Shows the fingerprint of a server met for the first time. Not trusting it is the default. */
final class HostKeyDialog extends TrustDialog {
	private final Challenge.HostKey challenge;

	HostKeyDialog(Shell parent, Challenge.HostKey challenge) {
		super(parent, "Unknown Server");
		this.challenge = challenge;
	}

	@Override
	protected void createFields(Composite fields) {
		setMessage("It is not known yet. Trust it only if its fingerprint is the one you were given.", IMessageProvider.WARNING);
		row(fields, "Server", server(), false);
		row(fields, "Address", challenge.address() + ", port " + challenge.port(), false);
		row(fields, "Kind of key", challenge.algorithm(), false);
		row(fields, "Fingerprint", challenge.fingerprint(), true);
	}

	private String server() {
		return challenge.port() == 22 ? challenge.host() : challenge.host() + ":" + challenge.port();
	}
}
