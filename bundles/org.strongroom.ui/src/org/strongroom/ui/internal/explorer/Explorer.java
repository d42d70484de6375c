package org.strongroom.ui.internal.explorer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

import org.eclipse.core.runtime.ICoreRunnable;
import org.eclipse.core.runtime.jobs.Job;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.SessionListener;
import org.strongroom.core.Sessions;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.ui.internal.work.PlugInHelp;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/**
 * The tree of bookmarks, folders and files, and the work that fills it. For the UI thread, which it never lets wait: what asks a server is
 * a {@link Work}.
 */
public final class Explorer implements SessionListener {
	/** Shows the tree. Called on the UI thread. */
	public interface Listener {
		/** The rows below are about to be others. */
		void changing(Container container);

		/** The rows below are others now. */
		void changed(Container container);

		/** A row is to be drawn anew. */
		void redraw(Node node);

		/** A row is to be opened or closed. */
		void expand(Container container, boolean open);
	}

	private final Sessions sessions;
	private final Bookmarks bookmarks;
	private final PlugInHelp plugInHelp;
	private final Listener listener;
	private final RootNode root = new RootNode();
	private final Map<Container, List<Runnable>> waiting = new HashMap<>();
	private Order order = Order.NAME;
	/** Whether it is known which bookmarks there are. */
	private boolean read;
	/** How often that was begun to be read. */
	private int readings;
	private boolean disposed;

	/** @param listener shows the tree */
	public Explorer(Sessions sessions, Bookmarks bookmarks, PlugInHelp plugInHelp, Listener listener) {
		this.sessions = sessions;
		this.bookmarks = bookmarks;
		this.plugInHelp = plugInHelp;
		this.listener = listener;
		sessions.addListener(this);
		bookmarks.onChange(() -> Ui.async(this::loadBookmarks));
		loadBookmarks();
	}

	/** Ends its work. */
	public void dispose() {
		disposed = true;
		sessions.removeListener(this);
	}

	/** What all bookmarks lie in. */
	public RootNode root() {
		return root;
	}

	/** Whether the bookmarks have been read; until then there may be some. */
	public boolean isRead() {
		return read;
	}

	/** All bookmarks shown. */
	public List<BookmarkNode> bookmarks() {
		return root.shown().stream().filter(BookmarkNode.class::isInstance).map(BookmarkNode.class::cast).toList();
	}

	/** The sessions behind it. */
	public Sessions sessions() {
		return sessions;
	}

	/** The bookmarks as they are saved. */
	public Bookmarks saved() {
		return bookmarks;
	}

	/** The order folders are shown in. */
	public Order order() {
		return order;
	}

	/** Shows folders in another order. */
	public void setOrder(Order newOrder) {
		order = newOrder;
		for (BookmarkNode b : bookmarks())
			sortBelow(b);
	}

	private void sortBelow(Container container) {
		if (!container.isLoaded())
			return;
		var items = container.shown().stream().flatMap(n -> n.item().stream()).toList();
		setItems(container, order.sort(items), container.unreadable());
		container.shown().stream().filter(Container.class::isInstance).forEach(c -> sortBelow((Container) c));
	}

	/** Reads the bookmarks again. */
	public void loadBookmarks() {
		int reading = ++readings;
		Work work = Work.start("Reading bookmarks", "", "The bookmarks could not be read.", _ -> {
			List<Bookmark> saved = bookmarks.list();
			Ui.async(() -> {
				// what was read before a change may arrive after what was read since
				if (reading == readings)
					showBookmarks(saved);
			});
		});
		work.setPriority(Job.INTERACTIVE);
	}

	private void showBookmarks(List<Bookmark> saved) {
		if (disposed)
			return;
		var known = new HashMap<Bookmark, BookmarkNode>();
		bookmarks().forEach(b -> known.put(b.saved(), b));
		List<Node> nodes = new ArrayList<>();
		for (Bookmark b : saved)
			nodes.add(known.containsKey(b) ? known.get(b) : new BookmarkNode(root, b, sessions));
		boolean first = !read;
		read = true;
		if (first || !nodes.equals(root.shown())) {
			listener.changing(root);
			root.setChildren(List.copyOf(nodes));
			listener.changed(root);
		}
	}

