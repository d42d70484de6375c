/** The headless twin of the window: the same core, in a terminal. */
package org.strongroom.cli;
