package org.strongroom.ui.internal.explorer;

import java.util.Optional;

import org.strongroom.core.Bookmark;
import org.strongroom.core.Session;
import org.strongroom.core.Sessions;

/** A bookmark. */
public final class BookmarkNode extends Container {
	private final Bookmark bookmark;
	private final Sessions sessions;
	/** Whether the start folder itself is a vault, as far as is known. */
	private boolean vault;
	private Optional<Session.State> noticed = Optional.empty();
	private int noticedKept;

	BookmarkNode(Container parent, Bookmark bookmark, Sessions sessions) {
		super(parent);
		this.bookmark = bookmark;
		this.sessions = sessions;
	}

	/** The bookmark itself. */
	public Bookmark saved() {
		return bookmark;
	}

	@Override
	public String name() {
		return bookmark.name();
	}

	@Override
	public String location() {
		return "/";
	}

	@Override
	public Optional<Session> session() {
		return sessions.find(bookmark);
	}

	/** How the session stands; empty if there is none. */
	public Optional<Session.State> state() {
		return session().map(Session::state);
	}

	/** Whether the session stands otherwise, or other texts are kept, than when this was called before. */
	boolean noticeState() {
		Optional<Session.State> now = state();
		int keptNow = kept();
		boolean changed = !now.equals(noticed) || keptNow != noticedKept;
		noticed = now;
		noticedKept = keptNow;
		return changed;
	}

	void setVault(boolean isVault) {
		vault = isVault;
	}

	@Override
	public boolean isVault() {
		return vault;
	}
}
