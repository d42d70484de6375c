package org.strongroom.ui.internal.prompt;

import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Secret;

/** Asks for a passphrase or password. */
final class SecretDialog extends PromptDialog {
	private static final int LONGEST_PATH = 40;
	private final Challenge.ForSecret challenge;
	private Text field;
	private Button remember;
	private Secret secret;

	SecretDialog(Shell parent, Challenge.ForSecret challenge) {
		super(parent, title(challenge), harmless(asks(challenge)), ok(challenge));
		this.challenge = challenge;
	}

	private static String title(Challenge.ForSecret c) {
		return switch (c) {
		case Challenge.KeyPassphrase _ -> "Key Passphrase";
		case Challenge.Password _ -> "Password";
		case Challenge.VaultPassphrase _ -> "Vault Passphrase";
		};
	}

	private static String asks(Challenge.ForSecret c) {
		return switch (c) {
		case Challenge.KeyPassphrase k -> "Sign in to " + k.asker();
		case Challenge.Password p -> "Sign in to " + p.asker();
		case Challenge.VaultPassphrase v -> "Unlock the vault %s".formatted(v.vault());
		};
	}

	private static String says(Challenge.ForSecret c) {
		return switch (c) {
		case Challenge.KeyPassphrase k -> "The passphrase of %s stays on this machine.".formatted(file(k));
		case Challenge.Password p -> "%s asks for the password of %s.".formatted(p.asker(), p.user());
		case Challenge.VaultPassphrase v -> "The vault lies on %s. Its passphrase is not sent to the server.".formatted(v.asker());
		};
	}

	/** The message has two lines: of a long path the folders are left out, which the field's tool tip tells. */
	private static String file(Challenge.KeyPassphrase k) {
		String path = k.keyFile().toString();
		return path.length() <= LONGEST_PATH ? path : k.keyFile().getFileName().toString();
	}

	private static String ok(Challenge.ForSecret c) {
		return c instanceof Challenge.VaultPassphrase ? "Unlock" : "Sign In";
	}

	@Override
	protected void createFields(Composite fields) {
		setMessage(harmless(says(challenge)));
		if (challenge.attempt() > 1)
			setErrorMessage("That was not right, try again.");
		field = field(fields, harmless(challenge.prompt()), false);
		if (challenge instanceof Challenge.KeyPassphrase k)
			field.setToolTipText(harmless(k.keyFile().toString()));
		remember = new Button(fields, SWT.CHECK);
		remember.setText("&Remember on this machine (in the keyring)");
		remember.setToolTipText("Keeps it encrypted under the desktop's keyring. 'Forget Remembered Secrets' removes it.");
		GridDataFactory.fillDefaults().span(2, 1).indent(0, 4).applyTo(remember);
		Remembering.adjust(remember);
		field.setFocus();
	}

	@Override
	protected void okPressed() {
		secret = new Secret(take(field), remember.getSelection());
		super.okPressed();
	}

	/** What was typed; once. */
	Secret take() {
		Secret taken = secret;
		secret = null;
		return taken;
	}
}
