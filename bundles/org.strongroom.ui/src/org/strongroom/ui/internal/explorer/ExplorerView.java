package org.strongroom.ui.internal.explorer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.IAction;
import org.eclipse.jface.action.IMenuManager;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.jface.action.Separator;
import org.eclipse.jface.viewers.IStructuredSelection;
import org.eclipse.jface.viewers.ITreeViewerListener;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.jface.viewers.TreeExpansionEvent;
import org.eclipse.jface.viewers.TreeViewer;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StackLayout;
import org.eclipse.swt.events.MouseEvent;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.swt.widgets.Widget;
import org.eclipse.ui.IWorkbenchActionConstants;
import org.eclipse.ui.part.ViewPart;
import org.eclipse.ui.services.ISourceProviderService;
import org.eclipse.ui.views.properties.IPropertySheetPage;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Session;
import org.strongroom.core.SessionListener;
import org.strongroom.core.Sessions;
import org.strongroom.ui.internal.commands.BookmarkActions;
import org.strongroom.ui.internal.commands.FileActions;
import org.strongroom.ui.internal.external.Lent;
import org.strongroom.ui.internal.work.PlugInHelp;
import org.strongroom.ui.internal.work.Ui;

/** Shows the bookmarks, and the folders and files behind them. Keeps nothing from one run to the next. */
public final class ExplorerView extends ViewPart implements Explorer.Listener {
	/** As in {@code plugin.xml}. */
	public static final String ID = "org.strongroom.ui.explorer";

	private static final int WATCH_MILLIS = 1000;

	private final Clip clip = new Clip();
	private final List<ItemPropertyPage> pages = new ArrayList<>();
	private final SessionListener enabling = new SessionListener() {
		@Override
		public void changed(Session session) {
			Ui.async(ExplorerView.this::enable);
		}
	};
	private final Runnable lending = () -> Ui.async(this::enable);
	/**
	 * In a folder with more rows, the folder is selected after a refresh instead of what was selected in it: the viewer finds a selected element again only by filling all rows, for as long
	 * as that takes.
	 */
	private static final int MOST_KEPT_SELECTED = 1000;

	private SavedFiles saved;
	private TreeViewer viewer;
	private Explorer explorer;
	private Composite stack;
	private StackLayout layout;
	private Composite empty;

	@Override
	public void createPartControl(Composite parent) {
		stack = new Composite(parent, SWT.NONE);
		layout = new StackLayout();
		stack.setLayout(layout);
		createEmpty();
		Tree tree = new Tree(stack, SWT.VIRTUAL | SWT.MULTI | SWT.H_SCROLL | SWT.V_SCROLL | SWT.NO_SEARCH);
		viewer = new TreeViewer(tree);
		viewer.setUseHashlookup(true);
		viewer.setContentProvider(new LazyRows(viewer));
		viewer.setLabelProvider(new Labels());
		explorer = new Explorer(getSite().getService(Sessions.class), getSite().getService(Bookmarks.class), new PlugInHelp(), this);
		viewer.setInput(explorer.root());
		viewer.setChildCount(explorer.root(), explorer.root().shown().size());
		listen();
		tree.addKeyListener(new TypeAhead(this));
		tree.addKeyListener(new ArrowKeys(this));
		tree.addMouseMoveListener(this::showToolTip);
		new DragAndDrop(this, viewer).install();
		createMenus();
		getSite().setSelectionProvider(viewer);
		explorer.sessions().addListener(enabling);
		getSite().getService(Lent.class).addListener(lending);
		saved = new SavedFiles(explorer);
		getSite().getPage().addPartListener(saved);
		showTreeOrHint();
		Ui.async(explorer::reportPlugIns);
		watch();
	}

	/** By the tree itself: with a window of its own, as JFace's tool tips have, a dialog that opens meanwhile does not hear Enter and Escape. */
	private void showToolTip(MouseEvent pointer) {
		// it may become a drag
		if ((pointer.stateMask & SWT.BUTTON_MASK) != 0)
			return;
		Tree tree = viewer.getTree();
		TreeItem row = tree.getItem(new Point(pointer.x, pointer.y));
		String text = row != null && row.getData() instanceof Node n ? Labels.toolTip(n) : null;
		if (!Objects.equals(text, tree.getToolTipText()))
			tree.setToolTipText(text);
	}

