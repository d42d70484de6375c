/** The evidence report: what the audit log of a period says, two pages for a manager, annexes for an auditor. */
package org.strongroom.report;
