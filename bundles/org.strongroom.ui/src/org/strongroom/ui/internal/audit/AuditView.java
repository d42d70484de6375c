package org.strongroom.ui.internal.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import org.eclipse.jface.action.Action;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.FileDialog;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.part.ViewPart;
import org.strongroom.core.Home;
import org.strongroom.core.residency.Audit;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.residency.audit.AuditLog;
import org.strongroom.residency.audit.DamagedLogException;
import org.strongroom.residency.audit.Entry;
import org.strongroom.residency.audit.Verification;
import org.strongroom.ui.Problems;
import org.strongroom.ui.internal.explorer.ExplorerView;
import org.strongroom.ui.internal.explorer.Labels;
import org.strongroom.ui.internal.work.ToolAction;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/** The audit log of this home, the last lines first, as far as they fit the filters; and whether it is what was written. It has no readable names of files, unless somebody shows the auditor's key: that, and what it makes readable, is forgotten when the view closes. For the UI thread. */
public final class AuditView extends ViewPart {
	/** As in {@code plugin.xml}. */
	public static final String ID = "org.strongroom.ui.audit";
	/** Lines that are shown at the most: the last ones that fit. */
	private static final int MOST = 20_000;
	/** How long it is waited for what was recorded just now. */
	private static final Duration PATIENCE = Duration.ofSeconds(2);
	/** How soon after the last key the filter is applied, in milliseconds. */
	private static final int TYPING = 250;
	private static final String ALL = "(all)";
	private static final String KEY = "Shows readable paths, by the auditor's private key";
	private static final String NO_KEY = "Forgets the auditor's key, and the paths that it made readable";
	private static final List<String> COLUMNS = List.of("Line", "Time", "Event", "Result", "User", "Server", "Vault", "Paths", "Detail");
	private static final List<Integer> WIDTHS = List.of(60, 190, 110, 80, 90, 230, 120, 340, 260);

	private Label says;
	private Combo event;
	private Combo result;
	private Text contains;
	private Table table;
	private Action refresh;
	private Action verify;
	private Work work;
	/** The last one first. */
	private List<Entry> rows = List.of();
	private Runnable typed;
	/** The file with the auditor's private key, if somebody showed it. */
	private Optional<Path> auditorKey = Optional.empty();
	private Action key;

	/** Shows it, as it is now. */
	public static void show(ExplorerView explorer) {
		try {
			if (explorer.getSite().getPage().showView(ID) instanceof AuditView view)
				view.load();
		} catch (PartInitException e) {
			Problems.show("The audit log cannot be shown.", e);
		}
	}

	@Override
	public void createPartControl(Composite parent) {
		Composite area = new Composite(parent, SWT.NONE);
		GridLayoutFactory.fillDefaults().spacing(0, 2).applyTo(area);
		Composite filters = new Composite(area, SWT.NONE);
		GridLayoutFactory.fillDefaults().numColumns(6).extendedMargins(4, 4, 2, 0).applyTo(filters);
		GridDataFactory.fillDefaults().grab(true, false).applyTo(filters);
		event = choice(filters, "Event:", Stream.of(AuditEvent.Kind.values()).map(AuditEvent.Kind::word));
		result = choice(filters, "Result:", Stream.of(AuditEvent.Result.values()).map(AuditEvent.Result::word));
		new Label(filters, SWT.NONE).setText("Contains:");
		contains = new Text(filters, SWT.SEARCH | SWT.ICON_CANCEL);
		contains.setToolTipText("Lines that hold this text: a server, a user, a vault, the hash of a path, a detail");
		GridDataFactory.fillDefaults().grab(true, false).applyTo(contains);
		typed = this::load;
		contains.addModifyListener(_ -> contains.getDisplay().timerExec(TYPING, typed));
		says = new Label(area, SWT.NONE);
		GridDataFactory.fillDefaults().grab(true, false).indent(4, 0).applyTo(says);
		table = new Table(area, SWT.VIRTUAL | SWT.MULTI | SWT.FULL_SELECTION | SWT.V_SCROLL | SWT.H_SCROLL);
		GridDataFactory.fillDefaults().grab(true, true).applyTo(table);
		table.setHeaderVisible(true);
		for (int i = 0; i < COLUMNS.size(); i++) {
			TableColumn column = new TableColumn(table, SWT.NONE);
			column.setText(COLUMNS.get(i));
			column.setWidth(WIDTHS.get(i));
		}
		table.addListener(SWT.SetData, e -> fill((TableItem) e.item, e.index));
		refresh = new ToolAction("Refresh", "Reads the log again", "refresh.svg", this::load);
		verify = new ToolAction("Verify", "Makes sure that the log is what was written", "audit.svg", this::verify);
		key = new ToolAction("Auditor's Key…", KEY, "key.svg", this::key);
		getViewSite().getActionBars().getToolBarManager().add(key);
		getViewSite().getActionBars().getToolBarManager().add(verify);
		getViewSite().getActionBars().getToolBarManager().add(refresh);
		load();
	}

