package org.strongroom.core.storage;

import java.nio.file.FileSystemException;
import java.util.Optional;

/** Somebody else has locked a file on the server; nothing has been changed. */
public class LockedException extends FileSystemException {
	private static final long serialVersionUID = 1L;
	private final String holder;

	/**
	 * @param file the file as the user knows it
	 * @param holder who has locked it, in words; empty where the server does not tell
	 */
	public LockedException(String file, Optional<String> holder) {
		super(file, null, holder.map(h -> "locked by " + h).orElse("somebody has locked it on the server"));
		this.holder = holder.orElse(null);
	}

	/** Who has locked it, in words; empty where the server does not tell. */
	public Optional<String> holder() {
		return Optional.ofNullable(holder);
	}
}
