package org.strongroom.external;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.eclipse.core.runtime.IProgressMonitor;
import org.strongroom.core.Session;
import org.strongroom.core.residency.AuditEvent;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Guard;
import org.strongroom.core.residency.Outgoing;
import org.strongroom.core.residency.Passage;
import org.strongroom.core.residency.WayOut;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.transfer.Transfer;
import org.strongroom.efs.EditLock;
import org.strongroom.efs.SessionFile;
import org.strongroom.efs.Snapshot;
import org.strongroom.efs.TooLargeException;
import org.strongroom.external.internal.Copies;
import org.strongroom.external.internal.Memory;

/**
 * One file of a session that another program of this machine works on: a readable copy, in memory alone, in a folder that is its owner's. What the program saves there comes back to the server by
 * {@link #save}, all or nothing, and only over what was lent. Thread-safe; who takes it back waits for nobody who saves. All methods that throw {@link IOException} may wait for the server, and a person, as those of {@link SessionFile} do.
 */
public final class Loan implements Closeable {
	/** The largest content, in bytes, that is held in the heap while it is carried; it takes one round trip less, and a program that writes on meanwhile does not change it. */
	private static final long HELD = 64 << 20;
	/** The largest content, in bytes, that can be {@linkplain #content() kept}. */
	private static final long KEPT = Integer.MAX_VALUE - 8L;
	private static final int PIECE = 1 << 18;
	/** How our own settings came to us is no business of other programs. */
	private static final String OURS = "STRONGROOM_";

	/** Those of this process that were not taken back yet. */
	private static final Set<Loan> OPEN = ConcurrentHashMap.newKeySet();

	private final Outgoing leaving;
	private final Guard guard;
	private final Guard.Person person;
	private final Path folder;
	private final Path copy;
	/** Changed by whoever holds this, as are those below: who saves. Nobody else waits for that. */
	private volatile SessionFile file;
	private volatile EditLock lock;
	private volatile Known known;
	private volatile boolean closed;

	/**
	 * What is on the server, as far as this copy goes.
	 *
	 * @param file how it stands
	 * @param digest SHA-256 of its content
	 */
	private record Known(Snapshot file, byte[] digest) {
	}

	private Loan(SessionFile file, Outgoing leaving, Guard guard, Guard.Person person, Path folder, Path copy) {
		this.file = file;
		this.leaving = leaving;
		this.guard = guard;
		this.person = person;
		this.folder = folder;
		this.copy = copy;
		lock = file.editLock();
	}

	/** Tells, before anybody signs in, whether files can be lent on this machine. @throws FileSystemException with one line for a person if not */
	public static void check() throws FileSystemException {
		Memory.ofThisMachine().check();
	}

	/** Takes away copies that processes which are gone have left behind: to be called as a process begins. Reads a folder or two of memory, and never fails. */
	public static void sweep() {
		Copies.sweep(Memory.ofThisMachine());
	}

	/**
	 * Lends a file, if the policy lets it out: before its first byte is read.
	 *
	 * @param program who gets it, for the policy and a person
	 * @throws ForbiddenException if it may not
	 * @throws FileSystemException if this machine has no memory for it, or the file's name can be none here
	 */
	public static Loan lend(SessionFile file, String program, Guard guard, Guard.Person person, IProgressMonitor monitor) throws IOException {
		Memory memory = Memory.ofThisMachine();
		memory.check();
		Snapshot before = file.look(); // signed in and unlocked from here on: what vault it is in is the guard's business
		if (!before.exists())
			throw new NoSuchFileException(file.location());
		var leaving = Outgoing.of(WayOut.OPEN_WITH, file.session(), List.of(file.location()), program);
		guard.pass(leaving, person);
		Path folder = Copies.fresh(memory, before.size());
		boolean done = false;
		try {
			var loan = new Loan(file, leaving, guard, person, folder, Transfer.child(folder, file.name()));
			loan.fill(monitor);
			OPEN.add(loan);
			done = true;
			return loan;
		} finally {
			if (!done)
				Copies.remove(folder);
		}
	}

