package org.strongroom.residency.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import org.strongroom.core.Bookmark;
import org.strongroom.residency.internal.audit.LogFiles;

/** An audit log, or a part or copy of one, to be looked at. Changes nothing. All methods that throw {@link IOException} read files and are not for the UI thread. */
public interface AuditLog {
	/** The log of a home. @param home Strongroom's; see {@link org.strongroom.core.Home} */
	static AuditLog ofHome(Path home) {
		return LogFiles.ofFolder(folder(home), true);
	}

	/** A copy of a log: its folder, which needs not have more than the files of lines, or some of its files that follow on each other. */
	static AuditLog of(List<Path> files) throws IOException {
		return LogFiles.of(files);
	}

	/** Where the log of a home lies. */
	static Path folder(Path home) {
		return home.resolve("audit");
	}

	/** Whether a file is the one with the public key that lies beside a log, in its folder: whoever begins another log has such a one, too. Looks at the disk. */
	static boolean isOwnKey(Path folder, Path key) throws IOException {
		Path own = folder.resolve(LogFiles.KEY);
		return Files.exists(own) && Files.exists(key) && Files.isSameFile(own, key);
	}

	/** Whether nothing was ever recorded. */
	boolean isEmpty() throws IOException;

	/**
	 * Makes sure that it is what was written.
	 *
	 * @param noted hash of a line, as it was noted elsewhere, which has to be there
	 * @param key file with the key by which it must be signed, {@code sign.pub} of the log; of a log of this home the one that is there, if it is not given
	 * @throws DamagedLogException if it is not
	 */
	Verification verify(Optional<String> noted, Optional<Path> key) throws IOException;

	/**
	 * Shows lines to somebody, in their order. Lines that cannot be read are left out: that is for {@link #verify}.
	 *
	 * @param auditorKey file with the private key by which readable paths are decrypted
	 * @param reader given one after the other; returns whether it wants more
	 */
	void read(Optional<Path> auditorKey, Predicate<Entry> reader) throws IOException;

	/**
	 * The last of the lines that somebody wants, in their order.
	 *
	 * @param auditorKey as {@link #read} has it
	 * @param most how many at the most
	 * @param goesOn asked now and again; who does not want to wait any more gets what there is
	 */
	default List<Entry> last(Optional<Path> auditorKey, Predicate<Entry> wanted, int most, BooleanSupplier goesOn) throws IOException {
		var last = new ArrayDeque<Entry>();
		read(auditorKey, entry -> {
			if (wanted.test(entry)) {
				last.add(entry);
				if (last.size() > most)
					last.remove();
			}
			return goesOn.getAsBoolean();
		});
		return List.copyOf(last);
	}

	/** The keyed hash of a path, as it is in this log. @throws IOException if the keys of the log are not there: it is a copy */
	String hash(Bookmark bookmark, String location) throws IOException;
}
