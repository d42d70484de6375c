package org.strongroom.testing.ui;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.eclipse.jface.viewers.TreeViewer;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;

/** The explorer: rows by their way from the bookmark, such as {@code HQ/Vault/notes.txt}; remarks in brackets are left out of names. */
public final class ExplorerPage {
	private static final String ID = "org.strongroom.ui.explorer";

	private ExplorerPage() {
	}

	/** The explorer of the window. */
	public static ExplorerPage open() {
		WorkbenchPage.show(ID);
		return new ExplorerPage();
	}

	private static Tree tree() {
		return ((TreeViewer) WorkbenchPage.page().findView(ID).getSite().getSelectionProvider()).getTree();
	}

	/** Waits for a row. */
	public RowPage row(String path) {
		Ui.await("the row " + path, () -> item(path));
		return new RowPage(path);
	}

	/** Whether there is such a row now. */
	public boolean has(String path) {
		return Ui.get(() -> item(path).isPresent());
	}

	/** Waits until there is no such row. */
	public void awaitGone(String path) {
		Ui.awaitThat("the end of the row " + path, () -> item(path).isEmpty());
	}

	/** Selects rows. */
	public void select(String... paths) {
		for (String path : paths)
			row(path);
		Ui.run(() -> {
			var items = Arrays.stream(paths).map(p -> item(p).orElseThrow()).toArray(TreeItem[]::new);
			tree().setFocus();
			tree().setSelection(items);
			tree().notifyListeners(SWT.Selection, event(items[0]));
		});
	}

	/** The names in an open row; of the tree itself if the path is empty. */
	public List<String> names(String path) {
		return Ui.get(() -> {
			TreeItem[] items = path.isEmpty() ? tree().getItems() : item(path).map(TreeItem::getItems).orElse(new TreeItem[0]);
			return Arrays.stream(items).map(ExplorerPage::name).toList();
		});
	}

	private static Optional<TreeItem> item(String path) {
		TreeItem[] items = tree().getItems();
		TreeItem found = null;
		for (String name : path.split("/")) {
			found = Arrays.stream(items).filter(i -> name(i).equals(name)).findFirst().orElse(null);
			if (found == null)
				return Optional.empty();
			items = found.getItems();
		}
		return Optional.ofNullable(found);
	}

	private static String name(TreeItem item) {
		String text = item.getText();
		int remark = text.lastIndexOf("  (");
		return remark < 0 ? text : text.substring(0, remark);
	}

	private static Event event(TreeItem item) {
		var event = new Event();
		event.item = item;
		return event;
	}

	/** One row. */
	public final class RowPage {
		private final String path;

		private RowPage(String path) {
			this.path = path;
		}

		/** Double-clicks it; returns at once. */
		public void open() {
			select(path);
			Ui.start(() -> tree().notifyListeners(SWT.DefaultSelection, event(item(path).orElseThrow())));
		}

		/** Waits until its text ends with a remark in brackets. */
		public void awaitRemark(String remark) {
			Ui.awaitThat(path + " (" + remark + ")", () -> item(path).filter(i -> i.getText().endsWith("(" + remark + ")")).isPresent());
		}

		/** Runs a command on it. */
		public void command(String id) {
			select(path);
			WorkbenchPage.command(id);
		}
	}
}
