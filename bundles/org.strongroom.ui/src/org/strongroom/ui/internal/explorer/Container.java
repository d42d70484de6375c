package org.strongroom.ui.internal.explorer;

import java.util.List;
import java.util.Optional;

import org.strongroom.core.Session;
import org.strongroom.editors.OpenEditors;

/** A row that others lie in. For the UI thread. */
public abstract sealed class Container extends Node permits RootNode, BookmarkNode, FolderNode {
	private final List<Node> loading = List.of(new NoteNode(this, "Loading…"));
	private List<Node> children;
	private int unreadable;
	private NoteNode remark;
	private boolean expanded;
	private boolean busy;

	Container(Container parent) {
		super(parent);
	}

	/** Where it lies in its session; {@code /} for a bookmark. */
	public abstract String location();

	/** The session it belongs to, if there is one (signed in or lost). */
	public abstract Optional<Session> session();

	/** Whether its items have been loaded. */
	public boolean isLoaded() {
		return children != null;
	}

	/** The rows below: its items once loaded, until then a remark. */
	public List<Node> shown() {
		return children == null ? loading : children;
	}

	void setChildren(List<Node> newChildren) {
		children = newChildren;
	}

	/** How many items it holds whose names cannot be read. */
	int unreadable() {
		return unreadable;
	}

	/** Notes how many items it holds whose names cannot be read. @return a row that says so, if there are any: the same one for the same number */
	Optional<Node> setUnreadable(int count) {
		if (count != unreadable)
			remark = new NoteNode(this, count == 1 ? "1 item cannot be read" : "%,d items cannot be read".formatted(count));
		unreadable = count;
		return count == 0 ? Optional.empty() : Optional.of(remark);
	}

	/** Whether its rows are open. */
	public boolean isExpanded() {
		return expanded;
	}

	void setExpanded(boolean open) {
		expanded = open;
	}

	/** Whether its items are being loaded. */
	public boolean isBusy() {
		return busy;
	}

	void setBusy(boolean isBusy) {
		busy = isBusy;
	}

	/** Whether it can be looked into and written to now: signed in, and not a locked vault. */
	public boolean isOpen() {
		return session().filter(s -> s.state() == Session.State.SIGNED_IN).isPresent() && !isLockedVault();
	}

	/** Whether it is a vault, unlocked or not. */
	public abstract boolean isVault();

	/** Whether it is a vault that is unlocked. */
	public boolean isUnlockedVault() {
		return isVault() && session().filter(s -> s.vaults().containsKey(location())).isPresent();
	}

	/** How many unsaved texts are kept of it, or of vaults below it, until they are unlocked again. */
	public int kept() {
		return bookmark().map(b -> OpenEditors.kept(b.saved(), location())).orElse(0);
	}

	/** Whether it is a vault that is not unlocked. */
	public boolean isLockedVault() {
		return isVault() && !isUnlockedVault();
	}
}
