package org.strongroom.storage.nextcloud.internal;

import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.CookieStore;
import java.net.HttpCookie;

/**
 * What Nextcloud knows a session by: without, it begins one with each request, which takes it ten times as long as most of them. In memory only, and bounded, for a server may send cookies without end.
 */
final class Cookies {
	private static final int MOST = 64;
	private static final int LONGEST = 4096;

	private Cookies() {
	}

	/** For one client. */
	static CookieHandler inMemory() {
		var manager = new CookieManager();
		CookieStore store = manager.getCookieStore();
		manager.setCookiePolicy((uri, cookie) -> HttpCookie.domainMatches(cookie.getDomain(), uri.getHost()) && cookie.getValue().length() <= LONGEST
				&& (store.getCookies().size() < MOST || store.getCookies().contains(cookie)));
		return manager;
	}
}
