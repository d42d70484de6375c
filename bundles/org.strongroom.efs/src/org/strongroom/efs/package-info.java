/** Files of a session for the Eclipse platform: as file stores, and as an editor reads and saves them. Nothing of them reaches this machine's disk. */
package org.strongroom.efs;
