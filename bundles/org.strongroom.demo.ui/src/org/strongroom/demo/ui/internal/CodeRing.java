package org.strongroom.demo.ui.internal;

import java.time.Instant;

import org.eclipse.swt.SWT;
import org.eclipse.swt.accessibility.AccessibleAdapter;
import org.eclipse.swt.accessibility.AccessibleEvent;
import org.eclipse.swt.graphics.Font;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Composite;
import org.strongroom.demo.Totp;

/** A code app on a phone: the code of the moment, and a ring that empties until the next one. */
final class CodeRing extends Canvas {
	private static final int RING = 44;
	private static final int THICKNESS = 5;
	private static final int GAP = 12;
	private static final int REFRESH_MILLIS = 200;
	/** From here on it is wiser to wait for the next one. */
	private static final int HURRY_SECONDS = 5;

	private final Totp totp;
	private final Font big;

	CodeRing(Composite parent, Totp totp, Font big) {
		super(parent, SWT.DOUBLE_BUFFERED);
		this.totp = totp;
		this.big = big;
		addListener(SWT.Paint, e -> paint(e.gc));
		getAccessible().addAccessibleListener(new AccessibleAdapter() {
			@Override
			public void getName(AccessibleEvent e) {
				e.result = "Code " + code();
			}
		});
		tick();
	}

	/** The code of the moment. */
	String code() {
		return totp.code();
	}

	private void tick() {
		if (isDisposed())
			return;
		redraw();
		getDisplay().timerExec(REFRESH_MILLIS, this::tick);
	}

	private void paint(GC gc) {
		Instant now = Instant.now();
		long millis = Math.floorMod(now.toEpochMilli(), Totp.STEP_SECONDS * 1000L);
		int left = Totp.secondsLeft(now);
		boolean hurry = left <= HURRY_SECONDS;
		Rectangle area = getClientArea();
		int top = (area.height - RING) / 2;
		gc.setAntialias(SWT.ON);
		gc.setLineWidth(THICKNESS);
		gc.setForeground(getDisplay().getSystemColor(SWT.COLOR_WIDGET_NORMAL_SHADOW));
		gc.setAlpha(80);
		gc.drawOval(THICKNESS / 2, top + THICKNESS / 2, RING - THICKNESS, RING - THICKNESS);
		gc.setAlpha(255);
		gc.setForeground(getDisplay().getSystemColor(hurry ? SWT.COLOR_RED : SWT.COLOR_LIST_SELECTION));
		int degrees = (int) (360 - millis * 360 / (Totp.STEP_SECONDS * 1000L));
		gc.drawArc(THICKNESS / 2, top + THICKNESS / 2, RING - THICKNESS, RING - THICKNESS, 90, degrees);
		gc.setForeground(getForeground());
		String seconds = String.valueOf(left);
		Point size = gc.textExtent(seconds);
		gc.drawText(seconds, (RING - size.x) / 2, top + (RING - size.y) / 2, true);
		gc.setFont(big);
		String code = shown(totp.code(now));
		gc.drawText(code, RING + GAP, (area.height - gc.textExtent(code).y) / 2, true);
	}

	private static String shown(String code) {
		return code.substring(0, code.length() / 2) + " " + code.substring(code.length() / 2);
	}

	@Override
	public Point computeSize(int wHint, int hHint, boolean changed) {
		var gc = new GC(this);
		gc.setFont(big);
		Point text = gc.textExtent("000 000");
		gc.dispose();
		return new Point(RING + GAP + text.x + THICKNESS, Math.max(RING, text.y) + THICKNESS);
	}
}
