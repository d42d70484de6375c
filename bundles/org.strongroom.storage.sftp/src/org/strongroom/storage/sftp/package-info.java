/** The sftp protocol. */
package org.strongroom.storage.sftp;
