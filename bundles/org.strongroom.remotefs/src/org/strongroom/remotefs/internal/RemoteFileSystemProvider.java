package org.strongroom.remotefs.internal;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.spi.FileSystemProvider;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.FileInfo.Type;
import org.strongroom.core.storage.StorageAttributes;

/** The provider of all remote file systems of one service. It is not known to {@link java.nio.file.FileSystems}. */
final class RemoteFileSystemProvider extends FileSystemProvider {
	private final Map<String, RemoteFileSystem> fileSystems = new ConcurrentHashMap<>();

	void add(RemoteFileSystem fileSystem) {
		if (fileSystem.id().isEmpty() || fileSystems.putIfAbsent(fileSystem.id(), fileSystem) != null)
			throw new FileSystemAlreadyExistsException("a file system needs an id of its own");
	}

	void remove(RemoteFileSystem fileSystem) {
		fileSystems.remove(fileSystem.id(), fileSystem);
	}

	@Override
	public String getScheme() {
		return Uris.SCHEME;
	}

	@Override
	public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
		throw new UnsupportedOperationException("a session opens remote file systems");
	}

	@Override
	public RemoteFileSystem getFileSystem(URI uri) {
		RemoteFileSystem fileSystem = fileSystems.get(Uris.id(uri));
		if (fileSystem == null)
			throw new FileSystemNotFoundException("the session of this address is closed");
		return fileSystem;
	}

	@Override
	public Path getPath(URI uri) {
		return getFileSystem(uri).getPath(Uris.path(uri));
	}

	private RemotePath own(Path path) {
		RemotePath remote = RemotePath.of(path);
		if (remote.getFileSystem().provider() != this)
			throw new ProviderMismatchException();
		return remote;
	}

	private RemoteFiles files(Path path) {
		return own(path).getFileSystem().files();
	}

	private static boolean follows(LinkOption[] options) {
		return !Arrays.asList(options).contains(LinkOption.NOFOLLOW_LINKS);
	}

	@Override
	public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs) throws IOException {
		return files(path).open(own(path).remote(), OpenMode.of(options), attrs);
	}

	@Override
	public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs) throws IOException {
		return newFileChannel(path, options, attrs);
	}

	@Override
	public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
		return files(folder).list(own(folder), filter);
	}

	@Override
	public void createDirectory(Path folder, FileAttribute<?>... attrs) throws IOException {
		files(folder).createDirectory(own(folder).remote(), attrs);
	}

	@Override
	public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attrs) throws IOException {
		if (attrs.length > 0)
			throw new UnsupportedOperationException("a link is made without attributes");
		files(link).createLink(own(link).remote(), own(target).toString());
	}

	@Override
	public Path readSymbolicLink(Path link) throws IOException {
		return own(link).getFileSystem().getPath(files(link).readLink(own(link).remote()));
	}

	@Override
	public void delete(Path path) throws IOException {
		files(path).delete(own(path).remote());
	}

	private static Set<CopyOption> checked(CopyOption[] options, Set<CopyOption> known) {
		for (CopyOption option : options)
			if (!known.contains(java.util.Objects.requireNonNull(option)))
				throw new UnsupportedOperationException(option + " is not supported here");
		return Set.copyOf(List.of(options));
	}

	@Override
	public void copy(Path source, Path target, CopyOption... options) throws IOException {
		Set<CopyOption> set = checked(options, Set.of(StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS));
		files(source).copy(own(source).remote(), own(target).getFileSystem(), own(target).remote(), set.contains(StandardCopyOption.REPLACE_EXISTING),
				set.contains(StandardCopyOption.COPY_ATTRIBUTES), !set.contains(LinkOption.NOFOLLOW_LINKS));
	}

	@Override
	public void move(Path source, Path target, CopyOption... options) throws IOException {
		Set<CopyOption> set = checked(options, Set.of(StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE, LinkOption.NOFOLLOW_LINKS));
		boolean replace = set.contains(StandardCopyOption.REPLACE_EXISTING);
		boolean atomic = set.contains(StandardCopyOption.ATOMIC_MOVE);
		RemoteFileSystem from = own(source).getFileSystem();
		RemoteFileSystem to = own(target).getFileSystem();
		if (from == to) {
			from.files().move(own(source).remote(), own(target).remote(), replace, atomic);
			return;
		}
		if (atomic)
			throw new AtomicMoveNotSupportedException(source.toString(), target.toString(), "they lie on different servers");
		if (from.files().stat(own(source).remote(), false).type() == Type.DIRECTORY) {
			try (DirectoryStream<Path> items = newDirectoryStream(source, null)) {
				if (items.iterator().hasNext())
					throw new DirectoryNotEmptyException(source.toString());
			}
		}
		from.files().copy(own(source).remote(), to, own(target).remote(), replace, true, false);
		delete(source);
	}

	@Override
	public boolean isSameFile(Path path, Path other) throws IOException {
		if (path.equals(other))
			return true;
		if (!(other instanceof RemotePath that) || that.getFileSystem() != own(path).getFileSystem())
			return false;
		RemoteFiles files = files(path);
		return files.real(own(path).remote(), true).equals(files.real(that.remote(), true));
	}

	@Override
	public boolean isHidden(Path path) {
		Path name = own(path).getFileName();
		return name != null && name.toString().startsWith(".");
	}

	@Override
	public FileStore getFileStore(Path path) throws IOException {
		String remote = own(path).remote();
		files(path).stat(remote, true);
		return new RemoteFileStore(own(path).getFileSystem(), remote);
	}

	/** By the permission bits, where there are any: whether anybody may. Whether this user may, the server decides. */
	@Override
	public void checkAccess(Path path, AccessMode... modes) throws IOException {
		FileInfo info = files(path).stat(own(path).remote(), true);
		OptionalInt permissions = info.permissions();
		for (AccessMode mode : modes) {
			int anybody = switch (mode) {
			case READ -> 0444;
			case WRITE -> 0222;
			case EXECUTE -> 0111;
			};
			boolean may = permissions.isPresent() ? (permissions.getAsInt() & anybody) != 0 : mode != AccessMode.EXECUTE || info.type() == Type.DIRECTORY;
			if (!may)
				throw new AccessDeniedException(path.toString());
		}
	}

	@Override
	public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
		var basic = new RemoteAttributeView.Basic(files(path), own(path).remote(), follows(options));
		if (type == BasicFileAttributeView.class)
			return type.cast(basic);
		boolean posix = own(path).getFileSystem().supportedFileAttributeViews().contains("posix");
		if (posix && (type == PosixFileAttributeView.class || type == FileOwnerAttributeView.class))
			return type.cast(new RemoteAttributeView.Posix(basic, type == PosixFileAttributeView.class ? "posix" : "owner"));
		return null;
	}

	@Override
	public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options) throws IOException {
		if (type != BasicFileAttributes.class && type != StorageAttributes.class && type != PosixFileAttributes.class)
			throw new UnsupportedOperationException(type.getSimpleName() + " is not known here");
		if (type == PosixFileAttributes.class && !own(path).getFileSystem().supportedFileAttributeViews().contains("posix"))
			throw new UnsupportedOperationException("the server has no POSIX permissions");
		var basic = new RemoteAttributes(files(path).stat(own(path).remote(), follows(options)));
		return type.cast(type == PosixFileAttributes.class ? RemoteFiles.posix(basic) : basic);
	}

	@Override
	public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
		int colon = attributes.indexOf(':');
		String view = colon < 0 ? "basic" : attributes.substring(0, colon);
		if (!own(path).getFileSystem().supportedFileAttributeViews().contains(view))
			throw new UnsupportedOperationException("attributes '" + view + "' are not known here");
		Set<String> wanted = new java.util.LinkedHashSet<>(List.of(attributes.substring(colon + 1).split(",")));
		var basic = new RemoteAttributes(files(path).stat(own(path).remote(), follows(options)));
		Map<String, Object> all = all(view, basic);
		if (wanted.contains("*"))
			return all;
		if (!all.keySet().containsAll(wanted))
			throw new IllegalArgumentException("no such attributes: " + attributes);
		all.keySet().retainAll(wanted);
		return all;
	}

	private static Map<String, Object> all(String view, RemoteAttributes basic) {
		var all = new LinkedHashMap<String, Object>();
		if (!view.equals("owner")) {
			all.put("lastModifiedTime", basic.lastModifiedTime());
			all.put("lastAccessTime", basic.lastAccessTime());
			all.put("creationTime", basic.creationTime());
			all.put("size", basic.size());
			all.put("isRegularFile", basic.isRegularFile());
			all.put("isDirectory", basic.isDirectory());
			all.put("isSymbolicLink", basic.isSymbolicLink());
			all.put("isOther", basic.isOther());
			all.put("fileKey", basic.fileKey());
		}
		if (!view.equals("basic")) {
			RemoteAttributes.Posix posix = RemoteFiles.posix(basic);
			all.put("owner", posix.owner());
			if (view.equals("posix")) {
				all.put("group", posix.group());
				all.put("permissions", posix.permissions());
			}
		}
		return all;
	}

	@Override
	public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
		int colon = attribute.indexOf(':');
		String view = colon < 0 ? "basic" : attribute.substring(0, colon);
		String name = attribute.substring(colon + 1);
		if (!own(path).getFileSystem().supportedFileAttributeViews().contains(view))
			throw new UnsupportedOperationException("attributes '" + view + "' are not known here");
		var basic = new RemoteAttributeView.Basic(files(path), own(path).remote(), follows(options));
		var posix = new RemoteAttributeView.Posix(basic, "posix");
		switch (name) {
		case "lastModifiedTime" -> basic.setTimes((FileTime) value, null, null);
		case "lastAccessTime" -> basic.setTimes(null, (FileTime) value, null);
		case "creationTime" -> basic.setTimes(null, null, (FileTime) value);
		case "permissions" -> posix.setPermissions(RemoteFiles.permissionSet(value));
		case "owner" -> posix.setOwner((java.nio.file.attribute.UserPrincipal) value);
		case "group" -> posix.setGroup((java.nio.file.attribute.GroupPrincipal) value);
		default -> throw new IllegalArgumentException("'" + attribute + "' cannot be set");
		}
	}
}
