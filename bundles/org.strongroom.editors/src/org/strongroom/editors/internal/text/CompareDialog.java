package org.strongroom.editors.internal.text;

import java.util.List;

import org.eclipse.compare.rangedifferencer.IRangeComparator;
import org.eclipse.compare.rangedifferencer.RangeDifference;
import org.eclipse.compare.rangedifferencer.RangeDifferencer;
import org.eclipse.jface.dialogs.Dialog;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.strongroom.editors.GuardedText;
import org.strongroom.efs.SessionFile;

/** Two texts side by side, lines that differ coloured. Nothing can be changed here. */
final class CompareDialog extends Dialog {
	/** Lines up to which differences are looked for. */
	private static final int MOST_LINES = 50_000;
	private final SessionFile file;
	private final Side mine;
	private final Side theirs;
	private StyledText left;
	private StyledText right;
	private List<RangeDifference> differences = List.of();
	private int current = -1;
	private boolean following;

	/**
	 * One of the texts.
	 *
	 * @param title what it is
	 */
	record Side(String title, String text) {
	}

	CompareDialog(Shell parent, SessionFile file, Side mine, Side theirs) {
		super(parent);
		this.file = file;
		this.mine = mine;
		this.theirs = theirs;
		setShellStyle(getShellStyle() | SWT.RESIZE | SWT.MAX);
	}

	/** Lines of a widget, compared by what they say. */
	private record Lines(StyledText text) implements IRangeComparator {
		@Override
		public int getRangeCount() {
			return text.getLineCount();
		}

		@Override
		public boolean rangesEqual(int mine, IRangeComparator other, int theirs) {
			return text.getLine(mine).equals(((Lines) other).text.getLine(theirs));
		}

		@Override
		public boolean skipRangeComparison(int length, int maxLength, IRangeComparator other) {
			return false;
		}
	}

	@Override
	protected void configureShell(Shell shell) {
		super.configureShell(shell);
		shell.setText("Compare " + file.name());
	}

	@Override
	protected Point getInitialSize() {
		return new Point(1000, 640);
	}

	@Override
	protected Control createDialogArea(Composite parent) {
		Composite area = (Composite) super.createDialogArea(parent);
		Label says = new Label(area, SWT.NONE);
		SashForm sash = new SashForm(area, SWT.HORIZONTAL);
		GridDataFactory.fillDefaults().grab(true, true).applyTo(sash);
		left = side(sash, file, mine);
		right = side(sash, file, theirs);
		if (left.getLineCount() <= MOST_LINES && right.getLineCount() <= MOST_LINES) {
			differences = List.of(RangeDifferencer.findDifferences(new Lines(left), new Lines(right)));
			colour();
			says.setText(differences.isEmpty() ? mine.text().equals(theirs.text()) ? "Both are the same." : "The lines are the same; only line ends differ."
					: differences.size() == 1 ? "One place differs." : differences.size() + " places differ.");
		} else {
			says.setText("The texts are too long to have their differences marked.");
		}
		left.getVerticalBar().addListener(SWT.Selection, _ -> follow(left, right));
		right.getVerticalBar().addListener(SWT.Selection, _ -> follow(right, left));
		return area;
	}

	private static StyledText side(Composite parent, SessionFile file, Side shown) {
		Composite side = new Composite(parent, SWT.NONE);
		GridLayoutFactory.fillDefaults().applyTo(side);
		new Label(side, SWT.NONE).setText(shown.title());
		StyledText widget = new GuardedText(side, SWT.BORDER | SWT.H_SCROLL | SWT.V_SCROLL | SWT.READ_ONLY | SWT.MULTI, () -> file);
		widget.setFont(JFaceResources.getTextFont());
		widget.setText(shown.text());
		GridDataFactory.fillDefaults().grab(true, true).applyTo(widget);
		return widget;
	}

	private void colour() {
		boolean dark = left.getBackground().getRed() < 128;
		Color mark = dark ? new Color(90, 60, 20) : new Color(255, 236, 170);
		for (RangeDifference d : differences) {
			left.setLineBackground(d.leftStart(), d.leftLength(), mark);
			right.setLineBackground(d.rightStart(), d.rightLength(), mark);
		}
	}

	/** Keeps the other side at the same place, seen from the last difference above. */
	private void follow(StyledText moved, StyledText other) {
		if (following)
			return;
		following = true;
		int line = moved.getTopIndex();
		int shift = 0;
		for (RangeDifference d : differences) {
			int end = moved == left ? d.leftEnd() : d.rightEnd();
			if (end <= line)
				shift = moved == left ? d.rightEnd() - d.leftEnd() : d.leftEnd() - d.rightEnd();
		}
		other.setTopIndex(Math.max(0, line + shift));
		following = false;
	}

	@Override
	protected void createButtonsForButtonBar(Composite parent) {
		Button next = createButton(parent, IDialogConstants.NEXT_ID, "Next Difference", false);
		next.setEnabled(!differences.isEmpty());
		createButton(parent, IDialogConstants.OK_ID, IDialogConstants.CLOSE_LABEL, true);
	}

	@Override
	protected void buttonPressed(int id) {
		if (id != IDialogConstants.NEXT_ID) {
			super.buttonPressed(id);
			return;
		}
		current = (current + 1) % differences.size();
		RangeDifference d = differences.get(current);
		left.setTopIndex(Math.max(0, d.leftStart() - 2));
		right.setTopIndex(Math.max(0, d.rightStart() - 2));
	}
}
