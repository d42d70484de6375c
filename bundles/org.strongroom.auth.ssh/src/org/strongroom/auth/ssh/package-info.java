/** Signing in to SSH servers: the person's SSH configuration and known hosts, for protocol plug-ins over SSH. Keys and agent are offered through the core. */
package org.strongroom.auth.ssh;
