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
import org.strongroom.vault.cryptomator.internal.encrypted.Opening;

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

	/** Whether an old content is changed, not replaced, and the consumer says nothing about what may be there. */
	boolean changes() {
		return writes() && save == null && !createNew() && !options.contains(TRUNCATE_EXISTING);
	}

	boolean follow() {
		return !options.contains(LinkOption.NOFOLLOW_LINKS) && !createNew();
	}

	/**
	 * The opening of the encrypted file. Where a content is not replaced but changed, what was changed must be what is there in the end.
	 *
	 * @param read the version of a content that is going to be changed
	 */
	Opening opening(Optional<Version> read) {
		if (!writes())
			return new Opening(Set.of(READ), null);
		var all = new HashSet<OpenOption>(Set.of(READ, WRITE));
		if (createNew())
			all.add(CREATE_NEW);
		else {
			if (options.contains(CREATE))
				all.add(CREATE);
			if (options.contains(TRUNCATE_EXISTING))
				all.add(TRUNCATE_EXISTING);
		}
		return new Opening(all, copy(read));
	}

	/** A save of our own: the consumer's may have been declared whole before the last of it turns out not to be writable. */
	private Save copy(Optional<Version> read) {
		if (save == null)
			return createNew() ? Save.createNew() : read.map(Save::ifUnchanged).orElseGet(Save::overwrite);
		return switch (save.precondition()) {
		case Precondition.Any() -> Save.overwrite();
		case Precondition.Absent() -> Save.createNew();
		case Precondition.Unchanged(Version version) -> Save.ifUnchanged(version);
		};
	}

	/** For cryptofs: it finds an encrypted file that is cut to nothing already, and gives it a new header with a new key. */
	Set<OpenOption> forCryptofs() {
		var all = new HashSet<OpenOption>();
		if (reads())
			all.add(READ);
		if (writes())
			all.add(WRITE);
		if (createNew())
			all.add(CREATE_NEW);
		else if (writes() && (options.contains(CREATE) || options.contains(TRUNCATE_EXISTING)))
			all.add(CREATE);
		return all;
	}
}
