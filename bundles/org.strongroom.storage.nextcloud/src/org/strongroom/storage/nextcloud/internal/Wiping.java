package org.strongroom.storage.nextcloud.internal;

import java.io.IOException;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Session;
import org.strongroom.core.Sessions;
import org.strongroom.core.auth.Authenticator;

/** Removes what this machine has of a bookmark's server: its session with all unlocked vaults, and every secret that was remembered for it. The bookmark itself, which holds none, stays. */
final class Wiping {
	private Wiping() {
	}

	static void wipe(Bookmark bookmark) throws IOException {
		Bundle bundle = FrameworkUtil.getBundle(Wiping.class);
		BundleContext context = bundle == null ? null : bundle.getBundleContext();
		ServiceReference<Sessions> reference = context == null ? null : context.getServiceReference(Sessions.class);
		Sessions sessions = reference == null ? null : context.getService(reference);
		if (sessions == null)
			return;
		for (Session session : sessions.all())
			if (session.bookmark().server().equals(bookmark.server()) && session.bookmark().scheme().equals(bookmark.scheme()))
				session.close();
		for (Authenticator authenticator : sessions.plugIns().authenticators()) {
			authenticator.forget("password:" + bookmark.server());
			authenticator.forget("vault:" + bookmark.name());
		}
	}
}
