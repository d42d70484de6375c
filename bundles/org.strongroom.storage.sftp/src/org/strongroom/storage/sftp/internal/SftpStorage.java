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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.doctor.Posture;
import org.strongroom.core.storage.Features;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Listing;
import org.strongroom.core.storage.Meter;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.SignInCost;
import org.strongroom.core.storage.Space;
import org.strongroom.core.storage.Storage;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Traffic;
import org.strongroom.core.storage.Upload;

/**
 * Files over SFTP version 3, with the extensions of OpenSSH where the server has them. No call waits in silence for longer than the limit of its connection
 * (30 s unless the bookmark says otherwise), and none for longer than twenty times that.
 */
final class SftpStorage implements Storage {
	private static final SecureRandom RANDOM = new SecureRandom();
	/** What every server takes in one request (draft-ietf-secsh-filexfer-02 section 3). */
	private static final int USUAL_LENGTH = 32 << 10;
	/** OpenSSH drops the connection at 256 KiB, and gains nothing above this. */
	private static final int MOST_LENGTH = 128 << 10;
	private static final int MOST_LINKS = 16;
	/** How often a file is opened that is another one at each look. */
	private static final int MOST_TRIES = 8;
	/** How often a rename is tried that fails for no reason that is to be seen. */
	private static final int MOST_RENAMES = 4;
	/** A file of more bytes, when it is opened, may soon be copied, or changed in a few places: for that a channel of its own is made ready. */
	private static final long LONG = SftpUpload.COPY;
	private static final long LATEST_TIME = 0xffff_ffffL;
	/** How long it is waited at the end for the server to do what nobody waited for so far. */
	private static final Duration TO_TIDY = Duration.ofSeconds(3);

	private final SshConnection connection;
	private final Meter meter;
	private final SftpChannel sftp;
	private final Lanes lanes;
	private final Leftovers leftovers;
	/** Paths of the {@link Turn}s that threads of this connection have or have asked for. */
	private final Set<String> turns = ConcurrentHashMap.newKeySet();
	private final Tidying tidying;
	/** Done when all is read and taken away that earlier connections have left. */
	private final CompletableFuture<Void> tidied = new CompletableFuture<>();
	private volatile int readLength = USUAL_LENGTH;
	private volatile int writeLength = USUAL_LENGTH;
	private SignInCost signInCost;

	private SftpStorage(SshConnection connection, String server, Duration limit) throws IOException {
		this.connection = connection;
		meter = new Meter();
		sftp = SftpChannel.open(connection.session(), server, limit, meter, true);
		lanes = new Lanes(() -> SftpChannel.open(connection.session(), server, limit, meter, false));
		leftovers = Leftovers.of(this, server + " " + connection.session().getUsername(), new Records(sftp));
		tidying = new Tidying(this, sftp);
	}

	/** The storage of a connection that is signed in to; closes it if there is none. */
	static SftpStorage open(SshConnection connection, String server, Duration limit) throws IOException {
		try {
			var storage = new SftpStorage(connection, server, limit);
			storage.askLimits();
			storage.askForRecords();
			storage.tidying.tidy(storage.leftovers);
			storage.sftp.count();
			storage.signInCost = connection.cost();
			return storage;
		} catch (IOException | RuntimeException e) {
			connection.close();
			throw e;
		}
	}

	/** Nobody waits for the answer: until it comes, requests are as long as every server takes them. */
	private void askLimits() {
		if (!sftp.offers("limits@openssh.com", "1"))
			return;
		sftp.post(Packet.EXTENDED, new Wire.Writer().string("limits@openssh.com"), answer -> {
			if (answer.type() != Packet.EXTENDED_REPLY)
				return;
			try {
				Wire.Reader in = answer.body();
				long packet = u64(in);
				int read = length(u64(in), packet);
				writeLength = length(u64(in), packet);
				readLength = read;
			} catch (IllegalArgumentException e) {
				// It ends too early: what every server takes will do.
			}
		});
	}

	/** Nobody waits for the answer, nor for what is done about it: mostly there are no records. */
	private void askForRecords() throws IOException {
		sftp.then(sftp.send(Packet.OPENDIR, Records.FOLDER), answer -> {
			if (answer.type() == Packet.HANDLE)
				Thread.ofVirtual().name("tidying up").start(() -> tidyRecorded(answer));
			else
				tidied.complete(null);
		});
	}

