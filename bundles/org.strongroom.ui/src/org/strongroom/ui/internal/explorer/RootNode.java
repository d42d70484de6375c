package org.strongroom.ui.internal.explorer;

import java.util.List;
import java.util.Optional;

import org.strongroom.core.Session;

/** What the bookmarks lie in; not shown itself. */
public final class RootNode extends Container {
	RootNode() {
		super(null);
		setChildren(List.of());
	}

	@Override
	public String name() {
		return "";
	}

	@Override
	public String location() {
		return "";
	}

	@Override
	public Optional<Session> session() {
		return Optional.empty();
	}

	@Override
	public boolean isVault() {
		return false;
	}
}
