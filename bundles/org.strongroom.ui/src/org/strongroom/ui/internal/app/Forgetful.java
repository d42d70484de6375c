package org.strongroom.ui.internal.app;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;

import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.hooks.service.EventListenerHook;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.framework.hooks.service.ListenerHook.ListenerInfo;
import org.osgi.service.event.EventConstants;

/**
 * Keeps the platform from writing dialog settings to the workspace when it ends: what was searched for and replaced in files, what was picked among open
 * editors. They stay in memory. The platform has no switch for it, but it writes them by one service that is told of the end; this hook hides that service
 * from whoever would tell it. To be registered before the display is made.
 */
final class Forgetful implements FindHook, EventListenerHook {
	private static final String PLATFORM = "org.eclipse.e4.ui.workbench.swt";
	/** UIEvents.UILifeCycle.APP_SHUTDOWN_STARTED */
	private static final String ENDING = "org/eclipse/e4/ui/LifeCycle/appShutdownStarted";

	@Override
	public void find(BundleContext context, String name, String filter, boolean all, Collection<ServiceReference<?>> references) {
		references.removeIf(Forgetful::writesSettings);
	}

	@Override
	public void event(ServiceEvent event, Map<BundleContext, Collection<ListenerInfo>> listeners) {
		if (writesSettings(event.getServiceReference()))
			listeners.clear();
	}

	private static boolean writesSettings(ServiceReference<?> service) {
		return service.getBundle() != null && PLATFORM.equals(service.getBundle().getSymbolicName())
				&& service.getProperty(EventConstants.EVENT_TOPIC) instanceof Object topics && isEnding(topics);
	}

	private static boolean isEnding(Object topics) {
		return ENDING.equals(topics) || topics instanceof String[] several && Arrays.asList(several).contains(ENDING);
	}
}