	private Combo choice(Composite parent, String label, Stream<String> words) {
		new Label(parent, SWT.NONE).setText(label);
		Combo choice = new Combo(parent, SWT.READ_ONLY);
		choice.add(ALL);
		words.forEach(choice::add);
		choice.select(0);
		choice.addListener(SWT.Selection, _ -> load());
		return choice;
	}

	private void fill(TableItem item, int index) {
		if (index >= rows.size())
			return;
		Entry e = rows.get(index);
		item.setText(new String[] { Long.toString(e.number()), e.time(), e.event(), e.result(), Labels.shown(e.user()), Labels.shown(e.server()), Labels.shown(e.vault()), Labels.shown(e.pathWords()),
				Labels.shown(e.detailWords()) });
	}

	private void key() {
		if (auditorKey.isPresent()) {
			use(Optional.empty());
			return;
		}
		var dialog = new FileDialog(getSite().getShell(), SWT.OPEN);
		dialog.setText("Auditor's Private Key");
		String chosen = dialog.open();
		if (chosen != null)
			use(Optional.of(Path.of(chosen)));
	}

	/** From now on shows paths by this key, or as hashes. */
	public void use(Optional<Path> file) {
		auditorKey = file;
		key.setToolTipText(file.isPresent() ? NO_KEY : KEY);
		key.setText(file.isPresent() ? "Forget the Auditor's Key" : "Auditor's Key…");
		rows = List.of();
		table.setItemCount(0);
		load();
	}

	/** What the filters say. */
	private record Filter(String event, String result, String text) {
		boolean takes(Entry e) {
			return (event.equals(ALL) || e.event().equals(event)) && (result.equals(ALL) || e.result().equals(result)) && (text.isEmpty() || Stream
					.of(e.time(), e.machine(), e.user(), e.process(), e.server(), e.serverKey(), e.vault(), String.join(" ", e.paths()), e.place(), e.pathWords(), e.detailWords()).anyMatch(t -> t.toLowerCase(Locale.ROOT).contains(text)));
		}
	}

	private void load() {
		if (table == null || table.isDisposed())
			return;
		var filter = new Filter(event.getText(), result.getText(), contains.getText().strip().toLowerCase(Locale.ROOT));
		Audit audit = getSite().getService(Audit.class);
		Optional<Path> shown = auditorKey;
		begin("Reading", "The audit log was not read.", () -> {
			if (audit != null)
				audit.settle(PATIENCE);
			var found = new ArrayList<>(last(shown, filter));
			Collections.reverse(found);
			Optional<String> problem = audit == null ? Optional.empty() : audit.problem();
			return () -> {
				rows = found;
				table.clearAll();
				table.setItemCount(rows.size());
				say(problem.orElseGet(() -> rows.size() == MOST ? "The last %,d lines.".formatted(MOST) : rows.size() == 1 ? "1 line." : "%,d lines.".formatted(rows.size())));
			};
		});
	}

	/** A key that is none is forgotten at once. */
	private List<Entry> last(Optional<Path> shown, Filter filter) throws IOException {
		try {
			return AuditLog.ofHome(Home.folder()).last(shown, filter::takes, MOST, () -> !Thread.currentThread().isInterrupted());
		} catch (IOException e) {
			if (shown.isPresent())
				Ui.async(() -> forget(shown));
			throw e;
		}
	}

	private void forget(Optional<Path> shown) {
		if (!table.isDisposed() && auditorKey.equals(shown))
			use(Optional.empty());
	}

	private void verify() {
		begin("Verifying", "The audit log was not verified.", () -> {
			String found;
			try {
				found = words(AuditLog.ofHome(Home.folder()).verify(Optional.empty(), Optional.empty()));
			} catch (DamagedLogException e) {
				found = "Damaged: " + e.getMessage();
			}
			String what = found;
			return () -> say(what);
		});
	}

	private static String words(Verification found) {
		return "Whole: lines %,d to %,d, %,d signatures, the last at line %,d. %s".formatted(found.first(), found.last(), found.checkpoints(), found.signed(), String.join(" ", found.notes())).strip();
	}

	private interface Reading {
		/** Not on the UI thread. @return what is to be shown then, on that */
		Runnable read() throws IOException;
	}

	private void begin(String doing, String failed, Reading reading) {
		if (work != null)
			work.cancel();
		refresh.setEnabled(false);
		verify.setEnabled(false);
		var mine = new Work[1];
		mine[0] = Work.start(doing, "the audit log", failed, _ -> {
			Runnable shown = reading.read();
			Ui.async(() -> ended(mine[0], shown));
		}, () -> ended(mine[0], () -> say("")));
		work = mine[0];
	}

	private void ended(Work of, Runnable shown) {
		if (work != of || table.isDisposed())
			return; // there is other work by now
		work = null;
		refresh.setEnabled(true);
		verify.setEnabled(true);
		shown.run();
	}

	private void say(String text) {
		says.setText(Labels.shown(text).replace("&", "&&"));
		says.setToolTipText(text);
		says.getParent().layout();
	}

	@Override
	public void setFocus() {
		table.setFocus();
	}

	@Override
	public void dispose() {
		if (work != null)
			work.cancel();
		rows = List.of();
		auditorKey = Optional.empty();
		super.dispose();
	}
}
