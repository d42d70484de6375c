package org.strongroom.editors.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.eclipse.swt.widgets.Display;
import org.eclipse.ui.PlatformUI;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.strongroom.core.Session;
import org.strongroom.core.SessionListener;
import org.strongroom.core.Sessions;
import org.strongroom.editors.OpenEditors;
import org.strongroom.editors.internal.text.Drafts;
import org.strongroom.editors.internal.work.Ui;

/** Lets go of files whose vault is being locked or whose session ends, and brings back what was kept of them. Starts with the first editor. */
public final class Activator implements BundleActivator {
	private ServiceTracker<Sessions, Sessions> sessions;

	private static final class Closer implements SessionListener {
		/** How long a vault waits for the person to decide on unsaved files; after it, what was typed stays in its editor and saving asks for what it needs. */
		private static final long PATIENCE_SECONDS = 60;

		@Override
		public void changed(Session session) {
			if (!session.vaults().isEmpty())
				Ui.async(() -> Drafts.bringBack(session));
		}

		@Override
		public void locking(Session session, String location) {
			if (Display.getCurrent() != null) {
				OpenEditors.letGo(session, location);
				return;
			}
			var done = new CompletableFuture<Void>();
			Ui.async(() -> {
				try {
					OpenEditors.letGo(session, location);
				} finally {
					done.complete(null);
				}
			});
			if (PlatformUI.isWorkbenchRunning())
				await(done);
		}

		private static void await(CompletableFuture<Void> done) {
			try {
				done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
			} catch (TimeoutException | ExecutionException e) {
				// locking must not depend on somebody being there
			} catch (InterruptedException e) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public void start(BundleContext context) {
		var closer = new Closer();
		sessions = new ServiceTracker<>(context, Sessions.class, null) {
			@Override
			public Sessions addingService(ServiceReference<Sessions> reference) {
				Sessions service = super.addingService(reference);
				service.addListener(closer);
				return service;
			}

			@Override
			public void removedService(ServiceReference<Sessions> reference, Sessions service) {
				service.removeListener(closer);
				super.removedService(reference, service);
			}
		};
		sessions.open();
	}

	@Override
	public void stop(BundleContext context) {
		sessions.close();
	}
}
