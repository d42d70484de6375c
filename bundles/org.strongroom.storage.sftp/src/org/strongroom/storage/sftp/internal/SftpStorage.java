package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.storage.Features;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.Space;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Upload;

/**
 * Files over SFTP version 3, with the extensions of OpenSSH where the server has them. No call waits in silence for longer than the limit of its connection
 * (30 s unless the bookmark says otherwise), and none for longer than twenty times that.
 */
final class SftpStorage implements Storage {
	private static final String TEMPORARY = ".strongroom-";
	private static final SecureRandom RANDOM = new SecureRandom();
	/** What every server takes in one request (draft-ietf-secsh-filexfer-02 section 3). */
	private static final int USUAL_LENGTH = 32 << 10;
	/** OpenSSH drops the connection at 256 KiB, and gains nothing above this. */
	private static final int MOST_LENGTH = 128 << 10;
	private static final int MOST_LINKS = 16;
	private static final long LATEST_TIME = 0xffff_ffffL;

	private final SshConnection connection;
	private final SftpChannel sftp;
	private final int readLength;
	private final int writeLength;

	private SftpStorage(SshConnection connection, SftpChannel sftp) throws IOException {
		this.connection = connection;
		this.sftp = sftp;
		int read = USUAL_LENGTH;
		int write = USUAL_LENGTH;
		if (sftp.offers("limits@openssh.com", "1")) {
			Packet answer = sftp.ask(Packet.EXTENDED, new Wire.Writer().string("limits@openssh.com"));
			if (answer.type() == Packet.EXTENDED_REPLY) {
				try {
					Wire.Reader in = answer.body();
					long packet = u64(in);
					read = length(u64(in), packet);
					write = length(u64(in), packet);
				} catch (IllegalArgumentException e) {
					throw new ServerFaultException(null, "the server's answer ends too early");
				}
			}
		}
		readLength = read;
		writeLength = write;
	}

	/** The storage of a connection that is signed in to; closes it if there is none. */
	static SftpStorage open(SshConnection connection, String server, Duration limit) throws IOException {
		try {
			return new SftpStorage(connection, SftpChannel.open(connection.session(), server, limit));
		} catch (IOException | RuntimeException e) {
			connection.close();
			throw e;
		}
	}

	/** What to ask for at once, given the server's limits (0 for none stated) and some room for the rest of a packet. */
	private static int length(long stated, long packet) {
		long most = Math.min(stated > 0 ? stated : MOST_LENGTH, packet > 2048 ? packet - 1024 : MOST_LENGTH);
		return Math.clamp(most, 1024, MOST_LENGTH);
	}

	private static long u64(Wire.Reader in) {
		long value = in.u32() << 32 | in.u32();
		return value < 0 ? Long.MAX_VALUE : value;
	}

	@Override
	public Features features() {
		return new Features(replaces(), true, true, true, Duration.ofSeconds(1));
	}

	@Override
	public FileInfo stat(String path, boolean followLinks) throws IOException {
		return attributes(ask(followLinks ? Packet.STAT : Packet.LSTAT, path), path).info();
	}

	@Override
	public Listing list(String path) throws IOException {
		Packet answer = ask(Packet.OPENDIR, path);
		if (answer.type() != Packet.HANDLE) {
			Status status = Status.of(answer, path);
			if (status.code() == Status.NO_SUCH_FILE || status.code() == Status.FAILURE) {
				Optional<Attributes> there = find(path);
				if (there.isPresent() && there.get().type() != FileInfo.Type.DIRECTORY)
					throw new NotDirectoryException(path);
			}
			throw status.error(path);
		}
		return new SftpListing(sftp, path, handle(answer, path));
	}

	@Override
	public Reader open(String path) throws IOException {
		Packet answer = sftp.ask(Packet.OPEN, Attributes.none(new Wire.Writer().string(path).u32(Packet.READ_FLAG)));
		return new SftpReader(sftp, path, handle(answer, path), readLength);
	}

	@Override
	public Upload upload(String path, Precondition precondition) throws IOException {
		String target = resolve(path);
		Optional<Attributes> old = find(target);
		if (old.isPresent() && old.get().type() == FileInfo.Type.DIRECTORY)
			throw new FileSystemException(path, null, "there is a folder of that name");
		String temporary = temporaryName(target, ".part");
		var request = new Wire.Writer().string(temporary).u32(Packet.WRITE_FLAG | Packet.CREATE_FLAG | Packet.EXCLUSIVE_FLAG);
		// Nobody who may not read the old content may read the new one while it is being written.
		Packet answer = sftp.ask(Packet.OPEN, old.isPresent() ? Attributes.permissions(request, 0600) : Attributes.none(request));
		return new SftpUpload(this, sftp, path, target, temporary, handle(answer, path), writeLength, precondition);
	}

