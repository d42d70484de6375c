package org.strongroom.vault.cryptomator.internal.encrypted;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.StorageFileSystem;

/**
 * The ids of folders, by the files they are kept in. They hardly ever change (when somebody else moves folders about), so one is believed for {@value #BELIEVED} s
 * without asking again, unless the file system below is told to forget what it knows. Thread-safe.
 */
final class FolderIds {
	private static final int BELIEVED = 20;
	/** As long as the file system below believes what it knows: younger answers are no worse than its own. */
	private static final long CERTAIN = TimeUnit.SECONDS.toNanos(5);
	private static final int MOST = 100_000;
	/** cryptofs writes UUIDs, 36 characters long; other programs may write what they like. */
	static final int LONGEST = 1000;

	/** @param isOld whether something that does not fit may be due to this answer */
	record Id(String text, boolean isOld) {
	}

	private record Known(String text, long when) {
	}

	private final Path vault;
	private final Map<Path, Known> known = new ConcurrentHashMap<>();
	/** What is being asked for, unless it was forgotten meanwhile: then the answer is for who has asked alone. */
	private final Map<Path, FutureTask<Known>> asking = new ConcurrentHashMap<>();
	private final AtomicLong refreshes = new AtomicLong();

	FolderIds(Path vault) {
		this.vault = vault;
	}

	/**
	 * The id in a file, asked for if it is not known; of many who want to know at once, one asks.
	 *
	 * @throws DamagedContentException if that is no id
	 */
	Id get(Path file) throws IOException {
		forgetAfterRefresh();
		for (;;) {
			long now = System.nanoTime();
			Known found = known.get(file);
			if (found != null && now - found.when < TimeUnit.SECONDS.toNanos(BELIEVED))
				return new Id(found.text, now - found.when > CERTAIN);
			FutureTask<Known> mine = Chain.branch(() -> new Known(read(file), now));
			FutureTask<Known> others = asking.putIfAbsent(file, mine);
			if (others == null)
				return new Id(ask(file, mine).text, false);
			try {
				return new Id(Chain.await(others).text, false);
			} catch (InterruptedIOException e) {
				if (Thread.currentThread().isInterrupted())
					throw e;
				// who has asked was interrupted: that is no answer for others
			}
		}
	}

	private Known ask(Path file, FutureTask<Known> task) throws IOException {
		try {
			task.run();
			Known answer = Chain.await(task);
			if (asking.get(file) == task)
				put(file, answer);
			return answer;
		} finally {
			asking.remove(file, task);
		}
	}

	/** The id in a file, asked for. */
	static String read(Path file) throws IOException {
		return parse(Below.read(file, LONGEST));
	}

	/** What was just written to a file. */
	void put(Path file, String text) {
		asking.remove(file);
		put(file, new Known(text, System.nanoTime()));
	}

	private void put(Path file, Known answer) {
		if (known.size() >= MOST)
			known.clear();
		known.put(file, answer);
	}

	/** The id that a file holds. */
	static String parse(byte[] content) throws DamagedContentException {
		if (content.length == 0)
			throw new DamagedContentException("the file with its folder's id is empty");
		for (byte b : content)
			if (b <= 0)
				throw new DamagedContentException("the file with its folder's id holds something else");
		return new String(content, US_ASCII);
	}

	private void forgetAfterRefresh() {
		if (!(vault.getFileSystem() instanceof StorageFileSystem below))
			return;
		long now = below.refreshes();
		if (refreshes.getAndSet(now) != now)
			clear();
	}

	/** Has the file system below forget an item that holds no ids. */
	void refreshBelow(Path item) {
		if (!(vault.getFileSystem() instanceof StorageFileSystem below))
			return;
		forgetAfterRefresh();
		long before = below.refreshes();
		below.refresh(item);
		refreshes.compareAndSet(before, before + 1);
	}

	void forget(Path file) {
		asking.remove(file);
		known.remove(file);
	}

	void clear() {
		asking.clear();
		known.clear();
	}
}
