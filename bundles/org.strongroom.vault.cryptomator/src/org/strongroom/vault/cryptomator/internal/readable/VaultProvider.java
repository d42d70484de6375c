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
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Version;
import org.strongroom.core.vault.DamagedVaultException;
import org.strongroom.vault.cryptomator.internal.encrypted.EncryptedPath;
import org.strongroom.vault.cryptomator.internal.encrypted.Operation;
import org.strongroom.vault.cryptomator.internal.encrypted.Operation.Kind;
import org.strongroom.vault.cryptomator.internal.readable.Node.Type;

/** What consumers ask of an unlocked vault, put to cryptofs. */
final class VaultProvider extends FileSystemProvider {
	static final String SCHEME = "strongroom-vault";
	/** Entries that cryptofs cannot digest; more than that and the folder is not to be listed. */
	private static final int MOST_SKIPPED = 1000;

	private final VaultFileSystem fileSystem;
	/** A folder is made in several steps: whoever finds it there already must find it whole. */
	private final Object makingFolders = new Object();

	VaultProvider(VaultFileSystem fileSystem) {
		this.fileSystem = fileSystem;
	}

	static VaultPath path(Path path) {
		if (path instanceof VaultPath p)
			return p;
		throw new ProviderMismatchException();
	}

	private Tree tree(Engine engine, Operation operation) {
		return new Tree(engine, (VaultPath) fileSystem.root(), operation);
	}

	private static boolean follows(Object[] options) {
		return !Arrays.asList(options).contains(LinkOption.NOFOLLOW_LINKS);
	}

	private Node find(VaultPath path, boolean follow) throws IOException {
		return fileSystem.look(path, Kind.LOOK, (engine, operation) -> tree(engine, operation).find(path, follow));
	}

	private Node existing(VaultPath path, boolean follow) throws IOException {
		return sound(path, find(path, follow));
	}

	private static Node sound(VaultPath path, Node node) throws IOException {
		if (node.is(Type.MISSING))
			throw new NoSuchFileException(path.toString());
		if (node.is(Type.BROKEN))
			throw new DamagedVaultException(path.toString(), "its encrypted folder holds neither a file nor a folder nor a link");
		return node;
	}

	private static EncryptedPath encrypted(Node node) {
		return node.encrypted().orElseThrow();
	}

	private static Path real(EncryptedPath path) {
		return path.getFileSystem().provider().real(path);
	}

	/** What holds an item on the server. */
	Path encrypted(VaultPath path) throws IOException {
		Node node = find(path, false);
		if (node.is(Type.MISSING))
			throw new NoSuchFileException(path.toString());
		return real(node.encrypted().orElseThrow(() -> new NoSuchFileException(path.toString())));
	}

	VaultPath realPath(VaultPath path, LinkOption... options) throws IOException {
		return existing(path, follows(options)).path();
	}

	// --- attributes