	/** Connections get lost without anybody telling. */
	private void watch() {
		if (viewer.getTree().isDisposed())
			return;
		explorer.noticeStates();
		viewer.getTree().getDisplay().timerExec(WATCH_MILLIS, this::watch);
	}

	private void createEmpty() {
		empty = new Composite(stack, SWT.NONE);
		empty.setLayout(new GridLayout());
		Link hint = new Link(empty, SWT.WRAP);
		hint.setText("There are no bookmarks yet.\n\n<a>New Bookmark…</a> makes one for a server of yours.");
		hint.setLayoutData(new GridData(SWT.FILL, SWT.BEGINNING, true, false));
		hint.addListener(SWT.Selection, _ -> BookmarkActions.newBookmark(this));
	}

	private void listen() {
		viewer.addTreeListener(new ITreeViewerListener() {
			@Override
			public void treeExpanded(TreeExpansionEvent event) {
				explorer.expanded((Container) event.getElement());
				reopen((Container) event.getElement());
			}

			@Override
			public void treeCollapsed(TreeExpansionEvent event) {
				explorer.collapsed((Container) event.getElement());
			}
		});
		viewer.addDoubleClickListener(_ -> FileActions.open(this));
		viewer.addSelectionChangedListener(_ -> enable());
	}

	private void createMenus() {
		MenuManager popup = new MenuManager();
		popup.setRemoveAllWhenShown(true);
		popup.addMenuListener(m -> m.add(new Separator(IWorkbenchActionConstants.MB_ADDITIONS)));
		viewer.getTree().setMenu(popup.createContextMenu(viewer.getTree()));
		getSite().registerContextMenu(popup, viewer);
		IMenuManager menu = getViewSite().getActionBars().getMenuManager();
		for (Order order : Order.values()) {
			Action action = new Action("Sort by " + order.label(), IAction.AS_RADIO_BUTTON) {
				@Override
				public void run() {
					if (isChecked())
						explorer.setOrder(order);
				}
			};
			action.setToolTipText("Folders first, then by " + order.label().toLowerCase(java.util.Locale.ROOT));
			action.setChecked(order == explorer.order());
			menu.add(action);
		}
	}

	/** What is shown. */
	public Explorer explorer() {
		return explorer;
	}

	/** What was cut or copied here. */
	public Clip clip() {
		return clip;
	}

	/** The selected rows, remarks left out. */
	public List<Node> selected() {
		IStructuredSelection selection = viewer.getStructuredSelection();
		return selection.stream().filter(Node.class::isInstance).map(Node.class::cast).filter(n -> !(n instanceof NoteNode)).toList();
	}

	/** Selects rows of open folders and scrolls to the first. */
	public void select(List<? extends Node> nodes) {
		for (Node n : nodes)
			materialise(n);
		List<? extends Node> there = nodes.stream().filter(n -> viewer.testFindItem(n) != null).toList();
		viewer.setSelection(new StructuredSelection(there), true);
	}

	/** Makes the tree know a row that it has not drawn yet. */
	private void materialise(Node node) {
		if (node.parent() == null)
			return;
		materialise(node.parent());
		int index = node.parent().shown().indexOf(node);
		if (index >= 0 && !isDrawn(node))
			new LazyRows(viewer).updateElement(node.parent(), index);
	}

	/** Whether the tree shows a row where it belongs; rows that it has not drawn since a change may still stand for others. */
	private boolean isDrawn(Node node) {
		if (!(viewer.testFindItem(node) instanceof TreeItem item) || item.isDisposed() || item.getData() != node)
			return false;
		TreeItem parent = item.getParentItem();
		int index = parent == null ? viewer.getTree().indexOf(item) : parent.indexOf(item);
		return node.parent() != null && index >= 0 && index < node.parent().shown().size() && node.parent().shown().get(index) == node;
	}

