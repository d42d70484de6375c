/** The Cryptomator vault format. */
package org.strongroom.vault.cryptomator;
