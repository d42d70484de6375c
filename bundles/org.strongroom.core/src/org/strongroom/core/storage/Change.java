package org.strongroom.core.storage;

/** What can be done to an item that a server may not permit. */
public enum Change {
	/** Giving a file another content. */
	WRITE,
	/** Putting a new file into a folder. */
	ADD_FILE,
	/** Making a folder in a folder. */
	ADD_FOLDER,
	/** Giving it another name where it lies. */
	RENAME,
	/** Putting it elsewhere. */
	MOVE,
	/** Removing it. */
	DELETE,
	/** Letting others at it. */
	SHARE
}
