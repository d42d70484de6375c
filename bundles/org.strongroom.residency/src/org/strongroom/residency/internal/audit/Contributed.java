package org.strongroom.residency.internal.audit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.eclipse.core.runtime.ContributorFactoryOSGi;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IConfigurationElement;
import org.eclipse.core.runtime.RegistryFactory;
import org.osgi.framework.Bundle;
import org.strongroom.core.residency.AuditSink;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.residency.policy.Policies;

/** What is contributed to {@code org.strongroom.core.auditSinks}; instances are made when first needed, once. */
final class Contributed {
	private static final Map<String, AuditSink> INSTANCES = new ConcurrentHashMap<>();

	private Contributed() {
	}

	/** @throws IllegalArgumentException with one line for a person if there is none of that id, or it does not work */
	static AuditSink sink(String id) {
		var registry = RegistryFactory.getRegistry();
		IConfigurationElement element = (registry == null ? Stream.<IConfigurationElement>empty() : Stream.of(registry.getConfigurationElementsFor("org.strongroom.core", "auditSinks")))
				.filter(e -> "auditSink".equals(e.getName()) && id.equals(e.getAttribute("id"))).findFirst()
				.orElseThrow(() -> new IllegalArgumentException("no plug-in has audit sinks of the kind '%s'; install it.".formatted(id)));
		Bundle plugIn = ContributorFactoryOSGi.resolve(element.getContributor());
		try {
			if (plugIn != null)
				Policies.read(Policies.sources()).admit(plugIn);
		} catch (ForbiddenException e) {
			throw new IllegalArgumentException(e.getMessage(), e);
		}
		return INSTANCES.computeIfAbsent(id, _ -> {
			try {
				return (AuditSink) element.createExecutableExtension("class");
			} catch (CoreException | ClassCastException | LinkageError e) {
				throw new IllegalArgumentException("the plug-in %s does not work: its audit sink '%s' could not be used.".formatted(element.getContributor().getName(), id), e);
			}
		});
	}
}
