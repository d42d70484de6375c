/**
 * Nextcloud: WebDAV ({@link org.strongroom.storage.webdav}) with a sign-in in the browser, uploads in chunks, and what WebDAV alone has not.
 * {@link org.strongroom.storage.nextcloud.NextcloudStorage} is the storage; what else it can do is reached by {@link org.strongroom.core.storage.Storage#extra}.
 */
package org.strongroom.storage.nextcloud;
