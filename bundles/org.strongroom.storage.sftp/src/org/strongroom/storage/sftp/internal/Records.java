package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.storage.StoragePaths;

/**
 * What a connection has on its way, written down on the server, so that it is taken away even if the process that began it was killed: nothing of that may be written on this machine. For each
 * item there is a symbolic link in the folder {@value #FOLDER} in the account's start folder. It is called {@code <connection>.<what makes the item's name its own>} and leads to the item, or,
 * for a file put aside, to where that belongs. The folder is there only as long as there are links in it.
 * <p>
 * A link is made by one request, sent before the one that makes the item, and removed by one sent behind the one after which the item is gone. A server does what is asked on one channel in
 * its order, so nobody waits for any of this. Where no links or folder can be made, there are no records. Thread-safe; no method waits, but {@link #await}.
 */
final class Records {
	/** In the folder that SFTP starts in. */
	static final String FOLDER = ".strongroom";
	private static final int FOLDER_PERMISSIONS = 0700;
	/** How often a record is tried to be made: another connection may remove the empty folder just then. */
	private static final int MOST_TRIES = 3;

	/** What makes a temporary name its own: of a file, of one put aside, and of a folder. */
	private static final String OWN = "([0-9a-f]{20}\\.part|[0-9a-f]{20}\\.old|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})";
	private static final Pattern ITEM = Pattern.compile(Pattern.quote(StoragePaths.TEMPORARY) + OWN);
	private static final Pattern NAME = Pattern.compile("(" + LifeSign.ID + ")\\." + OWN);

	/**
	 * Something that must not be left.
	 *
	 * @param path where it lies
	 * @param belongs for a file put aside, where it belongs; empty for what is to be removed
	 */
	record Item(String path, String belongs) {
		/** Whether it is a folder. */
		boolean isStage() {
			return !path.endsWith(".part") && !path.endsWith(".old");
		}
	}

	private final SftpChannel sftp;
	private final Set<String> made = new HashSet<>();
	/** Those whose removal is not confirmed. */
	private final Set<String> leaving = new HashSet<>();
	/** Done once the last of all requests is answered. */
	private CompletableFuture<Void> answered = CompletableFuture.completedFuture(null);
	private LifeSign life;
	private boolean refused;

	Records(SftpChannel sftp) {
		this.sftp = sftp;
	}

	/** Whether an item of that path is one that records are made of. */
	static boolean isTemporary(String path) {
		return ITEM.matcher(StoragePaths.name(path)).matches();
	}

	/** Whose record it is; empty if nobody's. */
	static Optional<String> connection(String name) {
		Matcher matcher = NAME.matcher(name);
		return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
	}

	/**
	 * What a record is about.
	 *
	 * @param name of one for which {@link #connection} knows whose it is
	 * @param leads where the link leads, as the server says
	 * @return empty if it is no record of ours: whoever else can write to the folder must not make us remove a file of their choice
	 */
	static Optional<Item> item(String name, String leads) {
		String own = StoragePaths.TEMPORARY + name.substring(name.indexOf('.') + 1);
		if (!StoragePaths.isNormal(leads))
			return Optional.empty();
		if (name.endsWith(".old"))
			return Optional.of(new Item(StoragePaths.child(StoragePaths.parent(leads), own), leads));
		return StoragePaths.name(leads).equals(own) ? Optional.of(new Item(leads, "")) : Optional.empty();
	}

	/**
	 * An item is about to be made.
	 *
	 * @return the record's name; empty if none can be made
	 */
	synchronized String make(Item item) {
		if (refused || !isTemporary(item.path()) || !isAlive())
			return "";
		String name = life.id() + "." + StoragePaths.name(item.path()).substring(StoragePaths.TEMPORARY.length());
		boolean first = made.isEmpty();
		made.add(name);
		make(name, item, first, 1);
		return name;
	}

	private boolean isAlive() {
		try {
			if (life == null)
				life = LifeSign.show();
		} catch (IOException e) {
			refused = true; // without, nobody could tell what is still being worked on
		}
		return !refused;
	}

	private void make(String name, Item item, boolean withFolder, int tries) {
		if (withFolder)
			post(Packet.MKDIR, Attributes.permissions(new Wire.Writer().string(FOLDER), FOLDER_PERMISSIONS), _ -> {
				// It may be there already; whether it is shows at once.
			});
		// OpenSSH has the two the other way round than the draft, and everybody follows it (its PROTOCOL, section 4.1).
		post(Packet.SYMLINK, new Wire.Writer().string(item.belongs().isEmpty() ? item.path() : item.belongs()).string(path(name)), status -> {
			if (status == Status.OK || !made.contains(name))
				return;
			if (status == Status.NO_SUCH_FILE && tries < MOST_TRIES) {
				make(name, item, true, tries + 1);
			} else {
				refused = true;
				remove(name);
			}
		});
	}

	/** What makes an item gone has just been sent. */
	synchronized void remove(String name) {
		made.remove(name);
		leaving.add(name);
		post(Packet.REMOVE, new Wire.Writer().string(path(name)), _ -> leaving.remove(name));
		removeFolder();
	}

	/** Removes the folder if nothing is in it. */
	synchronized void removeFolder() {
		if (made.isEmpty())
			post(Packet.RMDIR, new Wire.Writer().string(FOLDER), _ -> {
				// Another connection may have something in it.
			});
	}

	/** @param then is given the status with the lock held */
	private void post(int type, Wire.Writer body, IntConsumer then) {
		answered = sftp.post(type, body, answer -> {
			synchronized (this) {
				then.accept(status(answer));
			}
		});
	}

	private static int status(Packet answer) {
		try {
			return Status.of(answer, FOLDER).code();
		} catch (IOException e) {
			return Status.FAILURE;
		}
	}

	/** The path of a record, relative to the start folder. */
	static String path(String name) {
		return FOLDER + "/" + name;
	}

	/** Takes over those of a connection of this process that is gone. */
	synchronized void adopt(Records other) {
		synchronized (other) {
			made.addAll(other.made);
			made.addAll(other.leaving);
			other.made.clear();
			other.leaving.clear();
			other.answered = CompletableFuture.completedFuture(null);
			other.end();
		}
	}

	/** Names of all there may be. */
	synchronized Set<String> names() {
		return Set.copyOf(made);
	}

	/** Whether anything may be left of them on the server. */
	synchronized boolean isOwing() {
		return !made.isEmpty() || answered.state() != Future.State.SUCCESS;
	}

	/** Waits until the server has done what was asked so far, but not for longer than that. */
	void await(Duration most) {
		try {
			answered().get(most.toNanos(), TimeUnit.NANOSECONDS);
		} catch (TimeoutException | ExecutionException e) {
			// The next sign-in finds what is left.
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		}
	}

	private synchronized CompletableFuture<Void> answered() {
		return answered;
	}

	/** The connection is closed. */
	synchronized void end() {
		refused = true;
		if (life == null)
			return;
		if (isOwing())
			life.close();
		else
			life.end();
		life = null;
	}
}
