package org.strongroom.vault.cryptomator.internal;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent.Kind;
import java.nio.file.WatchEvent.Modifier;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A path of names between slashes, as both sides of a vault have them. The empty path is relative and has one empty name.
 *
 * @param <P> the kind of path of one file system
 */
public abstract class NamePath<P extends NamePath<P>> implements Path {
	private final boolean absolute;
	private final List<String> names;

	protected NamePath(boolean absolute, List<String> names) {
		this.absolute = absolute;
		this.names = names.isEmpty() && !absolute ? List.of("") : List.copyOf(names);
	}

	/** A path of the same file system. */
	protected abstract P make(boolean absolute, List<String> names);

	/** This path. */
	protected abstract P self();

	/** The names of a path as written; what is no path is an {@link InvalidPathException}. */
	public static List<String> split(String text) {
		if (text.indexOf('\0') >= 0)
			throw new InvalidPathException(text.replace('\0', '?'), "a path holds no NUL");
		var names = new ArrayList<String>();
		for (String name : text.split("/"))
			if (!name.isEmpty())
				names.add(name);
		return names;
	}

	/** The names, outermost first; none for the root. */
	public List<String> names() {
		return names;
	}

	private boolean isEmpty() {
		return !absolute && names.size() == 1 && names.getFirst().isEmpty();
	}

	@SuppressWarnings("unchecked")
	private P same(Path other) {
		if (other.getFileSystem() != getFileSystem())
			throw new ProviderMismatchException();
		return (P) other;
	}

	@Override
	public boolean isAbsolute() {
		return absolute;
	}

	@Override
	public P getRoot() {
		return absolute ? make(true, List.of()) : null;
	}

	@Override
	public P getFileName() {
		return names.isEmpty() ? null : make(false, List.of(names.getLast()));
	}

	@Override
	public P getParent() {
		if (names.isEmpty() || names.size() == 1 && !absolute)
			return null;
		return make(absolute, names.subList(0, names.size() - 1));
	}

	@Override
	public int getNameCount() {
		return names.size();
	}

	@Override
	public P getName(int index) {
		return subpath(index, index + 1);
	}

	@Override
	public P subpath(int begin, int end) {
		if (begin < 0 || end > names.size() || begin >= end)
			throw new IllegalArgumentException("no names %d to %d".formatted(begin, end));
		return make(false, names.subList(begin, end));
	}

	@Override
	public boolean startsWith(Path other) {
		if (other.getFileSystem() != getFileSystem())
			return false;
		NamePath<P> o = same(other);
		return o.absolute == absolute && !o.isEmpty() && o.names.size() <= names.size() && names.subList(0, o.names.size()).equals(o.names)
				|| equals(other);
	}

	@Override
	public boolean endsWith(Path other) {
		if (other.getFileSystem() != getFileSystem())
			return false;
		NamePath<P> o = same(other);
		if (o.absolute)
			return equals(o);
		int from = names.size() - o.names.size();
		return from >= 0 && !o.isEmpty() && names.subList(from, names.size()).equals(o.names) || equals(other);
	}

	@Override
	public P normalize() {
		var kept = new ArrayList<String>();
		for (String name : names) {
			if (name.equals("..") && !kept.isEmpty() && !kept.getLast().equals(".."))
				kept.removeLast();
			else if (!name.equals(".") && !(name.equals("..") && absolute) && !name.isEmpty())
				kept.add(name);
		}
		return make(absolute, kept);
	}

	@Override
	public P resolve(Path other) {
		P o = same(other);
		NamePath<P> p = o;
		if (p.absolute)
			return o;
		if (p.isEmpty())
			return self();
		if (isEmpty())
			return o;
		var all = new ArrayList<>(names);
		all.addAll(p.names);
		return make(absolute, all);
	}

	@Override
	public P resolve(String other) {
		return resolve(getFileSystem().getPath(other));
	}

	/** The item of that very name in this folder; the name is taken as it is. */
	public P child(String name) {
		var all = new ArrayList<>(isEmpty() ? List.of() : names);
		all.add(name);
		return make(absolute, all);
	}

	@Override
	public P relativize(Path other) {
		NamePath<P> o = same(other);
		if (o.absolute != absolute)
			throw new IllegalArgumentException("one path is absolute, the other is not");
		if (isEmpty())
			return o.self();
		List<String> others = o.isEmpty() ? List.of() : o.names;
		int common = 0;
		while (common < names.size() && common < others.size() && names.get(common).equals(others.get(common)))
			common++;
		var way = new ArrayList<String>();
		IntStream.range(common, names.size()).forEach(_ -> way.add(".."));
		way.addAll(others.subList(common, others.size()));
		return make(false, way);
	}

	@Override
	public P toAbsolutePath() {
		return absolute ? self() : make(true, isEmpty() ? List.of() : names);
	}

	@Override
	public Path toRealPath(LinkOption... options) throws IOException {
		return toAbsolutePath().normalize();
	}

	@Override
	public WatchKey register(WatchService watcher, Kind<?>[] events, Modifier... modifiers) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Iterator<Path> iterator() {
		return IntStream.range(0, names.size()).mapToObj(i -> (Path) getName(i)).iterator();
	}

	@Override
	public int compareTo(Path other) {
		return toString().compareTo(same(other).toString());
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof NamePath<?> o && o.getFileSystem() == getFileSystem() && o.absolute == absolute && o.names.equals(names);
	}

	@Override
	public int hashCode() {
		return names.hashCode() * 2 + (absolute ? 1 : 0);
	}

	@Override
	public String toString() {
		return (absolute ? "/" : "") + String.join("/", names);
	}
}
