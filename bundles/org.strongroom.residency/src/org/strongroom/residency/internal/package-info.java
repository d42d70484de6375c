/** The policy, and the guard that follows it. */
package org.strongroom.residency.internal;
