package org.strongroom.editors.internal;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.strongroom.core.Session;
import org.strongroom.core.SessionListener;
import org.strongroom.core.Sessions;
import org.strongroom.editors.OpenEditors;
import org.strongroom.editors.internal.work.Ui;

/** Lets go of files whose vault is being locked or whose session ends. Starts with the first editor. */
public final class Activator implements BundleActivator {
	private ServiceTracker<Sessions, Sessions> sessions;

	/** Editors with unsaved changes stay: nothing typed is lost, and saving asks for what it needs. Whoever locks asks about them before. */
	private static final class Closer implements SessionListener {
		@Override
		public void changed(Session session) {
			if (session.state() == Session.State.CLOSED)
				Ui.async(() -> OpenEditors.closeUnchanged(session, "/"));
		}

		@Override
		public void locking(Session session, String location) {
			Ui.async(() -> OpenEditors.closeUnchanged(session, location));
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
