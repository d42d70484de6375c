package org.strongroom.ui.internal.explorer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.jface.viewers.ISelection;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.IActionBars;
import org.eclipse.ui.IWorkbenchCommandConstants;
import org.eclipse.ui.IWorkbenchPart;
import org.eclipse.ui.actions.ActionFactory;
import org.eclipse.ui.views.properties.IPropertyDescriptor;
import org.eclipse.ui.views.properties.IPropertySheetEntry;
import org.eclipse.ui.views.properties.IPropertySource;
import org.eclipse.ui.views.properties.PropertyDescriptor;
import org.eclipse.ui.views.properties.PropertySheetPage;
import org.eclipse.ui.views.properties.PropertySheetSorter;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.WayOut;
import org.strongroom.editors.WaysOut;

/** Shows what is known of the selected row; what only the server knows follows when it has answered. */
final class ItemPropertyPage extends PropertySheetPage {
	/**
	 * One line.
	 *
	 * @param group it stands in
	 * @param name what is told
	 * @param value for a person
	 */
	record Row(String group, String name, String value) {
	}

	private final Action copy = new Action("&Copy") {
		@Override
		public void run() {
			copy();
		}
	};
	private Node shown;
	private Rows rows;

	ItemPropertyPage() {
		copy.setActionDefinitionId(IWorkbenchCommandConstants.EDIT_COPY);
		setPropertySourceProvider(object -> object instanceof Node n && !(n instanceof NoteNode) ? rowsOf(n) : null);
		setSorter(new PropertySheetSorter() {
			@Override
			public void sort(IPropertySheetEntry[] entries) {
				// as given, but for what stands first
				Arrays.sort(entries, Comparator.comparingInt(e -> place(e.getDisplayName())));
			}

			@Override
			public int compareCategories(String a, String b) {
				return Integer.compare(ItemProperties.GROUPS.indexOf(a), ItemProperties.GROUPS.indexOf(b));
			}
		});
	}

	private static int place(String name) {
		int first = ItemProperties.FIRST.indexOf(name);
		return first < 0 ? ItemProperties.FIRST.size() : first;
	}

	private Rows rowsOf(Node node) {
		if (node != shown) {
			shown = node;
			rows = new Rows(ItemProperties.atHand(node));
			Rows filled = rows;
			ItemProperties.load(node, more -> {
				filled.rows.addAll(more);
				if (rows == filled)
					show();
			});
		}
		return rows;
	}

	private void show() {
		if (getControl() == null || getControl().isDisposed())
			return;
		refresh();
		open();
	}

	@Override
	public void createControl(Composite parent) {
		super.createControl(parent);
		var menu = new MenuManager();
		menu.add(copy);
		getControl().setMenu(menu.createContextMenu(getControl()));
	}

	@Override
	public void setActionBars(IActionBars bars) {
		super.setActionBars(bars);
		bars.setGlobalActionHandler(ActionFactory.COPY.getId(), copy);
	}

	/** Nothing is dragged out of here. */
	@Override
	protected void initDragAndDrop() {
		// the platform's way would pass no guard
	}

	private void copy() {
		if (!(getControl() instanceof Tree tree) || shown == null)
			return;
		String text = Arrays.stream(tree.getSelection()).map(TreeItem::getData).filter(IPropertySheetEntry.class::isInstance).map(IPropertySheetEntry.class::cast)
				.map(e -> e.getDisplayName() + "\t" + e.getValueAsString()).collect(Collectors.joining(System.lineSeparator()));
		if (text.isEmpty() || !WaysOut.pass(outgoing()))
			return;
		var clipboard = new Clipboard(tree.getDisplay());
		clipboard.setContents(new Object[] { text }, new Transfer[] { TextTransfer.getInstance() });
		clipboard.dispose();
	}

	private Outgoing outgoing() {
		return shown.item().flatMap(item -> Explorer.folderOf(shown).flatMap(Container::session).map(session -> Outgoing.of(WayOut.CLIPBOARD, session, List.of(item.location()), "")))
				.orElseGet(() -> Outgoing.of(WayOut.CLIPBOARD, shown.bookmark().map(BookmarkNode::saved)));
	}

	/** Shows all groups. */
	private void open() {
		if (getControl() instanceof Tree tree)
			for (TreeItem group : tree.getItems())
				group.setExpanded(true);
	}

	/** Tells anew of what it shows if that has changed. */
	void again(Predicate<Node> changed) {
		if (shown == null || !changed.test(shown))
			return;
		shown = null;
		show();
	}

	@Override
	public void selectionChanged(IWorkbenchPart part, ISelection selection) {
		super.selectionChanged(part, selection);
		open();
	}

	/** Lines that can be read only. */
	private static final class Rows implements IPropertySource {
		private final List<Row> rows;

		Rows(List<Row> rows) {
			this.rows = new ArrayList<>(rows);
		}

		@Override
		public Object getEditableValue() {
			return null;
		}

		@Override
		public IPropertyDescriptor[] getPropertyDescriptors() {
			return rows.stream().map(r -> {
				var d = new PropertyDescriptor(r, r.name());
				d.setCategory(r.group());
				d.setAlwaysIncompatible(true);
				return d;
			}).toArray(IPropertyDescriptor[]::new);
		}

		@Override
		public Object getPropertyValue(Object id) {
			return ((Row) id).value();
		}

		@Override
		public boolean isPropertySet(Object id) {
			return false;
		}

		@Override
		public void resetPropertyValue(Object id) {
			// nothing can be changed
		}

		@Override
		public void setPropertyValue(Object id, Object value) {
			// nothing can be changed
		}
	}
}
