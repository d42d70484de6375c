/** How that is told: over D-Bus. */
package org.strongroom.presence.internal;
