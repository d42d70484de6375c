package org.strongroom.core.storage;

/**
 * Room on the server.
 *
 * @param total in bytes
 * @param free in bytes, for this user
 */
public record Space(long total, long free) {
}
