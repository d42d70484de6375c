package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.storage.StoragePaths;

/**
 * The right to replace a file, which one save at a time has: SFTP knows no "rename if the old one is still that", so between the look at the old file and the rename nobody else
 * of ours must replace it. It is a file beside that one, of a name that only that one's leads to, made before the look and removed behind the rename: both go along with other
 * requests, and cost no round trip. If a connection ends in between, it is removed like a temporary file, or by whoever has waited for it long enough. Used by one thread.
 */
final class Turn {
	private static final Duration PAUSE = Duration.ofMillis(20);

	private final SftpStorage storage;
	private final SftpChannel sftp;
	private final String path;
	/** Null while it was not asked for, because another thread of this connection has it. */
	private SftpChannel.Request open;
	private volatile Optional<SftpChannel.Request> removal = Optional.empty();
	/** When the turn that is waited for was made, as the server tells it, and since when it is waited for, as {@link System#nanoTime()}. */
	private long made = -1;
	private long since;

	/** @param target the file to be replaced */
	Turn(SftpStorage storage, SftpChannel sftp, String target) {
		this.storage = storage;
		this.sftp = sftp;
		path = StoragePaths.child(StoragePaths.parent(target), StoragePaths.TEMPORARY + hash(StoragePaths.name(target)) + ".part");
	}

	private static String hash(String name) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)), 0, 10);
		} catch (NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}

	/** Asks for it, and does not wait for the answer: what is asked next is done after it. */
	void ask() throws IOException {
		if (!storage.turns().add(path))
			return;
		storage.leftovers().temporary(path);
		open = sftp.send(Packet.OPEN, Attributes.none(new Wire.Writer().string(path).u32(Packet.WRITE_FLAG | Packet.CREATE_FLAG | Packet.EXCLUSIVE_FLAG)));
	}

	/**
	 * Whether there is nothing to wait for: it was given, or it cannot be had on this server.
	 *
	 * @param subject the file as errors are to name it
	 */
	boolean isGiven(String subject) throws IOException {
		if (open == null)
			return false;
		Packet answer = sftp.await(open);
		if (answer.type() == Packet.HANDLE)
			return true;
		open = null;
		refused();
		int code = Status.of(answer, subject).code();
		return code != Status.FAILURE && code != Status.FILE_ALREADY_EXISTS;
	}

	private void refused() {
		storage.leftovers().gone(path);
		storage.turns().remove(path);
	}

	/** Waits a little before it is asked for again. A turn takes as long as one answer; one that takes longer than a server may be silent is of a connection that is gone. */
	void pause(String subject) throws IOException {
		Optional<Attributes> there = storage.there(sftp.await(sftp.send(Packet.LSTAT, path)), subject);
		long now = System.nanoTime();
		if (there.isPresent() && there.get().modified() != made) {
			made = there.get().modified();
			since = now;
		} else if (there.isPresent() && now - since > sftp.limit().toNanos())
			storage.remove(path);
		try {
			Thread.sleep(PAUSE);
		} catch (InterruptedException e) {
			throw new InterruptedIOException("Interrupted while somebody else was saving the same file.");
		}
	}

	/** What is asked after this is done after it. */
	void end() {
		if (open == null)
			return;
		sftp.abandon(List.of(open));
		sftp.then(open, answer -> {
			if (answer.type() == Packet.HANDLE) {
				removal = storage.discard(path);
				removal.ifPresent(r -> sftp.then(r, _ -> storage.turns().remove(path)));
			} else
				refused();
		});
		open = null;
	}

	/** Waits until nothing is left of it; if the connection is lost meanwhile, the next one sees to that. */
	void awaitEnd() {
		try {
			if (removal.isPresent()) {
				sftp.await(removal.get());
				storage.leftovers().await(sftp.limit());
			}
		} catch (InterruptedIOException e) {
			Thread.currentThread().interrupt();
		} catch (IOException e) {
			// What was to be saved is saved, or why it is not is known already.
		}
	}
}
