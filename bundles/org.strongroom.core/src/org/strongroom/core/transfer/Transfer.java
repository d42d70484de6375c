package org.strongroom.core.transfer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

import org.strongroom.core.residency.Passage;
import org.strongroom.core.storage.Save;

/**
 * Copies, moves and removes files and whole folders between any two of: the remote file system, unlocked vaults, this machine (the default file
 * system). All methods block, and none is for the UI thread.
 * <p>
 * <strong>Whole or not at all.</strong> A target file appears under its final name only when it is whole: on Strongroom's file systems through
 * {@link Save}, on this machine by a file of another name in the same folder ({@code .strongroom-….part}) that takes the final name in one step and is
 * removed if that fails.
 * <p>
 * <strong>Nothing outside.</strong> Names that come from a server or vault are not trusted: one that is no plain file name for the target is reported and
 * left out. Symbolic links are never followed below {@code source} and {@code target}; they are copied as links, or reported: on this machine no link is
 * made that leads out of the folder being copied. Nothing is written through a link that somebody planted in a target folder.
 * <p>
 * <strong>Errors.</strong> What concerns a single item, the first one included, goes to {@link Progress#failed}, and the rest is done. Thrown is what ends
 * everything: a lost connection, a vault that was locked meanwhile, and {@link InterruptedIOException} after {@link Progress#cancelled()} or an
 * interrupt of the calling thread; then nothing half is left either.
 * <p>
 * <strong>Bounds.</strong> Folders nested deeper than {@value #DEEPEST}, and more than {@value #MOST_IN_FOLDER} items in one folder or {@value #MOST} in
 * all, are taken for a server that makes them up. Up to {@value #PARALLEL} files are on their way at once, of
 * those larger than 1 MiB up to {@value #PARALLEL_LARGE}, and up to {@value #PARALLEL_FOLDERS} folders are looked through besides.
 */
public final class Transfer {
	/** Folders nested deeper than this below what is transferred are reported and left out. */
	public static final int DEEPEST = 128;
	static final int MOST_IN_FOLDER = 1_000_000;
	static final int MOST = 10_000_000;
	/** Small files cost the length of the way to the server and hardly anything else. */
	static final int PARALLEL = 64;
	static final int PARALLEL_LARGE = 8;
	static final int PARALLEL_FOLDERS = 32;
	/** Files that are larger, in bytes, are large. */
	static final long LARGE = 1 << 20;

	private Transfer() {
	}

	/** What to do about a target that is there already. */
	public enum Existing {
		/** Report it and go on. */
		FAIL,
		/**
		 * Replace files and links (never a folder by a file, or a file by a folder), merge folders. What changes on a server while its replacement is on the way
		 * is not replaced: {@link org.strongroom.core.storage.ConflictException}.
		 */
		REPLACE,
		/** As {@link #REPLACE}, but files that are there whole already are left alone: a transfer that was cut off goes on where it was. */
		UPDATE;

		boolean replaces() {
			return this != FAIL;
		}

