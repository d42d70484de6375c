/** Files of sessions that other programs of this machine work on: readable copies in memory, and what comes back of them. */
package org.strongroom.external;
