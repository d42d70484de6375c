/** The window: explorer, wizards, prompts, preferences. */
package org.strongroom.ui;
