/** A person at the window, for tests: looks at what is shown, types, clicks, and waits until something can be seen. */
package org.strongroom.testing.ui;
