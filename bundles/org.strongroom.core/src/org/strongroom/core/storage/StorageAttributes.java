package org.strongroom.core.storage;

import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What every file system of Strongroom, the remote one and those of vaults, tells about an item beyond NIO's basic attributes:
 * {@code Files.readAttributes(path, StorageAttributes.class)}.
 */
public interface StorageAttributes extends BasicFileAttributes {
	/** The state of the content on the server; for a vault's file that of its encrypted file. */
	Optional<Version> version();

	/** POSIX permission bits ({@code 0777}), where the server has them; for a vault's file those of its encrypted file. */
	OptionalInt permissions();

	/** Owner on the server, where known. */
	Optional<String> owner();

	/** Group on the server, where known. */
	Optional<String> group();

	/** What the server says it would not permit; for a vault's item what it says of what holds it. */
	Set<Change> refused();
}
