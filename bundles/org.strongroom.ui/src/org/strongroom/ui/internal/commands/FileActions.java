package org.strongroom.ui.internal.commands;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.eclipse.jface.dialogs.IInputValidator;
import org.eclipse.jface.dialogs.InputDialog;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.window.Window;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.DirectoryDialog;
import org.eclipse.swt.widgets.FileDialog;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.IPageLayout;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.PartInitException;
import org.strongroom.core.Item;
import org.strongroom.core.MissingPlugInException;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.AuditEvent.Kind;
import org.strongroom.core.residency.AuditEvent.Result;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Trash;
import org.strongroom.ui.Problems;
import org.strongroom.ui.internal.doctor.DoctorView;
import org.strongroom.ui.internal.explorer.BookmarkNode;
import org.strongroom.ui.internal.explorer.Container;
import org.strongroom.ui.internal.explorer.Explorer;
import org.strongroom.ui.internal.explorer.ExplorerView;
import org.strongroom.ui.internal.explorer.FileNode;
import org.strongroom.ui.internal.explorer.FolderNode;
import org.strongroom.ui.internal.explorer.Node;
import org.strongroom.ui.internal.find.FindView;
import org.strongroom.ui.internal.transfer.TransferWork;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/** What can be done to files and folders. For the UI thread. */
public final class FileActions {
	/** Where dialogs for files of this machine begin; left alone they would begin with what was used last. */
	private static final String HOME = System.getProperty("user.home");

	private FileActions() {
	}

	/** Opens what is selected: signs in, unlocks, opens or closes a folder, opens a file's editor. */
	public static void open(ExplorerView view) {
		List<Node> selected = view.selected();
		if (selected.size() != 1)
			return;
		switch (selected.getFirst()) {
		case FolderNode f when f.isUnsupportedVault() -> unsupported(view, f);
		case Container c when c.isExpanded() && c.isLoaded() && c.isOpen() -> {
			view.explorer().collapsed(c);
			view.expand(c, false);
		}
		case Container c -> view.explorer().open(c);
		case FileNode f when f.item().get().problem().isPresent() -> Problems.show("%s cannot be opened.".formatted(f.name()),
				new java.io.IOException(f.item().get().problem().get()));
		case FileNode f when f.item().get().type() == Type.SYMLINK -> view.explorer().follow(f, () -> edit(view, f));
		case FileNode f -> edit(view, f);
		default -> {
		}
		}
	}

	private static void unsupported(ExplorerView view, FolderNode vault) {
		// the session knows which plug-in it is
		Work.start("Opening", vault.name(), "The vault %s cannot be opened.".formatted(vault.name()), _ -> {
			Session session = vault.session().orElseThrow(() -> new java.io.IOException("You are not signed in any more."));
			session.list(vault.location(), Unlocking.FAIL);
			throw new MissingPlugInException("cryptomator", "The vault " + vault.name() + " cannot be opened");
		});
	}

	private static void edit(ExplorerView view, FileNode file) {
		file.parent().session().ifPresent(s -> Editors.open(view.getSite().getPage(), s, file.item().orElseThrow()));
	}

	private static Optional<Container> target(ExplorerView view) {
		return view.selected().size() == 1 ? Explorer.folderOf(view.selected().getFirst()).filter(Container::isOpen) : Optional.empty();
	}

	private static Optional<String> askName(Shell shell, String title, String question, String initial, int selected) {
		IInputValidator valid = text -> text.isBlank() ? ""
				: StoragePaths.isSafeName(text) ? null : "This cannot be a name: it must not contain / or be . or ..";
		var dialog = new InputDialog(shell, title, question, initial, valid) {
			@Override
			protected org.eclipse.swt.widgets.Control createContents(org.eclipse.swt.widgets.Composite parent) {
				var contents = super.createContents(parent);
				getText().setSelection(0, selected);
				return contents;
			}
		};
		return dialog.open() == Window.OK ? Optional.of(dialog.getValue()) : Optional.empty();
	}

