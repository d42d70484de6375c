package org.strongroom.testing.ui;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;

/** The keyboard: real key events, as the window system gives them. */
public final class Keys {
	private Keys() {
	}

	/** Types a text into a control, key by key; {@code \r}, {@code \t} and {@code SWT.ESC} are the keys of that name. */
	public static void type(Control into, String text) {
		focus(into);
		for (char c : text.toCharArray())
			if (c == '\r' || c == '\t' || c == SWT.ESC)
				press('\0', c, 0);
			else
				press(c, 0, 0);
	}

	/** Presses a key together with others, such as {@code SWT.MOD1}. */
	public static void press(Control in, char character, int with) {
		focus(in);
		press(character, 0, with);
	}

	/** Presses Enter in whatever has the keyboard, such as a dialog of the desktop's own. Does not need the UI thread, which such a dialog keeps busy. */
	public static void enter() {
		press('\r');
	}

	/** Presses Escape; otherwise as {@link #enter}. */
	public static void escape() {
		press(SWT.ESC);
	}

	private static void press(char key) {
		for (int type : new int[] { SWT.KeyDown, SWT.KeyUp })
			post(Ui.display(), type, '\0', key);
	}

	private static void focus(Control control) {
		Ui.run(() -> {
			control.getShell().forceActive();
			control.forceFocus();
		});
		Ui.awaitThat("the keyboard in the control", control::isFocusControl);
	}

	private static void press(char character, int code, int with) {
		boolean shift = Character.isUpperCase(character);
		if (shift || (with & SWT.SHIFT) != 0)
			post(SWT.KeyDown, '\0', SWT.SHIFT);
		if ((with & SWT.CTRL) != 0)
			post(SWT.KeyDown, '\0', SWT.CTRL);
		post(SWT.KeyDown, Character.toLowerCase(character), code);
		post(SWT.KeyUp, Character.toLowerCase(character), code);
		if ((with & SWT.CTRL) != 0)
			post(SWT.KeyUp, '\0', SWT.CTRL);
		if (shift || (with & SWT.SHIFT) != 0)
			post(SWT.KeyUp, '\0', SWT.SHIFT);
	}

	private static void post(int type, char character, int code) {
		Ui.run(() -> post(Ui.display(), type, character, code));
	}

	private static void post(Display display, int type, char character, int code) {
		var event = new Event();
		event.type = type;
		event.character = character;
		event.keyCode = code;
		if (!display.post(event))
			throw new AssertionError("the window system takes no key events");
	}
}
