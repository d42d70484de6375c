package org.strongroom.remotefs.internal;

import java.io.IOException;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent.Kind;
import java.nio.file.WatchEvent.Modifier;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A path of a remote file system: unix-like, names separated by {@code /}, any other character but NUL allowed in them. Names are taken as they are:
 * equal means the same UTF-16 units, nothing is normalised or case-folded. {@code ..} is resolved by its letters, without regard to links.
 */
final class RemotePath implements Path {
	private final RemoteFileSystem fileSystem;
	/** Without doubled or trailing slashes. */
	private final String path;
	private volatile List<String> names;

	/** @param path any string of names and slashes */
	RemotePath(RemoteFileSystem fileSystem, String path) {
		this.fileSystem = fileSystem;
		this.path = clean(path);
	}

	private static String clean(String path) {
		int nul = path.indexOf('\0');
		if (nul >= 0)
			throw new InvalidPathException(path, "a name must not contain NUL", nul);
		if (!path.contains("//") && (path.length() < 2 || !path.endsWith("/")))
			return path;
		var clean = new StringBuilder(path.length());
		for (int i = 0; i < path.length(); i++)
			if (path.charAt(i) != '/' || clean.isEmpty() || clean.charAt(clean.length() - 1) != '/')
				clean.append(path.charAt(i));
		if (clean.length() > 1 && clean.charAt(clean.length() - 1) == '/')
			clean.setLength(clean.length() - 1);
		return clean.toString();
	}

	/** As {@code java.nio.file} wants it for paths handed in. */
	static RemotePath of(Path path) {
		if (Objects.requireNonNull(path) instanceof RemotePath remote)
			return remote;
		throw new ProviderMismatchException();
	}

	/** The names; one empty name for the empty path, none for the root. */
	private List<String> names() {
		List<String> known = names;
		if (known == null) {
			String relative = isAbsolute() ? path.substring(1) : path;
			known = relative.isEmpty() && isAbsolute() ? List.of() : List.of(relative.split("/", -1));
			names = known;
		}
		return known;
	}

	private RemotePath path(boolean absolute, List<String> of) {
		return new RemotePath(fileSystem, (absolute ? "/" : "") + String.join("/", of));
	}

	/** The form that a storage takes: absolute and normal. */
	String remote() {
		return toAbsolutePath().normalize().path;
	}

	@Override
	public RemoteFileSystem getFileSystem() {
		return fileSystem;
	}

	@Override
	public boolean isAbsolute() {
		return path.startsWith("/");
	}

	private boolean isEmpty() {
		return path.isEmpty();
	}

	@Override
	public RemotePath getRoot() {
		return isAbsolute() ? new RemotePath(fileSystem, "/") : null;
	}

	@Override
	public RemotePath getFileName() {
		List<String> n = names();
		return n.isEmpty() ? null : new RemotePath(fileSystem, n.getLast());
	}

	@Override
	public RemotePath getParent() {
		int slash = path.lastIndexOf('/');
		if (slash < 0 || path.length() == 1)
			return null;
		return new RemotePath(fileSystem, slash == 0 ? "/" : path.substring(0, slash));
	}

	@Override
	public int getNameCount() {
		return names().size();
	}

	@Override
	public RemotePath getName(int index) {
		if (index < 0 || index >= getNameCount())
			throw new IllegalArgumentException("no name at " + index);
		return new RemotePath(fileSystem, names().get(index));
	}

	@Override
	public RemotePath subpath(int begin, int end) {
		if (begin < 0 || begin >= end || end > getNameCount())
			throw new IllegalArgumentException("no names from %d to %d".formatted(begin, end));
		return path(false, names().subList(begin, end));
	}

	@Override
	public boolean startsWith(Path other) {
		if (!(Objects.requireNonNull(other) instanceof RemotePath that) || that.fileSystem != fileSystem || that.isAbsolute() != isAbsolute())
			return false;
		if (that.isEmpty() || isEmpty())
			return that.isEmpty() && isEmpty();
		int n = that.getNameCount();
		return n <= getNameCount() && names().subList(0, n).equals(that.names());
	}

	@Override
	public boolean endsWith(Path other) {
		if (!(Objects.requireNonNull(other) instanceof RemotePath that) || that.fileSystem != fileSystem)
			return false;
		if (that.isEmpty() || isEmpty())
			return that.isEmpty() && isEmpty();
		if (that.isAbsolute())
			return equals(that);
		int n = that.getNameCount();
		return n <= getNameCount() && names().subList(getNameCount() - n, getNameCount()).equals(that.names());
	}

	@Override
	public RemotePath normalize() {
		List<String> n = names();
		if (!n.contains(".") && !n.contains(".."))
			return this;
		var normal = new ArrayList<String>();
		for (String name : n) {
			if (name.equals("."))
				continue;
			if (!name.equals(".."))
				normal.add(name);
			else if (!normal.isEmpty() && !normal.getLast().equals(".."))
				normal.removeLast();
			else if (!isAbsolute())
				normal.add(name);
		}
		return path(isAbsolute(), normal);
	}

	@Override
	public RemotePath resolve(Path other) {
		RemotePath that = of(other);
		if (that.isAbsolute() || isEmpty())
			return that;
		if (that.isEmpty())
			return this;
		return new RemotePath(fileSystem, path + "/" + that.path);
	}

	@Override
	public RemotePath relativize(Path other) {
		RemotePath that = of(other);
		if (that.fileSystem != fileSystem || that.isAbsolute() != isAbsolute())
			throw new IllegalArgumentException("both paths must be of one file system, and both absolute or both relative");
		if (equals(that))
			return new RemotePath(fileSystem, "");
		if (isEmpty())
			return that;
		List<String> from = normalize().isEmpty() ? List.of() : normalize().names();
		List<String> to = that.normalize().isEmpty() ? List.of() : that.normalize().names();
		int common = 0;
		while (common < from.size() && common < to.size() && from.get(common).equals(to.get(common)))
			common++;
		if (from.subList(common, from.size()).contains(".."))
			throw new IllegalArgumentException("cannot tell the way from " + this);
		var way = new ArrayList<String>();
		for (int i = common; i < from.size(); i++)
			way.add("..");
		way.addAll(to.subList(common, to.size()));
		return path(false, way);
	}

	@Override
	public URI toUri() {
		return Uris.of(fileSystem.id(), toAbsolutePath().path);
	}

	@Override
	public RemotePath toAbsolutePath() {
		return isAbsolute() ? this : new RemotePath(fileSystem, "/" + path);
	}

	@Override
	public RemotePath toRealPath(LinkOption... options) throws IOException {
		boolean follow = !Arrays.asList(options).contains(LinkOption.NOFOLLOW_LINKS);
		return new RemotePath(fileSystem, fileSystem.files().real(remote(), follow));
	}

	@Override
	public WatchKey register(WatchService watcher, Kind<?>[] events, Modifier... modifiers) {
		throw new UnsupportedOperationException("a server does not tell of changes");
	}

	@Override
	public int compareTo(Path other) {
		return path.compareTo(((RemotePath) other).path);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof RemotePath that && that.fileSystem == fileSystem && that.path.equals(path);
	}

	@Override
	public int hashCode() {
		return path.hashCode();
	}

	@Override
	public String toString() {
		return path;
	}
}
