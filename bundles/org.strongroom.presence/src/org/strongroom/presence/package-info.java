/** Whether somebody is at the machine: what the desktop tells of its screen, and the system of its sleep. */
package org.strongroom.presence;
