package org.strongroom.efs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.strongroom.core.Held;
import org.strongroom.core.Location;
import org.strongroom.core.Session;
import org.strongroom.core.Session.Unlocking;
import org.strongroom.core.residency.Audit;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.AuditEvent.Kind;
import org.strongroom.core.residency.AuditEvent.Result;
import org.strongroom.core.storage.Change;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Locks;
import org.strongroom.core.storage.Save;
import org.strongroom.core.storage.StorageAttributes;
import org.strongroom.core.storage.StoragePaths;
import org.strongroom.core.storage.Version;

/**
 * One file of a session, as an editor works on it: read whole or by ranges, saved whole and only over what was read.
 * <p>
 * All methods that throw {@link IOException} may wait for the server, and for a person: a lost connection is signed in to again, a locked vault on the
 * way is asked for its passphrase. They are not for the UI thread; an interrupt ends them soon.
 */
public sealed class SessionFile permits PastFile {
	/** Bytes read at once. */
	private static final int CHUNK = 1 << 20;
	/** Bytes for one step of progress. */
	private static final int TICK = 1 << 16;
	private final Session session;
	private final String location;

	/**
	 * A content as read.
	 *
	 * @param bytes all of it; may be longer than the content
	 * @param length of the content, in bytes
	 * @param snapshot as it stood before the first byte was read
	 */
	public record Content(byte[] bytes, int length, Snapshot snapshot) {
		/** Overwrites the bytes; for when they have been turned into what they stand for. */
		public void wipe() {
			Arrays.fill(bytes, (byte) 0);
		}
	}

	/** @param location absolute, in the session's tree */
	public SessionFile(Session session, String location) {
		this.session = Objects.requireNonNull(session);
		this.location = Location.normal(location);
	}

	/** The session it is reached by. */
	public Session session() {
		return session;
	}

	/** Where it lies in the session: {@code /Vault/notes.txt}. */
	public String location() {
		return location;
	}

	/** Its last name. */
	public String name() {
		return StoragePaths.name(location);
	}

	/** Which of its old versions it is; empty for what it is now. */
	public Optional<String> version() {
		return Optional.empty();
	}

	/** Whether it lies in a vault, which is unlocked then: what is saved there is encrypted. */
	public boolean isInVault() throws IOException {
		path();
		return session.vaultOf(location).isPresent();
	}

	/** How it stands on the server now; {@link Snapshot#ABSENT} if there is none. */
	public Snapshot look() throws IOException {
		return look(fresh());
	}

	/** How it stands on the server now, if that can be told without asking a person anything. */
	public Optional<Snapshot> lookQuietly() throws IOException {
		return session.state() == Session.State.SIGNED_IN ? Optional.of(look(fresh(session.item(location, Unlocking.FAIL)))) : Optional.empty();
	}

	private static Snapshot look(Path path) throws IOException {
		try {
			return snapshot(path);
		} catch (NoSuchFileException e) {
			return Snapshot.ABSENT;
		}
	}

	private static Snapshot snapshot(Path path) throws IOException {
		BasicFileAttributes a;
		Optional<Version> version;
		boolean readOnly = false;
		try {
			StorageAttributes known = Files.readAttributes(path, StorageAttributes.class);
			a = known;
			version = known.version();
			readOnly = known.refused().contains(Change.WRITE);
		} catch (UnsupportedOperationException e) {
			a = Files.readAttributes(path, BasicFileAttributes.class);
			version = Optional.empty();
		}
		return new Snapshot(true, a.size(), a.lastModifiedTime().toInstant(), version, Optional.empty(), readOnly);
	}

	/**
	 * Reads all of it.
	 *
	 * @param limit most bytes to take; under 2^31
	 * @throws TooLargeException if there are more, whatever the server says its size is
	 */
	public Content read(long limit, IProgressMonitor monitor) throws IOException {
		return recorded(Kind.OPEN, () -> read(fresh(), limit, monitor));
	}

