package org.strongroom.editors;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.dnd.DND;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Listener;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.WayOut;
import org.strongroom.editors.internal.work.Ui;
import org.strongroom.efs.SessionFile;

/** A text that is copied to the clipboard, and dragged to other programs, only as the policy has it. For the UI thread. */
public final class GuardedText extends StyledText {
	/** How often it is recorded that what is selected is where other programs paste it from: selections are many. */
	private static final long SELECTIONS = TimeUnit.MINUTES.toNanos(1);
	private final Function<WayOut, Optional<Outgoing>> outgoing;
	private boolean dragPermitted;
	/** When it was recorded last that what is selected may be pasted elsewhere, as {@link System#nanoTime}, and whether it may. */
	private long selectionRecorded;
	private boolean selectionPermitted;

	/** @param file what the text is of; may give null as long as there is none */
	public GuardedText(Composite parent, int style, Supplier<SessionFile> file) {
		this(parent, style, way -> Optional.ofNullable(file.get()).map(of -> WaysOut.of(way, of)));
	}

	/** @param outgoing what leaves memory by a way out; empty as long as there is nothing */
	public GuardedText(Composite parent, int style, Function<WayOut, Optional<Outgoing>> outgoing) {
		super(parent, style);
		this.outgoing = outgoing;
		// listeners that come later, which would begin to drag, are not told
		addListener(SWT.DragDetect, event -> {
			if (!mayDrag())
				event.type = SWT.None;
		});
	}

	/** The text's own listeners, which its constructor adds, would put what is selected where other programs paste it from by the middle button: nobody is asked for that. */
	@Override
	public void addListener(int eventType, Listener listener) {
		boolean own = outgoing == null;
		if (own && eventType == SWT.KeyUp)
			super.addListener(eventType, event -> keyUp(event, listener));
		else if (own && eventType == SWT.MouseUp)
			super.addListener(eventType, event -> mouseUp(event, listener));
		else
			super.addListener(eventType, listener);
	}

	private void keyUp(Event event, Listener own) {
		if (getSelectionCount() == 0 || maySelect())
			own.handleEvent(event);
	}

	/** The text ends its scrolling by itself at any button, but copies at the first only. */
	private void mouseUp(Event event, Listener own) {
		int button = event.button;
		if (button == 1 && getSelectionCount() > 0 && !maySelect())
			event.button = 0;
		try {
			own.handleEvent(event);
		} finally {
			event.button = button;
		}
	}

	/** Whether what is selected may be where other programs paste it from by the middle button. */
	private boolean maySelect() {
		Optional<Outgoing> selected = outgoing.apply(WayOut.CLIPBOARD);
		if (selected.isEmpty())
			return true;
		if (!WaysOut.isFree(selected.get()))
			return false;
		long now = System.nanoTime();
		if (selectionRecorded == 0 || now - selectionRecorded > SELECTIONS) {
			selectionPermitted = WaysOut.passQuietly(selected.get());
			selectionRecorded = now;
		}
		return selectionPermitted;
	}

	/** Who is asked has let go of the mouse by then: what they permit is the next drag. */
	private boolean mayDrag() {
		Optional<Outgoing> dragged = outgoing.apply(WayOut.DRAG);
		if (dragged.isEmpty())
			return true;
		if (dragPermitted) {
			dragPermitted = false;
			return true;
		}
		if (WaysOut.isFree(dragged.get()))
			return WaysOut.pass(dragged.get());
		Ui.async(() -> dragPermitted = WaysOut.pass(dragged.get()));
		return false;
	}

	private boolean mayCopy() {
		return getSelectionCount() > 0 && outgoing.apply(WayOut.CLIPBOARD).map(WaysOut::pass).orElse(true);
	}

	@Override
	public void copy() {
		if (mayCopy())
			super.copy();
	}

	@Override
	public void copy(int clipboardType) {
		if (clipboardType == DND.SELECTION_CLIPBOARD ? getSelectionCount() > 0 && maySelect() : mayCopy())
			super.copy(clipboardType);
	}

	@Override
	public void cut() {
		if (mayCopy())
			super.cut();
	}
}
