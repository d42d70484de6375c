package org.strongroom.core.transfer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.transfer.Transfer.Existing;

/**
 * A folder of this machine. Where the operating system can do it, the folder is held open and everything is done relative to it, so that a link planted
 * on the way there, even while we are at work, leads nothing out.
 */
final class LocalTarget implements Target {
	private static final Set<OpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
	private final Path folder;
	/** The folder held open; null where that cannot be done. */
	private final SecureDirectoryStream<Path> held;

	private LocalTarget(Path folder, DirectoryStream<Path> stream) throws IOException {
		this.folder = folder;
		if (stream instanceof SecureDirectoryStream<Path> secure) {
			held = secure;
		} else {
			held = null;
			stream.close();
		}
	}

	static LocalTarget open(Path folder) throws IOException {
		return here(() -> new LocalTarget(folder, Files.newDirectoryStream(folder)));
	}

	@Override
	public Path path(String name) throws IOException {
		return Names.child(folder, name);
	}

	@Override
	public Optional<BasicFileAttributes> look(String name) throws IOException {
		path(name);
		return here(() -> attributes(name));
	}

	private Optional<BasicFileAttributes> attributes(String name) throws IOException {
		if (held == null)
			return Target.attributes(folder.resolve(name));
		try {
			return Optional.of(held.getFileAttributeView(Path.of(name), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS).readAttributes());
		} catch (NoSuchFileException e) {
			return Optional.empty();
		}
	}

	@Override
	public Target enter(String name) throws IOException {
		Path path = path(name);
		return here(() -> {
			try {
				Files.createDirectory(path);
			} catch (FileAlreadyExistsException e) {
				// Looked at next.
			}
			BasicFileAttributes there = attributes(name).orElseThrow(() -> new NoSuchFileException(path.toString()));
			if (there.isSymbolicLink())
				throw new FileSystemException(path.toString(), null, "there is a link of that name; it was not followed");
			if (!there.isDirectory())
				throw new NotDirectoryException(path.toString());
			return new LocalTarget(path, held == null ? Files.newDirectoryStream(path) : held.newDirectoryStream(Path.of(name), LinkOption.NOFOLLOW_LINKS));
		});
	}

	@Override
	public void write(String name, Existing existing, Optional<FileTime> modified, Filler content) throws IOException {
		Path path = path(name);
		Optional<BasicFileAttributes> old = look(name);
		Optional<Set<PosixFilePermission>> permissions = old.filter(BasicFileAttributes::isRegularFile).isPresent() ? permissions(name) : Optional.empty();
		if (old.filter(BasicFileAttributes::isRegularFile).isPresent() && !Files.isWritable(path))
			throw new FileSystemException(path.toString(), null, "it is write-protected on this machine");
		String part = temporary();
		try {
			SeekableByteChannel channel = here(() -> create(part, permissions.isPresent()));
			try (channel) {
				content.fill(channel);
				if (modified.isPresent() && channel instanceof FileChannel file)
					// The source is going to be removed: the copy must have reached the disk.
					file.force(true);
			}
			here(() -> {
				if (permissions.isPresent())
					view(part, PosixFileAttributeView.class).setPermissions(permissions.get());
				if (modified.isPresent())
					view(part, BasicFileAttributeView.class).setTimes(modified.get(), null, null);
				if (existing == Existing.FAIL && attributes(name).isPresent())
					throw new FileAlreadyExistsException(path.toString());
				replace(part, name);
				return null;
			});
		} finally {
			remove(part);
		}
	}

	private <V extends BasicFileAttributeView> V view(String name, Class<V> type) {
		return held == null ? Files.getFileAttributeView(folder.resolve(name), type, LinkOption.NOFOLLOW_LINKS)
				: held.getFileAttributeView(Path.of(name), type, LinkOption.NOFOLLOW_LINKS);
	}

	private Optional<Set<PosixFilePermission>> permissions(String name) throws IOException {
		var view = view(name, PosixFileAttributeView.class);
		return view == null ? Optional.empty() : Optional.of(view.readAttributes().permissions());
	}

	/** @param closed whether others must not look into it before it has the permissions of what it replaces */
	private SeekableByteChannel create(String name, boolean closed) throws IOException {
		FileAttribute<?>[] attributes = closed ? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")) }
				: new FileAttribute<?>[0];
		return held == null ? Files.newByteChannel(folder.resolve(name), NEW, attributes) : held.newByteChannel(Path.of(name), NEW, attributes);
	}

	private void replace(String from, String to) throws IOException {
		if (held == null)
			Files.move(folder.resolve(from), folder.resolve(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		else
			held.move(Path.of(from), held, Path.of(to));
	}

	private void remove(String name) {
		try {
			if (held == null)
				Files.deleteIfExists(folder.resolve(name));
			else
				held.deleteFile(Path.of(name));
		} catch (IOException e) {
			// It has its final name by now, or there is nothing more that could be done.
		}
	}

	@Override
	public void link(String name, String leadsTo, Existing existing) throws IOException {
		Path path = path(name);
		String part = temporary();
		try {
			here(() -> {
				Files.createSymbolicLink(folder.resolve(part), Path.of(leadsTo));
				if (existing == Existing.FAIL && attributes(name).isPresent())
					throw new FileAlreadyExistsException(path.toString());
				replace(part, name);
				return null;
			});
		} catch (UnsupportedOperationException | InvalidPathException e) {
			throw new FileSystemException(path.toString(), null, "no such link can be made on this machine");
		} finally {
			remove(part);
		}
	}

	private static String temporary() {
		return StoragePaths.TEMPORARY + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()) + ".part";
	}

	@Override
	public void close() throws IOException {
		if (held != null)
			held.close();
	}

	private interface Work<T> {
		T run() throws IOException;
	}

	/** As in {@link Failures#of}. */
	private static <T> T here(Work<T> work) throws IOException {
		try {
			return work.run();
		} catch (AccessDeniedException e) {
			throw new FileSystemException(e.getFile(), null, "this machine does not permit this");
		}
	}
}
