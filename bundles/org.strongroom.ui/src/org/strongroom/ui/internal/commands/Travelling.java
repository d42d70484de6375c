package org.strongroom.ui.internal.commands;

import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.strongroom.core.residency.Guard;

/**
 * Whether somebody travels, as the window shows it: what is done here shows at once, and within seconds what another process does with the same home. Thread-safe; the UI thread never looks at the home for it.
 */
public final class Travelling {
	/** How often the home is looked at, in milliseconds. */
	private static final int EVERY = 2000;

	private final Runnable look = this::look;
	private final Runnable changed;
	private final ServiceTracker<Guard, Guard> guards;
	private volatile boolean on;
	private volatile boolean stopped;

	/** Begins at once. @param changed called on any thread when it is otherwise than before */
	public Travelling(BundleContext bundles, Runnable changed) {
		this.changed = changed;
		guards = new ServiceTracker<>(bundles, Guard.class, null) {
			@Override
			public Guard addingService(ServiceReference<Guard> reference) {
				Guard guard = super.addingService(reference);
				if (guard != null)
					guard.addListener(look);
				return guard;
			}

			@Override
			public void removedService(ServiceReference<Guard> reference, Guard guard) {
				guard.removeListener(look);
				super.removedService(reference, guard);
			}
		};
		Thread.ofVirtual().name("strongroom-travelling").start(this::lookOnAndOn);
	}

	/** Ends. */
	public void stop() {
		stopped = true;
		guards.close();
	}

	/** Whether somebody travels. Never waits. */
	public boolean isOn() {
		return on;
	}

	private void lookOnAndOn() {
		guards.open();
		while (!stopped) {
			look();
			try {
				Thread.sleep(EVERY);
			} catch (InterruptedException e) {
				return;
			}
		}
	}

	private void look() {
		Guard guard = guards.getService();
		if (guard != null && isNews(guard.isTravelling()))
			changed.run();
	}

	private synchronized boolean isNews(boolean now) {
		boolean isNews = now != on;
		on = now;
		return isNews;
	}
}
