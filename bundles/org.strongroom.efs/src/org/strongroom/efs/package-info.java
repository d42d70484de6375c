/** Eclipse file stores over a session's files. */
package org.strongroom.efs;
