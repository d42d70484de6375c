package org.strongroom.ui.internal.app;

import java.util.Optional;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Spinner;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.Widget;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.WayOut;
import org.strongroom.editors.WaysOut;

/** The fields of dialogs, which are the system's own: what is in them, such as a name that is being changed, is copied to the clipboard only as the policy has it. */
final class GuardedFields {
	private GuardedFields() {
	}

	/** Before the workbench begins, which takes keys for itself. */
	static void install(Display display) {
		display.addFilter(SWT.KeyDown, GuardedFields::keyDown);
		display.addFilter(SWT.MenuDetect, GuardedFields::menu);
	}

	private static void keyDown(Event event) {
		if (isField(event.widget) && copies(event) && !WaysOut.pass(leaving()))
			drop(event);
	}

	/** The system's menu of a field copies by itself, and nobody can be asked between. */
	private static void menu(Event event) {
		if (isField(event.widget) && !WaysOut.isFree(leaving()))
			drop(event);
	}

	private static void drop(Event event) {
		event.doit = false;
		event.type = SWT.None;
	}

	private static boolean isField(Widget widget) {
		return widget instanceof Text text && text.getEchoChar() == 0 || widget instanceof Combo || widget instanceof Spinner;
	}

	private static boolean copies(Event event) {
		int with = event.stateMask & SWT.MODIFIER_MASK;
		return with == SWT.MOD1 && (event.keyCode == 'c' || event.keyCode == 'x' || event.keyCode == SWT.INSERT) || with == SWT.SHIFT && event.keyCode == SWT.DEL;
	}

	/** Whose it is, a field does not tell. */
	private static Outgoing leaving() {
		return Outgoing.of(WayOut.CLIPBOARD, Optional.empty());
	}
}
