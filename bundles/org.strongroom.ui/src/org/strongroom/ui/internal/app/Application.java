package org.strongroom.ui.internal.app;

import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
import org.eclipse.swt.widgets.Display;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.PlatformUI;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.hooks.service.EventListenerHook;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.util.tracker.ServiceTracker;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Sessions;
import org.strongroom.core.auth.Prompter;
import org.strongroom.editors.Exports;
import org.strongroom.external.Loan;
import org.strongroom.ui.internal.commands.TravelHandler;
import org.strongroom.ui.internal.commands.Travelling;
import org.strongroom.ui.internal.external.Lent;
import org.strongroom.ui.internal.lock.AutoLock;
import org.strongroom.ui.internal.lock.Revocation;
import org.strongroom.ui.internal.prompt.DialogPrompter;
import org.strongroom.ui.internal.work.Ui;
import org.strongroom.ui.internal.work.Work;

/** The workbench. Its workspace is thrown away after each run. */
public final class Application implements IApplication {
	/** Longest that leaving waits for servers. */
	private static final long GOODBYE_MILLIS = 5000;

	@Override
	public Object start(IApplicationContext context) {
		BundleContext bundles = FrameworkUtil.getBundle(Application.class).getBundleContext();
		var forgetful = bundles.registerService(new String[] { FindHook.class.getName(), EventListenerHook.class.getName() }, new Forgetful(), null);
		var prompter = bundles.registerService(Prompter.class, new DialogPrompter(), null);
		var exports = bundles.registerService(Exports.class, new Exports(), null);
		var copies = new Lent();
		var lent = bundles.registerService(Lent.class, copies, null);
		Loan.sweep();
		// told to end at once, and not by the window
		Thread leaving = Thread.ofPlatform().unstarted(Loan::leave);
		Runtime.getRuntime().addShutdownHook(leaving);
		// held for the whole run: a service that nobody holds ends, and with it all sessions
		var sessions = new ServiceTracker<Sessions, Sessions>(bundles, Sessions.class, null);
		var bookmarks = new ServiceTracker<Bookmarks, Bookmarks>(bundles, Bookmarks.class, null);
		sessions.open();
		bookmarks.open();
		Display display = PlatformUI.createDisplay();
		NoHints.install();
		GuardedFields.install(display);
		RecentFiles.keepOut();
		var lock = new AutoLock(bundles, display);
		var revocation = new Revocation(bundles, copies);
		var locking = bundles.registerService(AutoLock.class, lock, null);
		var travelling = new Travelling(bundles, () -> Ui.async(() -> {
			TravelHandler.update();
			copies.travel();
		}));
		var travels = bundles.registerService(Travelling.class, travelling, null);
		try {
			sessions.getService();
			bookmarks.getService();
			int outcome = PlatformUI.createAndRunWorkbench(display, new Advisor());
			copies.close();
			goodbye(sessions.getService());
			return outcome == PlatformUI.RETURN_RESTART ? IApplication.EXIT_RESTART : IApplication.EXIT_OK;
		} finally {
			travels.unregister();
			travelling.stop();
			locking.unregister();
			revocation.stop();
			lock.stop();
			display.dispose();
			bookmarks.close();
			sessions.close();
			copies.close();
			lent.unregister();
			exports.unregister();
			prompter.unregister();
			forgetful.unregister();
		}
	}

	/** Signs out everywhere. The window is gone already; nobody waits long. */
	private static void goodbye(Sessions sessions) {
		Job.getJobManager().cancel(Work.FAMILY);
		if (sessions == null)
			return;
		Thread leaving = Thread.ofVirtual().start(sessions::closeAll);
		try {
			leaving.join(GOODBYE_MILLIS);
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void stop() {
		if (!PlatformUI.isWorkbenchRunning())
			return;
		IWorkbench workbench = PlatformUI.getWorkbench();
		Display display = workbench.getDisplay();
		display.syncExec(() -> {
			if (!display.isDisposed())
				workbench.close();
		});
	}
}
