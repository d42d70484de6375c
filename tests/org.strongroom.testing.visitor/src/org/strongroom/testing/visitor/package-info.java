/** Somebody at the window of the finished product, who does what they are told on standard input. */
package org.strongroom.testing.visitor;