	@Override
	public void changing(Container container) {
		if (viewer.getTree().isDisposed())
			return;
		// open rows are opened again when they stand at their new places; those within, too, for another folder may take theirs
		for (Node n : container.shown())
			if (n instanceof Container c && isDrawn(c)) {
				if (c.isLoaded())
					changing(c);
				if (c.isExpanded())
					setOpen(c, false);
			}
	}

	@Override
	public void changed(Container container) {
		Tree tree = viewer.getTree();
		if (tree.isDisposed())
			return;
		Widget widget = container instanceof RootNode ? tree : viewer.testFindItem(container);
		if (widget == null || widget instanceof TreeItem && !isDrawn(container))
			return;
		boolean many = container.shown().size() > MOST_KEPT_SELECTED && selected().stream().anyMatch(n -> n.parent() == container);
		if (many)
			viewer.setSelection(container instanceof RootNode ? StructuredSelection.EMPTY : new StructuredSelection(container));
		List<Node> selected = selected();
		tree.setRedraw(false);
		try {
			if (!container.isLoaded())
				viewer.setChildCount(container, 0); // rows that are only cleared keep what they showed
			viewer.setChildCount(container, container.shown().size());
			if (widget instanceof TreeItem item)
				item.clearAll(false);
			else
				tree.clearAll(false);
			reopen(container);
			List<Node> still = selected.stream().filter(Node::isShown).toList();
			if (!still.isEmpty() && !still.equals(selected()))
				select(still);
			else if (still.isEmpty() && !selected.isEmpty())
				viewer.setSelection(container instanceof RootNode ? StructuredSelection.EMPTY : new StructuredSelection(container));
		} finally {
			tree.setRedraw(true);
		}
		showTreeOrHint();
		pages.forEach(p -> p.again(n -> n.parent() == container));
		enable();
	}

	private void reopen(Container container) {
		for (Node n : container.shown())
			if (n instanceof Container c && c.isExpanded()) {
				materialise(c);
				setOpen(c, true);
				reopen(c);
			}
	}

	@Override
	public void redraw(Node node) {
		if (!viewer.getTree().isDisposed() && isDrawn(node)) {
			viewer.update(node, null);
			// all of it: GTK draws the rows between two that changed over themselves, which makes them bold
			viewer.getTree().redraw();
			// what it said may no longer hold
			viewer.getTree().setToolTipText(null);
		}
		pages.forEach(p -> p.again(n -> n == node));
		enable();
	}

	@Override
	public void expand(Container container, boolean open) {
		if (viewer.getTree().isDisposed() || !container.isShown())
			return;
		materialise(container);
		setOpen(container, open);
	}

	/** Opens or closes the row of a drawn container; the viewer's own way draws every row of a folder before it opens it. */
	private void setOpen(Container container, boolean open) {
		if (viewer.testFindItem(container) instanceof TreeItem item)
			item.setExpanded(open);
	}

	private void showTreeOrHint() {
		boolean none = explorer.isRead() && explorer.root().shown().isEmpty();
		layout.topControl = none ? empty : viewer.getTree();
		stack.layout();
	}

	/** Tells menus and keys what can be done now. */
	private void enable() {
		if (viewer.getTree().isDisposed())
			return;
		var service = getSite().getService(ISourceProviderService.class);
		if (service.getSourceProvider(CanProvider.CAN) instanceof CanProvider can)
			can.set(Abilities.of(selected(), explorer.sessions(), getSite().getService(Lent.class)));
	}

	@Override
	public <T> T getAdapter(Class<T> adapter) {
		if (adapter == IPropertySheetPage.class)
			return adapter.cast(propertyPage());
		return super.getAdapter(adapter);
	}

	private ItemPropertyPage propertyPage() {
		var page = new ItemPropertyPage();
		pages.removeIf(p -> p.getControl() != null && p.getControl().isDisposed());
		pages.add(page);
		return page;
	}

	@Override
	public void setFocus() {
		stack.setFocus();
		if (layout.topControl != null)
			layout.topControl.setFocus();
	}

	@Override
	public void dispose() {
		if (explorer != null) {
			explorer.sessions().removeListener(enabling);
			getSite().getService(Lent.class).removeListener(lending);
			getSite().getPage().removePartListener(saved);
			explorer.dispose();
		}
		super.dispose();
	}
}
