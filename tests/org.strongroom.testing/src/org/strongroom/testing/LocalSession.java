package org.strongroom.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.util.tracker.ServiceTracker;
import org.strongroom.core.Bookmark;
import org.strongroom.core.Session;
import org.strongroom.core.Sessions;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Prompter;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.SignInCancelledException;

/** A session on a folder of this machine, through the real services. */
public final class LocalSession {
	private LocalSession() {
	}

	/** Nobody is there; a folder of this machine asks nothing. */
	private static final class Nobody implements Prompter {
		@Override
		public Secret secret(Challenge.ForSecret challenge) throws SignInCancelledException {
			throw new SignInCancelledException("Nobody is there.");
		}

		@Override
		public List<Secret> answers(Challenge.KeyboardInteractive challenge) throws SignInCancelledException {
			throw new SignInCancelledException("Nobody is there.");
		}

		@Override
		public boolean confirm(Challenge.HostKey challenge) throws SignInCancelledException {
			throw new SignInCancelledException("Nobody is there.");
		}
	}

	/** A session with a folder. */
	public static Session open(Path folder) throws IOException {
		return open(new Bookmark("local " + folder.getFileName(), folder.toUri()));
	}

	/** A session with any server; somebody who knows the answers has to be registered before. */
	public static Session open(Bookmark bookmark) throws IOException {
		BundleContext context = FrameworkUtil.getBundle(LocalSession.class).getBundleContext();
		if (context.getServiceReference(Prompter.class) == null)
			context.registerService(Prompter.class, new Nobody(), null);
		var tracker = new ServiceTracker<Sessions, Sessions>(context, Sessions.class, null);
		tracker.open();
		try {
			return tracker.waitForService(20_000).open(bookmark);
		} catch (InterruptedException e) {
			throw new IOException(e);
		} finally {
			tracker.close();
		}
	}
}
