/** Signing in to SSH servers: keys, one-time codes, host keys. */
package org.strongroom.auth.ssh;
