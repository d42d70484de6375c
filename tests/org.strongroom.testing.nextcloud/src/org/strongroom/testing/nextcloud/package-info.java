/** Nextcloud servers that tests run on. */
package org.strongroom.testing.nextcloud;
