package org.strongroom.editors.internal.work;

import java.util.Optional;
import java.util.function.Supplier;

import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.DND;
import org.eclipse.swt.widgets.Composite;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.WayOut;
import org.strongroom.editors.WaysOut;
import org.strongroom.efs.SessionFile;

/** A text that is copied to the clipboard, and dragged to other programs, only as the policy has it. */
public final class GuardedText extends StyledText {
	private final Supplier<SessionFile> file;

	/** @param file what the text is of; may give null as long as there is none */
	public GuardedText(Composite parent, int style, Supplier<SessionFile> file) {
		super(parent, style);
		this.file = file;
		// what is selected by the mouse is pasted in other programs by its middle button; nobody is asked for that
		addListener(SWT.MouseUp, _ -> {
			if (!isFree(WayOut.CLIPBOARD))
				withdrawSelection();
		});
		// listeners that come later, which would begin to drag, are not told
		addListener(SWT.DragDetect, event -> {
			if (!isFree(WayOut.DRAG))
				event.type = SWT.None;
		});
	}

	private Optional<Outgoing> outgoing(WayOut way) {
		return Optional.ofNullable(file.get()).map(of -> WaysOut.of(way, of));
	}

	private boolean isFree(WayOut way) {
		return outgoing(way).map(WaysOut::isFree).orElse(true);
	}

	private void withdrawSelection() {
		Clipboard clipboard = new Clipboard(getDisplay());
		clipboard.clearContents(DND.SELECTION_CLIPBOARD);
		clipboard.dispose();
	}

	private boolean mayCopy() {
		return getSelectionCount() > 0 && outgoing(WayOut.CLIPBOARD).map(WaysOut::pass).orElse(true);
	}

	@Override
	public void copy() {
		if (mayCopy())
			super.copy();
	}

	@Override
	public void copy(int clipboardType) {
		if (clipboardType == DND.SELECTION_CLIPBOARD ? isFree(WayOut.CLIPBOARD) : mayCopy())
			super.copy(clipboardType);
	}

	@Override
	public void cut() {
		if (mayCopy())
			super.cut();
	}
}
