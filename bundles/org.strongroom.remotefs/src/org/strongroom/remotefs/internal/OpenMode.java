package org.strongroom.remotefs.internal;

import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;

import org.strongroom.core.storage.Onward;
import org.strongroom.core.storage.Save;

/**
 * Open options, checked. SYNC, DSYNC and SPARSE are taken and change nothing: content is always committed as a whole when the channel is closed.
 *
 * @param save null if not given
 */
record OpenMode(boolean read, boolean write, boolean append, boolean truncate, boolean create, boolean createNew, boolean deleteOnClose, boolean noFollow,
		boolean onward, Save save) {

	static OpenMode of(Set<? extends OpenOption> options) {
		Save save = null;
		for (OpenOption option : options) {
			switch (Objects.requireNonNull(option)) {
			case StandardOpenOption _, LinkOption _, Onward _ -> {
				// looked at below
			}
			case Save s -> {
				if (save != null)
					throw new IllegalArgumentException("one save at a time");
				save = s;
			}
			default -> throw new UnsupportedOperationException(option + " is not supported");
			}
		}
		boolean append = options.contains(StandardOpenOption.APPEND);
		boolean write = append || options.contains(StandardOpenOption.WRITE);
		boolean read = !write || options.contains(StandardOpenOption.READ);
		boolean truncate = write && options.contains(StandardOpenOption.TRUNCATE_EXISTING);
		if (append && (read || truncate))
			throw new IllegalArgumentException("APPEND goes neither with READ nor with TRUNCATE_EXISTING");
		if (save != null && !write)
			throw new IllegalArgumentException("a save needs WRITE");
		return new OpenMode(read, write, append, truncate, write && options.contains(StandardOpenOption.CREATE),
				write && options.contains(StandardOpenOption.CREATE_NEW), options.contains(StandardOpenOption.DELETE_ON_CLOSE),
				options.contains(LinkOption.NOFOLLOW_LINKS), options.contains(Onward.ONWARD), save);
	}
}