	/** Makes an empty file, and opens it. */
	static void newFile(ExplorerView view) {
		create(view, Kind.SAVE, "New File", "Name of the new file in %s:", "new.txt", (session, path) -> {
			Save save = Save.createNew();
			try (var _ = Files.newByteChannel(path, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, save))) {
				save.whole();
			}
		});
	}

	/** Makes an empty folder. */
	static void newFolder(ExplorerView view) {
		create(view, Kind.MAKE_FOLDER, "New Folder", "Name of the new folder in %s:", "New folder", (_, path) -> Files.createDirectory(path));
	}

	@FunctionalInterface
	private interface Maker {
		void make(Session session, Path path) throws java.io.IOException;
	}

	private static void create(ExplorerView view, Kind kind, String title, String question, String suggestion, Maker maker) {
		Optional<Container> target = target(view);
		if (target.isEmpty())
			return;
		Container folder = target.get();
		int dot = suggestion.lastIndexOf('.');
		Optional<String> name = askName(view.getSite().getShell(), title, question.formatted(folder.name()), suggestion, dot > 0 ? dot : suggestion.length());
		if (name.isEmpty())
			return;
		Session session = folder.session().orElseThrow();
		Work.start("Making", name.get(), "%s was not made.".formatted(name.get()), _ -> {
			Path path = session.folder(folder.location(), Unlocking.FAIL).resolve(name.get());
			session.audit().during(AuditEvent.of(kind, Result.OK, session, StoragePaths.child(folder.location(), name.get())), () -> {
				maker.make(session, path);
				return null;
			});
			Ui.async(() -> shown(view, folder, name.get()));
		});
	}

	/** Shows something new: opens its folder, selects it, and opens it if it is a file. */
	private static void shown(ExplorerView view, Container folder, String name) {
		folder.session().ifPresent(s -> s.refresh(folder.location()));
		view.explorer().load(folder, () -> {
			view.explorer().open(folder);
			Optional<Node> made = folder.shown().stream().filter(n -> n.name().equals(name)).findFirst();
			made.ifPresent(n -> {
				view.select(List.of(n));
				if (n instanceof FileNode f)
					edit(view, f);
			});
		});
	}

	/** Gives an item another name in its folder. */
	static void rename(ExplorerView view) {
		Node node = view.selected().getFirst();
		if (node instanceof BookmarkNode) {
			BookmarkActions.edit(view);
			return;
		}
		Item item = node.item().orElseThrow();
		int dot = item.isFolder() ? -1 : item.name().lastIndexOf('.');
		Optional<String> name = askName(view.getSite().getShell(), "Rename", "New name of %s:".formatted(item.name()), item.name(),
				dot > 0 ? dot : item.name().length());
		if (name.isEmpty() || name.get().equals(item.name()))
			return;
		Container folder = node.parent();
		Session session = folder.session().orElseThrow();
		// an editor goes on under the old name otherwise, and would bring the old file back
		if (!Editors.close(session, item.location()))
			return;
		Work.start("Renaming", item.name(), "%s was not renamed.".formatted(item.name()), _ -> {
			boolean vault = session.vaults().containsKey(item.location());
			if (vault)
				session.lock(item.location());
			Path to = item.path().resolveSibling(name.get());
			if (Files.exists(to, LinkOption.NOFOLLOW_LINKS) && !Files.isSameFile(to, item.path()))
				throw new FileAlreadyExistsException(name.get());
			session.audit().during(AuditEvent.of(Kind.RENAME, Result.OK, session, item.location(), StoragePaths.child(StoragePaths.parent(item.location()), name.get())),
					() -> Files.move(item.path(), to));
			session.refresh(folder.location());
			Ui.async(() -> view.explorer().update(session, folder.location(), c -> c.shown().stream()
					.filter(n -> n.name().equals(name.get())).findFirst().ifPresent(n -> view.select(List.of(n)))));
		});
	}

	/** Removes items for good, after asking. */
	static void delete(ExplorerView view) {
		List<Node> selected = view.selected();
		List<BookmarkNode> bookmarks = selected.stream().filter(BookmarkNode.class::isInstance).map(BookmarkNode.class::cast).toList();
		if (!bookmarks.isEmpty()) {
			BookmarkActions.delete(view, bookmarks);
			return;
		}
		List<Node> items = outermost(selected.stream().filter(n -> n.item().isPresent()).toList());
		if (items.isEmpty())
			return;
		long folders = items.stream().filter(n -> n.item().get().isFolder()).count();
		String server = items.getFirst().bookmark().map(Node::name).orElse("the server");
		String what = items.size() == 1 ? "'%s'".formatted(items.getFirst().name()) : "%,d items".formatted(items.size());
		String all = folders == 0 ? "" : items.size() == 1 ? " and everything in it" : " and everything in the folders among them";
		var dialog = new MessageDialog(view.getSite().getShell(), "Delete", null,
				"Delete %s%s from %s?\n\n%s".formatted(what, all, server, isKept(items) ? "The server keeps it in its trash for a while." : "This cannot be undone."), MessageDialog.WARNING, 1, "Delete",
				"Cancel");
		if (dialog.open() != 0)
			return;
		for (Node n : items) {
			Optional<Session> session = n.parent().session();
			if (session.isEmpty() || !Editors.close(session.get(), n.item().get().location()))
				return;
		}
		new TransferWork(view.explorer()).delete(items);
	}

	/** Whether their servers keep what is removed. */
	private static boolean isKept(List<Node> nodes) {
		return nodes.stream().allMatch(n -> n.parent().session().filter(s -> s.fileSystem().storage().extra(Trash.class).isPresent()).isPresent());
	}

	/** Those that do not lie in others of them. */
	private static List<Node> outermost(List<Node> nodes) {
		var out = new ArrayList<Node>();
		for (Node n : nodes) {
			boolean inner = false;
			for (Container c = n.parent(); c != null; c = c.parent())
				inner |= nodes.contains(c);
			if (!inner)
				out.add(n);
		}
		return out;
	}

	static void copy(ExplorerView view) {
		view.clip().set(view.getSite().getShell().getDisplay(), outermost(view.selected()), false);
	}

	static void cut(ExplorerView view) {
		view.clip().set(view.getSite().getShell().getDisplay(), outermost(view.selected()), true);
	}

	/** Puts what was cut or copied (here, or as files in another program) into the selected folder. */
	static void paste(ExplorerView view) {
		Optional<Container> folder = target(view);
		if (folder.isEmpty())
			return;
		var display = view.getSite().getShell().getDisplay();
		var work = new TransferWork(view.explorer());
		Optional<List<Node>> nodes = view.clip().nodes(display);
		if (nodes.isPresent()) {
			if (view.clip().isCut()) {
				work.move(nodes.get(), folder.get());
				view.clip().clear();
			} else {
				work.copy(nodes.get(), folder.get());
			}
		} else {
			view.clip().files(display).ifPresent(f -> work.upload(f, folder.get()));
		}
	}

	static void uploadFiles(ExplorerView view) {
		target(view).ifPresent(folder -> {
			var dialog = new FileDialog(view.getSite().getShell(), SWT.OPEN | SWT.MULTI);
			dialog.setText("Upload to " + folder.name());
			dialog.setFilterPath(HOME);
			if (dialog.open() == null)
				return;
			List<String> files = List.of(dialog.getFileNames()).stream().map(f -> Path.of(dialog.getFilterPath(), f).toString()).toList();
			new TransferWork(view.explorer()).upload(files, folder);
		});
	}

	static void uploadFolder(ExplorerView view) {
		target(view).ifPresent(folder -> {
			var dialog = new DirectoryDialog(view.getSite().getShell(), SWT.OPEN);
			dialog.setText("Upload a Folder to " + folder.name());
			dialog.setFilterPath(HOME);
			String chosen = dialog.open();
			if (chosen != null)
				new TransferWork(view.explorer()).upload(List.of(chosen), folder);
		});
	}

	/** Writes readable copies to this machine, where the person says. */
	static void download(ExplorerView view) {
		List<Node> nodes = outermost(view.selected());
		if (nodes.isEmpty() || !TransferWork.mayDownload(nodes))
			return;
		boolean file = nodes.size() == 1 && nodes.getFirst() instanceof FileNode;
		if (file) {
			var dialog = new FileDialog(view.getSite().getShell(), SWT.SAVE);
			dialog.setText("Save a Readable Copy on This Machine");
			dialog.setFilterPath(HOME);
			dialog.setFileName(nodes.getFirst().name());
			dialog.setOverwrite(true);
			String chosen = dialog.open();
			if (chosen != null)
				new TransferWork(view.explorer()).download(nodes.getFirst(), Path.of(chosen));
		} else {
			var dialog = new DirectoryDialog(view.getSite().getShell(), SWT.SAVE);
			dialog.setText("Save Readable Copies on This Machine");
			dialog.setFilterPath(HOME);
			dialog.setMessage("Where on this machine are the readable copies to go?");
			String chosen = dialog.open();
			if (chosen != null)
				new TransferWork(view.explorer()).download(nodes, Path.of(chosen));
		}
	}

	/** Finds items below the selected folder by their names. */
	static void find(ExplorerView view) {
		target(view).ifPresent(folder -> FindView.find(view, folder));
	}

	/** Looks how well the server of the selected folder is set up. */
	static void checkServer(ExplorerView view) {
		target(view).ifPresent(folder -> DoctorView.server(view, folder));
	}

	/** Asks the server again. */
	static void refresh(ExplorerView view) {
		List<Node> selected = view.selected();
		var folders = selected.stream().flatMap(n -> Explorer.folderOf(n).stream()).distinct().toList();
		if (folders.isEmpty())
			view.explorer().refresh(view.explorer().root(), () -> {
			});
		else
			folders.forEach(f -> view.explorer().refresh(f, () -> {
			}));
	}

	/** Shows the properties view. */
	static void properties(ExplorerView view) {
		try {
			view.getSite().getPage().showView(IPageLayout.ID_PROP_SHEET, null, IWorkbenchPage.VIEW_VISIBLE);
		} catch (PartInitException e) {
			Problems.show("The properties cannot be shown.", e);
		}
	}
}
