package org.strongroom.core.storage;

import java.nio.file.OpenOption;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes one write all or nothing, and conditional: given among the open options of a channel or stream, the new content takes the
 * place of the old one when the channel is closed, but only if {@link #whole()} was called before; otherwise closing gives the
 * new content up.
 *
 * <pre>
 * Save save = Save.ifUnchanged(version);
 * try (var out = Files.newOutputStream(file, CREATE, TRUNCATE_EXISTING, WRITE, save)) {
 *     out.write(content);
 *     save.whole();
 * }   // throws ConflictException if the file has another version by now
 * version = save.version();
 * </pre>
 *
 * A time of change that the file is given ({@code Files.setLastModifiedTime}) while the channel is open goes with the new content, or is given up with it.
 * Every file system of Strongroom takes it, those of vaults too. For one write by one thread.
 */
public final class Save implements OpenOption {
	/** Null for what is found on opening, until that is known. */
	private volatile Precondition precondition;
	private volatile boolean whole;
	private volatile Version version;

	private Save(Precondition precondition) {
		this.precondition = precondition;
	}

	/** A save that replaces whatever is there. */
	public static Save overwrite() {
		return new Save(new Precondition.Any());
	}

	/** A save that makes a new file, and fails if one is there. */
	public static Save createNew() {
		return new Save(new Precondition.Absent());
	}

	/** A save that takes place only if the file has still this version. */
	public static Save ifUnchanged(Version version) {
		return new Save(new Precondition.Unchanged(version));
	}

	/** A save that replaces what is there when the file is opened, or makes it if there is none, and takes place only if that is still so in the end. */
	public static Save asFound() {
		return new Save(null);
	}

	/** What must hold on the server; of {@link #asFound} known once the file is open. */
	public Precondition precondition() {
		return Objects.requireNonNull(precondition, "the file was not opened yet");
	}

	/** For file systems: whether the server has to be asked, on opening, what is there now, to be told by {@link #found}. */
	public boolean isToBeFound() {
		return precondition == null;
	}

	/** For file systems: what is there now. @param now its version; empty if there is nothing */
	public void found(Optional<Version> now) {
		precondition = now.<Precondition>map(Precondition.Unchanged::new).orElseGet(Precondition.Absent::new);
	}

	/** For file systems: a server that knows no versions cannot tell changes. */
	public void foundWithoutVersion() {
		precondition = new Precondition.Any();
	}

	/** Declares that all of the new content has been written: closing the channel now commits. */
	public void whole() {
		whole = true;
	}

	/** Whether {@link #whole()} was called. */
	public boolean isWhole() {
		return whole;
	}

	/** For file systems: the save took place and the file now has this version (null where the server cannot tell). */
	public void committed(Version newVersion) {
		version = newVersion;
	}

	/** The version of the file after the save; empty before, and where the server cannot tell. */
	public Optional<Version> version() {
		return Optional.ofNullable(version);
	}
}
