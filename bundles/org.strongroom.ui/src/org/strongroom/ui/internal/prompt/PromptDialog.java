package org.strongroom.ui.internal.prompt;

import java.util.List;
import java.util.stream.Collectors;

import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.accessibility.ACC;
import org.eclipse.swt.accessibility.AccessibleAdapter;
import org.eclipse.swt.accessibility.AccessibleEvent;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.strongroom.core.auth.Challenge;

/** What the dialogs that ask for something have in common: who asks, what, and fields beside labels. */
public abstract class PromptDialog extends TitleAreaDialog {
	private static final int FIELD_CHARS = 32;
	private static final int WIDTH_CHARS = 68;
	private final String title;
	private final String asks;
	private final String ok;

	/**
	 * @param title of the window
	 * @param asks who asks, as the heading
	 * @param ok label of the default button
	 */
	protected PromptDialog(Shell parent, String title, String asks, String ok) {
		super(parent);
		this.title = title;
		this.asks = asks;
		this.ok = ok;
		// modal, for an editor that opens meanwhile would take the focus, and get what is typed here
		setShellStyle(SWT.DIALOG_TRIM | SWT.APPLICATION_MODAL | SWT.RESIZE);
		// whatever ends it, the window being closed for instance, if not the person who agrees
		setReturnCode(CANCEL);
		setHelpAvailable(false);
	}

	@Override
	protected void configureShell(Shell shell) {
		super.configureShell(shell);
		shell.setText(title);
	}

	/** Narrow enough to leave in sight what is beside it; long messages wrap. */
	@Override
	protected Point getInitialSize() {
		int width = convertWidthInCharsToPixels(WIDTH_CHARS);
		return new Point(width, getShell().computeSize(width, SWT.DEFAULT, true).y);
	}

	@Override
	protected Control createDialogArea(Composite parent) {
		Composite area = (Composite) super.createDialogArea(parent);
		setTitle(asks);
		Composite fields = new Composite(area, SWT.NONE);
		GridLayoutFactory.swtDefaults().numColumns(2).margins(12, 12).spacing(10, 8).applyTo(fields);
		GridDataFactory.fillDefaults().grab(true, true).applyTo(fields);
		createFields(fields);
		return area;
	}

	/** @param fields has two columns */
	protected abstract void createFields(Composite fields);

	@Override
	protected void createButtonsForButtonBar(Composite parent) {
		createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CANCEL_LABEL, false);
		createButton(parent, IDialogConstants.OK_ID, ok, true);
	}

	/** A field under its label; prompts may be long. */
	protected final Text field(Composite parent, String prompt, boolean echo) {
		Label label = new Label(parent, SWT.WRAP);
		label.setText(prompt.replace("&", "&&"));
		boolean isLong = prompt.length() > 40 || prompt.contains("\n");
		GridDataFactory.fillDefaults().align(SWT.FILL, SWT.CENTER).span(isLong ? 2 : 1, 1).grab(isLong, false)
				.hint(isLong ? convertWidthInCharsToPixels(60) : SWT.DEFAULT, SWT.DEFAULT).applyTo(label);
		Text text = new Text(parent, SWT.BORDER | SWT.SINGLE | (echo ? 0 : SWT.PASSWORD));
		GridDataFactory.fillDefaults().align(SWT.FILL, SWT.CENTER).span(isLong ? 2 : 1, 1).grab(true, false)
				.hint(convertWidthInCharsToPixels(FIELD_CHARS), SWT.DEFAULT).applyTo(text);
		named(text, prompt);
		text.getAccessible().addRelation(ACC.RELATION_LABELLED_BY, label.getAccessible());
		label.getAccessible().addRelation(ACC.RELATION_LABEL_FOR, text.getAccessible());
		return text;
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

	/** Gives a control a name for those who cannot see it. */
	protected static void named(Control control, String name) {
		control.getAccessible().addAccessibleListener(new AccessibleAdapter() {
			@Override
			public void getName(AccessibleEvent e) {
				e.result = name;
			}
		});
	}

	/** What was typed; the field is emptied. */
	static char[] take(Text text) {
		char[] typed = text.getTextChars();
		text.setTextChars(new char[0]);
		return typed;
	}

	/** A text of a server, made harmless. */
	protected static String harmless(String text) {
		return Challenge.printable(text);
	}
}