	/** Does something that is recorded, with the vault unlocked on the way, if there is one. */
	final <T> T recorded(Kind kind, Audit.Work<T> work) throws IOException {
		path();
		AuditEvent event = AuditEvent.of(kind, Result.OK, session, location);
		return session.audit().during(version().isPresent() ? event.with("version", "old") : event, work);
	}

	private Content read(Path path, long limit, IProgressMonitor monitor) throws IOException {
		// before the first byte: whatever changes from here on is noticed when saving
		return read(snapshot(path), () -> Files.newByteChannel(path, StandardOpenOption.READ), limit, monitor);
	}

	@FunctionalInterface
	interface Opening {
		SeekableByteChannel open() throws IOException;
	}

	/** @param before how it stands */
	final Content read(Snapshot before, Opening opening, long limit, IProgressMonitor monitor) throws IOException {
		if (before.size() > limit)
			throw new TooLargeException(name(), limit);
		monitor.beginTask("", (int) Math.max(1, before.size() / TICK + 1));
		byte[] bytes = new byte[(int) Math.max(before.size() + 1, 1024)];
		int length = 0;
		try (SeekableByteChannel in = opening.open()) {
			while (true) {
				if (length > limit)
					throw new TooLargeException(name(), limit);
				if (length == bytes.length)
					bytes = grow(bytes, limit);
				check(monitor);
				int n = in.read(ByteBuffer.wrap(bytes, length, Math.min(CHUNK, bytes.length - length)));
				if (n < 0)
					break;
				length += n;
				monitor.worked(length / TICK - (length - n) / TICK);
			}
		} finally {
			monitor.done();
		}
		return new Content(bytes, length, before.with(bytes, length));
	}

	private static byte[] grow(byte[] bytes, long limit) {
		byte[] longer = Arrays.copyOf(bytes, (int) Math.min(Math.max(bytes.length * 2L, 1 << 16), limit + 1));
		Arrays.fill(bytes, (byte) 0);
		return longer;
	}

	private static void check(IProgressMonitor monitor) throws IOException {
		if (monitor.isCanceled() || Thread.currentThread().isInterrupted())
			throw new InterruptedIOException();
	}

	/** Opens it for reading at any place. Changes nothing on the server. */
	public SeekableByteChannel open() throws IOException {
		return recorded(Kind.OPEN, () -> Files.newByteChannel(path(), StandardOpenOption.READ));
	}

	/**
	 * Saves a new content, all or nothing, if the file is still as it was.
	 *
	 * @param expected how it was; {@link Snapshot#ABSENT} to make a new file
	 * @return how it is now
	 * @throws ConflictException if it is not (and is not the new content already): nothing has been changed
	 */
	public Snapshot save(byte[] content, Snapshot expected) throws IOException {
		return recorded(Kind.SAVE, () -> saveIfUnchanged(content, expected));
	}

	private Snapshot saveIfUnchanged(byte[] content, Snapshot expected) throws IOException {
		Path path = fresh();
		try {
			// the version of a content that was just seen to be the same: some servers give it another one with a lock
			return write(path, content, save(path, expected.digest().isPresent() ? sameContent(path, expected) : expected));
		} catch (ConflictException e) {
			// a save cut off by a lost connection may have reached the server all the same
			Optional<Snapshot> there = isThere(content);
			if (there.isPresent())
				return there.get();
			throw e;
		} catch (java.nio.file.FileAlreadyExistsException e) {
			throw new ConflictException(name(), "there is such a file by now");
		}
	}

	/** Saves a new content, all or nothing, over whatever is there. */
	public Snapshot overwrite(byte[] content) throws IOException {
		return recorded(Kind.SAVE, () -> write(fresh(), content, Save.overwrite()));
	}

