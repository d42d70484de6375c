/** The java.nio.file file system over a storage: one for all protocols. */
package org.strongroom.remotefs;