		/** Whether a file is there whole already, by its size and time: it is as long as its source, and not older. Servers keep whole seconds. */
		boolean isDone(BasicFileAttributes source, Optional<BasicFileAttributes> there) {
			return this == UPDATE && there.isPresent() && there.get().isRegularFile() && there.get().size() == source.size()
					&& !there.get().lastModifiedTime().toInstant().isBefore(source.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS));
		}
	}

	/**
	 * Copies a file or link, or a folder with all in it.
	 *
	 * @param source if it is a link, the link itself is copied; see {@link #copyFile}
	 * @param target the name it is to have (not the folder it goes into); a file system's root to merge a folder's contents into it. See {@link #child}
	 * @throws IOException if everything has to end; what concerns single items goes to {@code progress}
	 */
	public static void copy(Path source, Path target, Existing existing, Progress progress) throws IOException {
		new TreeCopy(existing, Recorded.copy(source, target, progress), false).run(source, target);
	}

	/**
	 * Copies one file; of a link the content it leads to.
	 *
	 * @throws IOException whatever goes wrong; {@code progress} is not told of failures
	 */
	public static void copyFile(Path source, Path target, Existing existing, Progress progress) throws IOException {
		Progress recorded = Recorded.copy(source, target, progress);
		try {
			copyContent(source, target, existing, recorded);
		} catch (IOException | RuntimeException e) {
			throw failed(source, e, recorded);
		}
	}

	private static IOException failed(Path item, Exception e, Progress recorded) {
		IOException why = Failures.of(item, e);
		Recorded.failed(recorded, item, why);
		return why;
	}

	private static void copyContent(Path source, Path target, Existing existing, Progress progress) throws IOException {
		var attributes = Files.readAttributes(source, BasicFileAttributes.class);
		if (!attributes.isRegularFile())
			throw new FileSystemException(source.toString(), null, attributes.isDirectory() ? "this is a folder, not a file" : "this is neither a file nor a folder");
		apart(source, target, false);
		progress.begin(source, attributes.size());
		Optional<BasicFileAttributes> there = Target.attributes(target);
		if (!existing.isDone(attributes, there) && !copyThere(source, target, there, existing)) {
			writeTop(target, existing, out -> Content.copy(source, attributes, true, out, Content.buffer(), progress));
		} else {
			progress.bytes(attributes.size());
		}
		progress.done(source);
	}

	/**
	 * Has a server copy a file of its own, so that no content passes, if both lie on one file system of a server; not for a target that is something other than a file.
	 *
	 * @param old what is there
	 * @return whether it was done
	 */
	static boolean copyThere(Path source, Path target, Optional<BasicFileAttributes> old, Existing existing) throws IOException {
		if (Target.isLocal(source) || !source.getFileSystem().equals(target.getFileSystem()) || old.isPresent() && !old.get().isRegularFile()
				|| target.toAbsolutePath().getFileName() == null)
			return false;
		if (existing.replaces())
			Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
		else
			Files.copy(source, target);
		return true;
	}

	/**
	 * Gives a file a new content, taken from a stream; only if that comes to its regular end does the file appear or change.
	 *
	 * @throws IOException whatever goes wrong; {@code progress} is not told of failures
	 */
	public static void write(ReadableByteChannel content, Path target, Existing existing, Progress progress) throws IOException {
		Progress recorded = Recorded.write(target, new Told(progress));
		try {
			writeTop(target, existing, out -> Content.pump(content, out, Content.buffer(), recorded));
			recorded.done(target);
		} catch (IOException | RuntimeException e) {
			throw failed(target, e, recorded);
		}
	}

	/**
	 * Sends the content of one file (of a link: what it leads to) to a stream, such as standard output. What is missing at the end, by what the file's
	 * size was, is an error.
	 */
	public static void read(Path source, WritableByteChannel out, Progress progress) throws IOException {
		Progress recorded = Recorded.read(source, new Told(progress));
		try {
			var attributes = Files.readAttributes(source, BasicFileAttributes.class);
			if (attributes.isDirectory())
				throw new FileSystemException(source.toString(), null, "this is a folder, not a file");
			Content.copy(source, attributes, true, out, Content.buffer(), recorded);
			recorded.done(source);
		} catch (IOException | RuntimeException e) {
			throw failed(source, e, recorded);
		}
	}

	/**
	 * Sends a part of the content of one file (of a link: what it leads to) to a stream. Where the file ends before, so does what is sent.
	 *
	 * @param offset of its first byte
	 * @param count bytes of it
	 */
	public static void read(Path source, long offset, long count, WritableByteChannel out, Progress progress) throws IOException {
		Progress recorded = Recorded.read(source, new Told(progress));
		try (SeekableByteChannel in = Files.newByteChannel(source, StandardOpenOption.READ)) {
			Content.part(in.position(offset), count, out, recorded);
			recorded.done(source);
		} catch (IOException | RuntimeException e) {
			throw failed(source, e, recorded);
		}
	}

	/** Follows where the end is nothing that is told. */
	private record Told(Progress onward) implements Progress {
		@Override
		public void bytes(long count) {
			onward.bytes(count);
		}

		@Override
		public void failed(Path item, IOException why) {
			// it is thrown
		}

		@Override
		public Optional<Passage> passage() {
			return onward.passage();
		}

		@Override
		public boolean cancelled() {
			return onward.cancelled();
		}
	}

	/**
	 * Moves a file, link or folder: by one rename where both lie on the same file system and the server can do it, else by copying and removing what was copied
	 * whole (and had not changed meanwhile). An existing folder is replaced only if it is empty, and only by a folder.
	 *
	 * @throws IOException if everything has to end; what concerns single items goes to {@code progress}
	 */
	public static void move(Path source, Path target, Existing existing, Progress progress) throws IOException {
		Progress recorded = Recorded.move(source, target, progress);
		boolean renamed;
		try {
			renamed = rename(source, target, existing, recorded);
		} catch (IOException | RuntimeException e) {
			IOException why = Failures.of(source, e);
			if (Failures.endAll(why))
				throw why;
			recorded.failed(source, why);
			return;
		}
		if (!renamed)
			new TreeCopy(existing, recorded, true).run(source, target);
	}

	/** Removes a file, a link (not what it leads to), or a folder with all in it. */
	public static void delete(Path item, Progress progress) throws IOException {
		new TreeDelete(Recorded.delete(item, progress)).run(item);
	}

	/**
	 * The path of something in a folder.
	 *
	 * @param name not trusted
	 * @throws FileSystemException if it is no plain name of one file there: empty, {@code ..}, with a separator, not representable
	 */
	public static Path child(Path folder, String name) throws FileSystemException {
		return Names.child(folder, name);
	}

	private static void writeTop(Path target, Existing existing, Target.Filler content) throws IOException {
		Path absolute = target.toAbsolutePath();
		if (absolute.getFileName() == null)
			throw new FileSystemException(target.toString(), null, "this is a folder; a file does not replace it");
		try (Target folder = Target.open(absolute.getParent())) {
			String name = absolute.getFileName().toString();
			Target.mayPutFile(folder, name, folder.look(name), existing, true);
			folder.write(name, existing, Optional.empty(), content);
		} catch (RuntimeException e) {
			throw Failures.of(target, e);
		}
	}

	/** @return whether it was done; if not, it has to be copied */
	private static boolean rename(Path source, Path target, Existing existing, Progress progress) throws IOException {
		var attributes = Files.readAttributes(source, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
		apart(source, target, attributes.isDirectory());
		if (progress.cancelled())
			throw new InterruptedIOException("Cancelled.");
		Optional<BasicFileAttributes> old = Target.attributes(target);
		if (old.isPresent()) {
			if (existing == Existing.FAIL)
				throw new java.nio.file.FileAlreadyExistsException(target.toString());
			if (old.get().isDirectory() != attributes.isDirectory())
				throw new FileSystemException(target.toString(), null, attributes.isDirectory() ? "there is a file of that name; a folder does not replace it"
						: "there is a folder of that name; a file does not replace it");
			if (old.get().isDirectory() && !isEmpty(target))
				throw new DirectoryNotEmptyException(target.toString());
		}
		if (!source.getFileSystem().equals(target.getFileSystem())) {
			if (old.isPresent())
				notTheSame(source, attributes, target, old.get());
			return false;
		}
		progress.begin(source, 0);
		try {
			if (existing.replaces())
				Files.move(source, target, StandardCopyOption.REPLACE_EXISTING);
			else
				Files.move(source, target);
		} catch (IOException e) {
			// A server's plain "failure": that is all SFTP has to say when the two lie on different disks of it.
			if (e.getClass() != FileSystemException.class)
				throw e;
			if (old.isPresent())
				notTheSame(source, attributes, target, old.get());
			return false;
		}
		progress.done(source);
		return true;
	}

	/** One file reached in two ways must not be copied onto itself and then removed. */
	private static void notTheSame(Path source, BasicFileAttributes from, Path target, BasicFileAttributes to) throws IOException {
		if (from.isRegularFile() && to.isRegularFile() && from.size() == to.size()
				&& from.lastModifiedTime().equals(to.lastModifiedTime()))
			throw new FileSystemException(source.toString(), target.toString(),
					"there is a file of the same size and time already, it may be this one: nothing was moved; remove one of the two yourself");
	}

	private static boolean isEmpty(Path folder) throws IOException {
		try (var entries = Files.newDirectoryStream(folder)) {
			return !entries.iterator().hasNext();
		} catch (java.nio.file.DirectoryIteratorException e) {
			throw e.getCause();
		}
	}

	/** @throws FileSystemException if the two are one, or the target lies inside of the source */
	static void apart(Path source, Path target, boolean folder) throws IOException {
		if (!source.getFileSystem().equals(target.getFileSystem()))
			return;
		Path from = place(source);
		Path to = place(target);
		boolean same = from.equals(to);
		if (!same && Target.isLocal(source) && Files.exists(target))
			same = Files.isSameFile(source, target);
		if (same)
			throw new FileSystemException(source.toString(), null, "source and target are the same");
		if (folder && to.startsWith(from))
			throw new FileSystemException(source.toString(), null, "a folder cannot be put into itself");
	}

	private static Path place(Path path) throws IOException {
		Path absolute = path.toAbsolutePath().normalize();
		if (!Target.isLocal(path) || absolute.getParent() == null || !Files.isDirectory(absolute.getParent()))
			return absolute;
		return absolute.getParent().toRealPath().resolve(absolute.getFileName());
	}
}
