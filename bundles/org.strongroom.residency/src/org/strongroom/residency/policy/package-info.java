/** What a policy says, and where it comes from. */
package org.strongroom.residency.policy;