	private VaultAttributes attributes(VaultPath path, boolean follow) throws IOException {
		return fileSystem.look(path, Kind.LOOK, (engine, operation) -> {
			Node node = sound(path, tree(engine, operation).find(path, follow));
			EncryptedPath encrypted = encrypted(node);
			try {
				BasicFileAttributes attributes = encrypted.getFileSystem().provider().attributes(encrypted);
				if (node.is(Type.DIRECTORY) != attributes.isDirectory())
					throw new DamagedVaultException(path.toString(), "its encrypted item is of another type");
				long size = node.is(Type.DIRECTORY) ? 0 : fileSystem.vault().layout().readable(attributes.size());
				return new VaultAttributes(node.type(), size, attributes);
			} catch (NoSuchFileException e) {
				throw node.is(Type.DIRECTORY) ? new DamagedVaultException(path.toString(), "the folder with its content is missing", e) : e;
			}
		});
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
		Path real = real(encrypted(existing(path(path), follows(options))));
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
				if (modified == null)
					return;
				Path real = real(encrypted(existing(p, follows(options))));
				try {
					Files.getFileAttributeView(real, BasicFileAttributeView.class).setTimes(modified, null, null);
				} catch (IOException e) {
					throw Failures.of(p.toString(), e);
				}
			}
		});
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
		if (wish.save() != null && !(fileSystem.vault().folder().getFileSystem() instanceof StorageFileSystem))
			throw new UnsupportedOperationException("a vault in a folder of this machine is saved all or nothing only where that folder is opened as a bookmark");
		Node node = find(p, wish.follow());
		if (!(node.is(Type.MISSING) && wish.creates()))
			sound(p, node);
		if (node.is(Type.SYMLINK))
			throw new FileSystemException(p.toString(), null, "this is a link");
		if (node.is(Type.DIRECTORY))
			throw new FileSystemException(p.toString(), null, "this is a folder");
		if (node.is(Type.FILE) && wish.createNew())
			throw new FileAlreadyExistsException(p.toString());
		var opening = wish.opening(wish.changes() && node.is(Type.FILE) ? versionNow(node) : Optional.empty());
		VaultChannel channel = fileSystem.open(p, opening, (engine, operation) -> {
			FileChannel cryptofs = engine.cryptofs().provider().newFileChannel(Tree.cryptoPath(engine, node.path()), wish.forCryptofs());
			return new VaultChannel(fileSystem, p.toString(), engine, opening, cryptofs, wish.reads(), wish.save());
		});
		if (wish.append())
			channel.position(channel.size());
		return channel;
	}

	/** As the server tells it, not as it was remembered. */
	private Optional<Version> versionNow(Node node) throws IOException {
		Path real = real(encrypted(node));
		if (real.getFileSystem() instanceof StorageFileSystem remote)
			remote.refresh(real);
		return attributes(node.path(), false).version();
	}

	// --- folders

	@Override
	public DirectoryStream<Path> newDirectoryStream(Path folder, Filter<? super Path> filter) throws IOException {
		VaultPath p = path(folder);
		Listing listing = list(p);
		return new DirectoryStream<>() {
			@Override
			public Iterator<Path> iterator() {
				return listing.names().stream().map(name -> (Path) p.child(name)).filter(this::accepts).iterator();
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

	/**
	 * The entries of a folder.
	 *
	 * @param names readable
	 * @param unreadable how many encrypted entries have no usable readable name
	 */
	record Listing(List<String> names, int unreadable) {
	}

	Listing list(VaultPath folder) throws IOException {
		Node node = existing(folder, true);
		if (!node.is(Type.DIRECTORY))
			throw new NotDirectoryException(folder.toString());
		return fileSystem.look(folder, Kind.LIST, (engine, operation) -> {
			Path path = Tree.cryptoPath(engine, node.path());
			var names = new LinkedHashSet<String>();
			while (true) {
				try (DirectoryStream<Path> entries = engine.cryptofs().provider().newDirectoryStream(path, _ -> true)) {
					for (Path entry : entries)
						if (path.equals(entry.getParent()) && StoragePaths.isSafeName(entry.getFileName().toString()))
							names.add(entry.getFileName().toString());
					return new Listing(List.copyOf(names), operation.listed() - names.size() + operation.skipped());
				} catch (NoSuchFileException | NotDirectoryException e) {
					throw new DamagedVaultException(folder.toString(), "the folder with its content is missing", e);
				} catch (DirectoryIteratorException e) {
					throw e.getCause();
				} catch (RuntimeException e) { // an entry that cryptofs fails over
					if (!operation.skipLast(MOST_SKIPPED))
						throw e;
					names.clear();
				}
			}
		});
	}

	@Override
	public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
		VaultPath p = path(folder);
		synchronized (makingFolders) {
			Node node = find(p, false);
			if (!node.is(Type.MISSING))
				throw new FileAlreadyExistsException(p.toString());
			fileSystem.change(p, Kind.CHANGE, (engine, operation) -> {
				engine.cryptofs().provider().createDirectory(Tree.cryptoPath(engine, node.path()));
				return null;
			});
		}
	}

	@Override
	public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes) throws IOException {
		VaultPath p = path(link);
		Node node = find(p, false);
		if (!node.is(Type.MISSING))
			throw new FileAlreadyExistsException(p.toString());
		if (target.toString().isEmpty())
			throw new NotLinkException(p.toString(), null, "a link must lead somewhere");
		fileSystem.change(p, Kind.CHANGE, (engine, operation) -> {
			engine.cryptofs().provider().createSymbolicLink(Tree.cryptoPath(engine, node.path()), target);
			return null;
		});
	}

	@Override
	public Path readSymbolicLink(Path link) throws IOException {
		VaultPath p = path(link);
		return fileSystem.look(p, Kind.LOOK, (engine, operation) -> {
			Tree tree = tree(engine, operation);
			Node node = sound(p, tree.find(p, false));
			if (!node.is(Type.SYMLINK))
				throw new NotLinkException(p.toString());
			return fileSystem.getPath(tree.target(node.path()));
		});
	}

	@Override
	public void delete(Path path) throws IOException {
		VaultPath p = path(path);
		Node node = find(p, false);
		if (node.is(Type.MISSING))
			throw new NoSuchFileException(p.toString());
		if (node.path().getNameCount() == 0)
			throw new FileSystemException(p.toString(), null, "the root of a vault cannot be removed");
		if (node.is(Type.BROKEN))
			removeBroken(p, node);
		else
			remove(p, node);
	}

	private void remove(VaultPath shown, Node node) throws IOException {
		if (node.is(Type.DIRECTORY))
			checkEmpty(shown, node);
		fileSystem.change(shown, node.is(Type.DIRECTORY) ? Kind.REMOVE_FOLDER : Kind.CHANGE, (engine, operation) -> {
			engine.cryptofs().provider().delete(Tree.cryptoPath(engine, node.path()));
			if (node.is(Type.DIRECTORY))
				engine.outdate();
			return null;
		});
	}

	/** cryptofs removes with a folder whatever in it has no readable name. */
	private void checkEmpty(VaultPath shown, Node node) throws IOException {
		try {
			Listing listing = list(node.path());
			if (!listing.names().isEmpty())
				throw new DirectoryNotEmptyException(shown.toString());
			if (listing.unreadable() > 0)
				throw new FileSystemException(shown.toString(), null, "the folder holds %d items that cannot be read, so it is not removed".formatted(listing.unreadable()));
		} catch (DamagedVaultException e) {
			// its content is missing: what is left of it may go
		}
	}

	private void removeBroken(VaultPath shown, Node node) throws IOException {
		EncryptedPath entry = node.encrypted().orElseThrow(() -> new NoSuchFileException(shown.toString()));
		fileSystem.change(shown, Kind.CHANGE, (engine, operation) -> {
			Files.deleteIfExists(entry.child("name.c9s"));
			Files.delete(entry);
			return null;
		});
	}

	// --- copies and moves

	@Override
	public void copy(Path source, Path target, CopyOption... options) throws IOException {
		VaultPath s = path(source);
		VaultPath t = path(target);
		Node from = existing(s, follows(options));
		Node to = find(t, false);
		if (from.path().equals(to.path()))
			return;
		Set<CopyOption> left = makeRoom(t, from, to, options);
		if (from.is(Type.SYMLINK))
			left.add(LinkOption.NOFOLLOW_LINKS);
		else
			left.remove(LinkOption.NOFOLLOW_LINKS);
		fileSystem.change(t, Kind.CHANGE, (engine, operation) -> {
			engine.cryptofs().provider().copy(Tree.cryptoPath(engine, from.path()), Tree.cryptoPath(engine, to.path()), left.toArray(CopyOption[]::new));
			return null;
		});
	}

	@Override
	public void move(Path source, Path target, CopyOption... options) throws IOException {
		VaultPath s = path(source);
		VaultPath t = path(target);
		Node from = existing(s, false);
		Node to = find(t, false);
		if (from.path().equals(to.path()))
			return;
		if (from.path().getNameCount() == 0 || to.path().getNameCount() == 0)
			throw new FileSystemException(s.toString(), t.toString(), "the root of a vault cannot be moved or replaced");
		if (to.path().startsWith(from.path()))
			throw new FileSystemException(s.toString(), t.toString(), "a folder cannot be moved into itself");
		Set<CopyOption> left = makeRoom(t, from, to, options);
		left.remove(LinkOption.NOFOLLOW_LINKS);
		fileSystem.change(t, Kind.CHANGE, (engine, operation) -> {
			engine.cryptofs().provider().move(Tree.cryptoPath(engine, from.path()), Tree.cryptoPath(engine, to.path()), left.toArray(CopyOption[]::new));
			if (from.is(Type.DIRECTORY))
				engine.outdate();
			return null;
		});
	}

	/** Sees that the target may be taken: only a file replaces a file in one step, anything else that may be replaced is removed before. */
	private Set<CopyOption> makeRoom(VaultPath shown, Node from, Node to, CopyOption... options) throws IOException {
		var left = new HashSet<>(Arrays.asList(options));
		boolean replace = left.contains(StandardCopyOption.REPLACE_EXISTING);
		if (!to.is(Type.MISSING) && !replace)
			throw new FileAlreadyExistsException(shown.toString());
		boolean inOneStep = from.is(Type.FILE) && to.is(Type.FILE);
		if (!inOneStep) {
			left.remove(StandardCopyOption.REPLACE_EXISTING);
			if (to.is(Type.BROKEN))
				removeBroken(shown, to);
			else if (!to.is(Type.MISSING))
				remove(shown, to);
		}
		return left;
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
