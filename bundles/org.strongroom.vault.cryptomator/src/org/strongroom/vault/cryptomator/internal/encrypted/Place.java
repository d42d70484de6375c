package org.strongroom.vault.cryptomator.internal.encrypted;

import java.nio.file.Path;

/**
 * Where the entry of an item lies, or would lie.
 *
 * @param path {@code NAME.c9r}, or {@code HASH.c9s} for a name that is too long
 * @param longName the encrypted name in full if it is too long, else null
 */
public record Place(Path path, String longName) {
	static final String ENDING = ".c9r";
	static final String SHORTENED = ".c9s";
	/** Within the entry of a shortened name: the full one. */
	static final String NAME = "name.c9s";
	/** Within the entry of a file with a shortened name: the encrypted file. */
	static final String CONTENTS = "contents.c9r";
	/** Within the entry of a folder: its id. */
	static final String FOLDER_ID = "dir.c9r";
	/** Within the entry of a link: where it leads, encrypted as a file's content is. */
	static final String LINK = "symlink.c9r";
	/** Within the content of a folder: its id once more, encrypted, for whoever repairs vaults. */
	static final String FOLDER_ID_BACKUP = "dirid.c9r";

	/** Whether the name is shortened. */
	public boolean isShortened() {
		return longName != null;
	}

	/** The encrypted file, if a file's entry lies here. */
	public Path file() {
		return isShortened() ? path.resolve(CONTENTS) : path;
	}

	/** Where a copy in conflict with what is here lies, as sync clients leave them: {@code NAME (1).c9r}. It is shown beside it. */
	Path beside(int number) {
		String name = path.getFileName().toString();
		int dot = name.length() - ENDING.length();
		return path.resolveSibling("%s (%d)%s".formatted(name.substring(0, dot), number, name.substring(dot)));
	}

	Path folderId() {
		return path.resolve(FOLDER_ID);
	}

	Path link() {
		return path.resolve(LINK);
	}
}
