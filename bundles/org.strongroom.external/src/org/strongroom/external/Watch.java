package org.strongroom.external;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Notices that a program has saved a copy: by writing to it, or by putting another file in its place. */
public final class Watch implements Closeable {
	/** How long nothing must have happened in the folder before a copy counts as written: programs write in pieces. */
	private static final Duration QUIET = Duration.ofMillis(500);
	/** The same of a file that has become empty: many programs cut it off first and write it then. */
	private static final Duration QUIET_EMPTY = Duration.ofSeconds(3);
	private final Loan loan;
	private final Runnable changed;
	private final WatchService service;

	/**
	 * Begins at once.
	 *
	 * @param changed called on a thread of its own each time there is something to save; once more if the program goes on saving meanwhile
	 */
	public Watch(Loan loan, Runnable changed) throws IOException {
		this.loan = loan;
		this.changed = changed;
		service = loan.folder().getFileSystem().newWatchService();
		loan.folder().register(service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE);
		Thread.ofVirtual().name("strongroom-watch").start(this::watch);
	}

	private void watch() {
		try {
			while (true) {
				drop(service.take());
				await(QUIET);
				if (isEmpty())
					await(QUIET_EMPTY);
				if (isChanged())
					changed.run();
			}
		} catch (InterruptedException | ClosedWatchServiceException e) {
			// it was ended
		}
	}

	private void await(Duration quiet) throws InterruptedException {
		for (WatchKey key; (key = service.poll(quiet.toMillis(), TimeUnit.MILLISECONDS)) != null;)
			drop(key);
	}

	/** Which events there were does not matter: the copy itself is looked at. */
	private static void drop(WatchKey key) {
		key.pollEvents();
		key.reset();
	}

	private boolean isEmpty() {
		try {
			return Files.size(loan.copy()) == 0;
		} catch (IOException e) {
			return false;
		}
	}

	private boolean isChanged() {
		try {
			return loan.isChanged();
		} catch (IOException e) {
			return true; // who saves it is told
		}
	}

	/** Ends. */
	@Override
	public void close() throws IOException {
		service.close();
	}
}
