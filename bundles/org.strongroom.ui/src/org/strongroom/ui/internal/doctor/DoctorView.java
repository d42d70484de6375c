package org.strongroom.ui.internal.doctor;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.layout.TableColumnLayout;
import org.eclipse.jface.viewers.ColumnWeightData;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.ui.ISharedImages;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.part.ViewPart;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.SessionListener;
import org.strongroom.core.Sessions;
import org.strongroom.core.doctor.Finding;
import org.strongroom.core.doctor.Finding.Severity;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.doctor.LeakCheck;
import org.strongroom.doctor.Machine;
import org.strongroom.doctor.ServerCheck;
import org.strongroom.editors.GuardedText;
import org.strongroom.ui.Problems;
import org.strongroom.ui.internal.explorer.Container;
import org.strongroom.ui.internal.explorer.ExplorerView;
import org.strongroom.ui.internal.explorer.Labels;
import org.strongroom.ui.internal.work.ToolAction;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/** What lies open on this machine or on a server, why it matters, and how to mend it. What was found in a vault disappears when that is locked. For the UI thread. */
public final class DoctorView extends ViewPart implements SessionListener {
	/** As in {@code plugin.xml}. */
	public static final String ID = "org.strongroom.ui.doctor";

	/** One look, again and again the same. */
	private interface Check {
		List<Finding> look() throws IOException;
	}

	private Label says;
	private Table table;
	private StyledText details;
	private Action again;
	private Action stop;
	private Sessions sessions;
	/** What was looked at last, for a person; empty before. */
	private String subject = "";
	/** Where; null for this machine. */
	private Session session;
	private Check check;
	private Work work;
	private boolean cutOff;
	/** The worst first. */
	private List<Finding> rows = List.of();

	/** Looks at this machine. */
	public static void machine(ExplorerView explorer) {
		Bookmarks bookmarks = explorer.getSite().getService(Bookmarks.class);
		show(explorer, "this machine", null, () -> LeakCheck.of(Machine.here(), bookmarks.list()));
	}

	/** Looks at the server of a folder, and at the vaults in it; at a vault, if it is one or lies in one. */
	public static void server(ExplorerView explorer, Container folder) {
		Session session = folder.session().orElseThrow();
		String location = folder.location();
		String prefix = session.bookmark().name() + ":";
		show(explorer, prefix + location, session, () -> ServerCheck.of(session, prefix, location, Unlocking.NEVER));
	}

	private static void show(ExplorerView explorer, String subject, Session session, Check check) {
		try {
			if (explorer.getSite().getPage().showView(ID) instanceof DoctorView view)
				view.start(subject, session, check);
		} catch (PartInitException e) {
			Problems.show("What was found cannot be shown.", e);
		}
	}

	private void start(String ofWhat, Session where, Check how) {
		clear();
		subject = ofWhat;
		session = where;
		check = how;
		var mine = new Work[1];
		mine[0] = Work.start("Checking", ofWhat, "%s was not looked at wholly.".formatted(ofWhat), (IProgressMonitor m) -> {
			m.beginTask("", IProgressMonitor.UNKNOWN);
			List<Finding> found = how.look();
			Ui.async(() -> ended(mine[0], found, false));
		}, () -> ended(mine[0], List.of(), true));
		work = mine[0];
		update();
	}

	private void ended(Work of, List<Finding> found, boolean early) {
		if (work != of || table.isDisposed())
			return; // there is another look by now, or nothing of it may be seen any more
		work = null;
		cutOff = early;
		rows = found.stream().sorted(Comparator.comparing(Finding::severity).reversed()).toList();
		update();
		if (!rows.isEmpty())
			table.setSelection(0);
		tell();
	}

	private void clear() {
		if (work != null)
			work.cancel();
		work = null;
		cutOff = false;
		rows = List.of();
		subject = "";
		session = null;
		check = null;
	}

