package org.strongroom.ui.internal.find;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.IToolBarManager;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.layout.TableColumnLayout;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.jface.viewers.ColumnWeightData;
import org.eclipse.jface.window.Window;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.part.ViewPart;
import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.core.SessionListener;
import org.strongroom.core.Sessions;
import org.strongroom.core.find.Finder;
import org.strongroom.core.find.Glob;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.ui.Problems;
import org.strongroom.ui.Problems.Failure;
import org.strongroom.ui.internal.commands.Editors;
import org.strongroom.ui.internal.explorer.Container;
import org.strongroom.ui.internal.explorer.Explorer;
import org.strongroom.ui.internal.explorer.ExplorerView;
import org.strongroom.ui.internal.explorer.Labels;
import org.strongroom.ui.internal.explorer.Order;
import org.strongroom.ui.internal.explorer.Sizes;
import org.strongroom.ui.internal.explorer.Times;
import org.strongroom.ui.internal.work.ToolAction;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/** What was found by its name, as it comes. What lies in a vault disappears when that is locked. Keeps nothing from one run to the next. For the UI thread, unless it says otherwise. */
public final class FindView extends ViewPart implements SessionListener {
	/** As in {@code plugin.xml}. */
	public static final String ID = "org.strongroom.ui.find";
	/** More than that nobody looks through. */
	private static final int MOST = 10_000;
	/** How often the rows are shown anew while they come, in milliseconds. */
	private static final int PAUSE = 250;

	/** One search. */
	private final class Search implements Finder.Listener {
		private final Session session;
		private final String folder;
		private final String wished;
		private final Glob pattern;
		/** What has come and is not shown yet. Guarded by this, as are the others. */
		private final List<Item> fresh = new ArrayList<>();
		private final List<Failure> failures = new ArrayList<>();
		private final Set<String> passed = new LinkedHashSet<>();
		/** Vaults of which nothing is told any more. */
		private final Set<String> locked = new HashSet<>();
		private String looking = "";
		private boolean indexed;
		private int count;
		private boolean announced;
		private IProgressMonitor monitor;
		/** What it came to; for the UI thread, as is what follows. */
		private State state = State.RUNNING;
		private Work work;

		Search(Session session, String folder, String wished, Glob pattern) {
			this.session = session;
			this.folder = folder;
			this.wished = wished;
			this.pattern = pattern;
		}

		void start() {
			work = Work.start("Finding", wished, "The search has come to an end early; what was found until then is shown.", m -> {
				synchronized (this) {
					monitor = m;
				}
				m.beginTask("", IProgressMonitor.UNKNOWN);
				session.refresh(folder);
				try {
					Finder.find(session, folder, pattern, this);
				} catch (InterruptedIOException e) {
					if (!isFull())
						throw e;
				}
				Ui.async(() -> ended(State.DONE));
			}, () -> ended(State.CUT_OFF));
		}

		private void ended(State how) {
			state = how;
			if (search == this)
				show();
		}

		private synchronized boolean isFull() {
			return count >= MOST;
		}

		@Override
		public synchronized void found(Item item) {
			if (isFull() || isSecret(item.location()))
				return;
			count++;
			fresh.add(item);
			announce();
		}

		@Override
		public synchronized void looking(String location) {
			if (isSecret(location))
				return;
			looking = location;
			monitor.subTask(location);
			announce();
		}

		@Override
		public synchronized void failed(String location, IOException why) {
			if (isSecret(location))
				return;
			failures.add(new Failure(location, why));
			announce();
		}

		@Override
		public synchronized void indexed() {
			indexed = true;
		}

		@Override
		public synchronized void passed(String location) {
			passed.add(location);
			announce();
		}

		@Override
		public boolean cancelled() {
			return monitor.isCanceled() || isFull();
		}

		private void announce() {
			if (announced)
				return;
			announced = true;
			Ui.async(() -> {
				if (!table.isDisposed())
					table.getDisplay().timerExec(PAUSE, () -> {
						if (search == this && !table.isDisposed())
							show();
					});
			});
		}

		/** What has come since; nothing of it is kept here. */
		private synchronized List<Item> take() {
			announced = false;
			List<Item> all = List.copyOf(fresh);
			fresh.clear();
			return all;
		}

		/** Whether only a vault that is locked by now tells that name. */
		private boolean isSecret(String location) {
			return locked.stream().anyMatch(vault -> StoragePaths.isBelow(location, vault));
		}

