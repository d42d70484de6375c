package org.strongroom.core.find;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

import org.strongroom.core.Item;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.transfer.Transfer;
import org.strongroom.core.vault.VaultLockedException;
import org.strongroom.core.vault.VaultState;

/**
 * Finds items below a folder by their names: in plain folders by the server's index of names, where it has one, else by looking through all folders, many at once. Unlocked vaults are looked through,
 * locked ones are not, and nobody is asked to unlock one. Waits for the server.
 */
public final class Finder {
	/** Folders that are looked into at once. */
	private static final int AT_ONCE = 32;

	/** Follows it. Called on the threads that do the work, by several at once; must be quick. */
	public interface Listener {
		/** An item fits. */
		void found(Item item);

		/** A folder is being looked into. */
		void looking(String location);

		/** A folder, or something in it, could not be looked at; the rest goes on. */
		void failed(String location, IOException why);

		/** Plain folders are not looked into: the server's index tells. What locked vaults are passed by is not seen. */
		void indexed();

		/** A vault was passed by, for it is locked. */
		void passed(String location);

		/** Whether to stop soon. */
		boolean cancelled();
	}

	private final Session session;
	private final Glob pattern;
	private final Listener listener;
	private final Semaphore limit = new Semaphore(AT_ONCE);

	private Finder(Session session, Glob pattern, Listener listener) {
		this.session = session;
		this.pattern = pattern;
		this.listener = listener;
	}

	/**
	 * Tells of all that fits below a folder, in no order.
	 *
	 * @param folder its location; of a locked vault nothing is found
	 * @throws ConnectionException if the connection is lost
	 * @throws VaultLockedException if the vault that the folder lies in is locked
	 * @throws InterruptedIOException if it is cancelled
	 */
	public static void find(Session session, String folder, Glob pattern, Listener listener) throws IOException {
		session.audit().during(AuditEvent.of(AuditEvent.Kind.FIND, AuditEvent.Result.OK, session, folder), () -> {
			search(session, folder, pattern, listener);
			return null;
		});
	}

	private static void search(Session session, String folder, Glob pattern, Listener listener) throws IOException {
		var finder = new Finder(session, pattern, listener);
		Optional<List<Item>> indexed = session.vaultOf(folder).isPresent() ? Optional.empty() : new Index(session, Unlocking.FAIL).find(folder, pattern);
		if (indexed.isEmpty()) {
			finder.walk(folder, 0);
			return;
		}
		listener.indexed();
		indexed.get().forEach(listener::found);
		for (String vault : session.vaults().keySet())
			if (StoragePaths.isBelow(vault, folder))
				finder.below(vault, 0);
	}

	private void walk(String folder, int depth) throws IOException {
		if (listener.cancelled())
			throw new InterruptedIOException("it was cancelled");
		listener.looking(folder);
		Session.Contents contents = contents(folder);
		if (contents.unreadable() > 0)
			listener.failed(folder, new FileSystemException(folder, null, contents.unreadable() == 1 ? "1 item here cannot be read" : contents.unreadable() + " items here cannot be read"));
		var within = new ArrayList<Future<?>>();
		try {
			for (Item item : contents.items()) {
				if (pattern.matches(item.name()))
					listener.found(item);
				item.problem().ifPresent(problem -> listener.failed(item.location(), new FileSystemException(item.location(), null, problem)));
				if (item.isFolder() && item.problem().isEmpty())
					if (item.vault().filter(v -> v != VaultState.UNLOCKED).isPresent())
						listener.passed(item.location());
					else
						within.add(Chain.start("find", () -> {
							below(item.location(), depth + 1);
							return null;
						}));
			}
			for (Future<?> work : within)
				Chain.await(work);
		} finally {
			within.forEach(w -> w.cancel(true)); // where one ends everything, nobody waits for the others
		}
	}

	/** Holds a permit while a folder is listed, but not while those in it are waited for. */
	private Session.Contents contents(String folder) throws IOException {
		try {
			limit.acquire();
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("it was cancelled");
		}
		try {
			return session.contents(folder, Unlocking.FAIL);
		} finally {
			limit.release();
		}
	}

	private void below(String folder, int depth) throws IOException {
		try {
			if (depth > Transfer.DEEPEST)
				throw new FileSystemException(folder, null, "folders are nested deeper than " + Transfer.DEEPEST + "; this one was left out");
			walk(folder, depth);
		} catch (ConnectionException | InterruptedIOException e) {
			throw e;
		} catch (VaultLockedException e) {
			listener.passed(e.getFile()); // meanwhile; names in it are not told any more
		} catch (IOException e) {
			listener.failed(folder, e);
		}
	}
}