	/** A row was opened by hand: loads what lies below, unless that is known. */
	public void expanded(Container container) {
		container.setExpanded(true);
		if (!container.isLoaded())
			load(container, () -> {
			});
	}

	/** A row was closed by hand. */
	public void collapsed(Container container) {
		container.setExpanded(false);
	}

	/** Signs in if need be, unlocks if it is a vault, loads and opens a row. */
	public void open(Container container) {
		boolean lost = container instanceof BookmarkNode b && b.state().filter(s -> s == Session.State.LOST).isPresent();
		if (container.isLoaded() && !lost) {
			container.setExpanded(true);
			listener.expand(container, true);
		} else {
			if (container.isOpen()) {
				// it says meanwhile that it is being loaded
				container.setExpanded(true);
				listener.expand(container, true);
			}
			load(container, () -> {
				container.setExpanded(true);
				listener.expand(container, true);
			});
		}
	}

	/**
	 * Loads the items of a container, in the background.
	 *
	 * @param then runs when they are shown; not if that fails
	 */
	public void load(Container container, Runnable then) {
		Optional<BookmarkNode> bookmark = container.bookmark();
		if (bookmark.isEmpty()) {
			loadBookmarks();
			return;
		}
		List<Runnable> queue = waiting.get(container);
		if (queue != null) {
			queue.add(then);
			return;
		}
		waiting.put(container, new ArrayList<>(List.of(then)));
		container.setBusy(true);
		listener.redraw(container);
		Bookmark saved = bookmark.get().saved();
		String location = container.location();
		boolean signIn = container.session().filter(s -> s.state() == Session.State.SIGNED_IN).isEmpty();
		Order sorted = order;
		String name = container.name();
		Work.start(signIn ? "Signing in" : "Listing", signIn ? "to " + saved.name() : name,
				signIn ? "Strongroom could not sign in to %s.".formatted(saved.name()) : "%s could not be opened.".formatted(name), monitor -> {
					Session session = sessions.open(saved);
					boolean vault = location.equals("/") && session.vaultState("/").isPresent();
					Session.Contents contents = session.contents(location, Unlocking.ASK);
					List<Item> items = sorted.sort(contents.items());
					Ui.async(() -> {
						if (vault && container instanceof BookmarkNode b)
							b.setVault(true);
						loaded(container, items, contents.unreadable());
					});
				}, () -> notLoaded(container));
	}

	private void loaded(Container container, List<Item> items, int unreadable) {
		List<Runnable> then = waiting.remove(container);
		container.setBusy(false);
		plugInHelp.reportBroken(sessions.plugIns());
		if (disposed || container.session().isEmpty())
			return;
		setItems(container, items, unreadable);
		listener.redraw(container);
		if (then != null)
			then.forEach(Runnable::run);
	}

	private void notLoaded(Container container) {
		waiting.remove(container);
		container.setBusy(false);
		plugInHelp.reportBroken(sessions.plugIns());
		if (!disposed && !container.isLoaded()) {
			container.setExpanded(false);
			listener.expand(container, false);
		}
		if (!disposed)
			listener.redraw(container);
	}

	private void setItems(Container container, List<Item> items, int unreadable) {
		var known = new HashMap<String, Node>();
		for (Node n : container.shown())
			n.item().ifPresent(i -> known.put(i.name(), n));
		List<Node> nodes = new ArrayList<>(items.size());
		boolean news = !container.isLoaded();
		for (Item item : items) {
			Node old = known.get(item.name());
			Node node = keep(old, item) ? old : node(container, item);
			news |= !item.equals(node == old ? old.item().orElse(null) : null);
			if (node == old && old instanceof FileNode f)
				f.update(item);
			else if (node == old && old instanceof FolderNode f)
				f.update(item);
			nodes.add(node);
		}
		container.setUnreadable(unreadable).ifPresent(nodes::add);
		if (!news && nodes.equals(container.shown()))
			return;
		listener.changing(container);
		container.setChildren(List.copyOf(nodes));
		listener.changed(container);
	}

