package org.strongroom.ui.internal.prompt;

import java.util.concurrent.CompletableFuture;

import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.program.Program;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Shell;
import org.strongroom.core.auth.Challenge;
import org.strongroom.ui.internal.work.Ui;

/** Opens the system's browser to sign in there, and closes by itself once that is done. The address can be copied to another browser. */
final class BrowserDialog extends PromptDialog {
	private static final int COPY = IDialogConstants.CLIENT_ID;
	private final Challenge.BrowserLogin challenge;
	private final CompletableFuture<?> done;
	private Button remember;
	private boolean remembered;

	BrowserDialog(Shell parent, Challenge.BrowserLogin challenge, CompletableFuture<?> done) {
		super(parent, "Sign In in the Browser", harmless("Sign in to " + challenge.asker()), "Open Browser");
		this.challenge = challenge;
		this.done = done;
	}

	@Override
	protected void createFields(Composite fields) {
		setMessage("Sign in in your browser, with whatever the server asks there. This closes by itself when that is done.");
		row(fields, "Address", challenge.prompt(), false);
		remember = new Button(fields, SWT.CHECK);
		remember.setText("&Remember on this machine (in the keyring)");
		remember.setToolTipText("Keeps what the server grants, encrypted under the desktop's keyring. Otherwise signing out takes it back.");
		GridDataFactory.fillDefaults().span(2, 1).indent(0, 4).applyTo(remember);
		Remembering.adjust(remember);
	}

	@Override
	protected void createButtonsForButtonBar(Composite parent) {
		createButton(parent, COPY, "&Copy Address", false);
		super.createButtonsForButtonBar(parent);
	}

	@Override
	protected Control createContents(Composite parent) {
		Control contents = super.createContents(parent);
		getButton(IDialogConstants.OK_ID).setFocus();
		done.whenComplete((_, _) -> Ui.async(this::granted));
		return contents;
	}

	private void granted() {
		if (getShell() == null || getShell().isDisposed())
			return;
		remembered = remember.getSelection();
		setReturnCode(OK);
		close();
	}

	@Override
	protected void buttonPressed(int button) {
		if (button == COPY) {
			var clipboard = new Clipboard(getShell().getDisplay());
			clipboard.setContents(new Object[] { challenge.prompt() }, new Transfer[] { TextTransfer.getInstance() });
			clipboard.dispose();
			return;
		}
		super.buttonPressed(button);
	}

	/** The button opens the browser, as often as it is pressed; what ends the dialog is what happens there. */
	@Override
	protected void okPressed() {
		if (!Program.launch(challenge.prompt()))
			setErrorMessage("No browser could be opened: copy the address to one.");
	}

	/** Whether what the server grants is to be kept. */
	boolean remember() {
		return remembered;
	}
}
