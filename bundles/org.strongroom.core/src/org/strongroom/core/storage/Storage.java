package org.strongroom.core.storage;

import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One live connection to a server: all that a protocol plug-in has to write.
 * <p>
 * Paths are absolute, {@code /}-separated and normal (see {@link StoragePaths}). All methods block and may be called by many
 * threads at once, mostly virtual ones; requests of different threads are to be in flight together. No call waits for longer
 * than the storage's stated limit, and an interrupt ends it soon with an {@link java.io.InterruptedIOException}. Errors are those of
 * {@code java.nio.file}: {@link java.nio.file.NoSuchFileException}, {@link java.nio.file.AccessDeniedException},
 * {@link java.nio.file.FileAlreadyExistsException}, {@link java.nio.file.DirectoryNotEmptyException},
 * {@link java.nio.file.NotDirectoryException}, {@link java.nio.file.FileSystemException} with the server's reason; besides
 * {@link ConnectionException} once the connection is gone, after which {@link #isOpen()} is false and every call throws it, and
 * {@link ServerFaultException} where the server's answer makes no sense.
 * <p>
 * A storage does not cache: that is the work of the file system above it.
 */
public interface Storage extends Closeable {

	/** What this server can do. */
	Features features();

	/**
	 * One item.
	 *
	 * @param followLinks whether to describe what a link leads to instead of the link
	 */
	FileInfo stat(String path, boolean followLinks) throws IOException;

	/** Starts to list a folder; attributes come with the names. */
	Listing list(String path) throws IOException;

	/**
	 * Opens a file for reading. Changes nothing on the server. How the file stands is found out before it is opened ({@link Reader#info()}): if it is replaced between
	 * the two, its version is taken for too old, never for too new.
	 */
	Reader open(String path) throws IOException;

	/**
	 * Starts a new content for a file, which may exist or not. If {@code path} is a link, what it leads to is replaced.
	 *
	 * @param precondition checked as late as the protocol allows, at commit
	 */
	Upload upload(String path, Precondition precondition) throws IOException;

	/** Makes one folder. */
	void createDirectory(String path) throws IOException;

	/** Removes a file or a link (not what it leads to). */
	void delete(String path) throws IOException;

	/** Removes an empty folder. */
	void deleteDirectory(String path) throws IOException;

	/**
	 * Gives an item another name, on the same server, in one step.
	 *
	 * @param replace whether an existing <em>file</em> of that name is replaced; if not, it is an error
	 */
	void rename(String from, String to, boolean replace) throws IOException;

	/** Sets the time of the last change (UTC). */
	void setModified(String path, Instant modified) throws IOException;

	/**
	 * Sets the POSIX permissions.
	 *
	 * @param permissions nine bits, {@code 0777}
	 * @throws UnsupportedOperationException if the server has none
	 */
	void setPermissions(String path, int permissions) throws IOException;

	/** Where a link leads, as written in it. */
	String readLink(String path) throws IOException;

	/**
	 * Makes a symbolic link.
	 *
	 * @param target as it is to be written in the link
	 * @throws UnsupportedOperationException if the server has none
	 */
	void createLink(String path, String target) throws IOException;

	/** The absolute path that the server's own name for the user's folder stands for, for bookmarks that begin with {@code /~}. */
	String home() throws IOException;

	/**
	 * The absolute path that a bookmark's start folder stands for.
	 *
	 * @param written as in the bookmark: empty, {@code /}, {@code /~}, {@code /~/…} or an absolute path
	 */
	default String startFolder(String written) throws IOException {
		return written.equals("/~") || written.startsWith("/~/") ? home() + written.substring(2) : written;
	}

	/** What else the server tells of an item, for a person to read: by name, in words. */
	default Map<String, String> details(String path) throws IOException {
		return Map.of();
	}

	/**
	 * Something that only some servers can do.
	 *
	 * @param kind {@link History}, {@link Trash}, {@link Shares}, {@link Locks}, {@link Search}, {@link org.strongroom.core.doctor.Posture}, or what the plug-in itself makes public
	 * @return empty if this server cannot do that
	 */
	default <T> Optional<T> extra(Class<T> kind) {
		return Optional.empty();
	}

	/** Room on the server around a path; empty where it does not tell. */
	Optional<Space> space(String path) throws IOException;

	/** What passed since the storage was signed in to; nothing where the protocol does not count. Does not ask the server. */
	default Traffic traffic() {
		return Traffic.NONE;
	}

	/** What it took to sign in, which {@link #traffic()} leaves out; empty where the protocol does not count. */
	default Optional<SignInCost> signInCost() {
		return Optional.empty();
	}

	/** Whether the connection is up, as far as is known without asking the server. */
	boolean isOpen();

	/** Ends the connection; never waits long, never throws for a connection that is gone already. */
	@Override
	void close() throws IOException;
}
