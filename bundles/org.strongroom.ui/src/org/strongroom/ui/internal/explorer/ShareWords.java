package org.strongroom.ui.internal.explorer;

import org.strongroom.core.storage.Shares.Share;

/** Shares in words. */
public final class ShareWords {
	private ShareWords() {
	}

	/** With whom. */
	public static String with(Share share) {
		return switch (share.with()) {
		case LINK -> share.hasPassword() ? "link with password" : "link";
		case PERSON -> share.who();
		case GROUP -> "group " + share.who();
		case OTHER -> share.who().isEmpty() ? "in another way" : share.who();
		};
	}
}
