package org.strongroom.core.transfer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;

import org.strongroom.core.transfer.Transfer.Existing;

/** Copies one tree, removing what was copied whole if it is to be moved. */
final class TreeCopy {
	private final Existing existing;
	private final Progress progress;
	private final boolean move;
	private final Crew crew;

	TreeCopy(Existing existing, Progress progress, boolean move) {
		this.existing = existing;
		this.progress = progress;
		this.move = move;
		this.crew = new Crew(progress);
	}

	void run(Path source, Path target) throws IOException {
		crew.run(() -> crew.attempt(source, () -> {
			var attributes = Files.readAttributes(source, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
			Transfer.apart(source, target, attributes.isDirectory());
			Path absolute = target.toAbsolutePath();
			if (absolute.getFileName() == null)
				return intoRoot(source, attributes, absolute);
			try (Target into = Target.open(absolute.getParent())) {
				return topItem(source, attributes, into, absolute);
			}
		}));
	}

	private boolean intoRoot(Path source, BasicFileAttributes attributes, Path root) throws IOException {
		if (!attributes.isDirectory())
			throw new FileSystemException(root.toString(), null, "this is a folder; a file does not replace it");
		try (Target into = Target.open(root)) {
			return contents(source, into, 0);
		}
	}

	private boolean topItem(Path source, BasicFileAttributes attributes, Target into, Path target) throws IOException {
		String name = target.getFileName().toString();
		if (!attributes.isDirectory())
			return leaf(source, attributes, into, name, 0, true, new Crew.Buffer());
		Optional<BasicFileAttributes> old = into.look(name);
		if (old.isPresent() && existing == Existing.FAIL)
			throw new FileAlreadyExistsException(target.toString());
		// The person named the target: if that is a link to a folder, the folder is meant.
		if (old.filter(BasicFileAttributes::isSymbolicLink).isPresent() && Files.isDirectory(target)) {
			try (Target folder = Target.open(target)) {
				return contents(source, folder, 0);
			}
		}
		return folder(source, into, name, 0);
	}

	private boolean folder(Path source, Target into, String name, int depth) throws IOException {
		if (depth >= Transfer.DEEPEST)
			throw new FileSystemException(source.toString(), null, "folders are nested deeper than " + Transfer.DEEPEST + "; this one was left out");
		Target folder;
		try {
			folder = into.enter(name);
		} catch (NotDirectoryException e) {
			throw new FileSystemException(e.getFile(), null, "there is a file of that name; a folder does not replace it");
		}
		try (folder) {
			return contents(source, folder, depth);
		}
	}

	private boolean contents(Path source, Target into, int depth) throws IOException {
		progress.begin(source, 0);
		boolean whole = true;
		List<Future<Boolean>> within = new ArrayList<>();
		try {
			for (Path item : crew.list(source)) {
				if (progress.cancelled())
					throw new InterruptedIOException("Cancelled.");
				whole &= crew.attempt(item, () -> {
					String name = Names.of(item);
					into.path(name);
					var attributes = Files.readAttributes(item, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
					within.add(attributes.isDirectory() ? crew.folder(item, () -> folder(item, into, name, depth + 1))
							: crew.start(item, attributes.size(), buffer -> leaf(item, attributes, into, name, depth, false, buffer)));
					return true;
				});
			}
		} finally {
			whole &= crew.await(within);
		}
		if (whole) {
			if (move)
				Files.delete(source);
			progress.done(source);
		}
		return whole;
	}

	/** Copies what is no folder. */
	private boolean leaf(Path source, BasicFileAttributes attributes, Target into, String name, int depth, boolean top, Crew.Buffer buffer) throws IOException {
		if (attributes.isSymbolicLink()) {
			link(source, into, name, depth, top);
		} else if (attributes.isRegularFile()) {
			progress.begin(source, attributes.size());
			Optional<BasicFileAttributes> old = into.look(name);
			Target.mayPutFile(into, name, old, existing, top);
			if (!move && (existing.isDone(attributes, old) || Transfer.copyThere(source, into.path(name), old, existing))) {
				progress.bytes(attributes.size());
				progress.done(source);
				return true;
			}
			Optional<FileTime> modified = move ? Optional.of(attributes.lastModifiedTime()) : Optional.empty();
			into.write(name, existing, modified, out -> {
				Content.copy(source, attributes, false, out, buffer.bytes(attributes.size()), progress);
				unchanged(source, attributes);
			});
		} else {
			throw new FileSystemException(source.toString(), null, "this is neither a file nor a folder nor a link; it was left out");
		}
		if (move)
			Files.delete(source);
		progress.done(source);
		return true;
	}

	/** What is going to be removed must be what was copied. */
	private void unchanged(Path source, BasicFileAttributes before) throws IOException {
		if (!move)
			return;
		var now = Files.readAttributes(source, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
		if (now.size() != before.size() || !now.lastModifiedTime().equals(before.lastModifiedTime()) || !now.isRegularFile())
			throw new FileSystemException(source.toString(), null, "it changed while it was being moved; it was left where it is");
	}

	private void link(Path source, Target into, String name, int depth, boolean top) throws IOException {
		progress.begin(source, 0);
		String leadsTo = Files.readSymbolicLink(source).toString();
		Optional<BasicFileAttributes> old = into.look(name);
		if (old.isPresent() && (old.get().isDirectory() || old.get().isOther()))
			throw new FileSystemException(into.path(name).toString(), null, "there is something else of that name; a link does not replace it");
		if (old.isPresent() && existing == Existing.FAIL)
			throw new FileAlreadyExistsException(into.path(name).toString());
		if (into instanceof LocalTarget && !Target.isLocal(source) && (top || leadsOut(leadsTo, depth)))
			throw new FileSystemException(source.toString(), null, "this link leads out of what is copied; it was left out");
		into.link(name, leadsTo, existing);
	}

	/** Whether a link in a folder that many levels below the top leads above the top, or may do so. */
	static boolean leadsOut(String leadsTo, int depth) {
		if (leadsTo.isEmpty() || leadsTo.startsWith("/") || leadsTo.indexOf('\\') >= 0 || leadsTo.indexOf(':') >= 0)
			return true;
		boolean down = false;
		int level = depth;
		for (String name : leadsTo.split("/")) {
			if (name.equals("..")) {
				// A ".." behind a name could be one behind another link.
				if (down || --level < 0)
					return true;
			} else if (!name.isEmpty() && !name.equals(".")) {
				down = true;
			}
		}
		return false;
	}
}
