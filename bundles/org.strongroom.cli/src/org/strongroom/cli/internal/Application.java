package org.strongroom.cli.internal;

import java.util.List;

import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
import org.osgi.framework.FrameworkUtil;

/** The command line. */
public final class Application implements IApplication {

	@Override
	public Object start(IApplicationContext context) throws Exception {
		context.applicationRunning();
		List<String> arguments = Arguments.of(context);
		if (arguments.equals(List.of("--version"))) {
			System.out.println("Strongroom " + FrameworkUtil.getBundle(Application.class).getVersion());
			return IApplication.EXIT_OK;
		}
		arguments.forEach(System.out::println);
		return IApplication.EXIT_OK;
	}

	@Override
	public void stop() {
	}
}