	private void fill(IProgressMonitor monitor) throws IOException {
		Snapshot server;
		MessageDigest sha = sha();
		try (OutputStream out = new DigestOutputStream(Files.newOutputStream(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), sha)) {
			try {
				SessionFile.Content content = file.read(HELD, monitor);
				server = content.snapshot();
				out.write(content.bytes(), 0, content.length());
				content.wipe();
			} catch (TooLargeException e) {
				server = file.look();
				read(out, server.size(), monitor);
			}
		}
		known = new Known(server, sha.digest());
		Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString(server.isReadOnly() ? "r--------" : "rw-------"));
	}

	private void read(OutputStream out, long size, IProgressMonitor monitor) throws IOException {
		monitor.beginTask("", (int) (size / PIECE) + 1);
		byte[] piece = new byte[PIECE];
		try (SeekableByteChannel channel = file.open(); InputStream in = Channels.newInputStream(channel)) {
			for (int count; (count = in.readNBytes(piece, 0, PIECE)) > 0;) {
				if (monitor.isCanceled() || Thread.currentThread().isInterrupted())
					throw new InterruptedIOException();
				out.write(piece, 0, count);
				monitor.worked(1);
			}
		} finally {
			Arrays.fill(piece, (byte) 0);
			monitor.done();
		}
	}

	/** What is lent; another one after {@link #saveAs}. */
	public SessionFile file() {
		return file;
	}

	/** Who has it. */
	public String program() {
		return leaving.place();
	}

	/** What was lent to whom, as the policy sees it. */
	public Outgoing outgoing() {
		return leaving;
	}

	/** Where the program finds it. */
	public Path copy() {
		return copy;
	}

	/** Whether it was taken back, or kept. */
	public boolean isClosed() {
		return closed;
	}

	/** A process to be: the program with the copy as its last word. What it puts aside, if it asks where, goes to memory, too. */
	public ProcessBuilder command(List<String> words) throws IOException {
		var all = new ArrayList<>(words);
		all.add(copy.toString());
		var builder = new ProcessBuilder(all);
		var environment = builder.environment();
		environment.keySet().removeIf(name -> name.startsWith(OURS));
		environment.put("TMPDIR", Copies.temporary(folder).toString());
		return builder;
	}

	/** Whether the program has saved something that is not on the server. What it has removed counts for nothing. Does not ask the server. */
	public boolean isChanged() throws IOException {
		if (closed || !Files.exists(copy, LinkOption.NOFOLLOW_LINKS))
			return false;
		MessageDigest sha = sha();
		try (InputStream in = new DigestInputStream(open(), sha)) {
			in.transferTo(OutputStream.nullOutputStream());
		} catch (NoSuchFileException e) {
			return false; // it is just being replaced
		}
		return !Arrays.equals(known.digest(), sha.digest());
	}

	/** The content of the copy; a program that puts something else in its place has nothing else read. */
	private InputStream open() throws IOException {
		if (!Files.readAttributes(copy, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isRegularFile())
			throw new FileSystemException(file.location(), null, "%s has put something else in place of the file".formatted(program()));
		return Channels.newInputStream(FileChannel.open(copy, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
	}

	/**
	 * What the program has saved, to be kept elsewhere; the caller wipes it.
	 *
	 * @throws FileSystemException if it is longer than an array can be
	 */
	public byte[] content() throws IOException {
		try (InputStream in = open()) {
			long size = Files.size(copy);
			if (size > KEPT)
				throw new TooLargeException(file.name(), KEPT);
			return in.readNBytes((int) KEPT);
		}
	}

	/** How the file stood on the server when it was lent, or saved last. */
	public Snapshot server() {
		return known.file();
	}

	/**
	 * Saves what the program has saved.
	 *
	 * @return whether there was something to be saved
	 * @throws ConflictException if somebody else has changed the file since it was lent: nothing has been changed
	 * @throws IOException why it was not saved; the copy stays as it is, and it may be tried again
	 */
	public synchronized boolean save() throws IOException {
		if (!isChanged())
			return false;
		lock.take();
		save(file, known.file());
		return true;
	}

	/** Saves it over what somebody else has made of the file. @param there what the person knows to be there; {@link Snapshot#ABSENT} if it is gone */
	public synchronized void saveOver(Snapshot there) throws IOException {
		save(file, there);
	}

	/**
	 * Saves it in another file, and goes on with that.
	 *
	 * @param there what is there and may be replaced; {@link Snapshot#ABSENT} for nothing
	 * @throws ForbiddenException if it is from a vault, nothing is encrypted there, and the policy does not let it
	 */
	public synchronized void saveAs(SessionFile other, Snapshot there) throws IOException {
		save(other, there);
		lock.close();
		file = other;
		lock = other.editLock();
	}

	private void save(SessionFile to, Snapshot expected) throws IOException {
		if (to.session().state() == Session.State.LOST)
			to.session().reconnect();
		Optional<Passage> decrypted = leaving.vault().isPresent() && !to.isInVault() ? Optional.of(decrypt(to)) : Optional.empty();
		MessageDigest sha = sha();
		Snapshot now = Files.size(copy) > HELD ? stream(to, expected, sha) : saveHeld(to, expected, sha);
		known = new Known(now, sha.digest());
		if (decrypted.isPresent())
			to.session().audit().record(AuditEvent.of(AuditEvent.Kind.COPY, AuditEvent.Result.OK, to.session(), file.location(), to.location()).with(decrypted.get()));
	}

	/** What is from a vault is written where nothing is encrypted only if the person wants it there, and the policy lets it. */
	private Passage decrypt(SessionFile to) throws IOException {
		if (to == file)
			throw new FileSystemException(file.location(), null, "it is in a vault, which is not there any more: what is saved there now is not encrypted");
		return guard.pass(leaving.inPlain(to.session(), to.location()), person);
	}

	private Snapshot saveHeld(SessionFile to, Snapshot expected, MessageDigest sha) throws IOException {
		byte[] bytes = content();
		try {
			sha.update(bytes);
			return to.save(bytes, expected);
		} finally {
			Arrays.fill(bytes, (byte) 0);
		}
	}

	private Snapshot stream(SessionFile to, Snapshot expected, MessageDigest sha) throws IOException {
		var saved = new Snapshot[1];
		try (InputStream in = new DigestInputStream(open(), sha); OutputStream out = to.stream(Optional.of(expected), now -> saved[0] = now)) {
			in.transferTo(out);
		} catch (ConflictException e) {
			// a save cut off by a lost connection may have reached the server all the same
			Snapshot there = to.look();
			if (!isThere(to, sha))
				throw e;
			return there;
		}
		return Objects.requireNonNull(saved[0]);
	}

	private boolean isThere(SessionFile to, MessageDigest sha) throws IOException {
		sha.reset();
		try (InputStream in = new DigestInputStream(open(), sha); SeekableByteChannel channel = to.open(); InputStream there = Channels.newInputStream(channel)) {
			byte[] ours = new byte[PIECE];
			byte[] theirs = new byte[PIECE];
			for (int count; (count = in.readNBytes(ours, 0, PIECE)) > 0;)
				if (there.readNBytes(theirs, 0, PIECE) != count || !Arrays.equals(ours, 0, count, theirs, 0, count))
					return false;
			return there.read() < 0;
		}
	}

	/** Has the copy stay in memory when this process ends, for what could not be saved. @return where it is now */
	public Path keep() throws IOException {
		Path kept = Copies.keep(folder);
		end();
		return kept.resolve(copy.getFileName());
	}

	/** Takes it back: the copy is gone, and what was not saved with it. */
	@Override
	public void close() throws IOException {
		if (closed)
			return;
		end();
		Copies.remove(folder);
	}

	private void end() {
		closed = true;
		OPEN.remove(this);
		lock.close();
	}

	/** For a process that has to end at once: takes back all that is lent, but keeps what is not saved. Does not ask the server. @return where that is now */
	public static List<Path> leave() {
		var kept = new ArrayList<Path>();
		for (Loan loan : OPEN)
			try (loan) {
				if (loan.isChanged())
					kept.add(loan.keep());
			} catch (IOException e) {
				// what cannot even be looked at is taken away by the next process
			}
		return kept;
	}

	/** For {@link Watch}. */
	Path folder() {
		return folder;
	}

	private static MessageDigest sha() {
		try {
			return MessageDigest.getInstance("SHA-256");
		} catch (NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}
}
