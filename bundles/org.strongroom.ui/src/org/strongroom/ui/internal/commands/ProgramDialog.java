package org.strongroom.ui.internal.commands;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.viewers.LabelProvider;
import org.eclipse.swt.SWT;
import org.eclipse.swt.program.Program;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.FileDialog;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.dialogs.ElementListSelectionDialog;
import org.strongroom.ui.Problems;
import org.strongroom.ui.internal.external.Opener;

/** Asks which program is to open a file: one that the desktop knows, or any file that can be run. */
final class ProgramDialog extends ElementListSelectionDialog {
	/** Where most programs lie; the person may go elsewhere. */
	private static final String PROGRAMS = "/usr/bin";
	private Path browsed;

	private ProgramDialog(Shell parent, String fileName) {
		super(parent, LabelProvider.createTextProvider(p -> ((Program) p).getName()));
		setTitle("Open with Other Program");
		setMessage("Program that gets a readable copy of %s, in memory alone:".formatted(fileName));
		setElements(Arrays.stream(Program.getPrograms()).filter(p -> !p.getName().isBlank()).toArray());
		setEmptyListMessage("The desktop knows no programs.");
		setEmptySelectionMessage("");
		setMultipleSelection(false);
	}

	/** @return empty if the person wants none */
	static Optional<Opener> ask(Shell parent, String fileName) {
		var dialog = new ProgramDialog(parent, fileName);
		if (dialog.open() != OK)
			return Optional.empty();
		return Optional.of(dialog.browsed != null ? Opener.of(dialog.browsed) : Opener.of((Program) dialog.getFirstResult()));
	}

	@Override
	protected void createButtonsForButtonBar(Composite parent) {
		createButton(parent, IDialogConstants.DETAILS_ID, "Browse…", false);
		super.createButtonsForButtonBar(parent);
	}

	@Override
	protected void buttonPressed(int id) {
		if (id == IDialogConstants.DETAILS_ID)
			browse();
		else
			super.buttonPressed(id);
	}

	private void browse() {
		var dialog = new FileDialog(getShell(), SWT.OPEN);
		dialog.setText("Program");
		dialog.setFilterPath(PROGRAMS);
		String file = dialog.open();
		if (file == null)
			return;
		if (!Files.isExecutable(Path.of(file))) {
			Problems.show("It cannot be opened with that.", new IOException("%s is no program: it cannot be run.".formatted(file)));
			return;
		}
		browsed = Path.of(file);
		setReturnCode(OK);
		close();
	}
}
