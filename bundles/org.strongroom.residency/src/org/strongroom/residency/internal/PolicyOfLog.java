package org.strongroom.residency.internal;

import org.strongroom.residency.audit.AuditPolicy;
import org.strongroom.residency.audit.AuditSettings;
import org.strongroom.residency.policy.Policies;

/** The audit log is kept as the policies have it. */
public final class PolicyOfLog implements AuditPolicy {
	@Override
	public AuditSettings settings() {
		return Policies.read(Policies.sources()).audit();
	}
}
