package org.strongroom.ui.internal.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.IMessageProvider;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.TableColumnLayout;
import org.eclipse.jface.viewers.ArrayContentProvider;
import org.eclipse.jface.viewers.ColumnLabelProvider;
import org.eclipse.jface.viewers.ColumnWeightData;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.jface.viewers.TableViewerColumn;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Shell;
import org.strongroom.core.Session;
import org.strongroom.core.SessionListener;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.ui.internal.explorer.Explorer;
import org.strongroom.ui.internal.explorer.ExplorerView;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/**
 * What a server tells about an item, as a list beside the window, with what can be done about it. Closes by itself when the names in it must not be seen any more: its vault is locked, or its
 * session ends. For the UI thread.
 *
 * @param <R> a row
 */
abstract class ServerDialog<R> extends TitleAreaDialog implements SessionListener {
	private static final int WIDTH_CHARS = 110;
	private static final int HEIGHT_CHARS = 22;
	/** How far from the window's corner it opens, in pixels. */
	private static final int MARGIN = 24;
	private static final int FIRST_ACTION = IDialogConstants.CLIENT_ID;

	/**
	 * A column.
	 *
	 * @param weight its share of the width
	 * @param text what it says of a row
	 */
	record Column<R>(String title, int weight, Function<R, String> text) {
	}

	/**
	 * What can be done.
	 *
	 * @param when with which selected rows
	 */
	record Action<R>(String label, String toolTip, Predicate<List<R>> when, Consumer<List<R>> run) {
		/** Something to be done about one row. */
		static <R> Action<R> ofOne(String label, String toolTip, Predicate<R> when, Consumer<R> run) {
			return new Action<>(label, toolTip, rows -> rows.size() == 1 && when.test(rows.getFirst()), rows -> run.accept(rows.getFirst()));
		}
	}

	private final ExplorerView view;
	private final Session session;
	private final String location;
	private final List<Button> buttons = new ArrayList<>();
	private List<Action<R>> actions;
	private List<Column<R>> columns;
	private TableColumnLayout layout;
	private TableViewer viewer;

	/** @param location of what it is about, in the session */
	ServerDialog(ExplorerView view, Session session, String location) {
		super(view.getSite().getShell());
		this.view = view;
		this.session = session;
		this.location = location;
		setShellStyle(SWT.SHELL_TRIM | SWT.MODELESS);
		setBlockOnOpen(false);
		setHelpAvailable(false);
	}

	/** What stands in the title bar before the name. */
	abstract String title();

	abstract List<Column<R>> columns();

	/** What can be done; the first by a double click, too. */
	abstract List<Action<R>> actions();

	/** Asks the server; on a job's thread. */
	abstract List<R> ask() throws IOException;

	/** What is said above the rows. */
	abstract String says(List<R> rows);

	/** As what it is said: a constant of {@link IMessageProvider}. */
	int kind() {
		return IMessageProvider.NONE;
	}

	final ExplorerView view() {
		return view;
	}

	final Explorer explorer() {
		return view.explorer();
	}

	final Session session() {
		return session;
	}

	final String location() {
		return location;
	}

	/** What it is about, by its name. */
	final String name() {
		return location.equals("/") ? session.bookmark().name() : StoragePaths.name(location);
	}

	/** Opens it, or brings it to the front if it is open. */
	final void show() {
		for (Shell shell : Ui.display().getShells())
			if (shell.getData() instanceof ServerDialog<?> d && d.getClass() == getClass() && d.session == session && d.location.equals(location)) {
				shell.setActive();
				return;
			}
		open();
		explorer().sessions().addListener(this);
		load();
	}

	@Override
	protected void configureShell(Shell shell) {
		super.configureShell(shell);
		shell.setText("%s %s".formatted(title(), harmless(name())));
		shell.addDisposeListener(_ -> explorer().sessions().removeListener(this));
	}

	@Override
	protected Point getInitialSize() {
		return new Point(convertWidthInCharsToPixels(WIDTH_CHARS), convertHeightInCharsToPixels(HEIGHT_CHARS));
	}

	/** In the lower right corner, where the least is hidden of an editor that opens meanwhile. */
	@Override
	protected Point getInitialLocation(Point size) {
		Rectangle window = getParentShell().getBounds();
		return new Point(Math.max(window.x, window.x + window.width - size.x - MARGIN), Math.max(window.y, window.y + window.height - size.y - MARGIN));
	}

