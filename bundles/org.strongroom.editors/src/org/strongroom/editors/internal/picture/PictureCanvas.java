package org.strongroom.editors.internal.picture;

import java.util.function.DoubleConsumer;

import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.ScrollBar;

/** Draws one picture, of which only the visible part is scaled. */
final class PictureCanvas {
	/** What one step zooms by. */
	static final double STEP = 1.25;
	private static final double LEAST = 0.01;
	private static final double MOST = 32;
	/** Pixels that an arrow key scrolls. */
	private static final int SCROLL = 40;
	private final Canvas canvas;
	private final Image image;
	private final Rectangle size;
	private final DoubleConsumer zoomed;
	private double zoom = 1;
	/** Whether the zoom follows the size of the window. */
	private boolean fitting = true;
	private int x;
	private int y;

	/** @param zoomed told when the zoom changes */
	PictureCanvas(Composite parent, Image image, DoubleConsumer zoomed) {
		this.image = image;
		this.zoomed = zoomed;
		size = image.getBounds();
		canvas = new Canvas(parent, SWT.H_SCROLL | SWT.V_SCROLL | SWT.DOUBLE_BUFFERED | SWT.NO_REDRAW_RESIZE);
		canvas.addListener(SWT.Paint, e -> paint(e.gc));
		canvas.addListener(SWT.Resize, _ -> resized());
		canvas.addListener(SWT.KeyDown, this::key);
		canvas.addListener(SWT.MouseVerticalWheel, this::wheel);
		canvas.getHorizontalBar().addListener(SWT.Selection, _ -> scrollTo(canvas.getHorizontalBar().getSelection(), y));
		canvas.getVerticalBar().addListener(SWT.Selection, _ -> scrollTo(x, canvas.getVerticalBar().getSelection()));
		canvas.getAccessible().addAccessibleListener(new org.eclipse.swt.accessibility.AccessibleAdapter() {
			@Override
			public void getName(org.eclipse.swt.accessibility.AccessibleEvent e) {
				e.result = "Picture, %d by %d pixels".formatted(size.width, size.height);
			}
		});
	}

	Control control() {
		return canvas;
	}

	double zoom() {
		return zoom;
	}

	private void resized() {
		if (fitting)
			fit();
		else
			update();
	}

	/** Shows all of it, never larger than it is. */
	void fit() {
		Point room = canvas.getSize();
		setZoom(Math.min(1, Math.min((double) room.x / size.width, (double) room.y / size.height)));
		fitting = true;
	}

	void zoomTo(double share) {
		fitting = false;
		setZoom(share);
	}

	void zoomBy(double factor) {
		zoomTo(zoom * factor);
	}

	private void setZoom(double share) {
		Rectangle room = canvas.getClientArea();
		double cx = (x + room.width / 2.0) / zoom;
		double cy = (y + room.height / 2.0) / zoom;
		zoom = Math.clamp(share, LEAST, MOST);
		x = (int) (cx * zoom - room.width / 2.0);
		y = (int) (cy * zoom - room.height / 2.0);
		update();
		zoomed.accept(zoom);
	}

	private int shownWidth() {
		return Math.max(1, (int) Math.round(size.width * zoom));
	}

	private int shownHeight() {
		return Math.max(1, (int) Math.round(size.height * zoom));
	}

	private void update() {
		Rectangle room = canvas.getClientArea();
		bar(canvas.getHorizontalBar(), shownWidth(), room.width);
		bar(canvas.getVerticalBar(), shownHeight(), room.height);
		scrollTo(x, y);
	}

	private static void bar(ScrollBar bar, int all, int room) {
		bar.setVisible(all > room);
		bar.setValues(bar.getSelection(), 0, Math.max(1, all), Math.max(1, Math.min(all, room)), SCROLL, Math.max(1, room - SCROLL));
	}

	private void scrollTo(int left, int top) {
		Rectangle room = canvas.getClientArea();
		x = Math.clamp(left, 0, Math.max(0, shownWidth() - room.width));
		y = Math.clamp(top, 0, Math.max(0, shownHeight() - room.height));
		canvas.getHorizontalBar().setSelection(x);
		canvas.getVerticalBar().setSelection(y);
		canvas.redraw();
	}

	private void paint(GC gc) {
		Rectangle room = canvas.getClientArea();
		gc.fillRectangle(room);
		int shownX = Math.max(0, (room.width - shownWidth()) / 2);
		int shownY = Math.max(0, (room.height - shownHeight()) / 2);
		// whole source pixels around the visible part
		int fromX = Math.clamp((int) (x / zoom), 0, size.width - 1);
		int fromY = Math.clamp((int) (y / zoom), 0, size.height - 1);
		int toX = Math.clamp((int) Math.ceil((x + room.width) / zoom) + 1, fromX + 1, size.width);
		int toY = Math.clamp((int) Math.ceil((y + room.height) / zoom) + 1, fromY + 1, size.height);
		gc.setInterpolation(zoom < 1 ? SWT.HIGH : SWT.NONE);
		gc.drawImage(image, fromX, fromY, toX - fromX, toY - fromY,
				shownX + (int) Math.round(fromX * zoom) - x, shownY + (int) Math.round(fromY * zoom) - y,
				Math.max(1, (int) Math.round((toX - fromX) * zoom)), Math.max(1, (int) Math.round((toY - fromY) * zoom)));
	}

	private void wheel(Event e) {
		if ((e.stateMask & SWT.MOD1) != 0) {
			zoomBy(e.count > 0 ? STEP : 1 / STEP);
			e.doit = false;
		}
	}

	private void key(Event e) {
		switch (e.keyCode == SWT.KEYPAD_ADD ? '+' : e.keyCode == SWT.KEYPAD_SUBTRACT ? '-' : e.character) {
		case '+', '=' -> zoomBy(STEP);
		case '-' -> zoomBy(1 / STEP);
		case '0' -> zoomTo(1);
		case 'f', 'F' -> fit();
		default -> {
			switch (e.keyCode) {
			case SWT.ARROW_LEFT -> scrollTo(x - SCROLL, y);
			case SWT.ARROW_RIGHT -> scrollTo(x + SCROLL, y);
			case SWT.ARROW_UP -> scrollTo(x, y - SCROLL);
			case SWT.ARROW_DOWN -> scrollTo(x, y + SCROLL);
			case SWT.PAGE_UP -> scrollTo(x, y - canvas.getClientArea().height);
			case SWT.PAGE_DOWN -> scrollTo(x, y + canvas.getClientArea().height);
			case SWT.HOME -> scrollTo(0, 0);
			case SWT.END -> scrollTo(x, shownHeight());
			default -> {
			}
			}
		}
		}
	}
}
