package org.strongroom.residency.policy;

import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleWiring;

/** The OSGi framework that this runs in. */
final class Framework {
	private Framework() {
	}

	/** Its context, which is there whether this bundle has begun or not: nothing that is installed may be overlooked. */
	static BundleContext context() {
		return FrameworkUtil.getBundle(Framework.class).adapt(BundleWiring.class).getRequiredWires(PackageNamespace.PACKAGE_NAMESPACE).stream().map(wire -> wire.getProviderWiring().getBundle())
				.filter(bundle -> bundle.getBundleId() == Constants.SYSTEM_BUNDLE_ID).findFirst().orElseThrow().getBundleContext();
	}
}
