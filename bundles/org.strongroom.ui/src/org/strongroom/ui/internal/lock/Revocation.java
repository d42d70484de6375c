package org.strongroom.ui.internal.lock;

import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.osgi.framework.BundleContext;
import org.osgi.util.tracker.ServiceTracker;
import org.strongroom.core.Session;
import org.strongroom.core.Sessions;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.residency.Ruling;
import org.strongroom.core.residency.Verdict;
import org.strongroom.core.vault.Vault;
import org.strongroom.ui.Problems;
import org.strongroom.ui.internal.external.Lent;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/**
 * Signs out of servers, locks vaults and takes back copies that the policies do not permit any more, some seconds after that changed. It is told, with the rule; asked is only what is to become of a copy's changes that cannot be
 * saved. What is not saved otherwise is kept as by {@link AutoLock}; editors of files outside of vaults with unsaved changes stay open.
 */
public final class Revocation {
	/** How often policies are read while somebody is signed in, in milliseconds. */
	private static final int EVERY = 5000;
	/** A policy that is just being written looks damaged, and is read again after so many milliseconds. */
	private static final int AGAIN = 1000;

	private final ServiceTracker<Sessions, Sessions> sessions;
	private final ServiceTracker<Guard, Guard> guards;
	private final Lent lent;
	/** What is being ended already, for that takes a while. For the thread that looks. */
	private final Set<Session> leaving = Collections.newSetFromMap(new IdentityHashMap<>());
	private final Set<Vault> locking = Collections.newSetFromMap(new IdentityHashMap<>());
	private final Set<Lent.Copy> returning = Collections.newSetFromMap(new IdentityHashMap<>());
	private volatile boolean stopped;

	/** Begins at once. */
	public Revocation(BundleContext bundles, Lent lent) {
		this.lent = lent;
		sessions = new ServiceTracker<>(bundles, Sessions.class, null);
		guards = new ServiceTracker<>(bundles, Guard.class, null);
		sessions.open();
		guards.open();
		Thread.ofVirtual().name("strongroom-revocation").start(this::lookOnAndOn);
	}

	/** Ends. */
	public void stop() {
		stopped = true;
		guards.close();
		sessions.close();
	}

	private void lookOnAndOn() {
		while (!stopped) {
			Sessions service = sessions.getService();
			Guard guard = guards.getService();
			if (service != null && guard != null) {
				look(service.all(), guard);
				look(guard);
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(EVERY));
		}
	}

	private void look(List<Session> all, Guard guard) {
		leaving.retainAll(all);
		var unlocked = new HashSet<Vault>();
		for (Session session : all) {
			if (leaving.contains(session))
				continue;
			if (!isPermitted(session, guard))
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(AGAIN));
			try {
				guard.admit(session.bookmark());
			} catch (ForbiddenException e) {
				leaving.add(session);
				Ui.async(() -> signOut(session, e));
				continue;
			}
			session.vaults().forEach((location, vault) -> {
				unlocked.add(vault);
				look(session, location, vault, guard);
			});
		}
		locking.retainAll(unlocked);
	}

	/** What may not be with another program any more. */
	private void look(Guard guard) {
		List<Lent.Copy> copies = lent.all();
		returning.retainAll(copies);
		for (Lent.Copy copy : copies)
			if (!returning.contains(copy) && isForbidden(copy, guard)) {
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(AGAIN));
				if (isForbidden(copy, guard) && returning.add(copy))
					Ui.async(() -> takeBack(copy, guard.ruling(copy.outgoing())));
			}
	}

	private static boolean isForbidden(Lent.Copy copy, Guard guard) {
		return guard.ruling(copy.outgoing()).verdict() == Verdict.FORBID;
	}

	private void takeBack(Lent.Copy copy, Ruling why) {
		lent.takeBack(List.of(copy));
		Problems.show("%s may not be open with %s any more.".formatted(copy.name(), copy.program()), ForbiddenException.by(why, copy.outgoing().words()));
	}

	/** Unlike {@link Guard#admit(org.strongroom.core.Bookmark)} this is not recorded. */
	private static boolean isPermitted(Session session, Guard guard) {
		try {
			guard.requirements(session.bookmark().uri());
			return true;
		} catch (ForbiddenException e) {
			return false;
		}
	}

	private void look(Session session, String location, Vault vault, Guard guard) {
		if (locking.contains(vault))
			return;
		try {
			guard.admit(session.bookmark(), location, vault.info());
		} catch (ForbiddenException e) {
			locking.add(vault);
			Ui.async(() -> lock(session, location, e));
		}
	}

	private static void signOut(Session session, ForbiddenException why) {
		String name = session.bookmark().name();
		AutoLock.putAway(session, "/");
		Work.start("Signing out", "of " + name, "%s was not signed out cleanly.".formatted(name), _ -> session.close());
		Problems.show("%s was signed out.".formatted(name), why);
	}

	private static void lock(Session session, String location, ForbiddenException why) {
		AutoLock.putAway(session, location);
		Work.start("Locking", "a vault", "The vault was not locked cleanly.", _ -> session.lock(location));
		Problems.show("The vault %s of %s was locked.".formatted(location, session.bookmark().name()), why);
	}
}
