/** The files of the audit log and who writes them; their format is in docs/audit.md. */
package org.strongroom.residency.internal.audit;
