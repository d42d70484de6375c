package org.strongroom.ui.internal.prompt;

import java.util.List;

import org.eclipse.jface.dialogs.IMessageProvider;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Shell;
import org.strongroom.core.auth.Challenge;

/** Shows a certificate that this machine does not trust, and what is wrong with it. Not trusting it is the default. */
final class CertificateDialog extends TrustDialog {
	private final Challenge.Certificate challenge;

	CertificateDialog(Shell parent, Challenge.Certificate challenge) {
		super(parent, "Certificate Not Trusted");
		this.challenge = challenge;
	}

	@Override
	protected void createFields(Composite fields) {
		setMessage("The certificate is not trusted. Trust it only if its fingerprint is the one you were given.", IMessageProvider.WARNING);
		row(fields, "Server", challenge.host() + ", port " + challenge.port(), false);
		for (String problem : challenge.problems())
			row(fields, "The certificate", problem, false);
		for (String step : challenge.path())
			row(fields, "For", step, false);
		String print = challenge.fingerprint();
		row(fields, "SHA-256 fingerprint", List.of(print.substring(0, print.length() / 2 + 1), print.substring(print.length() / 2 + 1)), true);
	}
}
