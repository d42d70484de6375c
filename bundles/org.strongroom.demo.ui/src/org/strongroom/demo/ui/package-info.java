/** The demo in the workbench. */
package org.strongroom.demo.ui;
