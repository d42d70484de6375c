/**
 * WebDAV (RFC 4918) for protocols that stand on it: {@link org.strongroom.storage.webdav.DavClient} speaks HTTP with one server,
 * {@link org.strongroom.storage.webdav.Multistatus} reads its listings, {@link org.strongroom.storage.webdav.DavStorage} makes a storage of it, whose protected methods are
 * what another protocol may do in its own way.
 */
package org.strongroom.storage.webdav;