	private void tidyRecorded(Packet answer) {
		try {
			tidying.tidyRecorded(handle(answer, Records.FOLDER));
		} catch (IOException e) {
			// Nobody is kept from working; the next sign-in tries again.
		} finally {
			tidied.complete(null);
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
		return new Features(replaces(), true, true, true, Duration.ofSeconds(1), true);
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
		SftpReader reader = open(sftp, path);
		if (reader.info().size() > LONG && copies())
			lanes.want(1);
		return reader;
	}

	/**
	 * Opens a file on one of the channels. It is looked at before and behind that, all of it sent by one thread: if both looks saw the same, that is what was opened, and not what somebody
	 * puts in its place just then.
	 */
	SftpReader open(SftpChannel channel, String path) throws IOException {
		for (int tries = 1;; tries++) {
			SftpChannel.Request look = channel.send(Packet.STAT, path);
			SftpChannel.Request open = channel.send(Packet.OPEN, Attributes.none(new Wire.Writer().string(path).u32(Packet.READ_FLAG)));
			SftpChannel.Request again = channel.send(Packet.STAT, path);
			boolean done = false;
			try {
				Attributes seen = attributes(channel.await(look), path);
				if (seen.type() == FileInfo.Type.DIRECTORY)
					throw new FileSystemException(path, null, "this is a folder, not a file");
				byte[] handle = handle(channel.await(open), path);
				Optional<Attributes> now = there(channel.await(again), path);
				// A file that others write to all the time is never the same.
				done = now.isPresent() && now.get().version().equals(seen.version()) || tries == MOST_TRIES;
				if (done)
					return new SftpReader(channel, path, now.orElse(seen).info(), handle, readLength);
			} finally {
				if (!done)
					channel.abandon(List.of(open));
			}
		}
	}

	@Override
	public Upload upload(String path, Precondition precondition) throws IOException {
		return SftpUpload.begin(this, sftp, path, precondition);
	}

	/** A name beside a file that no other one has. */
	static String temporaryName(String path, String ending) {
		byte[] random = new byte[10];
		RANDOM.nextBytes(random);
		return StoragePaths.child(StoragePaths.parent(path), StoragePaths.TEMPORARY + java.util.HexFormat.of().formatHex(random) + ending);
	}

	/** Where a path leads if it is a link. */
	String resolve(String path) throws IOException {
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
		boolean temporary = Records.isTemporary(path);
		if (temporary)
			leftovers.temporary(path);
		try {
			makeFolder(path);
		} catch (ServerFaultException e) {
			throw e; // nobody knows whether it is there
		} catch (FileSystemException e) {
			if (temporary)
				leftovers.gone(path);
			throw e;
		}
	}

	private void makeFolder(String path) throws IOException {
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
		if (status.isOk()) {
			leftovers.gone(path);
			return;
		}
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
		move(from, to, replace);
		leftovers.gone(from);
	}

	private void move(String from, String to, boolean replace) throws IOException {
		for (int tries = 1;; tries++) {
			// The usual case is that there is nothing, and that is found out by doing it: this rename replaces nothing.
			SftpChannel.Request look = replace ? sftp.send(Packet.LSTAT, to) : null;
			Status status = rename(from, to);
			if (status.isOk())
				return;
			Optional<Attributes> there = replace ? there(sftp.await(look), to) : Optional.empty();
			if (there.isPresent() && there.get().type() == FileInfo.Type.DIRECTORY)
				throw new FileAlreadyExistsException(to);
			if (there.isPresent()) {
				Status replaced = replace(from, to, to);
				if (replaced.isOk())
					return;
				throw reason(replaced, from, to).orElseGet(() -> replaced.error(from));
			}
			Optional<IOException> reason = reason(status, from, to);
			// What was in the way may be gone by now, and something else be there at the next try.
			if (reason.isPresent() || tries == MOST_RENAMES)
				throw reason.orElseGet(() -> status.error(from));
		}
	}

	/**
	 * Puts one file in the place of another: in one step, or, where the server cannot do that, by putting the old one aside first.
	 *
	 * @param subject what errors are about
	 */
	Status replace(String from, String to, String subject) throws IOException {
		if (replaces())
			return posixRename(from, to);
		String aside = temporaryName(to, ".old");
		leftovers.aside(aside, to);
		Status moved = rename(to, aside);
		if (!moved.isOk()) {
			leftovers.gone(aside);
			return moved;
		}
		Status status = rename(from, to);
		if (status.isOk()) {
			leftovers.temporary(aside);
			discard(aside);
			return status;
		}
		if (!rename(aside, to).isOk())
			throw new FileSystemException(subject, null, "the new content could not be put in place, and the old one is now called " + aside);
		leftovers.gone(aside);
		return status;
	}

	/** Why a rename failed; empty for a failure of which the server does not tell the reason, and that nothing there now explains. */
	private Optional<IOException> reason(Status status, String from, String to) throws IOException {
		if (status.code() == Status.NO_SUCH_FILE)
			return Optional.of(new NoSuchFileException(exists(from) ? StoragePaths.parent(to) : from));
		if (status.code() != Status.FAILURE)
			return Optional.of(status.error(from));
		SftpChannel.Request source = sftp.send(Packet.LSTAT, from);
		SftpChannel.Request target = sftp.send(Packet.LSTAT, to);
		if (there(sftp.await(source), from).isEmpty())
			return Optional.of(new NoSuchFileException(from));
		return there(sftp.await(target), to).isPresent() ? Optional.of(new FileAlreadyExistsException(to)) : Optional.empty();
	}

	@Override
	public void setModified(String path, Instant modified) throws IOException {
		long seconds = seconds(modified);
		long accessed = attributes(ask(Packet.STAT, path), path).accessed(); // version 3 knows both times or none
		done(sftp.ask(Packet.SETSTAT, Attributes.times(new Wire.Writer().string(path), accessed < 0 ? seconds : accessed, seconds)), path);
	}

	/** A time in the form of SFTP. */
	static long seconds(Instant time) {
		return Math.clamp(time.getEpochSecond(), 0, LATEST_TIME);
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
		if (isOpen()) {
			tidied.orTimeout(TO_TIDY.toMillis(), TimeUnit.MILLISECONDS).exceptionally(_ -> null).join();
			leftovers.await(TO_TIDY);
		}
		sftp.close();
		connection.close();
		leftovers.end();
	}

	@Override
	public <T> Optional<T> extra(Class<T> kind) {
		return kind == Posture.class ? Optional.of(kind.cast(connection.posture())) : Optional.empty();
	}

	@Override
	public Traffic traffic() {
		return meter.traffic();
	}

	@Override
	public Optional<SignInCost> signInCost() {
		return Optional.of(signInCost);
	}

	// What uploads need too.

	/** More channels for long uploads and copies. */
	Lanes lanes() {
		return lanes;
	}

	/** What must not be left on the server. */
	Leftovers leftovers() {
		return leftovers;
	}

	/** Where threads of this connection have the turn. */
	Set<String> turns() {
		return turns;
	}

	int readLength() {
		return readLength;
	}

	int writeLength() {
		return writeLength;
	}

	/** Whether the server copies between its files itself (OpenSSH's PROTOCOL, section 4.10). */
	boolean copies() {
		return sftp.offers("copy-data", "1");
	}

	/** Removes a file of ours, and what was recorded of it. @return whether it is gone */
	boolean remove(String temporary) throws IOException {
		SftpChannel.Request removal = sftp.send(Packet.REMOVE, temporary);
		leftovers.leaving(temporary);
		boolean gone = isGone(temporary, sftp.await(removal));
		leftovers.await(sftp.limit());
		return gone;
	}

	private boolean isGone(String temporary, Packet answer) throws ServerFaultException {
		Status status = Status.of(answer, temporary);
		boolean gone = status.isOk() || status.code() == Status.NO_SUCH_FILE;
		if (gone)
			leftovers.gone(temporary);
		else
			leftovers.temporary(temporary);
		return gone;
	}

	/** Removes a file of ours. @return for whoever wants to wait for that; empty if the connection is gone, and the next one tidies up */
	Optional<SftpChannel.Request> discard(String temporary) {
		try {
			SftpChannel.Request removal = sftp.send(Packet.REMOVE, temporary);
			sftp.then(removal, answer -> {
				try {
					isGone(temporary, answer);
				} catch (ServerFaultException e) {
					// Nobody knows whether it is gone: it is tried again after the next loss of the connection.
				}
			});
			leftovers.leaving(temporary);
			return Optional.of(removal);
		} catch (IOException e) {
			return Optional.empty();
		}
	}

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

	/** An item, links not followed; empty if there is none. */
	Optional<Attributes> look(String path) throws IOException {
		return there(ask(Packet.LSTAT, path), path);
	}

	boolean exists(String path) throws IOException {
		return look(path).isPresent();
	}

	Optional<Attributes> there(Packet answer, String path) throws IOException {
		if (answer.type() == Packet.ATTRS)
			return Optional.of(attributes(answer, path));
		Status status = Status.of(answer, path);
		if (status.code() == Status.NO_SUCH_FILE || status.code() == 10)
			return Optional.empty();
		throw status.error(path);
	}

	/** Renames and replaces nothing (draft-ietf-secsh-filexfer-02 section 6.5). */
	Status rename(String from, String to) throws IOException {
		return status(sftp.await(sendRename(from, to)), from);
	}

	SftpChannel.Request sendRename(String from, String to) throws IOException {
		return sftp.send(Packet.RENAME, new Wire.Writer().string(from).string(to));
	}

	private Status posixRename(String from, String to) throws IOException {
		return status(sftp.await(sendPosixRename(from, to)), from);
	}

	/** Renames and replaces what is there. */
	SftpChannel.Request sendPosixRename(String from, String to) throws IOException {
		return sftp.send(Packet.EXTENDED, new Wire.Writer().string("posix-rename@openssh.com").string(from).string(to));
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
		return sftp.await(sftp.send(type, path));
	}

	private static Status status(Packet answer, String path) throws ServerFaultException {
		return Status.of(answer, path);
	}

	private static void done(Packet answer, String path) throws IOException {
		Status status = Status.of(answer, path);
		if (!status.isOk())
			throw status.error(path);
	}

	static byte[] handle(Packet answer, String path) throws IOException {
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