	@Override
	public void createPartControl(Composite parent) {
		Composite area = new Composite(parent, SWT.NONE);
		GridLayoutFactory.fillDefaults().spacing(0, 2).applyTo(area);
		says = new Label(area, SWT.NONE);
		GridDataFactory.fillDefaults().grab(true, false).indent(4, 2).applyTo(says);
		var sash = new SashForm(area, SWT.HORIZONTAL);
		GridDataFactory.fillDefaults().grab(true, true).applyTo(sash);
		Composite holder = new Composite(sash, SWT.NONE);
		var layout = new TableColumnLayout();
		holder.setLayout(layout);
		table = new Table(holder, SWT.SINGLE | SWT.FULL_SELECTION | SWT.V_SCROLL | SWT.H_SCROLL);
		table.setHeaderVisible(true);
		column(layout, "Severity", 15);
		column(layout, "Found", 60);
		column(layout, "Where", 25);
		table.addListener(SWT.Selection, _ -> tell());
		details = new GuardedText(sash, SWT.MULTI | SWT.READ_ONLY | SWT.WRAP | SWT.V_SCROLL | SWT.BORDER, way -> Optional.of(Outgoing.of(way, Optional.ofNullable(session).map(Session::bookmark))));
		sash.setWeights(60, 40);
		again = new ToolAction("Check Again", "Looks again at the same", "refresh.svg", () -> start(subject, session, check));
		stop = new ToolAction("Stop", "Stops looking", "stop.svg", () -> work.cancel());
		getViewSite().getActionBars().getToolBarManager().add(stop);
		getViewSite().getActionBars().getToolBarManager().add(again);
		sessions = getSite().getService(Sessions.class);
		sessions.addListener(this);
		update();
	}

	private void column(TableColumnLayout layout, String title, int weight) {
		TableColumn column = new TableColumn(table, SWT.NONE);
		column.setText(title);
		layout.setColumnData(column, new ColumnWeightData(weight, true));
	}

	private void update() {
		table.removeAll();
		for (Finding finding : rows) {
			var row = new TableItem(table, SWT.NONE);
			row.setText(new String[] { finding.severity().name().toLowerCase(Locale.ROOT), Labels.shown(finding.what()), Labels.shown(finding.subject()) });
			row.setImage(image(finding.severity()));
		}
		tell();
		says.setText(Labels.shown(words()).replace("&", "&&"));
		says.getParent().layout();
		again.setEnabled(work == null && check != null);
		stop.setEnabled(work != null);
	}

	private static Image image(Severity severity) {
		return switch (severity) {
		case SERIOUS -> PlatformUI.getWorkbench().getSharedImages().getImage(ISharedImages.IMG_OBJS_ERROR_TSK);
		case WARNING -> PlatformUI.getWorkbench().getSharedImages().getImage(ISharedImages.IMG_OBJS_WARN_TSK);
		case NOTE -> PlatformUI.getWorkbench().getSharedImages().getImage(ISharedImages.IMG_OBJS_INFO_TSK);
		case OK, UNCHECKED -> null;
		};
	}

	private String words() {
		if (check == null)
			return "Check This Machine and Check Server tell what lies open, and how to mend it.";
		if (work != null)
			return "Looking at " + subject + " …";
		if (cutOff)
			return subject + ": stopped.";
		Map<Severity, Long> counts = rows.stream().collect(Collectors.groupingBy(Finding::severity, Collectors.counting()));
		long warnings = counts.getOrDefault(Severity.WARNING, 0L);
		long notes = counts.getOrDefault(Severity.NOTE, 0L);
		return "%s: %d serious, %d %s, %d %s, %d fine, %d not checked.".formatted(subject, counts.getOrDefault(Severity.SERIOUS, 0L), warnings, warnings == 1 ? "warning" : "warnings", notes, notes == 1 ? "note" : "notes",
				counts.getOrDefault(Severity.OK, 0L), counts.getOrDefault(Severity.UNCHECKED, 0L));
	}

	/** Shows all of the selected one. */
	private void tell() {
		int index = table.getSelectionIndex();
		if (index < 0 || index >= rows.size()) {
			details.setText("");
			return;
		}
		Finding finding = rows.get(index);
		var text = new StringBuilder(finding.subject()).append("\n").append(finding.what());
		if (!finding.why().isEmpty())
			text.append("\n\n").append(finding.why());
		if (!finding.mend().isEmpty())
			text.append("\n\nTo mend it:\n").append(finding.mend());
		details.setText(text.toString());
	}

	@Override
	public void changed(Session ofWhat) {
		if (ofWhat.state() == Session.State.CLOSED)
			forget(ofWhat);
	}

	@Override
	public void locking(Session ofWhat, String vault) {
		forget(ofWhat);
	}

	/** What was found names items of a vault. */
	private void forget(Session ofWhat) {
		Ui.async(() -> {
			if (session == null || session != ofWhat || table.isDisposed())
				return;
			clear();
			update();
		});
	}

	@Override
	public void setFocus() {
		table.setFocus();
	}

	@Override
	public void dispose() {
		sessions.removeListener(this);
		if (work != null)
			work.cancel();
		super.dispose();
	}
}
