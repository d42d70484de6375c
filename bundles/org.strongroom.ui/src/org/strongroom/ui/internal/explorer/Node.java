package org.strongroom.ui.internal.explorer;

import java.util.Optional;

import org.strongroom.core.Item;

/** One row of the explorer. For the UI thread. */
public abstract sealed class Node permits Container, FileNode, NoteNode {
	private final Container parent;

	/** @param parent null for the root alone */
	Node(Container parent) {
		this.parent = parent;
	}

	/** What it lies in; null for the root alone. */
	public Container parent() {
		return parent;
	}

	/** What it is called. */
	public abstract String name();

	/** The item on a server that it stands for. */
	public Optional<Item> item() {
		return Optional.empty();
	}

	/** The bookmark it belongs to; empty for the root and notes in it. */
	public Optional<BookmarkNode> bookmark() {
		for (Node n = this; n != null; n = n.parent)
			if (n instanceof BookmarkNode b)
				return Optional.of(b);
		return Optional.empty();
	}

	/** Whether it still is part of the tree. */
	public boolean isShown() {
		for (Node n = this; n.parent != null; n = n.parent)
			if (!n.parent.shown().contains(n))
				return false;
		return true;
	}
}
