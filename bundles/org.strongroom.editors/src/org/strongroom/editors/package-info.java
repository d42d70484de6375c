/** Viewers and editors that Eclipse does not bring. */
package org.strongroom.editors;
