package org.strongroom.demo.internal;

import java.io.Console;

import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.strongroom.demo.TerminalDemo;

/** The demo where there is no display. */
public final class Application implements IApplication {

	@Override
	public Object start(IApplicationContext context) {
		context.applicationRunning();
		BundleContext bundles = FrameworkUtil.getBundle(Application.class).getBundleContext();
		// The start script hands arguments over this way; it knows which there are.
		if ("--serve\n".equals(System.getenv("STRONGROOM_ARGUMENTS")))
			return TerminalDemo.serve(bundles, System.in, System.out, System.err);
		Console console = System.console();
		boolean colours = console != null && console.isTerminal() && System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
		return TerminalDemo.run(bundles, System.out, System.err, colours);
	}

	@Override
	public void stop() {
		// A run lasts seconds, and its end at a signal is the demo's own business.
	}
}