	/** A name beside a file that no other one has. */
	static String temporaryName(String path, String ending) {
		byte[] random = new byte[10];
		RANDOM.nextBytes(random);
		return StoragePaths.child(StoragePaths.parent(path), TEMPORARY + java.util.HexFormat.of().formatHex(random) + ending);
	}

	/** Where a path leads if it is a link. */
	private String resolve(String path) throws IOException {
		String at = path;
		for (int links = 0; links < MOST_LINKS; links++) {
			Packet answer = ask(Packet.LSTAT, at);
			if (answer.type() != Packet.ATTRS || attributes(answer, path).type() != FileInfo.Type.SYMLINK)
				return at;
			String leads = name(ask(Packet.READLINK, at), path);
			String absolute = leads.startsWith("/") ? leads : StoragePaths.child(StoragePaths.parent(at), leads);
			// The server knows where a name like ../x leads, links on the way included; the last name is left as it is.
			String folder = name(ask(Packet.REALPATH, StoragePaths.parent(absolute)), path);
			if (!folder.startsWith("/") || !StoragePaths.isSafeName(StoragePaths.name(absolute)))
				throw new FileSystemException(path, null, "this link leads to no file");
			at = StoragePaths.child(folder, StoragePaths.name(absolute));
		}
		throw new FileSystemLoopException(path);
	}

	@Override
	public void createDirectory(String path) throws IOException {
		Status status = status(sftp.ask(Packet.MKDIR, Attributes.none(new Wire.Writer().string(path))), path);
		if (status.isOk())
			return;
		if (status.code() == Status.FAILURE && exists(path))
			throw new FileAlreadyExistsException(path);
		throw status.error(path);
	}

	@Override
	public void delete(String path) throws IOException {
		Status status = status(ask(Packet.REMOVE, path), path);
		if (status.isOk())
			return;
		if (status.code() == Status.FAILURE && stat(path, false).type() == FileInfo.Type.DIRECTORY)
			throw new FileSystemException(path, null, "this is a folder");
		throw status.error(path);
	}

	@Override
	public void deleteDirectory(String path) throws IOException {
		Status status = status(ask(Packet.RMDIR, path), path);
		if (status.isOk())
			return;
		if (status.code() == Status.FAILURE || status.code() == Status.NO_SUCH_FILE) {
			if (stat(path, false).type() != FileInfo.Type.DIRECTORY)
				throw new NotDirectoryException(path);
			try (Listing listing = list(path)) {
				if (!listing.next().isEmpty())
					throw new DirectoryNotEmptyException(path);
			}
		}
		throw status.error(path);
	}

	@Override
	public void rename(String from, String to, boolean replace) throws IOException {
		Optional<Attributes> there = replace ? look(to) : Optional.empty();
		if (there.isPresent() && there.get().type() == FileInfo.Type.DIRECTORY)
			throw new FileAlreadyExistsException(to);
		if (there.isPresent() && replaces()) {
			Status status = posixRename(from, to);
			if (!status.isOk())
				throw renameError(status, from, to);
			return;
		}
		Status status = rename(from, to);
		if (status.isOk())
			return;
		if (!replace || there.isEmpty())
			throw renameError(status, from, to);
		String aside = temporaryName(to, ".old");
		Status moved = rename(to, aside);
		if (!moved.isOk())
			throw moved.error(to);
		status = rename(from, to);
		if (!status.isOk()) {
			rename(aside, to);
			throw renameError(status, from, to);
		}
		sftp.post(Packet.REMOVE, new Wire.Writer().string(aside));
	}

	private IOException renameError(Status status, String from, String to) throws IOException {
		if (status.code() == Status.NO_SUCH_FILE)
			return new NoSuchFileException(exists(from) ? StoragePaths.parent(to) : from);
		if (status.code() == Status.FAILURE && exists(from) && exists(to))
			return new FileAlreadyExistsException(to);
		return status.error(from);
	}

	@Override
	public void setModified(String path, Instant modified) throws IOException {
		long seconds = Math.clamp(modified.getEpochSecond(), 0, LATEST_TIME);
		long accessed = attributes(ask(Packet.STAT, path), path).accessed(); // version 3 knows both times or none
		done(sftp.ask(Packet.SETSTAT, Attributes.times(new Wire.Writer().string(path), accessed < 0 ? seconds : accessed, seconds)), path);
	}

	@Override
	public void setPermissions(String path, int permissions) throws IOException {
		done(sftp.ask(Packet.SETSTAT, Attributes.permissions(new Wire.Writer().string(path), permissions & 0777)), path);
	}

	@Override
	public String readLink(String path) throws IOException {
		return name(ask(Packet.READLINK, path), path);
	}

	@Override
	public void createLink(String path, String target) throws IOException {
		// OpenSSH has the two the other way round than the draft, and everybody follows it (its PROTOCOL, section 4.1).
		Status status = status(sftp.ask(Packet.SYMLINK, new Wire.Writer().string(target).string(path)), path);
		if (status.isOk())
			return;
		if (status.code() == Status.FAILURE && exists(path))
			throw new FileAlreadyExistsException(path);
		if (status.code() == Status.UNSUPPORTED)
			throw new UnsupportedOperationException("The server has no links.");
		throw status.error(path);
	}

