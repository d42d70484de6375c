/** The audit log: how it is kept, verified and shown. What is recorded is told by {@link org.strongroom.core.residency.Audit}. */
package org.strongroom.residency.audit;