	/** Whether a row can go on standing for an item, and so stay open and selected. */
	private static boolean keep(Node old, Item item) {
		return switch (old) {
		case FolderNode f -> item.isFolder() && f.isVault() == item.vault().isPresent()
				|| item.type() == Type.SYMLINK && f.item().get().type() == Type.SYMLINK;
		case FileNode _ -> !item.isFolder();
		case null, default -> false;
		};
	}

	private static Node node(Container parent, Item item) {
		return item.isFolder() && item.problem().isEmpty() ? new FolderNode(parent, item) : new FileNode(parent, item);
	}

	/** Asks the server again what lies in a container and in all open folders below. */
	public void refresh(Container container, Runnable then) {
		if (container instanceof RootNode) {
			loadBookmarks();
			bookmarks().stream().filter(b -> b.session().isPresent()).forEach(b -> refresh(b, () -> {
			}));
			return;
		}
		if (container instanceof BookmarkNode)
			loadBookmarks(); // others of the same home may have been made by a command
		container.session().ifPresent(s -> {
			s.refresh(container.location());
			reload(container, then);
		});
	}

	private void reload(Container container, Runnable then) {
		if (!container.isExpanded()) {
			// what is not seen is loaded when it is opened
			if (container.isLoaded() && container.isLockedVault())
				return;
			load(container, then);
			return;
		}
		load(container, () -> {
			for (Node n : container.shown())
				if (n instanceof Container c && c.isLoaded() && !c.isLockedVault())
					if (c.isExpanded())
						reload(c, () -> {
						});
					else
						unload(c);
			then.run();
		});
	}

	/** Shows the present items of a folder, if it is in the tree: after something was made, moved or removed there. Signs in nowhere: what a lost connection left is shown by the next look. */
	public void update(Session session, String location, Consumer<Container> then) {
		find(session, location).ifPresent(c -> {
			if (c.isLoaded() && c.isOpen())
				load(c, () -> then.accept(c));
		});
	}

	/** A file was written: its row shows how it is now, or appears. */
	public void saved(Session session, String location) {
		int slash = location.lastIndexOf('/');
		String name = location.substring(slash + 1);
		find(session, location.substring(0, Math.max(slash, 1))).filter(Container::isLoaded).ifPresent(folder -> {
			Optional<Node> row = folder.shown().stream().filter(n -> n.name().equals(name)).findFirst();
			if (row.isEmpty())
				load(folder, () -> {
				});
			else if (row.get() instanceof FileNode file)
				lookAgain(file);
		});
	}

