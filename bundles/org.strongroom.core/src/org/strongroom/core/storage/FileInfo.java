package org.strongroom.core.storage;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a server says about one file, folder or link. Nothing in it is to be trusted beyond its form: a size may lie.
 *
 * @param type what the item is, links not followed unless the caller asked so
 * @param size length in bytes, 0 or more; 0 for all but files
 * @param modified time of the last change (UTC), {@link Instant#EPOCH} where the server does not tell
 * @param version the state of the content, empty where the server cannot tell (and for folders)
 * @param permissions the nine POSIX permission bits ({@code 0777}), empty where the server has none
 * @param owner name or number of the owner, empty where the server has none
 * @param group name or number of the group, empty where the server has none
 * @param refused what the server says it would not permit this account to do; empty where it does not tell
 */
public record FileInfo(Type type, long size, Instant modified, Optional<Version> version, OptionalInt permissions,
		Optional<String> owner, Optional<String> group, Set<Change> refused) {

	/** What an item is. */
	public enum Type {
		FILE, DIRECTORY, SYMLINK, OTHER
	}

	public FileInfo {
		Objects.requireNonNull(type);
		Objects.requireNonNull(modified);
		Objects.requireNonNull(version);
		Objects.requireNonNull(permissions);
		Objects.requireNonNull(owner);
		Objects.requireNonNull(group);
		refused = Set.copyOf(refused);
		if (size < 0)
			throw new IllegalArgumentException("negative size " + size);
	}

	/** An item of which nothing is known to be refused. */
	public FileInfo(Type type, long size, Instant modified, Optional<Version> version, OptionalInt permissions, Optional<String> owner, Optional<String> group) {
		this(type, size, modified, version, permissions, owner, group, Set.of());
	}

	/** The same, of which something is refused. */
	public FileInfo refusing(Set<Change> what) {
		return new FileInfo(type, size, modified, version, permissions, owner, group, what);
	}

	/** An item of which only type, size (bytes), time and version are known. */
	public static FileInfo of(Type type, long size, Instant modified, Version version) {
		return new FileInfo(type, size, modified, Optional.ofNullable(version), OptionalInt.empty(), Optional.empty(),
				Optional.empty());
	}
}
