package org.strongroom.residency.internal.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.strongroom.core.residency.AuditEvent.Kind;

/** Which bundles the program consisted of when its log was written last; whatever installed or removed some, it is noticed by the next process. */
final class Installed {
	private static final String FILE = "plug-ins";

	private Installed() {
	}

	/** The bundles of this process; none outside of a framework. */
	static Set<String> now() {
		Bundle own = FrameworkUtil.getBundle(Installed.class);
		return own == null || own.getBundleContext() == null ? Set.of()
				: Stream.of(own.getBundleContext().getBundles()).map(Bundle::getSymbolicName).filter(n -> n != null).collect(Collectors.toCollection(TreeSet::new));
	}

	/** What the log has to say about it: nothing the first time. */
	static List<String> changes(LogFolder folder, Set<String> now, Origin origin) throws IOException {
		Path file = folder.path().resolve(FILE);
		if (now.isEmpty() || !Files.exists(file))
			return List.of();
		Set<String> before = new TreeSet<>(Files.readAllLines(file, StandardCharsets.UTF_8));
		var bodies = new ArrayList<String>();
		tell(Kind.PLUGIN_INSTALLED, now, before, origin, bodies);
		tell(Kind.PLUGIN_REMOVED, before, now, origin, bodies);
		return bodies;
	}

	private static void tell(Kind kind, Set<String> these, Set<String> those, Origin origin, List<String> bodies) {
		for (String bundle : new TreeSet<>(these))
			if (!those.contains(bundle))
				bodies.add(origin.own(Instant.now(), kind, Map.of("bundle", bundle)));
	}

	/** From now on these are known. */
	static void known(LogFolder folder, Set<String> now) throws IOException {
		if (!now.isEmpty())
			LogFolder.write(folder.path().resolve(FILE), Line.bytes(String.join("\n", new TreeSet<>(now)) + "\n"));
	}

	static boolean isKnown(LogFolder folder) {
		return Files.exists(folder.path().resolve(FILE));
	}
}