		/** Forgets all names in a vault. */
		private synchronized void forget(String vault) {
			locked.add(vault);
			fresh.removeIf(i -> isSecret(i.location()));
			failures.removeIf(f -> isSecret(f.item()));
			looking = "";
			if (monitor != null)
				monitor.subTask("");
		}
	}

	private enum State {
		RUNNING, DONE, CUT_OFF
	}

	private LocalResourceManager images;
	private Link says;
	private Table table;
	private Order order = Order.NAME;
	private boolean byFolder;
	/** Sorted. */
	private List<Item> rows = List.of();
	/** Null before the first one, and when nothing of it may be seen any more. */
	private Search search;
	private Action stop;
	private Action again;
	private Sessions sessions;

	/** Asks what to find below a folder, and finds it. */
	public static void find(ExplorerView explorer, Container folder) {
		Session session = folder.session().orElseThrow();
		String location = folder.location();
		var dialog = new FindDialog(explorer.getSite().getShell(), Labels.shown(session.bookmark().name() + ":" + location));
		if (dialog.open() != Window.OK)
			return;
		try {
			if (explorer.getSite().getPage().showView(ID) instanceof FindView view)
				view.start(session, location, dialog.wished(), dialog.pattern());
		} catch (PartInitException e) {
			Problems.show("What is found cannot be shown.", e);
		}
	}

	private void start(Session session, String folder, String wished, Glob pattern) {
		clear();
		search = new Search(session, folder, wished, pattern);
		search.start();
		show();
	}

	/** Ends what is running, and shows nothing any more. */
	private void clear() {
		if (search != null && search.work != null)
			search.work.cancel();
		search = null;
		rows = List.of();
		if (!table.isDisposed())
			show();
	}

	@Override
	public void createPartControl(Composite parent) {
		images = new LocalResourceManager(JFaceResources.getResources(), parent);
		Composite area = new Composite(parent, SWT.NONE);
		GridLayoutFactory.fillDefaults().spacing(0, 2).applyTo(area);
		says = new Link(area, SWT.NONE);
		GridDataFactory.fillDefaults().grab(true, false).indent(4, 2).applyTo(says);
		says.addListener(SWT.Selection, _ -> tellFailures());
		Composite holder = new Composite(area, SWT.NONE);
		GridDataFactory.fillDefaults().grab(true, true).applyTo(holder);
		var layout = new TableColumnLayout();
		holder.setLayout(layout);
		table = new Table(holder, SWT.VIRTUAL | SWT.MULTI | SWT.FULL_SELECTION | SWT.V_SCROLL | SWT.H_SCROLL);
		table.setHeaderVisible(true);
		column(layout, "Name", 35, () -> sortBy(Order.NAME, false));
		column(layout, "Lies in", 30, () -> sortBy(Order.NAME, true));
		column(layout, "Size", 10, () -> sortBy(Order.SIZE, false));
		column(layout, "Changed", 25, () -> sortBy(Order.MODIFIED, false));
		table.setSortColumn(table.getColumn(0));
		table.setSortDirection(SWT.UP);
		table.addListener(SWT.SetData, e -> fill((TableItem) e.item, rows.get(e.index)));
		table.addListener(SWT.DefaultSelection, _ -> open());
		createActions();
		sessions = getSite().getService(Sessions.class);
		sessions.addListener(this);
		show();
	}

	private void column(TableColumnLayout layout, String title, int weight, Runnable sort) {
		TableColumn column = new TableColumn(table, SWT.NONE);
		column.setText(title);
		column.addListener(SWT.Selection, _ -> {
			table.setSortColumn(column);
			table.setSortDirection(title.equals("Size") || title.equals("Changed") ? SWT.DOWN : SWT.UP);
			sort.run();
		});
		layout.setColumnData(column, new ColumnWeightData(weight, true));
	}

	private void createActions() {
		Action open = new ToolAction("Open", "Opens the file, or shows the folder in the explorer", null, this::open);
		Action reveal = new ToolAction("Show in Explorer", "Selects it in the explorer", null, this::reveal);
		again = new ToolAction("Find Again", "Looks again for the same", "refresh.svg",
				() -> start(search.session, search.folder, search.wished, search.pattern));
		stop = new ToolAction("Stop", "Stops finding; what was found stays", "stop.svg", () -> search.work.cancel());
		IToolBarManager tools = getViewSite().getActionBars().getToolBarManager();
		tools.add(stop);
		tools.add(again);
		var popup = new MenuManager();
		popup.add(open);
		popup.add(reveal);
		popup.addMenuListener(_ -> {
			open.setEnabled(table.getSelectionCount() == 1);
			reveal.setEnabled(table.getSelectionCount() == 1);
		});
		table.setMenu(popup.createContextMenu(table));
	}

