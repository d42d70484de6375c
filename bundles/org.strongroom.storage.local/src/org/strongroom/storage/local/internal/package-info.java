/**
 * The local protocol: the folders of this machine as a storage. It is the example for authors of protocol plug-ins: the extension in
 * {@code plugin.xml}, a {@link org.strongroom.storage.local.internal.LocalProtocol} that connects, a
 * {@link org.strongroom.storage.local.internal.LocalStorage} with the dozen calls, and an upload that makes a save all or nothing.
 */
package org.strongroom.storage.local.internal;
