package org.strongroom.core.vault;

/** How a folder that is a vault stands in a session. */
public enum VaultState {
	/** Its names and contents are encrypted. */
	LOCKED,
	/** It looks like a folder. */
	UNLOCKED,
	/** It is a vault of a kind whose plug-in is not installed. */
	UNSUPPORTED
}