	@Override
	public String home() throws IOException {
		String home = name(ask(Packet.REALPATH, "."), ".");
		if (!home.startsWith("/"))
			throw new ServerFaultException(null, "the server does not say where your folder is");
		return home.length() > 1 && home.endsWith("/") ? home.substring(0, home.length() - 1) : home;
	}

	/** Room as {@code statvfs@openssh.com} tells it (OpenSSH's PROTOCOL, section 4.4). */
	@Override
	public Optional<Space> space(String path) throws IOException {
		if (!sftp.offers("statvfs@openssh.com", "2"))
			return Optional.empty();
		Packet answer = sftp.ask(Packet.EXTENDED, new Wire.Writer().string("statvfs@openssh.com").string(path));
		if (answer.type() != Packet.EXTENDED_REPLY)
			throw status(answer, path).error(path);
		try {
			Wire.Reader in = answer.body();
			u64(in);
			long unit = u64(in);
			long blocks = u64(in);
			u64(in);
			long free = u64(in);
			return Optional.of(new Space(bytes(unit, blocks), bytes(unit, free)));
		} catch (IllegalArgumentException e) {
			throw new ServerFaultException(path, "the server's answer ends too early");
		}
	}

	private static long bytes(long unit, long blocks) {
		return Math.multiplyHigh(unit, blocks) != 0 || unit * blocks < 0 ? Long.MAX_VALUE : unit * blocks;
	}

	@Override
	public boolean isOpen() {
		return sftp.isOpen() && connection.isOpen();
	}

	@Override
	public void close() {
		sftp.close();
		connection.close();
	}

	// What uploads need too.

	/** Whether the server replaces a file in one step. */
	boolean replaces() {
		return sftp.offers("posix-rename@openssh.com", "1");
	}

	/** Whether the server brings a file to its disk on demand. */
	boolean syncs() {
		return sftp.offers("fsync@openssh.com", "1");
	}

	/** An item, links followed; empty if there is none. */
	Optional<Attributes> find(String path) throws IOException {
		return there(ask(Packet.STAT, path), path);
	}

	private Optional<Attributes> look(String path) throws IOException {
		return there(ask(Packet.LSTAT, path), path);
	}

	private boolean exists(String path) throws IOException {
		return look(path).isPresent();
	}

	private Optional<Attributes> there(Packet answer, String path) throws IOException {
		if (answer.type() == Packet.ATTRS)
			return Optional.of(attributes(answer, path));
		Status status = Status.of(answer, path);
		if (status.code() == Status.NO_SUCH_FILE || status.code() == 10)
			return Optional.empty();
		throw status.error(path);
	}

	/** Renames and replaces nothing. */
	Status rename(String from, String to) throws IOException {
		return status(sftp.ask(Packet.RENAME, new Wire.Writer().string(from).string(to)), from);
	}

	/** Renames and replaces what is there. */
	Status posixRename(String from, String to) throws IOException {
		return status(sftp.ask(Packet.EXTENDED, new Wire.Writer().string("posix-rename@openssh.com").string(from).string(to)), from);
	}

	Attributes attributes(Packet answer, String path) throws IOException {
		if (answer.type() != Packet.ATTRS)
			throw Status.of(answer, path).error(path);
		try {
			return Attributes.read(answer.body());
		} catch (IllegalArgumentException e) {
			throw new ServerFaultException(path, "the server's answer ends too early");
		}
	}

	private Packet ask(int type, String path) throws IOException {
		return sftp.ask(type, new Wire.Writer().string(path));
	}

	private static Status status(Packet answer, String path) throws ServerFaultException {
		return Status.of(answer, path);
	}

	private static void done(Packet answer, String path) throws IOException {
		Status status = Status.of(answer, path);
		if (!status.isOk())
			throw status.error(path);
	}

	private static byte[] handle(Packet answer, String path) throws IOException {
		if (answer.type() != Packet.HANDLE)
			throw Status.of(answer, path).error(path);
		try {
			byte[] handle = answer.body().bytes();
			if (handle.length > 256) // draft-ietf-secsh-filexfer-02 section 6.3
				throw new ServerFaultException(path, "the server's answer makes no sense");
			return handle;
		} catch (IllegalArgumentException e) {
			throw new ServerFaultException(path, "the server's answer ends too early");
		}
	}

	private static String name(Packet answer, String path) throws IOException {
		if (answer.type() != Packet.NAME)
			throw Status.of(answer, path).error(path);
		try {
			Wire.Reader in = answer.body();
			if (in.u32() != 1)
				throw new ServerFaultException(path, "the server's answer makes no sense");
			return in.string();
		} catch (IllegalArgumentException e) {
			throw new ServerFaultException(path, "the server's answer ends too early");
		}
	}
}
