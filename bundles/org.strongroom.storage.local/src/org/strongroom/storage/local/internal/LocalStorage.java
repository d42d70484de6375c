package org.strongroom.storage.local.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Entry;
import org.strongroom.core.storage.Features;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.Space;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.Upload;
import org.strongroom.core.storage.Version;

/**
 * The files of this machine. The storage's {@code /} is the machine's root; where there are several (drives), they are folders in it:
 * {@code /C:/Users}.
 */
public final class LocalStorage implements Storage {
	/** Entries of a listing handed on at once. */
	private static final int BATCH = 500;

	private final FileSystem machine;
	private final boolean posix;
	private final boolean drives;
	private volatile boolean open = true;

	/** @param machine the default file system, or another whose files count as this machine's */
	public LocalStorage(FileSystem machine) {
		this.machine = machine;
		posix = machine.supportedFileAttributeViews().contains("posix");
		drives = !machine.getSeparator().equals("/");
	}

	@Override
	public Features features() {
		return new Features(true, true, posix, true, Duration.ofNanos(posix ? 1 : 100), true);
	}

	/** A storage's path as the machine's own. */
	private Path local(String path) throws IOException {
		if (!open)
			throw new ConnectionException("The folder on this machine has been closed; open the bookmark again.");
		return machine.getPath(drives && path.matches("/[A-Za-z]:.*") ? path.substring(1) + (path.length() == 3 ? "/" : "") : path);
	}

	@Override
	public FileInfo stat(String path, boolean followLinks) throws IOException {
		return describe(local(path), followLinks);
	}

	/** What is at a path; permissions, owner and group only where the machine has them. */
	FileInfo describe(Path path, boolean followLinks) throws IOException {
		LinkOption[] options = followLinks ? new LinkOption[0] : new LinkOption[] { LinkOption.NOFOLLOW_LINKS };
		try {
			if (!posix)
				return info(Files.readAttributes(path, BasicFileAttributes.class, options), OptionalInt.empty(), Optional.empty(), Optional.empty());
			PosixFileAttributes a = Files.readAttributes(path, PosixFileAttributes.class, options);
			return info(a, OptionalInt.of(Permissions.bits(a.permissions())), Optional.of(a.owner().getName()), Optional.of(a.group().getName()));
		} catch (FileSystemException e) {
			// "Not a directory": something on the way to it is a file, so there is nothing
			if (e.getClass() == FileSystemException.class && isBelowFile(path))
				throw new NoSuchFileException(path.toString());
			throw e;
		}
	}

	private static boolean isBelowFile(Path path) {
		for (Path p = path.getParent(); p != null; p = p.getParent())
			if (Files.exists(p))
				return !Files.isDirectory(p);
		return false;
	}

	private static FileInfo info(BasicFileAttributes a, OptionalInt permissions, Optional<String> owner, Optional<String> group) {
		Type type = a.isSymbolicLink() ? Type.SYMLINK : a.isDirectory() ? Type.DIRECTORY : a.isRegularFile() ? Type.FILE : Type.OTHER;
		Instant modified = a.lastModifiedTime().toInstant();
		long size = type == Type.FILE ? a.size() : 0;
		// the file key (inode) tells a file that was replaced from one that was kept
		Optional<Version> version = type != Type.FILE ? Optional.empty()
				: Optional.of(new Version(size + "-" + modified.getEpochSecond() + "." + modified.getNano() + "-" + a.fileKey()));
		return new FileInfo(type, size, modified, version, permissions, owner, group);
	}

	@Override
	public Listing list(String path) throws IOException {
		DirectoryStream<Path> stream = Files.newDirectoryStream(local(path));
		Iterator<Path> names = stream.iterator();
		return new Listing() {
			@Override
			public List<Entry> next() throws IOException {
				var batch = new ArrayList<Entry>();
				try {
					while (batch.isEmpty() && names.hasNext()) {
						for (int i = 0; i < BATCH && names.hasNext(); i++)
							entry(names.next()).ifPresent(batch::add);
					}
				} catch (DirectoryIteratorException e) {
					throw e.getCause();
				}
				return batch;
			}

			@Override
			public void close() throws IOException {
				stream.close();
			}
		};
	}

	/** Nothing for an item that vanished while the folder was being listed. */
	private Optional<Entry> entry(Path path) throws IOException {
		try {
			return Optional.of(new Entry(path.getFileName().toString(), describe(path, false)));
		} catch (NoSuchFileException e) {
			return Optional.empty();
		}
	}

	@Override
	public Reader open(String path) throws IOException {
		Path file = local(path);
		if (Files.isDirectory(file))
			throw new FileSystemException(path, null, "this is a folder, not a file");
		FileInfo info = describe(file, true);
		SteadyFile content = SteadyFile.open(file);
		return new Reader() {
			@Override
			public FileInfo info() {
				return info;
			}

			@Override
			public int read(long position, ByteBuffer target) throws IOException {
				return content.read(position, target);
			}

			@Override
			public void close() throws IOException {
				content.close();
			}
		};
	}

	@Override
	public Upload upload(String path, Precondition precondition) throws IOException {
		Path file = local(path);
		// what a link leads to is replaced, not the link; a link that leads nowhere yet names the new file
		for (int i = 0; i < 40 && Files.isSymbolicLink(file); i++)
			file = file.resolveSibling(Files.readSymbolicLink(file));
		if (Files.isSymbolicLink(file))
			throw new FileSystemException(path, null, "too many symbolic links");
		if (Files.isDirectory(file))
			throw new FileSystemException(path, null, "this is a folder, not a file");
		return new LocalUpload(this, path, file, precondition);
	}

	@Override
	public void createDirectory(String path) throws IOException {
		Files.createDirectory(local(path));
	}

	@Override
	public void delete(String path) throws IOException {
		Path file = local(path);
		if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
			throw new FileSystemException(path, null, "this is a folder, not a file");
		Files.delete(file);
	}

	@Override
	public void deleteDirectory(String path) throws IOException {
		Path folder = local(path);
		if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS))
			throw new NotDirectoryException(path);
		Files.delete(folder);
	}

	@Override
	public void rename(String from, String to, boolean replace) throws IOException {
		Path target = local(to);
		if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) && (!replace || Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)))
			throw new FileAlreadyExistsException(to);
		Files.move(local(from), target, StandardCopyOption.ATOMIC_MOVE);
	}

	@Override
	public void setModified(String path, Instant modified) throws IOException {
		Files.setLastModifiedTime(local(path), FileTime.from(modified));
	}

	@Override
	public void setPermissions(String path, int permissions) throws IOException {
		Files.setPosixFilePermissions(local(path), Permissions.set(permissions));
	}

	@Override
	public String readLink(String path) throws IOException {
		return Files.readSymbolicLink(local(path)).toString().replace(machine.getSeparator(), "/");
	}

	@Override
	public void createLink(String path, String target) throws IOException {
		Files.createSymbolicLink(local(path), machine.getPath(target));
	}

	@Override
	public String home() {
		String home = System.getProperty("user.home").replace(machine.getSeparator(), "/");
		return home.startsWith("/") ? home : "/" + home;
	}

	@Override
	public Optional<Space> space(String path) throws IOException {
		var store = Files.getFileStore(local(path));
		return Optional.of(new Space(store.getTotalSpace(), store.getUsableSpace()));
	}

	@Override
	public boolean isOpen() {
		return open;
	}

	@Override
	public void close() {
		open = false;
	}
}
