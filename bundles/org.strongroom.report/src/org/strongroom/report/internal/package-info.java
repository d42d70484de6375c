/** How a report is put together, and written. */
package org.strongroom.report.internal;
