package org.strongroom.editors.internal.preview;

import java.util.function.LongConsumer;

import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.custom.VerifyKeyListener;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Slider;
import org.strongroom.editors.GuardedText;
import org.strongroom.efs.SessionFile;

/** The rows of a file that fit into the window; a slider stands for the rest. */
final class Page {
	/** Steps of the slider at most: it counts in {@code int}, and files are longer. */
	private static final int STEPS = 1 << 30;
	private static final int WHEEL = 3;
	private final Composite area;
	private final StyledText text;
	private final Slider slider;
	private final Blocks blocks;
	private final LongConsumer moved;
	private Rows rows;
	private long top;

	/** @param file what is shown @param moved told the offset of the first row shown */
	Page(Composite parent, SessionFile file, Blocks blocks, LongConsumer moved) {
		this.blocks = blocks;
		this.moved = moved;
		area = new Composite(parent, SWT.NONE);
		GridLayoutFactory.fillDefaults().numColumns(2).spacing(0, 0).applyTo(area);
		text = new GuardedText(area, SWT.READ_ONLY | SWT.MULTI | SWT.H_SCROLL, () -> file);
		text.setFont(JFaceResources.getTextFont());
		text.setMargins(6, 2, 2, 2);
		GridDataFactory.fillDefaults().grab(true, true).applyTo(text);
		slider = new Slider(area, SWT.VERTICAL);
		GridDataFactory.fillDefaults().grab(false, true).applyTo(slider);
		slider.addListener(SWT.Selection, _ -> slid());
		text.addListener(SWT.Resize, _ -> refresh());
		text.addListener(SWT.MouseVerticalWheel, e -> {
			scroll(e.count > 0 ? -WHEEL : WHEEL);
			e.doit = false;
		});
		text.addVerifyKeyListener(keys());
	}

	private VerifyKeyListener keys() {
		return e -> {
			int page = Math.max(1, visible() - 1);
			e.doit = false;
			switch (e.keyCode | e.stateMask & ~SWT.MOD1) {
			case SWT.ARROW_UP -> scroll(-1);
			case SWT.ARROW_DOWN -> scroll(1);
			case SWT.PAGE_UP -> scroll(-page);
			case SWT.PAGE_DOWN, ' ' -> scroll(page);
			case SWT.HOME -> goTo(0);
			case SWT.END -> end();
			default -> e.doit = true;
			}
		};
	}

	Control control() {
		return area;
	}

	Rows rows() {
		return rows;
	}

	void setFocus() {
		text.setFocus();
	}

	void copy() {
		text.copy();
	}

	void selectAll() {
		text.selectAll();
	}

	/** Shows the same place in other rows. */
	void show(Rows other) {
		rows = other;
		top = rows.begin(top);
		refresh();
	}

	void goTo(long offset) {
		top = rows.begin(Math.clamp(offset, 0, Math.max(0, blocks.size() - 1)));
		refresh();
	}

	private void end() {
		top = rows.begin(Math.max(0, blocks.size() - 1));
		blocks.want(top - (long) visible() * rows.longest(), top + rows.longest());
		scroll(-(visible() - 1));
	}

	private void scroll(int count) {
		long at = top;
		for (int i = 0; i < Math.abs(count); i++) {
			long to = count < 0 ? rows.previous(at) : rows.next(at);
			if (to >= blocks.size() || to == at)
				break;
			at = to;
		}
		top = at;
		refresh();
	}

	private int visible() {
		return Math.max(1, text.getClientArea().height / text.getLineHeight());
	}

	private long step() {
		return Math.max(1, blocks.size() / STEPS);
	}

	private void slid() {
		goTo(slider.getSelection() * step());
	}

	/** Shows what is here and asks for what is not. */
	void refresh() {
		if (rows == null)
			return;
		int count = visible();
		var shown = new StringBuilder();
		long at = top;
		for (int i = 0; i < count && at < blocks.size(); i++) {
			shown.append(i == 0 ? "" : "\n").append(rows.text(at));
			at = rows.next(at);
		}
		blocks.want(top - Blocks.SIZE / 4, Math.max(at, top + (long) count * rows.longest()));
		if (!text.getText().contentEquals(shown)) {
			text.setText(shown.toString());
			text.setTopIndex(0);
		}
		long all = Math.max(1, blocks.size() / step());
		int thumb = (int) Math.clamp((at - top) / step(), 1, all);
		slider.setValues((int) (top / step()), 0, (int) all, thumb, (int) Math.max(1, thumb / count), thumb);
		moved.accept(top);
	}
}
