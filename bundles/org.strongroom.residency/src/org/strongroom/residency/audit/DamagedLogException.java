package org.strongroom.residency.audit;

import java.io.IOException;
import java.nio.file.Path;

/** The audit log is not what was written. The message is one line for a person, with the file and the line. */
public final class DamagedLogException extends IOException {
	private static final long serialVersionUID = 1L;
	private final transient Path file;
	private final long line;

	/**
	 * @param line of the file, from 1
	 * @param what is wrong, in words that go on from <i>line 12</i>
	 */
	public DamagedLogException(Path file, long line, String what) {
		super("%s, line %d: %s.".formatted(file.getFileName(), line, what));
		this.file = file;
		this.line = line;
	}

	/** In which file. */
	public Path file() {
		return file;
	}

	/** The first line of the file that is not as it should be, from 1; what was cut off would have been there. */
	public long line() {
		return line;
	}
}
