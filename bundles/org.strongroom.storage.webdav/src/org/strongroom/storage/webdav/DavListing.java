package org.strongroom.storage.webdav;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;

import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.Entry;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.ServerFaultException;

/**
 * A folder being listed. Another thread reads on whoever takes what was read, for a listing that waits for its reader would keep one of the few connections, and those who list may need them
 * for something else meanwhile.
 */
final class DavListing implements Listing {
	/** Most items handed on at once; as few as there are while somebody waits for some. */
	private static final int BATCH = 200;
	private static final List<Entry> END = List.of();

	private final DavStorage storage;
	private final String path;
	private final LinkedBlockingQueue<List<Entry>> batches = new LinkedBlockingQueue<>();
	private final FutureTask<Void> reading;
	private final Thread reader;
	private List<Entry> first;
	private boolean ended;
	/** Whether the server told of anything but the folder itself. */
	private volatile boolean holdsSomething;

	/** Begins to read, and waits for the first items. @param answer of status 207; closed with this */
	DavListing(DavStorage storage, String path, DavAnswer answer) throws IOException {
		this.storage = storage;
		this.path = path;
		reading = Chain.branch(() -> {
			try (answer) {
				read(answer);
			} finally {
				batches.add(END);
			}
			return null;
		});
		reader = Thread.ofVirtual().name("list a folder").start(reading);
		first = take();
	}

	private void read(DavAnswer answer) throws IOException {
		String own = DavPaths.decode(answer.target()).orElse("");
		String below = own.equals("/") ? own : own + "/";
		var batch = new ArrayList<Entry>();
		boolean known = false;
		int others = 0;
		try (var responses = new Multistatus(answer, path)) {
			for (Optional<DavResource> next = responses.next(); next.isPresent(); next = responses.next()) {
				DavResource resource = next.get();
				String at = DavPaths.decode(resource.href()).orElse("");
				if (!at.equals(own) || at.isEmpty())
					holdsSomething = true;
				if (at.equals(own)) {
					if (!resource.collection() && resource.status() == 0)
						throw new NotDirectoryException(path);
					known = true;
				} else if (at.startsWith(below) && at.indexOf('/', below.length()) < 0 && (resource.status() == 0 || resource.status() == 200)) {
					batch.add(new Entry(at.substring(below.length()), storage.describe(resource)));
					known = true;
				} else {
					others++;
				}
				if (batch.size() == BATCH || !batch.isEmpty() && batches.isEmpty()) {
					batches.add(List.copyOf(batch));
					batch.clear();
				}
			}
		}
		if (!known && others > 0)
			throw new ServerFaultException(path, "the server lists another folder than the one it was asked for");
		if (!batch.isEmpty())
			batches.add(List.copyOf(batch));
	}

	/** Whether there is nothing in the folder, not even something that is left out here because its name could name no file. To be asked first. */
	boolean isEmpty() throws IOException {
		return next().isEmpty() && !holdsSomething;
	}

	private List<Entry> take() throws IOException {
		if (ended)
			return END;
		try {
			List<Entry> batch = batches.take(); // whoever reads waits no longer than the limit
			if (batch == END) {
				ended = true;
				DavStorage.await(reading);
			}
			return batch;
		} catch (InterruptedException e) {
			close();
			throw new InterruptedIOException("listing was cancelled");
		}
	}

	@Override
	public List<Entry> next() throws IOException {
		List<Entry> batch = first == null ? take() : first;
		first = null;
		return batch;
	}

	@Override
	public void close() {
		if (!ended)
			reader.interrupt(); // not cancelled: a task that has not begun would never close the answer
		ended = true;
		first = null;
	}
}
