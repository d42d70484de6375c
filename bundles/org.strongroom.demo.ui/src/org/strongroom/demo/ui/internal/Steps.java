package org.strongroom.demo.ui.internal;

import java.util.ArrayList;
import java.util.List;

import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Font;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Session;
import org.strongroom.core.SessionListener;
import org.strongroom.core.Sessions;
import org.strongroom.demo.Demo;
import org.strongroom.demo.SampleVault;

/** The steps from the bookmark to a saved file; those that are done are ticked. */
final class Steps {
	private static final List<String> TEXTS = List.of("Double-click the bookmark %s".formatted(Demo.BOOKMARK), "Type the passphrase of the key", "Type the code",
			"Double-click %s, type its passphrase".formatted(SampleVault.VAULT_NAME), "Double-click %s, change a line".formatted(SampleVault.NOTES), "Save: Ctrl+S");
	private static final int SIGNED_IN = 3;
	private static final int UNLOCKED = 4;

	private final Composite parent;
	private final Font bold;
	private final List<Label> marks = new ArrayList<>();
	private final List<Label> labels = new ArrayList<>();
	private int done = -1;

	/** @param parent has two columns */
	Steps(Composite parent, Font bold) {
		this.parent = parent;
		this.bold = bold;
		for (String text : TEXTS) {
			Label mark = new Label(parent, SWT.CENTER);
			GridDataFactory.fillDefaults().hint(16, SWT.DEFAULT).applyTo(mark);
			marks.add(mark);
			Label label = new Label(parent, SWT.NONE);
			label.setText(text);
			GridDataFactory.fillDefaults().grab(true, false).applyTo(label);
			labels.add(label);
		}
		reached(0);
	}

	/** Ticks what is done in the session of a bookmark, for as long as this is shown. */
	void follow(Bookmark bookmark, Sessions sessions) {
		SessionListener listener = session -> {
			if (session.bookmark().equals(bookmark) && session.state() == Session.State.SIGNED_IN)
				later(session.vaults().isEmpty() ? SIGNED_IN : UNLOCKED);
		};
		sessions.addListener(listener);
		parent.addListener(SWT.Dispose, _ -> sessions.removeListener(listener));
		sessions.find(bookmark).ifPresent(listener::changed);
	}

	/** Something was saved. On the UI thread. */
	void saved() {
		reached(TEXTS.size());
	}

	private void later(int steps) {
		if (parent.isDisposed())
			return;
		parent.getDisplay().asyncExec(() -> {
			if (!parent.isDisposed())
				reached(steps);
		});
	}

	private void reached(int steps) {
		if (steps <= done)
			return;
		done = steps;
		for (int i = 0; i < TEXTS.size(); i++) {
			marks.get(i).setText(i < done ? "\u2713" : String.valueOf(i + 1));
			labels.get(i).setFont(i == done ? bold : null);
		}
		parent.requestLayout();
	}
}