	/**
	 * Starts to write a new content, which takes the place of the old one when the stream is closed; if a write failed, closing gives it up instead.
	 *
	 * @param expected what may be replaced; if empty, whatever is there
	 * @param saved told how the file is after it was replaced
	 */
	public OutputStream stream(Optional<Snapshot> expected, Consumer<Snapshot> saved) throws IOException {
		Path path = fresh();
		AuditEvent event = AuditEvent.of(Kind.SAVE, Result.OK, session, location);
		session.audit().admit(() -> event);
		Save save = expected.isPresent() ? save(path, expected.get()) : Save.overwrite();
		OutputStream out = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE, save);
		return new SaveStream(out, save, () -> {
			saved.accept(saved(path, save));
			session.audit().record(event.ended());
		});
	}

	private static Snapshot saved(Path path, Save save) throws IOException {
		Snapshot now = look(path);
		// the version is of the save itself; a look now might already see somebody else's change
		return new Snapshot(true, now.size(), now.modified(), save.version().or(now::version), Optional.empty(), now.isReadOnly());
	}

	private Save save(Path path, Snapshot expected) throws IOException {
		if (!expected.exists())
			return Save.createNew();
		if (expected.version().isPresent())
			return Save.ifUnchanged(expected.version().get());
		if (!look(path).sameAs(expected))
			throw new ConflictException(name(), "size or time differ");
		return Save.overwrite();
	}

	/** @return how a file stands that still has the content it had */
	private Snapshot sameContent(Path path, Snapshot expected) throws IOException {
		Content now;
		try {
			now = read(path, Snapshot.MOST_READ_AGAIN, new NullProgressMonitor());
		} catch (TooLargeException | NoSuchFileException e) {
			throw new ConflictException(name(), e instanceof TooLargeException ? "it has grown" : "it is gone");
		}
		now.wipe();
		if (!now.snapshot().digest().equals(expected.digest()))
			throw new ConflictException(name(), "its content differs");
		return now.snapshot();
	}

	private Snapshot write(Path path, byte[] content, Save save) throws IOException {
		try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE, save)) {
			out.write(content);
			save.whole();
		}
		Snapshot now = saved(path, save);
		return new Snapshot(true, content.length, now.modified(), now.version(), Optional.empty(), now.isReadOnly()).with(content, content.length);
	}

	private Optional<Snapshot> isThere(byte[] content) throws IOException {
		try {
			Content now = read(fresh(), content.length, new NullProgressMonitor());
			boolean same = Arrays.equals(now.bytes(), 0, now.length(), content, 0, content.length);
			now.wipe();
			return same ? Optional.of(now.snapshot()) : Optional.empty();
		} catch (NoSuchFileException | TooLargeException e) {
			return Optional.empty();
		}
	}

	/**
	 * Who else has it locked on the server, as far as that tells: a name, or other words. Changes nothing. Never asks a person.
	 *
	 * @return empty if nobody else has, or the server does not tell
	 * @throws IOException also if the session is not signed in, or the vault locked
	 */
	public Optional<String> lockedBy() throws IOException {
		if (session.state() != Session.State.SIGNED_IN)
			throw new ConnectionException("%s is not signed in to.".formatted(session.bookmark().name()));
		Optional<Locks> locks = session.fileSystem().storage().extra(Locks.class);
		return locks.isEmpty() ? Optional.empty() : locks.get().holder(holder());
	}

	/** A lock for whoever begins to work on it. */
	public EditLock editLock() {
		return new EditLock(this);
	}

	/** What holds it on the server, as the storage has it. */
	String holder() throws IOException {
		return Held.path(session, location, session.item(location, Unlocking.FAIL));
	}

	/** The path to work on, signed in to and unlocked. */
	Path path() throws IOException {
		if (session.state() == Session.State.LOST)
			session.reconnect();
		return session.item(location, Unlocking.ASK);
	}

	/** The path, with nothing of it remembered from before. */
	private Path fresh() throws IOException {
		return fresh(path());
	}

	private Path fresh(Path path) throws IOException {
		if (path.getFileSystem() == session.fileSystem()) {
			session.fileSystem().refresh(path);
			return path;
		}
		var vault = session.vaultOf(location);
		if (vault.isPresent()) {
			try {
				session.fileSystem().refresh(vault.get().getValue().encrypted(path));
			} catch (NoSuchFileException e) {
				session.refresh(vault.get().getKey());
			}
		}
		return path;
	}
}
