package org.strongroom.ui.internal.explorer;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.eclipse.swt.SWT;
import org.eclipse.swt.events.KeyAdapter;
import org.eclipse.swt.events.KeyEvent;

/** Goes to the next row whose name begins with what is being typed. */
final class TypeAhead extends KeyAdapter {
	private static final long PAUSE_MILLIS = 1200;
	private final ExplorerView view;
	private String typed = "";
	private long last;

	TypeAhead(ExplorerView view) {
		this.view = view;
	}

	@Override
	public void keyPressed(KeyEvent e) {
		if ((e.stateMask & (SWT.CTRL | SWT.ALT | SWT.COMMAND)) != 0 || Character.isISOControl(e.character))
			return;
		long now = System.nanoTime() / 1_000_000;
		if (now - last > PAUSE_MILLIS)
			typed = "";
		if (typed.isEmpty() && e.character == ' ')
			return;
		last = now;
		typed += e.character;
		e.doit = false;
		find();
	}

	private void find() {
		List<Node> rows = new ArrayList<>();
		visible(view.explorer().root(), rows);
		if (rows.isEmpty())
			return;
		int from = Math.max(0, view.selected().isEmpty() ? 0 : rows.indexOf(view.selected().getFirst()));
		// a second letter may still fit the row found by the first
		int start = typed.length() > 1 ? from : from + 1;
		String prefix = folded(typed);
		for (int i = 0; i < rows.size(); i++) {
			Node row = rows.get((start + i) % rows.size());
			if (folded(row.name()).startsWith(prefix)) {
				view.select(List.of(row));
				return;
			}
		}
	}

	private static void visible(Container container, List<Node> into) {
		for (Node n : container.shown()) {
			if (!(n instanceof NoteNode))
				into.add(n);
			if (n instanceof Container c && c.isExpanded())
				visible(c, into);
		}
	}

	private static String folded(String text) {
		return Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
	}
}
