package org.strongroom.ui.internal.explorer;

import java.util.Optional;

import org.strongroom.core.Item;

/** A file, a link, or something that cannot be used. */
public final class FileNode extends Node {
	private Item item;

	FileNode(Container parent, Item item) {
		super(parent);
		this.item = item;
	}

	void update(Item newer) {
		item = newer;
	}

	@Override
	public String name() {
		return item.name();
	}

	@Override
	public Optional<Item> item() {
		return Optional.of(item);
	}
}
