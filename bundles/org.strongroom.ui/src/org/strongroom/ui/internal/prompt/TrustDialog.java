package org.strongroom.ui.internal.prompt;

import java.util.List;
import java.util.stream.Collectors;

import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;

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

	/** A name and what goes with it, to be read and copied. */
	static void row(Composite parent, String name, String value, boolean mono) {
		row(parent, name, List.of(value), mono);
	}

	/** As above, on several lines. */
	static void row(Composite parent, String name, List<String> lines, boolean mono) {
		new Label(parent, SWT.NONE).setText(name + ":");
		Text text = new Text(parent, SWT.READ_ONLY | (lines.size() > 1 ? SWT.MULTI : SWT.SINGLE));
		text.setText(lines.stream().map(PromptDialog::harmless).collect(Collectors.joining(text.getLineDelimiter())));
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
