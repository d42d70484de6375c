package org.strongroom.core.internal;

import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.LoggerFactory;

/** The framework's log; silent outside a framework. Never given names or contents of remote files. */
final class Log {
	private Log() {
	}

	static void warn(String line) {
		log(LogLevel.WARN, line, null);
	}

	static void error(String line, Throwable cause) {
		log(LogLevel.ERROR, line, cause);
	}

	private static void log(LogLevel level, String line, Throwable cause) {
		Bundle bundle = FrameworkUtil.getBundle(Log.class);
		if (bundle == null || bundle.getBundleContext() == null)
			return;
		var context = bundle.getBundleContext();
		ServiceReference<LoggerFactory> reference = context.getServiceReference(LoggerFactory.class);
		LoggerFactory factory = reference == null ? null : context.getService(reference);
		if (factory == null)
			return;
		var logger = factory.getLogger(Log.class);
		switch (level) {
		case ERROR -> logger.error(line, cause);
		default -> logger.warn(line);
		}
	}
}
