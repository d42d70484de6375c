package org.strongroom.vault.cryptomator.internal.encrypted;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryIteratorException;
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
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.StorageFileSystem;
import org.strongroom.core.storage.StoragePaths;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** What cryptofs's requests come to on the file system below, under the law of the present {@link Operation}. */
public final class EncryptedProvider extends FileSystemProvider {
	/** Name of the file that holds a folder's id. */
	static final String FOLDER_ID = "dir.c9r";
	private static final String CONFIGURATION = "vault.cryptomator";
	/** Names in a folder's listing that cryptofs may find to be of its own are at least as long. */
	private static final int DEPTH_OF_ENTRIES = 4;
	/** cryptofs takes up to 1000 bytes; a UUID has 36. */
	private static final int LONGEST_ID = 1000;

	private final EncryptedFileSystem fileSystem;
	private final EncryptedVault vault;
	/** What each folder id file was like when cryptofs read it, which keeps the id for good. */
	private final Map<EncryptedPath, String> idsRead = new ConcurrentHashMap<>();
	private volatile boolean stale;

	EncryptedProvider(EncryptedFileSystem fileSystem, EncryptedVault vault) {
		this.fileSystem = fileSystem;
		this.vault = vault;
	}

	boolean isStale() {
		return stale;
	}

	@FunctionalInterface
	private interface Request<T> {
		T run() throws IOException;
	}

	private static <T> T notice(Request<T> request) throws IOException {
		try {
			return request.run();
		} catch (DirectoryIteratorException e) {
			throw Operation.current().noticed(e.getCause());
		} catch (IOException e) {
			throw Operation.current().noticed(e);
		}
	}

	/** Where a path leads on the file system below. */
	public Path real(Path path) {
		List<String> names = ((EncryptedPath) path).names();
		Optional<Stage> stage = stage(names);
		Path real = stage.isPresent() ? stage.get().folder() : vault.folder();
		for (int i = stage.isPresent() ? DEPTH_OF_ENTRIES : 0; i < names.size(); i++) {
			String name = names.get(i);
			real = real.resolve(i == DEPTH_OF_ENTRIES - 1 ? vault.aliases().real(names.subList(0, i), name).orElse(name) : name);
		}
		return real;
	}

	private static Optional<Stage> stage(List<String> names) {
		return Operation.current().opening().flatMap(Opening::stage).filter(s -> names.size() >= DEPTH_OF_ENTRIES && s.entry().equals(names.subList(0, DEPTH_OF_ENTRIES)));
	}

	private static boolean isStaged(EncryptedPath path) {
		return stage(path.names()).isPresent();
	}

	private static void checkWritable(Path path) throws IOException {
		if (!Operation.current().writes())
			throw new FileSystemException(path.toString(), null, "looking must not write");
	}

	// --- attributes

	/** Attributes of an encrypted item, with a version where the file system below knows such. */
	public BasicFileAttributes attributes(EncryptedPath path, LinkOption... options) throws IOException {
		return notice(() -> {
			if (isName(path, FOLDER_ID))
				return idAttributes(path, options);
			return read(path, options);
		});
	}

	private BasicFileAttributes read(EncryptedPath path, LinkOption... options) throws IOException {
		try {
			return readReal(real(path), options);
		} catch (NoSuchFileException | NotDirectoryException e) {
			if (!forgetAlias(path))
				throw e;
			return readReal(real(path), options);
		}
	}

	private static BasicFileAttributes readReal(Path real, LinkOption... options) throws IOException {
		if (real.getFileSystem() instanceof StorageFileSystem)
			return Files.readAttributes(real, StorageAttributes.class, options);
		return Files.readAttributes(real, BasicFileAttributes.class, options);
	}

