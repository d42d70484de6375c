package org.strongroom.testing.hostile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of a {@link HostileSftpServer}, in memory, for a test to fill before and to look at afterwards. Paths are absolute with {@code /}; all methods are
 * safe for use by many threads, and what one of them does is seen at once and as a whole by all others.
 * <p>
 * The tree itself is honest: lies are told by {@link Behaviour}s on the way out. So a test can see here what really became of a file.
 */
public final class Tree {

	/** What a node is. */
	public enum Kind {
		/** A regular file. */
		FILE(0100000),
		/** A folder. */
		FOLDER(0040000),
		/** A symbolic link. */
		LINK(0120000),
		/** A named pipe, to which reading and writing are refused. */
		PIPE(0010000);

		final int bits;

		Kind(int bits) {
			this.bits = bits;
		}
	}

	/** Something the server refuses; the status is one of draft-ietf-secsh-filexfer-02, section 7. */
	static final class Refused extends IOException {
		private static final long serialVersionUID = 1;
		static final int EOF = 1;
		static final int NO_SUCH_FILE = 2;
		static final int PERMISSION_DENIED = 3;
		static final int FAILURE = 4;
		static final int BAD_MESSAGE = 5;
		static final int UNSUPPORTED = 8;

		final int status;

		Refused(int status, String message) {
			super(message);
			this.status = status;
		}
	}

	/** A file, folder or link. Guarded by the tree. */
	static final class Node {
		final Kind kind;
		final SortedMap<String, Node> children = new TreeMap<>();
		byte[] bytes = new byte[0];
		int size;
		String target = "";
		int rights;
		int owner;
		int group;
		long accessed = 1_700_000_000;
		long modified = 1_700_000_000;

		Node(Kind kind, int rights) {
			this.kind = kind;
			this.rights = rights;
		}

		byte[] content() {
			return Arrays.copyOf(bytes, size);
		}
	}

	private static final int MAX_LINKS = 40;
	private static final int MAX_FILE = 512 * 1024 * 1024;

	private final Node top = new Node(Kind.FOLDER, 0755);

	/** Makes a folder and those it lies in, where they are missing. */
	public synchronized Tree folder(String path) {
		ensureFolder(path);
		return this;
	}

	/** Makes or replaces a file, with the folders it lies in. */
	public synchronized Tree file(String path, byte[] content) {
		Node node = new Node(Kind.FILE, 0644);
		node.bytes = content.clone();
		node.size = content.length;
		ensureFolder(parent(path)).children.put(name(path), node);
		return this;
	}

	/** Makes or replaces a file with a text in UTF-8. */
	public Tree file(String path, String text) {
		return file(path, text.getBytes(StandardCharsets.UTF_8));
	}

	/** Makes or replaces a symbolic link; the target is any text at all. */
	public synchronized Tree link(String path, String target) {
		Node node = new Node(Kind.LINK, 0777);
		node.target = target;
		ensureFolder(parent(path)).children.put(name(path), node);
		return this;
	}

	/** Makes or replaces a named pipe. */
	public synchronized Tree pipe(String path) {
		ensureFolder(parent(path)).children.put(name(path), new Node(Kind.PIPE, 0600));
		return this;
	}

	/** Removes a node with all in it. */
	public synchronized Tree remove(String path) {
		try {
			resolve(parent(path), true).children.remove(name(path));
		} catch (Refused e) {
			// Nothing there, nothing to remove.
		}
		return this;
	}

	/** Sets rights, in octal such as 0644. */
	public synchronized Tree rights(String path, int rights) {
		existing(path).rights = rights;
		return this;
	}

	/** Sets the time of last change, in seconds since 1970. */
	public synchronized Tree modified(String path, long seconds) {
		existing(path).modified = seconds;
		return this;
	}

	/** The time of last change, in seconds since 1970. */
	public synchronized long modified(String path) {
		return existing(path).modified;
	}

	/** The rights, such as 0644. */
	public synchronized int rights(String path) {
		return existing(path).rights;
	}

	/** The content of a file, links followed. */
	public synchronized byte[] read(String path) {
		return existing(path).content();
	}

	/** The content of a file, read as UTF-8. */
	public String text(String path) {
		return new String(read(path), StandardCharsets.UTF_8);
	}

	/** Whether there is anything, a dangling link too. */
	public synchronized boolean exists(String path) {
		try {
			resolve(path, false);
			return true;
		} catch (Refused e) {
			return false;
		}
	}

	/** What is there, links not followed. */
	public synchronized Kind kind(String path) {
		try {
			return resolve(path, false).kind;
		} catch (Refused e) {
			throw new IllegalArgumentException(path + ": " + e.getMessage());
		}
	}

	/** The names in a folder, sorted. */
	public synchronized List<String> list(String path) {
		return List.copyOf(existing(path).children.keySet());
	}

	/**
	 * All there is, as path and a description that holds kind, content and link target but no times: two equal snapshots mean that nothing was changed in between.
	 */
	public synchronized Map<String, String> snapshot() {
		Map<String, String> all = new TreeMap<>();
		snapshot("", top, all);
		return all;
	}

	private static void snapshot(String path, Node node, Map<String, String> all) {
		all.put(path.isEmpty() ? "/" : path, switch (node.kind) {
		case FILE -> "file " + node.size + ' ' + Arrays.hashCode(node.content()) + ' ' + Integer.toOctalString(node.rights);
		case LINK -> "link " + node.target;
		default -> node.kind + " " + Integer.toOctalString(node.rights);
		});
		node.children.forEach((name, child) -> snapshot(path + '/' + name, child, all));
	}