	private void sortBy(Order newOrder, boolean folderFirst) {
		order = newOrder;
		byFolder = folderFirst;
		show();
	}

	private void fill(TableItem row, Item item) {
		row.setText(new String[] { Labels.shown(item.name()), Labels.shown(StoragePaths.parent(item.location())), item.type() == Type.FILE ? Sizes.human(item.size()) : "", Times.human(item.modified()) });
		row.setImage(images.get(Labels.icon(item).descriptor()));
	}

	/** Shows what there is now; what was selected stays so. */
	private void show() {
		List<Item> fresh = search == null ? List.of() : search.take();
		Set<Item> selected = new LinkedHashSet<>(selected());
		var all = new ArrayList<Item>(rows);
		all.addAll(fresh);
		List<Item> sorted = order.sort(all);
		rows = byFolder ? sorted.stream().sorted(Comparator.comparing(i -> StoragePaths.parent(i.location()))).toList() : sorted;
		table.setItemCount(rows.size());
		table.clearAll();
		table.setSelection(IntStream.range(0, rows.size()).filter(i -> selected.contains(rows.get(i))).toArray());
		says.setText(says());
		says.getParent().layout();
		stop.setEnabled(search != null && search.state == State.RUNNING);
		again.setEnabled(search != null && search.state != State.RUNNING);
	}

	private List<Item> selected() {
		return Arrays.stream(table.getSelectionIndices()).filter(i -> i < rows.size()).mapToObj(rows::get).toList();
	}

	private String says() {
		if (search == null)
			return "Find Files… on a folder finds what lies in it by its name.";
		synchronized (search) {
			var text = new StringBuilder("%s in %s: ".formatted(search.wished, search.session.bookmark().name() + ":" + search.folder));
			text.append(rows.isEmpty() ? "nothing" : rows.size() == 1 ? "one item" : "%,d items".formatted(rows.size())).append(switch (search.state) {
			case RUNNING -> " so far; looking into " + search.looking;
			case CUT_OFF -> " until it was stopped. There may be more.";
			case DONE -> search.isFull() ? ". There are more: find something more precise." : ".";
			});
			if (!search.passed.isEmpty())
				text.append(search.passed.size() == 1 ? " A locked vault was left out." : " %,d locked vaults were left out.".formatted(search.passed.size()));
			else if (search.indexed)
				text.append(" Locked vaults, if there are any, were left out.");
			String safe = Labels.shown(text.toString()).replace("&", "&&").replace("<", "‹").replace(">", "›");
			if (!search.failures.isEmpty())
				safe += " <a>%s</a>".formatted(search.failures.size() == 1 ? "One place could not be looked at." : "%,d places could not be looked at.".formatted(search.failures.size()));
			return safe;
		}
	}

	private void tellFailures() {
		synchronized (search) {
			Problems.show("What lies there may have been missed.", List.copyOf(search.failures));
		}
	}

	private void open() {
		if (selected().size() != 1)
			return;
		Item item = selected().getFirst();
		if (item.problem().isPresent())
			Problems.show("%s cannot be opened.".formatted(item.name()), new IOException(item.problem().get()));
		else if (item.type() == Type.FILE)
			Editors.open(getSite().getPage(), search.session, item);
		else
			reveal();
	}

	private void reveal() {
		if (selected().size() != 1)
			return;
		try {
			if (getSite().getPage().showView(ExplorerView.ID, null, IWorkbenchPage.VIEW_ACTIVATE) instanceof ExplorerView view)
				view.explorer().reveal(search.session, selected().getFirst().location(), node -> view.select(List.of(node)));
		} catch (PartInitException e) {
			Problems.show("The explorer cannot be shown.", e);
		}
	}

	@Override
	public void changed(Session session) {
		if (session.state() == Session.State.CLOSED)
			Ui.async(() -> {
				if (search != null && search.session == session)
					clear();
			});
	}

	@Override
	public void locking(Session session, String vault) {
		Ui.async(() -> {
			if (search == null || search.session != session)
				return;
			if (StoragePaths.isIn(search.folder, vault)) {
				clear();
				return;
			}
			search.forget(vault);
			rows = rows.stream().filter(i -> !StoragePaths.isBelow(i.location(), vault)).toList();
			show();
		});
	}

	@Override
	public void setFocus() {
		table.setFocus();
	}

	@Override
	public void dispose() {
		sessions.removeListener(this);
		if (search != null && search.work != null)
			search.work.cancel();
		super.dispose();
	}
}
