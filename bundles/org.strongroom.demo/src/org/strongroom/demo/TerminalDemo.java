package org.strongroom.demo;

import java.io.IOException;
import java.io.PrintStream;

import org.osgi.framework.BundleContext;
import org.osgi.util.tracker.ServiceTracker;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Problem;
import org.strongroom.core.Sessions;
import org.strongroom.demo.internal.NarratedDemo;

/** The demo without a window: the whole main job in the terminal, told step by step. Asks nothing. */
public final class TerminalDemo {
	private static final long PATIENCE_MILLIS = 20_000;

	private TerminalDemo() {
	}

	/**
	 * Runs it.
	 *
	 * @param out where it is told
	 * @param err where an error is told, in one line
	 * @param colours whether {@code out} is a terminal that shows them
	 * @return 0 if all went well, otherwise 1
	 */
	public static int run(BundleContext bundles, PrintStream out, PrintStream err, boolean colours) {
		// Held for the whole run: a service that nobody holds ends, and with it all sessions.
		var sessions = new ServiceTracker<Sessions, Sessions>(bundles, Sessions.class, null);
		sessions.open();
		var bookmarks = new ServiceTracker<Bookmarks, Bookmarks>(bundles, Bookmarks.class, null);
		try {
			Sessions found = sessions.waitForService(PATIENCE_MILLIS);
			if (found == null)
				throw new IOException("Strongroom is not installed completely: there is nothing that makes sessions.");
			new NarratedDemo(bundles, found, out, colours).run(() -> {
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
