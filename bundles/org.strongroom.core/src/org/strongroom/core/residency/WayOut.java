package org.strongroom.core.residency;

import java.util.Arrays;
import java.util.Optional;

/** A way by which something readable leaves memory. */
public enum WayOut {
	/** Readable copies on this machine, where the person says: a file, a folder, a pipe. */
	EXPORT("export", "save on this machine"),
	/** The same, by dragging to another program. */
	DRAG("drag", "drag out of Strongroom"),
	/** Another program opens it. */
	OPEN_WITH("open-with", "open with another program"),
	/** A vault as a drive, for all programs. */
	DRIVE("drive", "show as a drive"),
	PRINT("print", "print"),
	/** The system's clipboard, which other programs and their histories read. */
	CLIPBOARD("clipboard", "copy to the clipboard"),
	/** A readable copy outside of a vault, for others. */
	SHARE("share", "share a readable copy"),
	/** A passphrase or password, kept in the desktop's keyring. */
	REMEMBER("remember", "remember a secret");

	private final String word;
	private final String action;

	WayOut(String word, String action) {
		this.word = word;
		this.action = action;
	}

	/** As a policy calls it. */
	public String word() {
		return word;
	}

	/** What is done by it, as a verb for a person: <i>print</i>. */
	public String action() {
		return action;
	}

	/** By {@link #word}. */
	public static Optional<WayOut> of(String word) {
		return Arrays.stream(values()).filter(way -> way.word.equals(word)).findFirst();
	}
}
