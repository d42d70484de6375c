package org.strongroom.cli.internal;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.strongroom.core.Bookmarks;
import org.strongroom.core.Session;
import org.strongroom.core.Sessions;
import org.strongroom.core.auth.Prompter;
import org.strongroom.core.residency.Audit;
import org.strongroom.core.residency.Guard;

/**
 * Where a command line finds itself.
 *
 * @param services how to come by the core
 * @param in standard input
 * @param interactive whether a person types at standard input
 * @param folder what local names are relative to
 * @param version of the product
 */
record Surroundings(Services services, ReadableByteChannel in, boolean interactive, Output out, Errors err, Path folder, Stop stop, String version) {

	/** The core, made ready when first needed. */
	interface Services {
		/** Before all else: what the command line says about it. */
		void settings(Optional<String> home, Optional<String> askpass) throws IOException;

		/** The bookmarks. */
		Bookmarks bookmarks() throws IOException;

		/** The sessions. */
		Sessions sessions() throws IOException;

		/** What everything passes that leaves memory. */
		Guard guard() throws IOException;

		/** The audit log that is being written. */
		Audit audit() throws IOException;

		/** Whoever can be asked. */
		Prompter person() throws IOException;

		/** The sessions there are already; does not make the core ready. */
		List<Session> signedIn();
	}
}
