/** Remembered secrets in Eclipse Secure Storage. */
package org.strongroom.auth.keyring;
