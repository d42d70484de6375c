package org.strongroom.demo.ui.internal;

import java.io.IOException;

import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IConfigurationElement;
import org.eclipse.core.runtime.IExtension;
import org.eclipse.core.runtime.Platform;
import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
import org.eclipse.swt.SWTError;
import org.eclipse.ui.IWorkbench;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.util.tracker.ServiceTracker;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Problem;
import org.strongroom.core.Sessions;
import org.strongroom.demo.Demo;
import org.strongroom.demo.TerminalDemo;

/** The demo in the window: the workbench itself, with a demo running behind it and the demo view opened. */
public final class Application implements IApplication {
	private static final String WORKBENCH = "org.strongroom.ui.application";
	private static final long PATIENCE_MILLIS = 20_000;
	private volatile IApplication workbench;

	@Override
	public Object start(IApplicationContext context) throws Exception {
		BundleContext bundles = FrameworkUtil.getBundle(Application.class).getBundleContext();
		// Held for the whole run: a service that nobody holds ends, and with it all sessions.
		var sessions = new ServiceTracker<Sessions, Sessions>(bundles, Sessions.class, null);
		sessions.open();
		try {
			Sessions found = sessions.waitForService(PATIENCE_MILLIS);
			if (found == null)
				throw new IOException("Strongroom is not installed completely: there is nothing that makes sessions.");
			try (Demo demo = Demo.start(found.plugIns())) {
				save(bundles, demo);
				return run(context, bundles, demo);
			}
		} catch (SWTError e) {
			System.err.println("strongroom: The display cannot be used (%s), so here is the demo in the terminal.".formatted(e.getMessage()));
			return TerminalDemo.run(bundles, System.out, System.err, false);
		} catch (IOException e) {
			System.err.println("strongroom: " + Problem.of(e).message());
			return 1;
		} finally {
			sessions.close();
		}
	}

	private static void save(BundleContext bundles, Demo demo) throws IOException {
		var bookmarks = new ServiceTracker<Bookmarks, Bookmarks>(bundles, Bookmarks.class, null);
		bookmarks.open();
		try {
			bookmarks.getService().save(demo.bookmark(), true);
		} finally {
			bookmarks.close();
		}
	}

	private Object run(IApplicationContext context, BundleContext bundles, Demo demo) throws Exception {
		var running = bundles.registerService(Demo.class, demo, null);
		ServiceListener opener = e -> {
			if (e.getType() == ServiceEvent.REGISTERED && bundles.getService(e.getServiceReference()) instanceof IWorkbench started)
				started.addWindowListener(new ViewOpener());
		};
		bundles.addServiceListener(opener, "(objectClass=" + IWorkbench.class.getName() + ")");
		try {
			workbench = workbench();
			return workbench.start(context);
		} finally {
			bundles.removeServiceListener(opener);
			running.unregister();
		}
	}

	private static IApplication workbench() throws IOException {
		IExtension extension = Platform.getExtensionRegistry().getExtension("org.eclipse.core.runtime.applications", WORKBENCH);
		if (extension == null)
			throw new IOException("Strongroom is not installed completely: there is no workbench.");
		try {
			IConfigurationElement run = extension.getConfigurationElements()[0].getChildren("run")[0];
			return (IApplication) run.createExecutableExtension("class");
		} catch (CoreException e) {
			throw new IOException("The workbench cannot be started.", e);
		}
	}

	@Override
	public void stop() {
		IApplication started = workbench;
		if (started != null)
			started.stop();
	}
}
