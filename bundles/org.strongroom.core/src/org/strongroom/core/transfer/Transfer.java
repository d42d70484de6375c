package org.strongroom.core.transfer;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Copies, moves and removes files and whole folders between any two of: the remote file system, unlocked vaults, this machine. A target appears under its
 * final name only when it is whole. Symbolic links are never followed out of what is copied.
 */
public final class Transfer {
	private Transfer() {
	}

	/** What to do about a target that is there already. */
	public enum Existing {
		/** Report it and go on. */
		FAIL,
		/** Replace files (never a folder by a file), merge folders. */
		REPLACE
	}

	/**
	 * Copies a file, or a folder with all in it.
	 *
	 * @param target the name it is to have (not the folder it goes into)
	 * @throws IOException if a connection is lost; what concerns single items goes to {@code progress}
	 */
	public static void copy(Path source, Path target, Existing existing, Progress progress) throws IOException {
		throw new UnsupportedOperationException();
	}

	/** Moves a file or folder: by one rename where both lie on the same file system, else by copying and removing what was copied whole. */
	public static void move(Path source, Path target, Existing existing, Progress progress) throws IOException {
		throw new UnsupportedOperationException();
	}

	/** Removes a file, a link, or a folder with all in it. */
	public static void delete(Path item, Progress progress) throws IOException {
		throw new UnsupportedOperationException();
	}
}
