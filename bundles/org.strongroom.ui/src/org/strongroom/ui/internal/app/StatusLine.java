package org.strongroom.ui.internal.app;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.layout.RowData;
import org.eclipse.swt.layout.RowLayout;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Menu;
import org.eclipse.swt.widgets.MenuItem;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.menus.WorkbenchWindowControlContribution;
import org.strongroom.core.Session;
import org.strongroom.core.Session.State;
import org.strongroom.core.Sessions;
import org.strongroom.editors.Exports;
import org.strongroom.editors.OpenEditors;
import org.strongroom.ui.internal.commands.Travelling;
import org.strongroom.ui.internal.external.Lent;
import org.strongroom.ui.internal.lock.AutoLock;

/**
 * Tells how things stand: servers, vaults, unsaved files, and what lies readable on this machine. It stands beside the platform's own status line, which makes
 * room for messages and progress by cutting off what others have to say.
 */
public final class StatusLine extends WorkbenchWindowControlContribution {
	private static final int EVERY_MILLIS = 500;
	private static final int MARGIN = 4;
	private final Latency latency = new Latency();
	private CLabel servers;
	private CLabel vaults;
	private CLabel unsaved;
	private CLabel residency;

	@Override
	protected Control createControl(Composite parent) {
		Composite line = new Composite(parent, SWT.NONE);
		RowLayout layout = new RowLayout();
		layout.wrap = false;
		layout.spacing = 1;
		layout.center = true;
		layout.marginTop = layout.marginBottom = layout.marginLeft = layout.marginRight = 0;
		line.setLayout(layout);
		servers = field(line, "not signed in 88");
		vaults = field(line, "8 vaults, lock in 88:88");
		unsaved = field(line, "8 unsaved");
		residency = field(line, "nothing readable on this machine");
		residency.addListener(SWT.MouseUp, _ -> offer());
		refresh();
		return line;
	}

	/** Wide enough for a text of usual length, so that nothing jumps. */
	private static CLabel field(Composite line, String widest) {
		CLabel label = new CLabel(line, SWT.NONE);
		label.setLeftMargin(MARGIN);
		label.setRightMargin(MARGIN);
		GC gc = new GC(label);
		label.setLayoutData(new RowData(gc.textExtent(widest).x + 2 * MARGIN, SWT.DEFAULT));
		gc.dispose();
		Label end = new Label(line, SWT.SEPARATOR | SWT.VERTICAL);
		end.setLayoutData(new RowData(SWT.DEFAULT, label.computeSize(SWT.DEFAULT, SWT.DEFAULT).y));
		return label;
	}

	private void refresh() {
		if (residency.isDisposed()) {
			latency.stop();
			return;
		}
		IWorkbenchWindow window = getWorkbenchWindow();
		Sessions sessions = window.getService(Sessions.class);
		if (sessions != null) {
			List<Session> all = sessions.all();
			latency.measure(all);
			set(servers, all.isEmpty() ? "not signed in" : all.stream().map(this::server).sorted().collect(Collectors.joining(", ")));
			int open = all.stream().mapToInt(s -> s.vaults().size()).sum();
			AutoLock lock = window.getService(AutoLock.class);
			Optional<Duration> left = lock == null ? Optional.empty() : lock.left();
			set(vaults, left.map(l -> locking(open, l)).orElseGet(() -> count(open, "vault", "unlocked")));
		}
		Lent lent = window.getService(Lent.class);
		set(unsaved, "%d unsaved".formatted(OpenEditors.unsaved() + (lent == null ? 0 : lent.unsaved())));
		Exports exports = window.getService(Exports.class);
		Travelling travelling = window.getService(Travelling.class);
		List<Lent.Copy> copies = lent == null ? List.of() : lent.all();
		set(residency, residency(exports == null ? 0 : exports.count(), copies, travelling != null && travelling.isOn()));
		if (!copies.isEmpty())
			residency.setToolTipText("In this machine's memory, readable, until it is taken back: %s. Click to take back."
					.formatted(copies.stream().map(c -> "%s, with %s".formatted(c.name(), c.program())).collect(Collectors.joining("; "))));
		residency.setCursor(copies.isEmpty() ? null : residency.getDisplay().getSystemCursor(SWT.CURSOR_HAND));
		residency.getDisplay().timerExec(EVERY_MILLIS, this::refresh);
	}

	/** @param saved how many copies were saved on this machine */
	private static String residency(int saved, List<Lent.Copy> lent, boolean travelling) {
		String copies = "%d readable %s".formatted(saved, saved == 1 ? "copy" : "copies");
		String open = lent.isEmpty() ? "" : lent.size() == 1 ? "1 open with " + lent.getFirst().program() : "%d open with other programs".formatted(lent.size());
		if (travelling)
			return lent.isEmpty() && saved == 0 ? "travel mode: nothing leaves" : "travel mode, " + (saved == 0 ? open : lent.isEmpty() ? copies + " here" : copies + ", " + open);
		return lent.isEmpty() ? saved == 0 ? "nothing readable on this machine" : copies + " on this machine" : saved == 0 ? open : copies + ", " + open;
	}

	/** Offers to take back what other programs have. */
	private void offer() {
		Lent lent = getWorkbenchWindow().getService(Lent.class);
		if (lent == null || lent.all().isEmpty())
			return;
		Menu menu = new Menu(residency);
		for (Lent.Copy copy : lent.all()) {
			MenuItem item = new MenuItem(menu, SWT.PUSH);
			item.setText("Take Back %s (%s)".formatted(copy.name().replace("&", "&&"), copy.program().replace("&", "&&")));
			item.addListener(SWT.Selection, _ -> lent.takeBack(List.of(copy)));
		}
		menu.addListener(SWT.Hide, _ -> menu.getDisplay().asyncExec(menu::dispose));
		menu.setVisible(true);
	}

	private static String locking(int open, Duration left) {
		String which = open == 1 ? "1 vault, locks" : open + " vaults, lock";
		return left.isPositive() ? "%s in %d:%02d".formatted(which, left.toMinutes(), left.toSecondsPart()) : which + " when done";
	}

	private static void set(CLabel label, String text) {
		if (text.equals(label.getText()))
			return;
		label.setText(text);
		label.setToolTipText(text);
	}

	private String server(Session session) {
		String name = session.bookmark().name();
		if (session.state() != State.SIGNED_IN)
			return name + " offline";
		return latency.of(session).isPresent() ? "%s %d ms".formatted(name, latency.of(session).getAsLong()) : name;
	}

	private static String count(int number, String what, String how) {
		return number == 0 ? "no %s %s".formatted(what, how) : "%d %s%s %s".formatted(number, what, number == 1 ? "" : "s", how);
	}
}
