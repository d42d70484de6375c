package org.strongroom.vault.cryptomator.internal.encrypted;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.ServerFaultException;

/**
 * One thing that a consumer does with a vault, as the encrypted side sees it: whether it may write, which file it opens, and what went wrong below cryptofs,
 * which takes many errors for "is not there". Bound to the thread while cryptofs works; used by that thread alone.
 */
public final class Operation {
	/** What the present thread has cryptofs do. */
	public static final ScopedValue<Operation> CURRENT = ScopedValue.newInstance();

	/** What cryptofs may do on the encrypted side meanwhile. */
	public enum Kind {
		/** Opening a vault: nothing is written, a backup copy of its configuration is thrown away. */
		UNLOCK,
		/** Looking at one item: nothing is written. */
		LOOK,
		/** Listing a folder: nothing is written; a renaming of conflicting entries takes place in {@link Aliases} only. */
		LIST,
		/** Changing something. */
		CHANGE,
		/** Removing a folder: like {@link #CHANGE}, but renaming takes place in {@link Aliases} only. */
		REMOVE_FOLDER
	}

	private final Kind kind;
	private final Opening opening;
	private final List<EncryptedPath> made = new ArrayList<>();
	private final Set<EncryptedPath> skipped = new HashSet<>();
	private IOException fatal;
	private IOException trouble;
	private EncryptedPath broken;
	private EncryptedPath lastListed;
	private int listed;
	private int indigestible;

	private Operation(Kind kind, Opening opening) {
		this.kind = kind;
		this.opening = opening;
	}

	/** An operation that opens no file's content. */
	public static Operation of(Kind kind) {
		return new Operation(kind, null);
	}

	/** The opening of one file's content. */
	public static Operation of(Opening opening) {
		return new Operation(opening.writes() ? Kind.CHANGE : Kind.LOOK, opening);
	}

	static Operation current() {
		return CURRENT.isBound() ? CURRENT.get() : of(Kind.LOOK);
	}

	/** What it is allowed. */
	public Kind kind() {
		return kind;
	}

	/** Whether anything may be written to the server. */
	public boolean writes() {
		return kind == Kind.CHANGE || kind == Kind.REMOVE_FOLDER;
	}

	boolean renames() {
		return kind == Kind.CHANGE;
	}

	Optional<Opening> opening() {
		return Optional.ofNullable(opening);
	}

	/** Remembers an error of the encrypted side. */
	<E extends IOException> E noticed(E e) {
		switch (e) {
		case ConnectionException _, InterruptedIOException _, ClosedByInterruptException _, ServerFaultException _ -> {
			if (fatal == null)
				fatal = e;
		}
		case NoSuchFileException _, NotDirectoryException _, NotLinkException _, FileAlreadyExistsException _, DirectoryNotEmptyException _,
				AtomicMoveNotSupportedException _ -> {
		}
		default -> {
			if (trouble == null)
				trouble = e;
		}
		}
		return e;
	}

	/** An error after which nothing that cryptofs answers is to be believed: a lost connection above all. */
	public Optional<IOException> fatal() {
		return Optional.ofNullable(fatal);
	}

	/** Another error of the encrypted side, which says more than what cryptofs makes of it. */
	public Optional<IOException> trouble() {
		return Optional.ofNullable(trouble);
	}

	void made(EncryptedPath path) {
		made.add(path);
	}

	/** What it has newly made on the server, in that order. */
	public List<EncryptedPath> made() {
		return made;
	}

	/** Called for an entry of which cryptofs cannot tell what it is. */
	public static void broken(EncryptedPath entry) {
		current().broken = entry;
	}

	/** An entry of which cryptofs could not tell what it is. */
	public Optional<EncryptedPath> broken() {
		return Optional.ofNullable(broken);
	}

	void listed(EncryptedPath entry) {
		lastListed = entry;
		listed++;
	}

	/** How many encrypted entries the listing gave. */
	public int listed() {
		return listed;
	}

	/** Leaves out the entry that was listed last when the listing is tried again; false if there is none or enough were left out. */
	public boolean skipLast(int most) {
		listed = 0;
		indigestible = 0;
		return lastListed != null && skipped.size() < most && skipped.add(lastListed);
	}

	boolean skips(EncryptedPath entry) {
		return skipped.contains(entry);
	}

	void indigestible() {
		indigestible++;
	}

	/** How many entries cryptofs was not shown. */
	public int skipped() {
		return skipped.size() + indigestible;
	}
}
