package org.strongroom.residency.audit;

/** Service: tells how the audit log is to be kept. Without one it is {@link AuditSettings#DEFAULT}. Thread-safe. */
public interface AuditPolicy {
	/** What is in force. Never waits. */
	AuditSettings settings();
}
