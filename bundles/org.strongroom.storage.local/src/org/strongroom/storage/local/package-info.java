/** The local protocol: a folder of this machine as a storage. */
package org.strongroom.storage.local;
