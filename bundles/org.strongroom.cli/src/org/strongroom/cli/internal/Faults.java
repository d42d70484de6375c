package org.strongroom.cli.internal;

import java.io.IOException;

import org.osgi.framework.FrameworkUtil;
import org.osgi.service.log.LoggerFactory;

/** What went wrong in a way nobody foresaw, for the log: what sort and where, but never a message, for there may be names of files in it. */
final class Faults {
	private Faults() {
	}

	static void log(Throwable t) {
		if (t instanceof IOException || t instanceof IllegalArgumentException)
			return;
		var text = new StringBuilder("A command failed unexpectedly");
		for (Throwable c = t; c != null && text.length() < 8000; c = c.getCause()) {
			text.append("\n").append(c.getClass().getName());
			for (var frame : c.getStackTrace())
				text.append("\n\tat ").append(frame);
		}
		var bundle = FrameworkUtil.getBundle(Faults.class);
		var context = bundle == null ? null : bundle.getBundleContext();
		var reference = context == null ? null : context.getServiceReference(LoggerFactory.class);
		if (reference != null)
			context.getService(reference).getLogger(bundle, Faults.class.getName(), org.osgi.service.log.Logger.class).error(text.toString());
	}
}
