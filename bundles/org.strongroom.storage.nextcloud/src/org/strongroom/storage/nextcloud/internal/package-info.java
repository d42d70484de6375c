/** The nextcloud protocol, how a server is found and signed in to, and the parts that nobody else needs. */
package org.strongroom.storage.nextcloud.internal;
