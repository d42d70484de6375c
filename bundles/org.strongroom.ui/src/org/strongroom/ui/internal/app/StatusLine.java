package org.strongroom.ui.internal.app;

import java.util.List;
import java.util.stream.Collectors;

import org.eclipse.jface.action.IStatusLineManager;
import org.eclipse.jface.action.StatusLineContributionItem;
import org.eclipse.swt.widgets.Display;
import org.eclipse.ui.IWorkbenchWindow;
import org.strongroom.core.Session;
import org.strongroom.core.Session.State;
import org.strongroom.core.Sessions;
import org.strongroom.editors.OpenEditors;
import org.strongroom.ui.internal.transfer.Exports;

/** Tells how things stand: servers, vaults, unsaved files, and what lies readable on this machine. */
final class StatusLine {
	private static final int EVERY_MILLIS = 500;
	private final IWorkbenchWindow window;
	private final StatusLineContributionItem servers = item("servers", 22);
	private final StatusLineContributionItem vaults = item("vaults", 16);
	private final StatusLineContributionItem unsaved = item("unsaved", 9);
	private final StatusLineContributionItem residency = item("residency", 33);
	private final Latency latency = new Latency();

	StatusLine(IWorkbenchWindow window) {
		this.window = window;
	}

	private static StatusLineContributionItem item(String id, int chars) {
		return new StatusLineContributionItem("org.strongroom.ui." + id, chars);
	}

	void fill(IStatusLineManager line) {
		for (StatusLineContributionItem item : List.of(servers, vaults, unsaved, residency)) {
			item.setText(" ");
			line.add(item);
		}
		Display.getCurrent().asyncExec(this::update);
	}

	private void update() {
		if (window.getShell() == null || window.getShell().isDisposed()) {
			latency.stop();
			return;
		}
		Sessions sessions = window.getService(Sessions.class);
		if (sessions != null) {
			List<Session> all = sessions.all();
			latency.measure(all);
			set(servers, all.isEmpty() ? "not signed in" : all.stream().map(this::server).sorted().collect(Collectors.joining(", ")));
			int open = all.stream().mapToInt(s -> s.vaults().size()).sum();
			set(vaults, count(open, "vault", "unlocked"));
		}
		set(unsaved, "%d unsaved".formatted(OpenEditors.unsaved()));
		Exports exports = window.getService(Exports.class);
		int saved = exports == null ? 0 : exports.count();
		set(residency, saved == 0 ? "nothing readable on this machine" : "%d %s saved readable on this machine".formatted(saved, saved == 1 ? "item" : "items"));
		Display.getCurrent().timerExec(EVERY_MILLIS, this::update);
	}

	private static void set(StatusLineContributionItem item, String text) {
		if (!text.equals(item.getText()))
			item.setText(text);
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
