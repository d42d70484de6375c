package org.strongroom.ui.internal.explorer;

import java.util.List;

import org.eclipse.swt.SWT;
import org.eclipse.swt.events.KeyAdapter;
import org.eclipse.swt.events.KeyEvent;

/** Right opens a row, then goes to its first; Left closes it, then goes to the row it lies in. GTK's own tree does neither. */
final class ArrowKeys extends KeyAdapter {
	private final ExplorerView view;

	ArrowKeys(ExplorerView view) {
		this.view = view;
	}

	@Override
	public void keyPressed(KeyEvent e) {
		boolean right = e.keyCode == SWT.ARROW_RIGHT;
		if (!right && e.keyCode != SWT.ARROW_LEFT || (e.stateMask & SWT.MODIFIER_MASK) != 0 || view.selected().size() != 1)
			return;
		Node row = view.selected().getFirst();
		e.doit = false;
		if (right && row instanceof Container c)
			right(c);
		else if (!right)
			left(row);
	}

	private void right(Container row) {
		if (!row.isExpanded() || !row.isLoaded())
			view.explorer().open(row);
		else if (!row.shown().isEmpty())
			view.select(List.of(row.shown().getFirst()));
	}

	private void left(Node row) {
		if (row instanceof Container c && c.isExpanded()) {
			view.explorer().collapsed(c);
			view.expand(c, false);
		} else if (!(row.parent() instanceof RootNode)) {
			view.select(List.of(row.parent()));
		}
	}
}
