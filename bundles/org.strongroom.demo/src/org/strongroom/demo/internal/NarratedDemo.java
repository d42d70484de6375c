package org.strongroom.demo.internal;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Hashtable;
import java.util.Map;
import java.util.function.Supplier;

import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.strongroom.core.Bookmarks;
import org.strongroom.core.Sessions;
import org.strongroom.core.auth.Prompter;
import org.strongroom.demo.Demo;

/** A demo that is run and told. */
public final class NarratedDemo {
	private final BundleContext bundles;
	private final Sessions sessions;
	private final Narrator narrator;

	/** @param colours whether the text may hold ECMA-48's sequences */
	public NarratedDemo(BundleContext bundles, Sessions sessions, PrintStream out, boolean colours) {
		this.bundles = bundles;
		this.sessions = sessions;
		this.narrator = new Narrator(out, colours);
	}

	/** @param bookmarks the bookmarks of this process's home at the time */
	public void run(Supplier<Bookmarks> bookmarks) throws IOException {
		narrator.title("Strongroom, the demo");
		try (Demo demo = Demo.start(sessions.plugIns())) {
			bookmarks.get().save(demo.bookmark(), true);
			narrator.say("There is no display here, so this is the main job told in the terminal. Strongroom itself does all of it, just as in its window.");
			narrator.say("A sample server now runs inside this process, on %s:%d, for this machine alone. As a hardened OpenSSH server does, it demands a key and then a six-digit code. Its host key is known already: %s"
					.formatted(demo.server().host(), demo.server().port(), demo.server().hostKeyFingerprint()));
			ServiceRegistration<Prompter> person = bundles.registerService(Prompter.class, new NarratingPrompter(demo, narrator),
					new Hashtable<>(Map.of(Constants.SERVICE_RANKING, Integer.MAX_VALUE)));
			try {
				new Journey(demo, sessions, narrator).run();
			} finally {
				person.unregister();
			}
		}
		narrator.say("Done. With a display, './strongroom demo' opens the window for you to do it yourself.");
	}
}