	/** Notices when a folder is not the one any more whose id cryptofs has kept. */
	private BasicFileAttributes idAttributes(EncryptedPath path, LinkOption... options) throws IOException {
		// cryptofs drops entries from a listing whose content folder it does not see, after a handful of requests for each
		if (Operation.current().kind() == Operation.Kind.LIST)
			throw new NoSuchFileException(path.toString());
		try {
			BasicFileAttributes attributes = read(path, options);
			String before = idsRead.get(path);
			if (before != null && !before.equals(mark(attributes)))
				stale = true;
			return attributes;
		} catch (NoSuchFileException | NotDirectoryException e) {
			if (idsRead.containsKey(path))
				stale = true;
			throw e;
		}
	}

	private static String mark(BasicFileAttributes attributes) {
		String version = attributes instanceof StorageAttributes s ? s.version().map(v -> v.token()).orElse("") : "";
		return attributes.size() + " " + attributes.lastModifiedTime() + " " + version;
	}

	private boolean forgetAlias(EncryptedPath path) {
		List<String> names = path.names();
		if (names.size() < DEPTH_OF_ENTRIES)
			return false;
		List<String> folder = names.subList(0, DEPTH_OF_ENTRIES - 1);
		String name = names.get(DEPTH_OF_ENTRIES - 1);
		if (vault.aliases().real(folder, name).isEmpty() || names.size() > DEPTH_OF_ENTRIES && Files.exists(real(path).getParent()))
			return false;
		vault.aliases().remove(folder, name);
		return true;
	}

	private static boolean isName(EncryptedPath path, String name) {
		return !path.names().isEmpty() && path.names().getLast().equals(name);
	}

