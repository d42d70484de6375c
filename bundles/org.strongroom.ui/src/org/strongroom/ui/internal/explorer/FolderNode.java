package org.strongroom.ui.internal.explorer;

import java.util.Optional;

import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.core.vault.VaultState;

/** A folder, a vault, or a link that turned out to lead to a folder. */
public final class FolderNode extends Container {
	private Item item;

	FolderNode(Container parent, Item item) {
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

	@Override
	public String location() {
		return item.location();
	}

	@Override
	public Optional<Session> session() {
		return bookmark().flatMap(BookmarkNode::session);
	}

	@Override
	public boolean isVault() {
		return item.vault().isPresent();
	}

	/** Whether it is a vault of a kind whose plug-in is missing. */
	public boolean isUnsupportedVault() {
		return item.vault().equals(Optional.of(VaultState.UNSUPPORTED));
	}
}
