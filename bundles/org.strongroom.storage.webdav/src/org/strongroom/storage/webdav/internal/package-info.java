/** The dav and davs protocols, and the parts of the client that nobody else needs. */
package org.strongroom.storage.webdav.internal;
