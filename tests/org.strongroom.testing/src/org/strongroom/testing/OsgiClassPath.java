package org.strongroom.testing;

import java.io.File;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.eclipse.core.runtime.FileLocator;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/** Finds the files behind bundles. Loaded only where there is an OSGi framework. */
final class OsgiClassPath {

	private OsgiClassPath() {
	}

	/** Whether the class was loaded by a bundle. */
	static boolean isBundle(Class<?> type) {
		return FrameworkUtil.getBundle(type) != null;
	}

	/** The bundle of the given class, and the one with the given name it is wired to with all that one needs, as entries for a class path. */
	static List<String> of(Class<?> type, String needed) {
		Bundle own = FrameworkUtil.getBundle(type);
		Set<Bundle> found = new LinkedHashSet<>();
		Deque<Bundle> open = new ArrayDeque<>();
		for (BundleWire wire : own.adapt(BundleWiring.class).getRequiredWires(null)) {
			Bundle provider = wire.getProvider().getBundle();
			if (needed.equals(provider.getSymbolicName())) {
				open.add(provider);
			}
		}
		while (!open.isEmpty()) {
			Bundle bundle = open.poll();
			BundleWiring wiring = bundle.adapt(BundleWiring.class);
			if (bundle.getBundleId() != 0 && wiring != null && found.add(bundle)) {
				wiring.getRequiredWires(null).forEach(wire -> open.add(wire.getProvider().getBundle()));
			}
		}
		List<String> entries = new ArrayList<>(entries(own));
		for (Bundle bundle : found) {
			entries.addAll(entries(bundle));
		}
		return entries;
	}

	/** A bundle is a file; one from a workspace is a folder with its classes in another. */
	private static List<String> entries(Bundle bundle) {
		List<String> entries = new ArrayList<>();
		FileLocator.getBundleFileLocation(bundle).ifPresent(file -> {
			entries.add(file.getPath());
			for (String classes : List.of("target/classes", "bin")) {
				File folder = new File(file, classes);
				if (folder.isDirectory()) {
					entries.add(folder.getPath());
				}
			}
		});
		return entries;
	}
}
