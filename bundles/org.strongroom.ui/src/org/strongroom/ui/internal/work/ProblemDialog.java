package org.strongroom.ui.internal.work;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.eclipse.jface.dialogs.Dialog;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.IconAndMessageDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Shell;
import org.strongroom.core.MissingPlugInException;
import org.strongroom.core.Problem;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.editors.GuardedText;
import org.strongroom.ui.Problems.Failure;

/** Tells of an error: what happened, why, and, folded, the technical details. */
public final class ProblemDialog extends IconAndMessageDialog {
	private static final int SHOWN = 200;
	private final List<Failure> failures;
	private final Optional<MissingPlugInException> missing;
	private Composite area;
	private StyledText details;

	/** @param failures at least one */
	public ProblemDialog(Shell parent, String what, List<Failure> failures) {
		super(parent);
		this.failures = List.copyOf(failures);
		missing = failures.stream().flatMap(f -> missing(f.why()).stream()).findFirst();
		message = what + "\n\n" + reasons();
		setShellStyle(getShellStyle() | SWT.RESIZE | SWT.SHEET);
	}

	private static Optional<MissingPlugInException> missing(Throwable t) {
		for (Throwable c = t; c != null; c = c.getCause())
			if (c instanceof MissingPlugInException m)
				return Optional.of(m);
		return Optional.empty();
	}

	private String reasons() {
		if (missing.isPresent() && failures.size() == 1)
			return "The plug-in '%s' is needed for it, and is not installed.".formatted(missing.get().plugIn());
		if (failures.size() == 1 && failures.getFirst().item().isEmpty())
			return Problem.of(failures.getFirst().why()).message();
		String first = failures.stream().limit(5).map(ProblemDialog::line).collect(Collectors.joining("\n"));
		return failures.size() <= 5 ? first : first + "\n… and %,d more (see Details)".formatted(failures.size() - 5);
	}

	private static String line(Failure f) {
		String why = Problem.of(f.why()).message();
		return f.item().isEmpty() || why.contains(f.item()) ? why : f.item() + ": " + why;
	}

	/** The whole story for whoever helps; without stack traces. */
	private String technical() {
		var out = new StringBuilder();
		for (Failure f : failures.stream().limit(SHOWN).toList()) {
			if (failures.size() > 1)
				out.append(line(f)).append('\n');
			for (Throwable t = f.why(); t != null; t = t.getCause()) {
				out.append("  ").append(t.getClass().getSimpleName());
				if (t.getMessage() != null)
					out.append(": ").append(Challenge.printable(t.getMessage()));
				out.append('\n');
			}
		}
		if (failures.size() > SHOWN)
			out.append("… and %,d more".formatted(failures.size() - SHOWN));
		return out.toString();
	}

	@Override
	protected void configureShell(Shell shell) {
		super.configureShell(shell);
		shell.setText("Strongroom");
	}

	@Override
	protected Control createDialogArea(Composite parent) {
		createMessageArea(parent);
		GridDataFactory.fillDefaults().grab(true, false).hint(convertWidthInCharsToPixels(70), SWT.DEFAULT).applyTo(messageLabel);
		area = parent;
		return parent;
	}

	@Override
	protected void createButtonsForButtonBar(Composite parent) {
		if (missing.isPresent())
			createButton(parent, IDialogConstants.CLIENT_ID, "Install…", false);
		createButton(parent, IDialogConstants.OK_ID, IDialogConstants.OK_LABEL, true).setFocus();
		createButton(parent, IDialogConstants.DETAILS_ID, IDialogConstants.SHOW_DETAILS_LABEL, false);
	}

	@Override
	protected void buttonPressed(int id) {
		switch (id) {
		case IDialogConstants.DETAILS_ID -> toggleDetails();
		case IDialogConstants.CLIENT_ID -> {
			close();
			PlugInHelp.install();
		}
		default -> super.buttonPressed(id);
		}
	}

	private void toggleDetails() {
		Point old = getShell().getSize();
		int before = getShell().computeSize(SWT.DEFAULT, SWT.DEFAULT).y;
		if (details == null) {
			details = new GuardedText(area, SWT.MULTI | SWT.READ_ONLY | SWT.BORDER | SWT.WRAP | SWT.V_SCROLL, way -> Optional.of(Outgoing.of(way, Optional.empty())));
			details.setText(technical());
			GridDataFactory.fillDefaults().grab(true, true).span(2, 1).hint(convertWidthInCharsToPixels(70), convertHeightInCharsToPixels(8)).applyTo(details);
			getButton(IDialogConstants.DETAILS_ID).setText(IDialogConstants.HIDE_DETAILS_LABEL);
		} else {
			details.dispose();
			details = null;
			getButton(IDialogConstants.DETAILS_ID).setText(IDialogConstants.SHOW_DETAILS_LABEL);
		}
		int after = getShell().computeSize(SWT.DEFAULT, SWT.DEFAULT).y;
		getShell().setSize(old.x, old.y + after - before);
		area.layout(true, true);
		Dialog.applyDialogFont(area);
	}

	@Override
	protected Image getImage() {
		return failures.stream().allMatch(f -> Problem.of(f.why()).kind() == Problem.Kind.OTHER) ? getErrorImage() : getWarningImage();
	}

	@Override
	protected boolean isResizable() {
		return true;
	}
}
