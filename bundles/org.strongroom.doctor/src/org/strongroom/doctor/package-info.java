/** Looks for what lies open: traces on this machine, weak settings of a server, damage in a vault. Reads only. */
package org.strongroom.doctor;