	private void lookAgain(FileNode file) {
		Item old = file.item().orElseThrow();
		Job job = Job.createSystem("Looking at a saved file", (ICoreRunnable) _ -> {
			try {
				var now = Files.readAttributes(old.path(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
				if (now.isRegularFile())
					Ui.async(() -> {
						file.update(new Item(old.name(), old.location(), old.path(), old.type(), now.size(), now.lastModifiedTime().toInstant(), old.vault(), old.problem(), old.refused()));
						if (!disposed && file.isShown())
							listener.redraw(file);
					});
			} catch (IOException e) {
				// the row tells what was known before, as it does of any file that changes on the server
			}
		});
		job.schedule();
	}

	/** The row of a folder, if it is in the tree. */
	public Optional<Container> find(Session session, String location) {
		for (BookmarkNode b : bookmarks())
			if (b.session().filter(s -> s == session).isPresent()) {
				Container at = b;
				for (String name : location.split("/")) {
					if (name.isEmpty())
						continue;
					Optional<Container> next = at.shown().stream().filter(n -> n instanceof Container && n.name().equals(name))
							.map(Container.class::cast).findFirst();
					if (next.isEmpty())
						return Optional.empty();
					at = next.get();
				}
				return Optional.of(at);
			}
		return Optional.empty();
	}

	/**
	 * Opens the folders on the way to an item, and loads them where they are not or do not hold it; does nothing if it is not there.
	 *
	 * @param then told its row
	 */
	public void reveal(Session session, String location, Consumer<Node> then) {
		find(session, "/").ifPresent(bookmark -> reveal(bookmark, new ArrayDeque<>(Arrays.asList(location.substring(1).split("/"))), false, then));
	}

	private void reveal(Container at, Deque<String> names, boolean again, Consumer<Node> then) {
		if (!at.isLoaded() || again) {
			load(at, () -> descend(at, names, false, then));
			return;
		}
		descend(at, names, true, then);
	}

	private void descend(Container at, Deque<String> names, boolean mayBeOld, Consumer<Node> then) {
		at.setExpanded(true);
		listener.expand(at, true);
		Optional<Node> next = at.shown().stream().filter(n -> n.name().equals(names.peek())).findFirst();
		if (next.isEmpty() && mayBeOld) {
			reveal(at, names, true, then);
		} else if (next.isPresent()) {
			names.poll();
			if (names.isEmpty())
				then.accept(next.get());
			else if (next.get() instanceof Container c)
				reveal(c, names, false, then);
		}
	}

	/**
	 * Finds out where a link leads, in the background.
	 *
	 * @param file the row of a link
	 * @param otherwise runs if it does not lead to a folder
	 */
	public void follow(FileNode file, Runnable otherwise) {
		Item item = file.item().orElseThrow();
		Work.start("Following", item.name(), "%s could not be opened.".formatted(item.name()), _ -> {
			boolean folder = Files.isDirectory(item.path());
			Ui.async(() -> {
				if (folder && file.isShown())
					becomeFolder(file, item);
				else
					otherwise.run();
			});
		});
	}

	private void becomeFolder(FileNode file, Item item) {
		Container parent = file.parent();
		var nodes = new ArrayList<>(parent.shown());
		var folder = new FolderNode(parent, item);
		nodes.set(nodes.indexOf(file), folder);
		listener.changing(parent);
		parent.setChildren(List.copyOf(nodes));
		listener.changed(parent);
		open(folder);
	}

	/** Forgets what lies below; it is loaded when the row is opened again. */
	private void unload(Container container) {
		if (!container.isLoaded())
			return;
		listener.changing(container);
		container.setExpanded(false);
		container.setChildren(null);
		listener.changed(container);
		listener.expand(container, false);
	}

	@Override
	public void changed(Session session) {
		Ui.async(() -> {
			if (disposed)
				return;
			for (BookmarkNode b : bookmarks()) {
				if (!b.saved().equals(session.bookmark()))
					continue;
				if (b.session().isEmpty())
					unload(b);
				else
					forgetLocked(b);
				redrawVaults(b);
			}
		});
	}

	/** No name of a vault outlives its being unlocked. */
	private void forgetLocked(Container container) {
		if (container.isLockedVault())
			unload(container);
		else if (container.isLoaded())
			container.shown().stream().filter(Container.class::isInstance).forEach(c -> forgetLocked((Container) c));
	}

	private void redrawVaults(Container container) {
		if (container.isVault() || container instanceof BookmarkNode)
			listener.redraw(container);
		if (container.isLoaded())
			container.shown().stream().filter(Container.class::isInstance).forEach(c -> redrawVaults((Container) c));
	}

	/** Draws the bookmarks anew whose connection was lost or found again, or of whose vaults other texts are kept. */
	void noticeStates() {
		for (BookmarkNode b : bookmarks())
			if (b.noticeState())
				redrawVaults(b);
	}

	/** Tells of plug-ins that were found broken. */
	public void reportPlugIns() {
		plugInHelp.reportBroken(sessions.plugIns());
	}

	/** The folder something can be put in when a row is selected: itself, or what it lies in. */
	public static Optional<Container> folderOf(Node node) {
		Container c = node instanceof Container own ? own : node.parent();
		return c == null || c instanceof RootNode ? Optional.empty() : Optional.of(c);
	}
}
