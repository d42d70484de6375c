package org.strongroom.ui.internal.explorer;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.core.Session.State;
import org.strongroom.core.Sessions;
import org.strongroom.core.storage.Change;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.History;
import org.strongroom.core.storage.Shares;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Trash;
import org.strongroom.ui.internal.external.Lent;

/** What can be done with what is selected. */
public final class Abilities {
	private Abilities() {
	}

	/** The words for it, as {@code plugin.xml} uses them. */
	public static Set<String> of(List<Node> selected, Sessions sessions, Lent lent) {
		var can = new LinkedHashSet<String>();
		add(can, "takeBack", !lent.all().isEmpty());
		if (sessions.all().stream().anyMatch(s -> !s.vaults().isEmpty()))
			can.add("lockEverything");
		if (selected.isEmpty())
			return Set.copyOf(can);
		boolean one = selected.size() == 1;
		List<BookmarkNode> bookmarks = selected.stream().filter(BookmarkNode.class::isInstance).map(BookmarkNode.class::cast).toList();
		List<Container> containers = selected.stream().filter(Container.class::isInstance).map(Container.class::cast).toList();
		boolean onlyBookmarks = bookmarks.size() == selected.size();
		boolean onlyItems = selected.stream().allMatch(n -> n.item().isPresent());
		boolean live = selected.stream().allMatch(n -> n instanceof BookmarkNode || n.parent().isOpen());
		boolean sound = onlyItems && selected.stream().allMatch(n -> n.item().get().problem().isEmpty());

		add(can, "properties", true);
		add(can, "refresh", true);
		add(can, "open", one);
		add(can, "editBookmark", one && onlyBookmarks);
		add(can, "connect", onlyBookmarks && bookmarks.stream().anyMatch(b -> b.state().isEmpty() && !b.isBusy()));
		add(can, "reconnect", onlyBookmarks && bookmarks.stream().anyMatch(b -> b.state().filter(s -> s == State.LOST).isPresent()));
		add(can, "disconnect", onlyBookmarks && bookmarks.stream().anyMatch(b -> b.session().isPresent()));
		add(can, "unlock", one && containers.stream().anyMatch(c -> c.isLockedVault() && !c.isBusy() && !(c instanceof FolderNode f && f.isUnsupportedVault())));
		add(can, "lock", containers.stream().anyMatch(Container::isUnlockedVault));
		add(can, "forget", one && containers.stream().anyMatch(c -> c instanceof BookmarkNode || c.isVault()));
		add(can, "put", one && Explorer.folderOf(selected.getFirst()).filter(f -> takes(f, Change.ADD_FILE)).isPresent());
		add(can, "putFolder", one && Explorer.folderOf(selected.getFirst()).filter(f -> takes(f, Change.ADD_FOLDER)).isPresent());
		add(can, "rename", one && (onlyBookmarks || onlyItems && live && permit(selected, Change.RENAME)));
		add(can, "delete", onlyBookmarks || onlyItems && live && permit(selected, Change.DELETE));
		add(can, "copy", sound && live);
		add(can, "move", sound && live && permit(selected, Change.MOVE));
		add(can, "download", sound && live && containers.stream().noneMatch(Container::isLockedVault));
		add(can, "openWith", sound && live && one && selected.getFirst() instanceof FileNode);
		add(can, "find", one && Explorer.folderOf(selected.getFirst()).filter(Container::isOpen).isPresent());
		if (one && live)
			onServer(can, selected.getFirst());
		return Set.copyOf(can);
	}

	/** Whether a folder can be written to, and the server permits it as far as it tells. */
	static boolean takes(Container folder, Change change) {
		return folder.isOpen() && permit(List.of(folder), change);
	}

	/** Whether the server permits it for all of them, as far as it tells. */
	static boolean permit(List<? extends Node> nodes, Change change) {
		return nodes.stream().noneMatch(n -> n.item().filter(i -> i.refused().contains(change)).isPresent());
	}

	/** What only some servers can do. */
	private static void onServer(Set<String> can, Node node) {
		Optional<Session> session = node instanceof Container c ? c.session() : node.parent().session();
		if (session.filter(s -> s.state() == State.SIGNED_IN).isEmpty())
			return;
		Storage storage = session.get().fileSystem().storage();
		Optional<Item> item = node.item().filter(i -> i.problem().isEmpty());
		boolean shared = item.isPresent() && permit(List.of(node), Change.SHARE) && storage.extra(Shares.class).isPresent();
		add(can, "share", shared);
		add(can, "shareCopy", item.isPresent() && storage.extra(Shares.class).isPresent() && session.get().vaultOf(item.get().location()).filter(v -> !v.getKey().equals(item.get().location())).isPresent());
		add(can, "versions", item.filter(i -> i.type() == Type.FILE).isPresent() && storage.extra(History.class).isPresent());
		add(can, "trash", node instanceof Container c && c.isOpen() && storage.extra(Trash.class).isPresent());
	}

	private static void add(Set<String> can, String what, boolean possible) {
		if (possible)
			can.add(what);
	}
}
