package org.strongroom.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.function.Supplier;

import org.osgi.framework.BundleContext;
import org.osgi.util.tracker.ServiceTracker;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Problem;
import org.strongroom.core.Sessions;
import org.strongroom.demo.internal.NarratedDemo;
import org.strongroom.demo.internal.ServedDemo;

/** The demo without a window: the whole main job in the terminal, told step by step; or its server alone, for the command line. Asks nothing. */
public final class TerminalDemo {
	private static final long PATIENCE_MILLIS = 20_000;

	private TerminalDemo() {
	}

	/**
	 * Tells it.
	 *
	 * @param out where it is told
	 * @param err where an error is told, in one line
	 * @param colours whether {@code out} is a terminal that shows them
	 * @return 0 if all went well, otherwise 1
	 */
	public static int run(BundleContext bundles, PrintStream out, PrintStream err, boolean colours) {
		return run(bundles, out, err, (sessions, bookmarks) -> new NarratedDemo(bundles, sessions, out, colours).run(bookmarks));
	}

	/**
	 * Keeps its server and its vault ready for the command line, until {@code in} ends.
	 *
	 * @param out where it is told how to get in
	 * @param err where an error is told, in one line
	 * @return 0 if all went well, otherwise 1
	 */
	public static int serve(BundleContext bundles, InputStream in, PrintStream out, PrintStream err) {
		return run(bundles, out, err, (sessions, bookmarks) -> ServedDemo.run(sessions, bookmarks, in, out));
	}

	private interface Told {
		void run(Sessions sessions, Supplier<Bookmarks> bookmarks) throws IOException;
	}

	private static int run(BundleContext bundles, PrintStream out, PrintStream err, Told told) {
		// Held for the whole run: a service that nobody holds ends, and with it all sessions.
		var sessions = new ServiceTracker<Sessions, Sessions>(bundles, Sessions.class, null);
		sessions.open();
		var bookmarks = new ServiceTracker<Bookmarks, Bookmarks>(bundles, Bookmarks.class, null);
		try {
			Sessions found = sessions.waitForService(PATIENCE_MILLIS);
			if (found == null)
				throw new IOException("Strongroom is not installed completely: there is nothing that makes sessions.");
			told.run(found, () -> {
				// Only now, as bookmarks are looked for in the home of the moment.
				bookmarks.open();
				return bookmarks.getService();
			});
			return 0;
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			err.println("strongroom: Cancelled.");
			return 1;
		} catch (IOException | RuntimeException e) {
			out.flush();
			err.println("strongroom: " + Problem.of(e).message());
			return 1;
		} finally {
			bookmarks.close();
			sessions.close();
		}
	}
}
