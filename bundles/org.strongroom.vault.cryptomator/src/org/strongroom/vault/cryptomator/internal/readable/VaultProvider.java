package org.strongroom.vault.cryptomator.internal.readable;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.DirectoryStream.Filter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.DetailedListing.Contents;
import org.strongroom.core.storage.DetailedListing.Row;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.Version;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.vault.cryptomator.internal.Together;
import org.strongroom.vault.cryptomator.internal.encrypted.Below;
import org.strongroom.vault.cryptomator.internal.encrypted.Folder;
import org.strongroom.vault.cryptomator.internal.encrypted.FolderListing;
import org.strongroom.vault.cryptomator.internal.encrypted.Found;
import org.strongroom.vault.cryptomator.internal.encrypted.Found.Type;
import org.strongroom.vault.cryptomator.internal.encrypted.Opening;
import org.strongroom.vault.cryptomator.internal.encrypted.Place;

/** What consumers ask of an unlocked vault. */
final class VaultProvider extends FileSystemProvider {
	static final String SCHEME = "strongroom-vault";

	private final VaultFileSystem fileSystem;

	VaultProvider(VaultFileSystem fileSystem) {
		this.fileSystem = fileSystem;
	}

	static VaultPath path(Path path) {
		if (path instanceof VaultPath p)
			return p;
		throw new ProviderMismatchException();
	}

	private static boolean follows(Object[] options) {
		return !Arrays.asList(options).contains(LinkOption.NOFOLLOW_LINKS);
	}

	/** What lies at a path; a missing item is looked for again if that may be due to something kept in mind too long. */
	private Node find(VaultPath path, boolean follow) throws IOException {
		return fileSystem.look(path, tree -> {
			Node node = tree.find(path, follow);
			return node.is(Type.MISSING) && tree.isOld() ? fileSystem.anew().find(path, follow) : node;
		});
	}

	private Node existing(VaultPath path, boolean follow) throws IOException {
		return sound(path, find(path, follow));
	}

	private static Node sound(VaultPath path, Node node) throws IOException {
		if (node.is(Type.MISSING))
			throw new NoSuchFileException(path.toString());
		if (node.is(Type.BROKEN))
			throw new DamagedVaultException(path.toString(), node.found().problem().orElseThrow());
		return node;
	}

	/** What holds an item on the server. */
	Path encrypted(VaultPath path) throws IOException {
		Node node = find(path, false);
		if (node.is(Type.MISSING))
			throw new NoSuchFileException(path.toString());
		return node.found().holder();
	}

	/** How a folder is kept. */
	Folder folder(VaultPath path, Tree tree) throws IOException {
		Node node = sound(path, tree.findFolder(path));
		if (!node.is(Type.DIRECTORY))
			throw new NotDirectoryException(path.toString());
		return node.found().folder();
	}

	VaultPath realPath(VaultPath path, LinkOption... options) throws IOException {
		return existing(path, follows(options)).path();
	}

	// --- attributes

	private VaultAttributes attributes(VaultPath path, boolean follow) throws IOException {
		return fileSystem.look(path, tree -> attributes(sound(path, tree.find(path, follow)).found()));
	}

	private VaultAttributes attributes(Found found) throws IOException {
		BasicFileAttributes held = fileSystem.vault().attributes(found);
		long size = found.is(Type.DIRECTORY) ? 0 : fileSystem.vault().ciphers().layout().readable(held.size());
		return new VaultAttributes(found.type(), size, held);
	}