	/** A path with all links resolved, for what exists; empty names and {@code .} are dropped, {@code ..} is followed. */
	static String normalize(String path) {
		List<String> names = new ArrayList<>();
		for (String name : path.split("/")) {
			if (name.equals("..")) {
				if (!names.isEmpty()) {
					names.removeLast();
				}
			} else if (!name.isEmpty() && !name.equals(".")) {
				names.add(name);
			}
		}
		return "/" + String.join("/", names);
	}

	/** Finds a node. */
	synchronized Node resolve(String path, boolean followLast) throws Refused {
		return resolve(path, followLast, new int[] { MAX_LINKS });
	}

	private Node resolve(String path, boolean followLast, int[] linksLeft) throws Refused {
		Node node = top;
		String at = "";
		List<String> names = List.of(normalize(path).substring(1).split("/"));
		for (int i = 0; i < names.size(); i++) {
			String name = names.get(i);
			if (name.isEmpty()) {
				continue;
			}
			if (node.kind != Kind.FOLDER) {
				throw new Refused(Refused.NO_SUCH_FILE, "Not a directory");
			}
			Node child = node.children.get(name);
			if (child == null) {
				throw new Refused(Refused.NO_SUCH_FILE, "No such file");
			}
			if (child.kind == Kind.LINK && (followLast || i < names.size() - 1)) {
				if (linksLeft[0]-- == 0) {
					throw new Refused(Refused.FAILURE, "Failure");
				}
				child = resolve(child.target.startsWith("/") ? child.target : at + '/' + child.target, true, linksLeft);
			}
			at += '/' + name;
			node = child;
		}
		return node;
	}

	synchronized Node create(String path, Kind kind, int rights) throws Refused {
		Node folder = resolve(parent(path), true);
		if (folder.kind != Kind.FOLDER) {
			throw new Refused(Refused.NO_SUCH_FILE, "Not a directory");
		}
		if (folder.children.containsKey(name(path)) || name(path).isEmpty()) {
			throw new Refused(Refused.FAILURE, "File exists");
		}
		Node node = new Node(kind, rights);
		node.modified = System.currentTimeMillis() / 1000;
		folder.children.put(name(path), node);
		return node;
	}

	synchronized void delete(String path, boolean folder) throws Refused {
		Node node = resolve(path, false);
		if (node == top || folder != (node.kind == Kind.FOLDER) || !node.children.isEmpty()) {
			throw new Refused(Refused.FAILURE, "Failure");
		}
		resolve(parent(path), true).children.remove(name(path));
	}

	synchronized void rename(String from, String to, boolean replace) throws Refused {
		Node node = resolve(from, false);
		Node target = resolve(parent(to), true);
		Node old = target.children.get(name(to));
		if (node == top || target.kind != Kind.FOLDER || normalize(to).startsWith(normalize(from) + '/')) {
			throw new Refused(Refused.FAILURE, "Failure");
		}
		if (old != null && (!replace || (old.kind == Kind.FOLDER) != (node.kind == Kind.FOLDER) || !old.children.isEmpty())) {
			throw new Refused(Refused.FAILURE, "Failure");
		}
		resolve(parent(from), true).children.remove(name(from));
		target.children.put(name(to), node);
	}

	synchronized void hardlink(String from, String to) throws Refused {
		Node node = resolve(from, false);
		Node target = resolve(parent(to), true);
		if (node.kind == Kind.FOLDER || target.children.putIfAbsent(name(to), node) != null) {
			throw new Refused(Refused.FAILURE, "Failure");
		}
	}

	synchronized void write(Node node, long offset, byte[] data) throws Refused {
		if (offset < 0 || offset + data.length > MAX_FILE) {
			throw new Refused(Refused.FAILURE, "No space left on device");
		}
		int end = (int) offset + data.length;
		if (end > node.bytes.length) {
			node.bytes = Arrays.copyOf(node.bytes, Math.max(end, Math.min(MAX_FILE, node.bytes.length * 2)));
		}
		System.arraycopy(data, 0, node.bytes, (int) offset, data.length);
		node.size = Math.max(node.size, end);
		node.modified = System.currentTimeMillis() / 1000;
	}

	synchronized void truncate(Node node, long size) throws Refused {
		if (size < 0 || size > MAX_FILE) {
			throw new Refused(Refused.FAILURE, "File too large");
		}
		node.bytes = Arrays.copyOf(node.content(), (int) size);
		node.size = (int) size;
	}

	/** At most {@code length} bytes; none when the offset lies at or behind the end. */
	synchronized byte[] read(Node node, long offset, long length) {
		if (offset < 0 || offset >= node.size) {
			return new byte[0];
		}
		return Arrays.copyOfRange(node.bytes, (int) offset, (int) Math.min(node.size, offset + Math.max(0, length)));
	}

	synchronized Map<String, Node> children(Node node) {
		return new TreeMap<>(node.children);
	}

	static String parent(String path) {
		String normal = normalize(path);
		return normal.substring(0, Math.max(1, normal.lastIndexOf('/')));
	}

	static String name(String path) {
		String normal = normalize(path);
		return normal.substring(normal.lastIndexOf('/') + 1);
	}

	private Node ensureFolder(String path) {
		Node node = top;
		for (String name : normalize(path).substring(1).split("/")) {
			if (!name.isEmpty()) {
				node = node.children.computeIfAbsent(name, key -> new Node(Kind.FOLDER, 0755));
				if (node.kind != Kind.FOLDER) {
					throw new IllegalArgumentException(path + " lies in something that is no folder");
				}
			}
		}
		return node;
	}

	private Node existing(String path) {
		try {
			return resolve(path, true);
		} catch (Refused e) {
			throw new IllegalArgumentException(path + ": " + e.getMessage());
		}
	}
}
