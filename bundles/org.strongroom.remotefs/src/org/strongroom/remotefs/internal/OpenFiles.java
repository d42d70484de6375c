package org.strongroom.remotefs.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.strongroom.core.storage.StoragePaths;

/** The files open in one file system. Thread-safe. */
final class OpenFiles {
	private final Map<String, OpenFile> shared = new HashMap<>();
	/** Those that only one channel writes to. */
	private final Set<OpenFile> own = new HashSet<>();

	/** The file at a path, for one more channel. */
	synchronized OpenFile acquire(String path) {
		OpenFile file = shared.computeIfAbsent(path, OpenFile::new);
		file.use(1);
		return file;
	}

	/** A file that no other channel shares. */
	synchronized OpenFile acquireOwn(String path) {
		var file = new OpenFile(path);
		file.use(1);
		own.add(file);
		return file;
	}

	synchronized void release(OpenFile file) {
		file.use(-1);
		if (!file.isUsed()) {
			own.remove(file);
			shared.remove(file.path(), file);
		}
	}

	/** The content being written to a path that all may see. */
	synchronized Optional<Draft> draft(String path) {
		return Optional.ofNullable(shared.get(path)).map(OpenFile::draft);
	}

	/** All that is being written to a path. */
	synchronized List<Draft> drafts(String path) {
		var drafts = new ArrayList<Draft>();
		draft(path).ifPresent(drafts::add);
		for (OpenFile file : own)
			if (file.path().equals(path) && file.draft() != null)
				drafts.add(file.draft());
		return drafts;
	}

	/** A file or folder has another name now. What was open under the new name has lost its own. */
	void renamed(String from, String to) {
		var moved = new ArrayList<OpenFile>();
		synchronized (this) {
			shared.remove(to);
			for (OpenFile file : List.copyOf(shared.values())) {
				if (StoragePaths.isIn(file.path(), from)) {
					shared.remove(file.path());
					moved.add(file);
				}
			}
			for (OpenFile file : own)
				if (StoragePaths.isIn(file.path(), from))
					moved.add(file);
		}
		for (OpenFile file : moved) {
			file.renamed(to + file.path().substring(from.length()));
			synchronized (this) {
				if (!own.contains(file))
					shared.put(file.path(), file);
			}
		}
	}

	/** A file has been removed: what is being written to it goes nowhere. */
	void removed(String path) {
		List<Draft> drafts;
		synchronized (this) {
			drafts = drafts(path);
			shared.remove(path);
		}
		drafts.forEach(Draft::abandon);
	}
}