	@Override
	public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options) throws IOException {
		var encrypted = (EncryptedPath) path;
		if (encrypted.opening() != null) // asked for the time only, which we do not let cryptofs set
			throw new NoSuchFileException(path.toString());
		if (isConfiguration(encrypted))
			return type.cast(readReal(vault.folder()));
		BasicFileAttributes attributes = attributes(encrypted, options);
		if (!type.isInstance(attributes))
			throw new UnsupportedOperationException();
		return type.cast(attributes);
	}

	@Override
	public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void checkAccess(Path path, AccessMode... modes) throws IOException {
		readAttributes(path, BasicFileAttributes.class);
	}

	@Override
	public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
		if (type != BasicFileAttributeView.class)
			return null;
		return type.cast(new BasicFileAttributeView() {
			@Override
			public String name() {
				return "basic";
			}

			@Override
			public BasicFileAttributes readAttributes() throws IOException {
				return EncryptedProvider.this.readAttributes(path, BasicFileAttributes.class, options);
			}

			@Override
			public void setTimes(FileTime modified, FileTime accessed, FileTime created) throws IOException {
				if (((EncryptedPath) path).opening() != null) // set when a channel is closed, even after mere reading
					return;
				checkWritable(path);
				notice(() -> {
					Files.getFileAttributeView(real(path), BasicFileAttributeView.class, options).setTimes(modified, null, null);
					return null;
				});
			}
		});
	}

	// --- content

	private static boolean isConfiguration(EncryptedPath path) {
		return path.names().size() == 1 && path.names().getFirst().startsWith(CONFIGURATION);
	}

	@Override
	public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
		var encrypted = (EncryptedPath) path;
		return notice(() -> {
			if (isConfiguration(encrypted))
				return configuration(encrypted, options);
			if (encrypted.opening() != null)
				return encrypted.opening().open(real(encrypted), vault.layout());
			return small(encrypted, options);
		});
	}

	@Override
	public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
		return newFileChannel(path, options, attributes);
	}

	/** The checked configuration; the backup copy that cryptofs makes of it comes to nothing. */
	private FileChannel configuration(EncryptedPath path, Set<? extends OpenOption> options) throws IOException {
		if (options.contains(StandardOpenOption.WRITE))
			return MemoryChannel.writing(new byte[0], _ -> {
			});
		if (!isName(path, CONFIGURATION))
			throw new NoSuchFileException(path.toString());
		return MemoryChannel.reading(vault.configurationBytes());
	}

	private FileChannel small(EncryptedPath path, Set<? extends OpenOption> options) throws IOException {
		if (!options.contains(StandardOpenOption.WRITE))
			return MemoryChannel.reading(isName(path, FOLDER_ID) ? folderId(path) : bytes(path));
		checkWritable(path);
		boolean createNew = options.contains(StandardOpenOption.CREATE_NEW);
		Optional<byte[]> old = createNew ? Optional.empty() : oldContent(path);
		if (createNew && exists(path))
			throw new FileAlreadyExistsException(path.toString());
		byte[] start = options.contains(StandardOpenOption.TRUNCATE_EXISTING) ? new byte[0] : old.orElse(new byte[0]);
		var operation = Operation.current();
		return MemoryChannel.writing(start, content -> {
			if (old.isPresent() && Arrays.equals(old.get(), content))
				return;
			write(real(path), createNew, content);
			if (old.isEmpty() && !isStaged(path))
				operation.made(path);
			if (isName(path, FOLDER_ID))
				vault.names().know(new String(content, US_ASCII));
		});
	}

	private Optional<byte[]> oldContent(EncryptedPath path) throws IOException {
		try {
			return Optional.of(bytes(path));
		} catch (NoSuchFileException e) {
			return Optional.empty();
		}
	}

	private static void write(Path real, boolean createNew, byte[] content) throws IOException {
		var options = new ArrayList<OpenOption>(List.of(StandardOpenOption.WRITE,
				createNew ? StandardOpenOption.CREATE_NEW : StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING));
		Save save = createNew ? Save.createNew() : Save.overwrite();
		if (real.getFileSystem() instanceof StorageFileSystem)
			options.add(save);
		try (var out = Files.newOutputStream(real, options.toArray(OpenOption[]::new))) {
			out.write(content);
			save.whole();
		}
	}

	private byte[] bytes(EncryptedPath path) throws IOException {
		try (InputStream in = Files.newInputStream(real(path))) {
			byte[] content = in.readNBytes(MemoryChannel.MOST + 1);
			if (content.length > MemoryChannel.MOST)
				throw new DamagedContentException("a file that must be small is not");
			return content;
		}
	}

	/**
	 * A folder's id. cryptofs waits for ever for a folder whose id it once failed to read, and makes one up for good where there is none:
	 * so it gets an answer in any case, and is replaced where that is not the true one.
	 */
	private byte[] folderId(EncryptedPath path) throws IOException {
		var operation = Operation.current();
		try {
			String mark = mark(read(path));
			byte[] id = bytes(path);
			if (id.length == 0 || id.length > LONGEST_ID)
				throw new DamagedContentException("the file with its folder's id is " + (id.length == 0 ? "empty" : "too large"));
			if (!US_ASCII.newEncoder().canEncode(new String(id, java.nio.charset.StandardCharsets.ISO_8859_1)))
				throw new DamagedContentException("the file with its folder's id holds something else");
			idsRead.put(path, mark);
			vault.names().know(new String(id, US_ASCII));
			return id;
		} catch (NoSuchFileException e) {
			if (!operation.writes()) // whoever makes a folder has its new id made up here
				stale = true;
			throw e;
		} catch (IOException e) {
			stale = true;
			operation.noticed(e);
			return UUID.randomUUID().toString().getBytes(US_ASCII);
		}
	}

	private boolean exists(EncryptedPath path) throws IOException {
		try {
			read(path, LinkOption.NOFOLLOW_LINKS);
			return true;
		} catch (NoSuchFileException | NotDirectoryException e) {
			return false;
		}
	}

	// --- folders

	@Override
	public DirectoryStream<Path> newDirectoryStream(Path folder, Filter<? super Path> filter) throws IOException {
		var encrypted = (EncryptedPath) folder;
		var operation = Operation.current();
		List<Path> entries = notice(() -> entries(encrypted));
		var accepted = new ArrayList<Path>();
		for (Path entry : entries) {
			if (!filter.accept(entry) || operation.skips((EncryptedPath) entry))
				continue;
			if (vault.names().isDigestible(encrypted.names(), entry.getFileName().toString()))
				accepted.add(entry);
			else
				operation.indigestible();
		}
		return new DirectoryStream<>() {
			@Override
			public Iterator<Path> iterator() {
				Iterator<Path> all = accepted.iterator();
				return new Iterator<>() {
					@Override
					public boolean hasNext() {
						return all.hasNext();
					}

					@Override
					public Path next() {
						Path next = all.next();
						operation.listed((EncryptedPath) next);
						return next;
					}
				};
			}

			@Override
			public void close() {
				// read to the end already
			}
		};
	}

	private List<Path> entries(EncryptedPath folder) throws IOException {
		var names = new ArrayList<String>();
		try (DirectoryStream<Path> real = Files.newDirectoryStream(real(folder))) {
			for (Path entry : real)
				names.add(entry.getFileName().toString());
		}
		boolean aliased = folder.names().size() == DEPTH_OF_ENTRIES - 1;
		var all = new HashSet<>(names);
		var entries = new ArrayList<Path>(names.size());
		for (String name : names) {
			if (!StoragePaths.isSafeName(name))
				continue;
			Optional<String> shown = aliased ? vault.aliases().shown(folder.names(), name) : Optional.empty();
			if (shown.isPresent() && all.contains(shown.get())) { // by now something has that name
				vault.aliases().remove(folder.names(), shown.get());
				shown = Optional.empty();
			}
			entries.add(folder.child(shown.orElse(name)));
		}
		return entries;
	}

	@Override
	public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
		var encrypted = (EncryptedPath) folder;
		notice(() -> {
			if (exists(encrypted))
				throw new FileAlreadyExistsException(folder.toString());
			checkWritable(folder);
			Optional<Opening> opening = Operation.current().opening();
			if (opening.isPresent() && encrypted.names().size() == DEPTH_OF_ENTRIES) {
				opening.get().stage(Stage.make(encrypted.names(), real(folder)));
				return null;
			}
			Files.createDirectory(real(folder));
			Operation.current().made(encrypted);
			return null;
		});
	}

	@Override
	public void delete(Path path) throws IOException {
		var encrypted = (EncryptedPath) path;
		if (Operation.current().kind() == Operation.Kind.LIST) // a conflicting entry that is a copy: cryptofs shows the other one only
			return;
		checkWritable(path);
		notice(() -> {
			Files.delete(real(path));
			if (encrypted.names().size() == DEPTH_OF_ENTRIES)
				vault.aliases().remove(encrypted.names().subList(0, DEPTH_OF_ENTRIES - 1), encrypted.names().getLast());
			return null;
		});
	}

	@Override
	public void copy(Path source, Path target, CopyOption... options) throws IOException {
		checkWritable(target);
		notice(() -> {
			Files.copy(real(source), real(target), options);
			return null;
		});
	}

	@Override
	public void move(Path source, Path target, CopyOption... options) throws IOException {
		var from = (EncryptedPath) source;
		var to = (EncryptedPath) target;
		Operation operation = Operation.current();
		if (operation.kind() == Operation.Kind.LIST || operation.kind() == Operation.Kind.REMOVE_FOLDER) {
			rename(from, to);
			return;
		}
		checkWritable(source);
		notice(() -> {
			Files.move(real(source), real(target), options);
			if (from.names().size() == DEPTH_OF_ENTRIES)
				vault.aliases().remove(from.names().subList(0, DEPTH_OF_ENTRIES - 1), from.names().getLast());
			return null;
		});
	}

	/** Gives a conflicting entry a name of its own, here only. */
	private void rename(EncryptedPath from, EncryptedPath to) throws IOException {
		if (from.names().size() != DEPTH_OF_ENTRIES || !from.getParent().equals(to.getParent())
				|| !vault.aliases().put(from.getParent().names(), from.names().getLast(), to.names().getLast()))
			throw new FileSystemException(from.toString(), null, "looking must not rename");
	}

	// --- the rest

	@Override
	public boolean isSameFile(Path a, Path b) {
		return a.equals(b);
	}

	@Override
	public boolean isHidden(Path path) {
		return false;
	}

	@Override
	public FileStore getFileStore(Path path) {
		return new EncryptedStore(vault.folder());
	}

	@Override
	public String getScheme() {
		return "strongroom-encrypted";
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
