package org.strongroom.core.transfer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

/** Removes one tree. */
final class TreeDelete {
	private final Progress progress;
	private final Crew crew;

	TreeDelete(Progress progress) {
		this.progress = progress;
		this.crew = new Crew(progress);
	}

	void run(Path item) throws IOException {
		crew.run(() -> remove(item, 0));
	}

	/** @return whether it is gone */
	private boolean remove(Path item, int depth) throws IOException {
		return crew.attempt(item, () -> {
			var attributes = Files.readAttributes(item, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
			return attributes.isDirectory() ? removeFolder(item, depth) : removeFile(item, attributes.size());
		});
	}

	private boolean removeFile(Path item, long size) throws IOException {
		progress.begin(item, size);
		Files.delete(item);
		progress.done(item);
		return true;
	}

	private boolean removeFolder(Path folder, int depth) throws IOException {
		if (depth >= Transfer.DEEPEST)
			throw new FileSystemException(folder.toString(), null, "folders are nested deeper than " + Transfer.DEEPEST + "; this one was left alone");
		progress.begin(folder, 0);
		boolean whole = true;
		List<Future<Boolean>> within = new ArrayList<>();
		try {
			for (Path item : crew.list(folder)) {
				if (progress.cancelled())
					throw new InterruptedIOException("Cancelled.");
				if (Files.isDirectory(item, LinkOption.NOFOLLOW_LINKS))
					within.add(crew.folder(item, () -> remove(item, depth + 1)));
				else
					within.add(crew.start(item, 0, _ -> removeFile(item, 0)));
			}
		} finally {
			whole &= crew.await(within);
		}
		// What could not be removed has been reported; that its folder is not empty goes without saying.
		if (whole) {
			Files.delete(folder);
			progress.done(folder);
		}
		return whole;
	}
}
