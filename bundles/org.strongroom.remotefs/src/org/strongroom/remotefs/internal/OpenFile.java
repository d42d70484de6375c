package org.strongroom.remotefs.internal;

import org.strongroom.core.storage.FileInfo;

/**
 * A file that is open in this file system, once for all channels that share it. A channel that reads <em>and</em> writes shares what it has written with all other channels
 * of the file at once, as on any file system; a channel that only writes, or was given a save, keeps it to itself until it is committed.
 */
final class OpenFile {
	/** Guards what follows; not this object, which is held while a file is being opened. */
	private final Object state = new Object();
	private volatile String path;
	private volatile Draft draft;
	private FileInfo committed;
	private int commits;
	private int users;
	private int writers;

	OpenFile(String path) {
		this.path = path;
	}

	/** Where it is now, in the form of a storage. */
	String path() {
		return path;
	}

	void renamed(String to) {
		path = to;
		Draft d = draft;
		if (d != null)
			d.renamed();
	}

	/** What is being written; null if nobody writes. */
	Draft draft() {
		return draft;
	}

	void setDraft(Draft draft) {
		this.draft = draft;
	}

	/** A new content has taken the place of the old one. */
	void committed(FileInfo info) {
		synchronized (state) {
			committed = info;
			commits++;
		}
	}

	/** How often a new content was committed here. */
	int commits() {
		synchronized (state) {
			return commits;
		}
	}

	/** What was committed last. */
	FileInfo committedInfo() {
		synchronized (state) {
			return committed;
		}
	}

	void use(int count) {
		synchronized (state) {
			users += count;
		}
	}

	boolean isUsed() {
		synchronized (state) {
			return users > 0;
		}
	}

	int write(int count) {
		synchronized (state) {
			writers += count;
			return writers;
		}
	}
}
