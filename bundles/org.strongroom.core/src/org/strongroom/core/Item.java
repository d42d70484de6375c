package org.strongroom.core;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import org.strongroom.core.storage.Change;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.vault.VaultState;

/**
 * One row of a session's tree.
 *
 * @param name its name; readable inside an unlocked vault
 * @param location where it lies in the session: {@code /Vault/notes.txt}
 * @param path what to read and write it through; for a vault the encrypted folder
 * @param type what it is; links are not followed
 * @param size in bytes (readable ones inside a vault), 0 for all but files
 * @param modified last change (UTC)
 * @param vault how it stands, if it is a vault
 * @param problem what is wrong with it, if it cannot be used: a damaged entry of a vault
 * @param refused what the server says it would not permit; empty where it does not tell
 */
public record Item(String name, String location, Path path, Type type, long size, Instant modified,
		Optional<VaultState> vault, Optional<String> problem, Set<Change> refused) {
	public Item {
		Objects.requireNonNull(name);
		Objects.requireNonNull(location);
		Objects.requireNonNull(path);
		Objects.requireNonNull(type);
		Objects.requireNonNull(modified);
		Objects.requireNonNull(vault);
		Objects.requireNonNull(problem);
		refused = Set.copyOf(refused);
	}

	/** Whether it can be looked into. */
	public boolean isFolder() {
		return type == Type.DIRECTORY;
	}
}
