package org.strongroom.vault.cryptomator.internal.readable;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.Version;

/**
 * How a consumer wishes to open a file, and what that comes to below.
 *
 * @param options what the consumer gave, without the save
 * @param save how the consumer wishes to save, or null
 */
record OpenWish(Set<OpenOption> options, Save save) {
	static OpenWish of(Set<? extends OpenOption> given) {
		var options = new HashSet<OpenOption>(given);
		Save save = null;
		for (OpenOption option : given)
			if (option instanceof Save s) {
				save = s;
				options.remove(s);
			}
		if (options.contains(APPEND)) {
			if (options.contains(READ) || options.contains(TRUNCATE_EXISTING))
				throw new IllegalArgumentException("APPEND goes with neither READ nor TRUNCATE_EXISTING");
			options.add(WRITE);
		}
		if (options.contains(DELETE_ON_CLOSE))
			throw new UnsupportedOperationException(DELETE_ON_CLOSE.name());
		return new OpenWish(options, save);
	}

	boolean writes() {
		return options.contains(WRITE);
	}

	boolean reads() {
		return options.contains(READ) || !writes();
	}

	boolean append() {
		return options.contains(APPEND);
	}

	boolean createNew() {
		return writes() && options.contains(CREATE_NEW);
	}

	boolean creates() {
		return createNew() || writes() && options.contains(CREATE);
	}

	/** Whether the content starts empty. */
	boolean anew() {
		return createNew() || options.contains(TRUNCATE_EXISTING);
	}

	/** Whether an old content is changed, not replaced, and the consumer says nothing about what may be there. */
	boolean changes() {
		return writes() && save == null && !anew();
	}

	boolean follow() {
		return !options.contains(LinkOption.NOFOLLOW_LINKS) && !createNew();
	}

	/** Whether it has to be found out first what is there now. */
	boolean asks() {
		return save != null && save.isToBeFound();
	}

	/**
	 * What must hold for what is written to be put in place. Where a content is not replaced but changed, what was changed must be what is there in the end.
	 *
	 * @param read the version of what is there, if it was asked for; empty if there is nothing, or the server knows no versions
	 * @param isThere whether there is a file
	 * @return null for a content that must still be what it was when it was opened
	 */
	Precondition condition(boolean isThere, Optional<Version> read) {
		if (createNew())
			return new Precondition.Absent();
		if (save != null && save.isToBeFound()) {
			if (isThere && read.isEmpty())
				save.foundWithoutVersion();
			else
				save.found(read);
		}
		if (save != null)
			return save.precondition();
		return changes() && isThere ? null : new Precondition.Any();
	}
}
