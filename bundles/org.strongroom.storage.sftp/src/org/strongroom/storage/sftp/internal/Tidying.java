package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.storage.Chain;
import org.strongroom.core.storage.Entry;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.StoragePaths;

/** Takes away what connections that are gone have left on the server. Thread-safe. */
final class Tidying {
	/** Records looked at in one sign-in; the rest is for later ones. */
	private static final int MOST_RECORDS = 10_000;
	/** In a folder on its way there are a few files; what has more is none of ours. */
	private static final int MOST_PARTS = 100;

	private final SftpStorage storage;
	private final SftpChannel sftp;

	Tidying(SftpStorage storage, SftpChannel sftp) {
		this.storage = storage;
		this.sftp = sftp;
	}

	/** Tidies up what an earlier connection of this process could not. What cannot be taken away is tried again after the next loss. */
	void tidy(Leftovers leftovers) throws IOException {
		if (!leftovers.areAdopted())
			return;
		var work = new ArrayList<Future<?>>();
		for (Records.Item item : leftovers.items())
			work.add(Chain.start("tidying up", () -> {
				if (isDone(() -> isTakenAway(item)))
					leftovers.gone(item.path());
				return null;
			}));
		for (Future<?> one : work)
			finish(one);
		leftovers.removeOldRecords(sftp.limit());
	}

	/**
	 * Tidies up what the records on the server tell of. Connections that may still be there are left alone: those of this machine show a {@link LifeSign}; of others, what was begun or written
	 * to less than a day ago by this machine's clock is left.
	 *
	 * @param handle of the folder of records, which is closed
	 */
	void tidyRecorded(byte[] handle) throws IOException {
		Map<String, List<Entry>> records = new HashMap<>();
		int count = 0;
		try (Listing listing = new SftpListing(sftp, Records.FOLDER, handle)) {
			for (List<Entry> some = listing.next(); !some.isEmpty() && count < MOST_RECORDS; some = listing.next()) {
				count += some.size();
				for (Entry entry : some)
					if (entry.info().type() == FileInfo.Type.SYMLINK)
						Records.connection(entry.name()).ifPresent(connection -> records.computeIfAbsent(connection, _ -> new ArrayList<>()).add(entry));
			}
		}
		var work = new ArrayList<Future<?>>();
		records.forEach((connection, some) -> work.add(Chain.start("tidying up", () -> {
			tidy(connection, some);
			return null;
		})));
		for (Future<?> one : work)
			finish(one);
		sftp.ask(Packet.RMDIR, new Wire.Writer().string(Records.FOLDER));
	}

	private void tidy(String connection, List<Entry> records) throws IOException {
		if (!LifeSign.isOfThisMachine(connection)) {
			Instant limit = Instant.now().minus(LifeSign.GIVEN_UP);
			areTidied(records.stream().filter(r -> isBefore(r.info(), limit)).toList(), limit);
			return;
		}
		Optional<LifeSign> life = LifeSign.lock(connection);
		if (life.isEmpty())
			return;
		try (LifeSign gone = life.get()) {
			if (areTidied(records, Instant.MAX))
				gone.end();
		}
	}

	/** Whether an item was changed before that; one of which the server does not tell when counts as changed now. */
	private static boolean isBefore(FileInfo info, Instant limit) {
		Instant changed = info.modified().equals(Instant.EPOCH) ? Instant.now() : info.modified();
		return changed.isBefore(limit);
	}

	private boolean areTidied(List<Entry> records, Instant limit) throws IOException {
		var work = new ArrayList<Future<Boolean>>();
		for (Entry record : records)
			work.add(Chain.start("tidying up", () -> isDone(() -> isTidied(record.name(), limit))));
		boolean all = true;
		for (Future<Boolean> one : work)
			all &= finish(one);
		return all;
	}

	private interface Step {
		boolean isDone() throws IOException;
	}

	/** Where the server does not do what is asked, nobody is kept from working, and the rest is gone on with. */
	private static boolean isDone(Step step) throws IOException {
		try {
			return step.isDone();
		} catch (FileSystemException e) {
			return false;
		}
	}

	/**
	 * Tidies up what one record is about.
	 *
	 * @param limit what was changed later is left alone
	 * @return whether nothing is left of either
	 */
	private boolean isTidied(String record, Instant limit) throws IOException {
		String leads;
		try {
			leads = storage.readLink(Records.path(record));
		} catch (NoSuchFileException e) {
			return true; // somebody else was faster
		}
		Optional<Records.Item> item = Records.item(record, leads);
		if (item.isEmpty())
			return false;
		Optional<Attributes> there = storage.look(item.get().path());
		if (there.isPresent() && !isBefore(there.get().info(), limit))
			return false;
		return isTakenAway(item.get()) && isRemoved(Packet.REMOVE, Records.path(record));
	}

	/** Takes one thing away, or puts it back. @return whether it is not there any more */
	private boolean isTakenAway(Records.Item item) throws IOException {
		if (!item.belongs().isEmpty()) {
			if (storage.rename(item.path(), item.belongs()).isOk() || !storage.exists(item.path()))
				return true;
			if (!storage.exists(item.belongs()))
				return false;
		}
		return item.isStage() ? isStageRemoved(item.path()) : isRemoved(Packet.REMOVE, item.path());
	}

	/** Removes a folder and the files in it. Nothing in folders within is touched, nor where a link leads. */
	private boolean isStageRemoved(String stage) throws IOException {
		Optional<Attributes> there = storage.look(stage);
		if (there.isEmpty())
			return true;
		if (there.get().type() != FileInfo.Type.DIRECTORY)
			return false;
		var parts = new ArrayList<Entry>();
		try (Listing listing = storage.list(stage)) {
			for (List<Entry> some = listing.next(); !some.isEmpty() && parts.size() <= MOST_PARTS; some = listing.next())
				parts.addAll(some);
		}
		if (parts.size() > MOST_PARTS)
			return false;
		var removals = new HashMap<String, SftpChannel.Request>();
		for (Entry part : parts) {
			String path = StoragePaths.child(stage, part.name());
			if (part.info().type() == FileInfo.Type.FILE && StoragePaths.isSafeName(part.name()))
				removals.put(path, sftp.send(Packet.REMOVE, path));
		}
		for (var removal : removals.entrySet())
			Status.of(sftp.await(removal.getValue()), removal.getKey());
		return isRemoved(Packet.RMDIR, stage);
	}

	private boolean isRemoved(int request, String path) throws IOException {
		Status status = Status.of(sftp.ask(request, new Wire.Writer().string(path)), path);
		return status.isOk() || status.code() == Status.NO_SUCH_FILE;
	}

	private static <T> T finish(Future<T> work) throws IOException {
		try {
			return work.get();
		} catch (ExecutionException e) {
			if (e.getCause() instanceof IOException failed)
				throw failed;
			throw new IllegalStateException(e.getCause());
		} catch (InterruptedException e) {
			throw new InterruptedIOException("Interrupted while tidying up.");
		}
	}
}
