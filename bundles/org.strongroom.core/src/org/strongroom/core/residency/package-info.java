/** Residency: what may leave memory for this machine or somebody else, and by which rule. */
package org.strongroom.core.residency;