	@Override
	protected Control createDialogArea(Composite parent) {
		Composite area = (Composite) super.createDialogArea(parent);
		setTitle(harmless(session.bookmark().name() + ":" + location));
		Composite holder = new Composite(area, SWT.NONE);
		GridDataFactory.fillDefaults().grab(true, true).applyTo(holder);
		layout = new TableColumnLayout();
		holder.setLayout(layout);
		viewer = new TableViewer(holder, SWT.MULTI | SWT.FULL_SELECTION | SWT.V_SCROLL | SWT.H_SCROLL);
		viewer.getTable().setHeaderVisible(true);
		viewer.setContentProvider(ArrayContentProvider.getInstance());
		columns = columns();
		columns.forEach(this::column);
		viewer.addSelectionChangedListener(_ -> enable());
		viewer.addDoubleClickListener(_ -> run(actions.getFirst()));
		return area;
	}

	private void column(Column<R> column) {
		var shown = new TableViewerColumn(viewer, SWT.NONE);
		shown.getColumn().setText(column.title());
		layout.setColumnData(shown.getColumn(), new ColumnWeightData(column.weight(), true));
		shown.setLabelProvider(new ColumnLabelProvider() {
			@Override
			@SuppressWarnings("unchecked")
			public String getText(Object row) {
				return harmless(column.text().apply((R) row));
			}
		});
	}

	/** A text of a server, on one line. */
	static String harmless(String text) {
		return Challenge.printable(text).replace('\n', ' ');
	}

	@Override
	protected void createButtonsForButtonBar(Composite parent) {
		actions = actions();
		for (Action<R> a : actions) {
			Button button = createButton(parent, FIRST_ACTION + buttons.size(), a.label(), false);
			button.setToolTipText(a.toolTip());
			buttons.add(button);
		}
		createButton(parent, IDialogConstants.CLOSE_ID, IDialogConstants.CLOSE_LABEL, false);
		enable();
	}

	@Override
	protected Control createContents(Composite parent) {
		Control contents = super.createContents(parent);
		viewer.getTable().setFocus();
		return contents;
	}

	@Override
	protected void buttonPressed(int id) {
		if (id >= FIRST_ACTION && id < FIRST_ACTION + actions.size())
			run(actions.get(id - FIRST_ACTION));
		else
			close();
	}

	private void run(Action<R> action) {
		if (action.when().test(selected()))
			action.run().accept(selected());
	}

	@SuppressWarnings("unchecked")
	private List<R> selected() {
		return viewer.getStructuredSelection().toList();
	}

	private void enable() {
		for (int i = 0; i < buttons.size(); i++)
			buttons.get(i).setEnabled(actions.get(i).when().test(selected()));
	}

	/** Asks the server what there is now. */
	final void load() {
		load(_ -> {
		});
	}

	/** Asks the server what there is now, unless it is closed. @param then told once that is shown */
	final void load(Consumer<List<R>> then) {
		if (!isOpen())
			return;
		setMessage("Asking the server…");
		Work.start("Listing", "", "The server did not tell what there is of %s.".formatted(name()), _ -> {
			List<R> rows = ask();
			Ui.async(() -> {
				if (isOpen())
					show(rows, then);
			});
		}, () -> {
			if (isOpen())
				setMessage("The server did not tell.", IMessageProvider.WARNING);
		});
	}

	private boolean isOpen() {
		return getShell() != null && !getShell().isDisposed();
	}

	private void show(List<R> rows, Consumer<List<R>> then) {
		viewer.setInput(rows);
		for (int i = 0; i < columns.size(); i++) {
			Column<R> c = columns.get(i);
			boolean silent = !rows.isEmpty() && rows.stream().allMatch(r -> c.text().apply(r).isEmpty());
			layout.setColumnData(viewer.getTable().getColumn(i), silent ? new ColumnWeightData(0, 0, false) : new ColumnWeightData(c.weight(), true));
		}
		viewer.getTable().getParent().layout();
		setMessage(says(rows), kind());
		if (!rows.isEmpty())
			select(rows.getFirst());
		enable();
		if (rows.isEmpty())
			buttons.stream().filter(Button::isEnabled).findFirst().ifPresent(Button::setFocus);
		then.accept(rows);
	}

	/** Selects a row. */
	final void select(R row) {
		viewer.setSelection(new StructuredSelection(row), true);
		viewer.getTable().setFocus();
	}

	@Override
	public void changed(Session changed) {
		if (changed == session && session.state() == Session.State.CLOSED)
			Ui.async(this::close);
	}

	@Override
	public void locking(Session of, String vault) {
		if (of == session && StoragePaths.isIn(location, vault))
			Ui.async(this::close);
	}
}
