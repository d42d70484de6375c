package org.strongroom.core.internal;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import org.eclipse.core.runtime.ContributorFactoryOSGi;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IConfigurationElement;
import org.eclipse.core.runtime.IExtensionRegistry;
import org.osgi.framework.Bundle;
import org.strongroom.core.MissingPlugInException;
import org.strongroom.core.PlugIns;
import org.strongroom.core.auth.Authenticator;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.storage.Protocol;
import org.strongroom.core.vault.VaultFormat;

/** {@link PlugIns} over the extension registry: instances are made when first needed, once, and a failing one is left out from then on. */
public final class PlugInRegistry implements PlugIns {
	private static final String CORE = "org.strongroom.core";
	/** Short names of our own plug-ins where they differ from what they open, to say what to install. */
	private static final Map<String, String> HOME_OF_SCHEME = Map.of("dav", "webdav", "davs", "webdav");
	private final IExtensionRegistry registry;
	private final Admission admission;
	private final Map<String, Object> instances = new ConcurrentHashMap<>();
	private final List<String> problems = new CopyOnWriteArrayList<>();

	/** Says which plug-ins may be used. */
	@FunctionalInterface
	public interface Admission {
		/** @throws ForbiddenException if it may not */
		void admit(Bundle plugIn) throws ForbiddenException;
	}

	/** @param registry where the contributions are @param admission is asked each time before a contribution is given out */
	public PlugInRegistry(IExtensionRegistry registry, Admission admission) {
		this.registry = registry;
		this.admission = admission;
	}

	@Override
	public List<ProtocolInfo> protocols() {
		return elements("protocols", "protocol").map(e -> {
			try {
				String port = e.getAttribute("defaultPort");
				return new ProtocolInfo(required(e, "scheme").toLowerCase(Locale.ROOT), required(e, "name"),
						port == null ? 0 : Integer.parseInt(port), !"false".equals(e.getAttribute("hasHost")), "true".equals(e.getAttribute("usesKeys")));
			} catch (RuntimeException | CoreException x) {
				report(e, x);
				return null;
			}
		}).filter(p -> p != null).sorted(Comparator.comparing(ProtocolInfo::name)).toList();
	}

	@Override
	public Protocol protocol(String scheme) throws IOException {
		return first(elements("protocols", "protocol").filter(e -> scheme.equalsIgnoreCase(e.getAttribute("scheme"))), Protocol.class)
				.orElseThrow(() -> new MissingPlugInException(HOME_OF_SCHEME.getOrDefault(scheme, scheme), "'%s' addresses cannot be opened".formatted(scheme)));
	}

	@Override
	public List<VaultFormatInfo> vaultFormats() {
		return elements("vaultFormats", "vaultFormat").map(e -> {
			try {
				List<String> markers = Stream.of(e.getChildren("marker")).map(m -> m.getAttribute("file")).filter(f -> f != null && !f.isEmpty()).toList();
				return new VaultFormatInfo(required(e, "id"), required(e, "name"), markers);
			} catch (RuntimeException | CoreException x) {
				report(e, x);
				return null;
			}
		}).filter(f -> f != null).toList();
	}

	@Override
	public VaultFormat vaultFormat(String id) throws IOException {
		return first(elements("vaultFormats", "vaultFormat").filter(e -> id.equals(e.getAttribute("id"))), VaultFormat.class)
				.orElseThrow(() -> new MissingPlugInException(id, "This kind of vault cannot be opened"));
	}

	@Override
	public List<Authenticator> authenticators() {
		return elements("authenticators", "authenticator").sorted(Comparator.comparingInt(PlugInRegistry::priority)).filter(this::isAdmitted)
				.map(e -> instance(e, Authenticator.class)).filter(a -> a != null).toList();
	}

	@Override
	public List<String> problems() {
		return List.copyOf(problems);
	}

	/** The first that works. @throws ForbiddenException if there may be one, but it may not be used */
	private <T> Optional<T> first(Stream<IConfigurationElement> elements, Class<T> type) throws ForbiddenException {
		ForbiddenException refused = null;
		for (IConfigurationElement e : elements.toList()) {
			try {
				admit(e);
			} catch (ForbiddenException x) {
				refused = x;
				continue;
			}
			T made = instance(e, type);
			if (made != null)
				return Optional.of(made);
		}
		if (refused != null)
			throw refused;
		return Optional.empty();
	}

	private void admit(IConfigurationElement e) throws ForbiddenException {
		Bundle plugIn = ContributorFactoryOSGi.resolve(e.getContributor());
		if (plugIn != null)
			admission.admit(plugIn);
	}

	private boolean isAdmitted(IConfigurationElement e) {
		try {
			admit(e);
			return true;
		} catch (ForbiddenException x) {
			if (!problems.contains(x.getMessage()))
				problems.add(x.getMessage());
			return false;
		}
	}

	private Stream<IConfigurationElement> elements(String point, String element) {
		return Stream.of(registry.getConfigurationElementsFor(CORE, point)).filter(e -> element.equals(e.getName()));
	}

	private static int priority(IConfigurationElement e) {
		try {
			return Integer.parseInt(e.getAttribute("priority"));
		} catch (NumberFormatException x) {
			return 100;
		}
	}

	private static String required(IConfigurationElement e, String attribute) throws CoreException {
		String value = e.getAttribute(attribute);
		if (value == null || value.isBlank())
			throw new IllegalArgumentException("attribute '" + attribute + "' is missing");
		return value;
	}

	/** The instance of a contribution; null if it cannot be made. A broken plug-in may throw anything, errors of linkage too. */
	private <T> T instance(IConfigurationElement e, Class<T> type) {
		String key = e.getContributor().getName() + "/" + e.getAttribute("class") + "/" + e.getName();
		Object made = instances.computeIfAbsent(key, _ -> {
			try {
				return type.cast(e.createExecutableExtension("class"));
			} catch (CoreException | RuntimeException | LinkageError x) {
				report(e, x);
				return x;
			}
		});
		return type.isInstance(made) ? type.cast(made) : null;
	}

	private void report(IConfigurationElement e, Throwable x) {
		Throwable root = x;
		while (root.getCause() != null && root.getCause() != root)
			root = root.getCause();
		String line = "Plug-in %s does not work: its %s could not be used (%s)".formatted(e.getContributor().getName(), e.getName(), root);
		if (!problems.contains(line)) {
			problems.add(line);
			Log.error(line, x);
		}
	}
}
