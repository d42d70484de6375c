package org.strongroom.ui.internal.find;

import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.strongroom.core.find.Glob;

/** Asks for what names to find. Remembers nothing. For the UI thread. */
final class FindDialog extends TitleAreaDialog {
	/** What makes a text a pattern. */
	private static final String SIGNS = "*?[";

	private final String folder;
	private Text text;
	private Button caseSensitive;
	private String wished = "";
	private boolean exact;

	/** @param folder as the person knows it */
	FindDialog(Shell parent, String folder) {
		super(parent);
		this.folder = folder;
		setHelpAvailable(false);
	}

	/** What the person has typed; empty before that. */
	String wished() {
		return wished;
	}

	/** The pattern that it means: a text without signs of a pattern is a part of a name. */
	Glob pattern() {
		boolean isPattern = wished.chars().anyMatch(c -> SIGNS.indexOf(c) >= 0);
		return new Glob(isPattern ? wished : "*" + wished + "*", !exact);
	}

	@Override
	protected void configureShell(Shell shell) {
		super.configureShell(shell);
		shell.setText("Find Files");
	}

	@Override
	protected boolean isResizable() {
		return true;
	}

	@Override
	protected Control createDialogArea(Composite parent) {
		Composite area = (Composite) super.createDialogArea(parent);
		setTitle("Find in " + folder);
		setMessage("Finds files and folders by their names, in all folders below.");
		Composite fields = new Composite(area, SWT.NONE);
		GridLayoutFactory.swtDefaults().numColumns(2).margins(10, 10).applyTo(fields);
		GridDataFactory.fillDefaults().grab(true, true).applyTo(fields);
		Label label = new Label(fields, SWT.NONE);
		label.setText("&Name:");
		text = new Text(fields, SWT.BORDER | SWT.SINGLE);
		GridDataFactory.fillDefaults().grab(true, false).align(SWT.FILL, SWT.CENTER).hint(convertWidthInCharsToPixels(40), SWT.DEFAULT).applyTo(text);
		text.addModifyListener(_ -> getButton(IDialogConstants.OK_ID).setEnabled(!text.getText().isBlank()));
		new Label(fields, SWT.NONE);
		Label hint = new Label(fields, SWT.NONE);
		hint.setText("A part of the name, or a pattern: * (any characters), ? (one), [a-z]");
		new Label(fields, SWT.NONE);
		caseSensitive = new Button(fields, SWT.CHECK);
		caseSensitive.setText("&Case sensitive");
		return area;
	}

	@Override
	protected void createButtonsForButtonBar(Composite parent) {
		createButton(parent, IDialogConstants.OK_ID, "&Find", true).setEnabled(false);
		createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CANCEL_LABEL, false);
		text.setFocus();
	}

	@Override
	protected void okPressed() {
		wished = text.getText().strip();
		exact = caseSensitive.getSelection();
		super.okPressed();
	}
}