	@Override
	public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options) throws IOException {
		if (type != BasicFileAttributes.class && type != StorageAttributes.class)
			throw new UnsupportedOperationException(type.getName());
		return type.cast(attributes(path(path), follows(options)));
	}

	@Override
	public Map<String, Object> readAttributes(Path path, String wanted, LinkOption... options) throws IOException {
		int colon = wanted.indexOf(':');
		if (colon >= 0 && !wanted.substring(0, colon).equals("basic"))
			throw new UnsupportedOperationException(wanted);
		VaultAttributes a = attributes(path(path), follows(options));
		var all = new LinkedHashMap<String, Object>();
		all.put("size", a.size());
		all.put("lastModifiedTime", a.lastModifiedTime());
		all.put("lastAccessTime", a.lastAccessTime());
		all.put("creationTime", a.creationTime());
		all.put("isRegularFile", a.isRegularFile());
		all.put("isDirectory", a.isDirectory());
		all.put("isSymbolicLink", a.isSymbolicLink());
		all.put("isOther", a.isOther());
		all.put("fileKey", a.fileKey());
		List<String> names = List.of(wanted.substring(colon + 1).split(","));
		if (names.contains("*"))
			return all;
		for (String name : names)
			if (!all.containsKey(name))
				throw new IllegalArgumentException("'" + name + "' not recognized");
		all.keySet().retainAll(names);
		return all;
	}

	@Override
	public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
		if (attribute.equals("lastModifiedTime") || attribute.equals("basic:lastModifiedTime")) {
			setModified(path(path), (FileTime) value, follows(options));
			return;
		}
		Path real = existing(path(path), follows(options)).found().holder();
		try {
			Files.setAttribute(real, attribute, value);
		} catch (IOException e) {
			throw Failures.of(path.toString(), e);
		}
	}

	@Override
	public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
		VaultPath p = path(path);
		if (type != BasicFileAttributeView.class)
			return null;
		return type.cast(new BasicFileAttributeView() {
			@Override
			public String name() {
				return "basic";
			}

			@Override
			public BasicFileAttributes readAttributes() throws IOException {
				return attributes(p, follows(options));
			}

			@Override
			public void setTimes(FileTime modified, FileTime accessed, FileTime created) throws IOException {
				if (modified != null)
					setModified(p, modified, follows(options));
			}
		});
	}

	/** Sets the time of change; of a file that is being written, with what is written, so that it costs nothing and is nobody else's change. */
	private void setModified(VaultPath path, FileTime modified, boolean follow) throws IOException {
		List<VaultChannel> writing = follow ? fileSystem.writing(path) : List.of();
		for (VaultChannel channel : writing)
			channel.setModified(modified);
		if (!writing.isEmpty())
			return;
		Path real = existing(path, follow).found().holder();
		try {
			Files.setLastModifiedTime(real, modified);
		} catch (IOException e) {
			throw Failures.of(path.toString(), e);
		}
	}

	@Override
	public void checkAccess(Path path, AccessMode... modes) throws IOException {
		attributes(path(path), true);
	}

	@Override
	public boolean isSameFile(Path a, Path b) throws IOException {
		if (a.equals(b))
			return true;
		if (a.getFileSystem() != b.getFileSystem())
			return false;
		return existing(path(a), true).path().equals(existing(path(b), true).path());
	}

	@Override
	public boolean isHidden(Path path) {
		Path name = path.getFileName();
		return name != null && name.toString().startsWith(".");
	}

	@Override
	public FileStore getFileStore(Path path) throws IOException {
		return Files.getFileStore(fileSystem.vault().folder());
	}

	// --- content

	@Override
	public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
		return newFileChannel(path, options, attributes);
	}

	@Override
	public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
		VaultPath p = path(path);
		var wish = OpenWish.of(options);
		if (wish.save() != null && !Below.isStorage(fileSystem.vault().folder()))
			throw new UnsupportedOperationException("a vault in a folder of this machine is saved all or nothing only where that folder is opened as a bookmark");
		return wish.writes() ? write(p, wish) : read(p, wish);
	}

	private FileChannel read(VaultPath path, OpenWish wish) throws IOException {
		Optional<Opening> opening = openAtOnce(path);
		if (opening.isEmpty())
			opening = Optional.of(fileSystem.look(path, tree -> {
				Node node = sound(path, tree.find(path, wish.follow()));
				checkFile(path, node);
				return Opening.reading(node.found().place(), fileSystem.vault().ciphers());
			}));
		return fileSystem.opened(path, opening.get(), wish);
	}

	/** Opens what is most likely an ordinary file with a short name without asking first whether it is one. */
	private Optional<Opening> openAtOnce(VaultPath path) throws IOException {
		VaultPath absolute = path.toAbsolutePath();
		String name = absolute.getNameCount() == 0 ? "" : absolute.names().getLast();
		if (name.isEmpty() || name.equals(".") || name.equals(".."))
			return Optional.empty();
		return fileSystem.look(path, tree -> {
			Node parent = tree.findFolder(absolute.getParent());
			if (!parent.is(Type.DIRECTORY))
				return Optional.empty();
			Place place = fileSystem.vault().place(parent.found().folder(), name);
			if (place.isShortened() || fileSystem.vault().isAlias(parent.found().folder(), name))
				return Optional.empty();
			try {
				return Optional.of(Opening.reading(place, fileSystem.vault().ciphers()));
			} catch (FileSystemException e) {
				return Optional.empty(); // missing, or no file: what it is takes a closer look
			}
		});
	}

	private static void checkFile(VaultPath path, Node node) throws FileSystemException {
		if (node.is(Type.SYMLINK))
			throw new FileSystemException(path.toString(), null, "this is a link");
		if (node.is(Type.DIRECTORY))
			throw new FileSystemException(path.toString(), null, "this is a folder");
	}

	private FileChannel write(VaultPath path, OpenWish wish) throws IOException {
		Node node = wish.save() != null && wish.save().isToBeFound() ? findNow(path, wish.follow()) : find(path, wish.follow());
		if (!node.is(Type.MISSING) || !wish.creates())
			sound(path, node);
		checkFile(path, node);
		if (node.is(Type.FILE) && wish.createNew())
			throw new FileAlreadyExistsException(path.toString());
		Optional<Version> version = Optional.empty();
		boolean found = node.is(Type.FILE);
		if (found && wish.asks()) {
			try {
				version = versionNow(node);
			} catch (NoSuchFileException e) {
				if (!wish.creates())
					throw e;
				found = false; // gone since it was seen
			}
		}
		boolean isThere = found;
		Precondition condition = wish.condition(isThere, version);
		return fileSystem.look(path, _ -> fileSystem.opened(path,
				Opening.writing(node.found().place(), isThere, wish.anew(), wish.creates(), wish.reads(), condition, fileSystem.vault().ciphers()), wish));
	}

	/** As the server tells it, not as it was remembered. */
	private Optional<Version> versionNow(Node node) throws IOException {
		Path real = node.found().holder();
		if (!Below.isStorage(real))
			return Optional.empty();
		fileSystem.vault().refresh(real);
		return attributes(node.path(), false).version();
	}

	/** What lies at a path: a missing or vanished item is looked for again, for something may be there by now. */
	private Node findNow(VaultPath path, boolean follow) throws IOException {
		Node node = find(path, follow);
		if (node.is(Type.FILE))
			return node; // its version is asked for
		fileSystem.vault().refresh(node.found().holder());
		return find(path, follow);
	}

	// --- folders

	@Override
	public DirectoryStream<Path> newDirectoryStream(Path folder, Filter<? super Path> filter) throws IOException {
		VaultPath p = path(folder);
		FolderListing listing = list(p, (_, all) -> all);
		return new DirectoryStream<>() {
			@Override
			public Iterator<Path> iterator() {
				return listing.items().keySet().stream().map(name -> (Path) p.child(name)).filter(this::accepts).iterator();
			}

			private boolean accepts(Path path) {
				try {
					return filter.accept(path);
				} catch (IOException e) {
					throw new DirectoryIteratorException(e);
				}
			}

			@Override
			public void close() {
				// read to the end already
			}
		};
	}

	@FunctionalInterface
	private interface Use<T> {
		T of(Node folder, FolderListing listing) throws IOException;
	}

	private <T> T list(VaultPath folder, Use<T> use) throws IOException {
		return fileSystem.look(folder, tree -> {
			Node node = sound(folder, tree.findFolder(folder));
			if (!node.is(Type.DIRECTORY))
				throw new NotDirectoryException(folder.toString());
			return use.of(node, fileSystem.vault().list(node.found().folder()));
		});
	}

	/** The items of a folder with their attributes. */
	Contents contents(VaultPath folder) throws IOException {
		return list(folder, (node, listing) -> {
			var rows = new ArrayList<Row>(listing.items().size());
			for (var item : listing.items().entrySet())
				rows.add(row(node, folder.child(item.getKey()), item.getValue()));
			return new Contents(rows, listing.unreadable());
		});
	}

	private Row row(Node folder, VaultPath path, Found found) throws IOException {
		try {
			if (folder.isCircle(found))
				throw new DamagedVaultException(path.toString(), "a folder that holds itself");
			return Row.of(path, attributes(sound(path, new Node(path, found, folder.above())).found()));
		} catch (ConnectionException | java.io.InterruptedIOException e) {
			throw e;
		} catch (IOException e) {
			return Row.of(path, fileSystem.meaning(path.toString(), e));
		}
	}

	@Override
	public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
		VaultPath p = path(folder);
		Place place = free(p);
		fileSystem.change(p, () -> fileSystem.changes().createFolder(place));
	}

	@Override
	public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes) throws IOException {
		VaultPath p = path(link);
		Place place = free(p);
		if (target.toString().isEmpty())
			throw new NotLinkException(p.toString(), null, "a link must lead somewhere");
		fileSystem.change(p, () -> fileSystem.changes().createLink(place, target.toString()));
	}

	private Place free(VaultPath path) throws IOException {
		Node node = find(path, false);
		if (!node.is(Type.MISSING))
			throw new FileAlreadyExistsException(path.toString());
		return node.found().place();
	}

	@Override
	public Path readSymbolicLink(Path link) throws IOException {
		VaultPath p = path(link);
		return fileSystem.look(p, tree -> {
			Node node = sound(p, tree.find(p, false));
			if (!node.is(Type.SYMLINK))
				throw new NotLinkException(p.toString());
			try {
				return fileSystem.getPath(fileSystem.changes().target(node.found()));
			} catch (InvalidPathException e) {
				throw new DamagedVaultException(p.toString(), "a link to what is no path");
			}
		});
	}

	@Override
	public void delete(Path path) throws IOException {
		VaultPath p = path(path);
		Node node = find(p, false);
		if (node.is(Type.MISSING))
			throw new NoSuchFileException(p.toString());
		remove(p, node);
	}

	private void remove(VaultPath shown, Node node) throws IOException {
		if (node.isRoot())
			throw new FileSystemException(shown.toString(), null, "the root of a vault cannot be removed");
		if (!node.is(Type.DIRECTORY)) {
			fileSystem.change(shown, () -> fileSystem.changes().remove(node.found()));
			return;
		}
		List<Path> litter = checkEmpty(shown, node);
		fileSystem.change(shown, () -> fileSystem.changes().removeFolder(node.found(), litter));
	}

	/** Sees that nothing of value would go with a folder. @return what may go with it */
	private List<Path> checkEmpty(VaultPath shown, Node node) throws IOException {
		FolderListing listing;
		try {
			listing = list(node.path(), (_, all) -> all);
		} catch (DamagedVaultException e) {
			return List.of(); // its content is missing: what is left of it may go
		}
		if (!listing.items().isEmpty())
			throw new DirectoryNotEmptyException(shown.toString());
		int unknown = listing.unreadable() + listing.strange();
		if (unknown > 0)
			throw new FileSystemException(shown.toString(), null, "the folder holds %d items that cannot be read, so it is not removed".formatted(unknown));
		return listing.litter();
	}

	// --- copies and moves

	@Override
	public void copy(Path source, Path target, CopyOption... options) throws IOException {
		VaultPath s = path(source);
		VaultPath t = path(target);
		var there = Together.start(() -> find(t, false));
		Node from = existing(s, follows(options));
		Node to = Together.get(there);
		if (isSame(from, to))
			return;
		Node room = makeRoom(t, from, to, options);
		if (from.is(Type.DIRECTORY))
			fileSystem.change(t, () -> fileSystem.changes().createFolder(room.found().place()));
		else
			fileSystem.change(t, () -> fileSystem.changes().copy(from.found(), room.found(), new HashSet<>(Arrays.asList(options))));
	}

	@Override
	public void move(Path source, Path target, CopyOption... options) throws IOException {
		VaultPath s = path(source);
		VaultPath t = path(target);
		var there = Together.start(() -> find(t, false));
		Node from = existing(s, false);
		Node to = Together.get(there);
		if (isSame(from, to))
			return;
		if (from.isRoot() || to.isRoot())
			throw new FileSystemException(s.toString(), t.toString(), "the root of a vault cannot be moved or replaced");
		if (from.is(Type.DIRECTORY) && to.above().contains(from.found().folder()))
			throw new FileSystemException(s.toString(), t.toString(), "a folder cannot be moved into itself");
		Node room = makeRoom(t, from, to, options);
		fileSystem.change(t, () -> fileSystem.changes().move(from.found(), room.found()));
	}

	/** Names that differ as texts may be one name: they are kept in Unicode's normal form C. */
	private static boolean isSame(Node one, Node other) {
		return one.path().equals(other.path()) || !one.isRoot() && !other.isRoot() && one.found().place().path().equals(other.found().place().path());
	}

	/** Sees that the target may be taken: only a file replaces a file in one step, anything else that may be replaced is removed before. @return what is there then */
	private Node makeRoom(VaultPath shown, Node from, Node to, CopyOption... options) throws IOException {
		if (to.is(Type.MISSING))
			return to;
		List<CopyOption> wish = Arrays.asList(options);
		if (!wish.contains(StandardCopyOption.REPLACE_EXISTING) && !wish.contains(StandardCopyOption.ATOMIC_MOVE))
			throw new FileAlreadyExistsException(shown.toString());
		if (from.is(Type.FILE) && to.is(Type.FILE))
			return to;
		remove(shown, to);
		return find(to.path(), false);
	}

	// --- the rest

	@Override
	public String getScheme() {
		return SCHEME;
	}

	@Override
	public FileSystem newFileSystem(URI uri, Map<String, ?> properties) {
		throw new UnsupportedOperationException();
	}

	@Override
	public FileSystem getFileSystem(URI uri) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Path getPath(URI uri) {
		throw new UnsupportedOperationException();
	}
}
