package org.strongroom.ui.internal.server;

import java.text.Collator;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.ui.internal.prompt.PromptDialog;
import org.strongroom.ui.internal.work.Icon;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/** Asks for a folder of a server that does not lie in a vault. For the UI thread. */
final class PlainFolderDialog extends PromptDialog {
	private static final String LOADED = "loaded";
	private static final int ROWS = 12;
	private final Session session;
	private final String asks;
	private Tree tree;
	private Optional<String> chosen = Optional.empty();

	/** @param asks what the folder is for */
	PlainFolderDialog(Shell parent, Session session, String asks, String ok) {
		super(parent, "Choose a Folder", asks, ok);
		this.session = session;
		this.asks = asks;
	}

	/** Asks, and gives the folder's location. */
	Optional<String> ask() {
		return open() == OK ? chosen : Optional.empty();
	}

	@Override
	protected void createFields(Composite fields) {
		setMessage("A folder of %s that lies in no vault.".formatted(session.bookmark().name()));
		var images = new LocalResourceManager(JFaceResources.getResources(), fields);
		tree = new Tree(fields, SWT.BORDER | SWT.SINGLE | SWT.V_SCROLL | SWT.H_SCROLL);
		named(tree, asks);
		GridDataFactory.fillDefaults().grab(true, true).span(2, 1).hint(SWT.DEFAULT, tree.getItemHeight() * ROWS).applyTo(tree);
		TreeItem root = row(new TreeItem(tree, SWT.NONE), session.bookmark().name(), "/", images.get(Icon.BOOKMARK.descriptor()));
		Image folder = images.get(Icon.FOLDER.descriptor());
		tree.addListener(SWT.Expand, e -> load((TreeItem) e.item, folder));
		tree.addListener(SWT.Selection, _ -> enable());
		root.setExpanded(true);
		load(root, folder);
		tree.setFocus();
	}

	private static TreeItem row(TreeItem item, String name, String location, Image image) {
		item.setText(harmless(name));
		item.setImage(image);
		item.setData(location);
		new TreeItem(item, SWT.NONE).setText("Loading…");
		return item;
	}

	private void load(TreeItem row, Image image) {
		if (row.getData(LOADED) != null)
			return;
		row.setData(LOADED, true);
		String location = (String) row.getData();
		Work.start("Listing", row.getText(), "%s could not be opened.".formatted(row.getText()), _ -> {
			boolean vault = location.equals("/") && session.vaultState("/").isPresent();
			List<Item> folders = vault ? List.of() : session.list(location, Unlocking.NEVER).stream().filter(i -> i.isFolder() && i.vault().isEmpty() && i.problem().isEmpty())
					.sorted(Comparator.comparing(Item::name, Collator.getInstance())).toList();
			Ui.async(() -> fill(row, folders, image, vault));
		}, () -> {
			if (!row.isDisposed())
				row.setData(LOADED, null);
		});
	}

	private void fill(TreeItem row, List<Item> folders, Image image, boolean vault) {
		if (row.isDisposed())
			return;
		boolean open = row.getExpanded() || row.getParentItem() == null;
		row.removeAll();
		if (vault) {
			setErrorMessage("All of %s is a vault: there is no folder outside of it.".formatted(session.bookmark().name()));
			row.dispose();
			return;
		}
		for (Item f : folders)
			row(new TreeItem(row, SWT.NONE), f.name(), f.location(), image);
		row.setExpanded(open);
		if (row.getParentItem() == null && tree.getSelectionCount() == 0)
			tree.setSelection(row);
		enable();
	}

	@Override
	protected Control createContents(Composite parent) {
		Control contents = super.createContents(parent);
		enable();
		return contents;
	}

	private void enable() {
		chosen = tree.getSelectionCount() == 1 && tree.getSelection()[0].getData() instanceof String location ? Optional.of(location) : Optional.empty();
		if (getButton(IDialogConstants.OK_ID) != null)
			getButton(IDialogConstants.OK_ID).setEnabled(chosen.isPresent());
	}
}
