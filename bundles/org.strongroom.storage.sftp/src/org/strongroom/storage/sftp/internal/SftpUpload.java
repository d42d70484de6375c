package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.storage.ConflictException;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.FileInfo;
import org.strongroom.core.storage.Precondition;
import org.strongroom.core.storage.Reader;
import org.strongroom.core.storage.ServerFaultException;
import org.strongroom.core.storage.Upload;

/**
 * A new content on its way: written to a temporary file beside the target, which takes the target's place at {@link #commit}. Writes are sent without waiting for the
 * answers of earlier ones; an answer that says no ends the next call.
 * <p>
 * A small file takes three round trips: a look at the target together with the opening of the temporary file; the content and all that makes it whole, with another
 * look; and, if all of that was right, the rename, with a look at what came of it right behind. That works because a server does what concerns one file in the order it was
 * asked (draft-ietf-secsh-filexfer-02 section 4.1). A long file is written over several channels at once.
 */
final class SftpUpload implements Upload {
	/** Bytes of all uploads of a connection that are sent and not confirmed. */
	private static final int MOST_UNDER_WAY = 16 << 20;
	/** Bytes of one upload that may be under way however slow the link is, and after which more channels may be worth their while. */
	private static final int LONG = 4 << 20;
	/** What may be under way on one channel: twice as much as OpenSSH takes unread. */
	private static final int MOST_IN_LANE = 4 << 20;
	/** Bytes in a second, below which more channels are tried; even a server on this machine takes more over several than over one. */
	private static final long FAST = 400 << 20;
	/** More is sent ahead only while answers come sooner than this. */
	private static final Duration SOON = Duration.ofSeconds(3);
	/** Bytes that the server is asked to copy in one request: it is silent while it does so, and must not be taken for lost. */
	static final long COPY = 64 << 20;
	/** Copies of one upload under way, and bytes they are of. */
	private static final int MOST_COPIES = 256;
	private static final long MOST_COPIED = 32 * COPY;
	private static final int HEADER = 9;
	/** How far ahead of the server's clock the time of a file may be, in seconds, that was saved more often than once a second. */
	private static final long MOST_AHEAD = 3600;

	private final SftpStorage storage;
	private final SftpChannel sftp;
	private final String path;
	private final String target;
	private final Precondition precondition;
	private final Optional<Attributes> old;
	private final Temporary temporary;
	private final Turn turn;

	private final ReentrantLock lock = new ReentrantLock();
	private final List<Lane> lanes = new ArrayList<>();
	/** Channels asked to open the temporary file too. */
	private final Map<SftpChannel, SftpChannel.Request> joining = new HashMap<>();
	/** Bytes sent so far, and since when, as {@link System#nanoTime()}. */
	private long begun;
	private long start;
	private long end;
	private Instant modified;
	private Integer permissions;
	private IOException failed;
	private boolean handleOpen = true;
	private boolean ended;

	/**
	 * A write or a copy under way.
	 *
	 * @param at where in the new content
	 * @param length of that, in bytes
	 * @param held bytes of memory it takes until it is confirmed
	 * @param sent when, as {@link System#nanoTime()}
	 */
	private record Write(SftpChannel.Request request, long at, long length, int held, long sent) {
		boolean overlaps(long position, long count) {
			return at < position + count && position < at + length;
		}
	}

	/** One channel on which the temporary file is open. */
	private static final class Lane {
		final SftpChannel sftp;
		final byte[] handle;
		final ArrayDeque<Write> underWay = new ArrayDeque<>();
		/** Memory taken by what is under way. */
		long held;
		/** The source of copies, open here; null if there are none. */
		SftpReader source;

		Lane(SftpChannel sftp, byte[] handle) {
			this.sftp = sftp;
			this.handle = handle;
		}
	}

	/**
	 * A temporary file.
	 *
	 * @param made how it was made; null where that does not matter
	 */
	private record Temporary(String path, byte[] handle, Attributes made) {
	}

	private SftpUpload(SftpStorage storage, SftpChannel sftp, String path, String target, Precondition precondition, Optional<Attributes> old, Temporary temporary) {
		this.storage = storage;
		this.sftp = sftp;
		this.path = path;
		this.target = target;
		this.precondition = precondition;
		this.old = old;
		this.temporary = temporary;
		turn = new Turn(storage, sftp, target);
		lanes.add(new Lane(sftp, temporary.handle()));
	}

	/** Looks at the target and makes a temporary file, both at once. */
	static SftpUpload begin(SftpStorage storage, SftpChannel sftp, String path, Precondition precondition) throws IOException {
		SftpChannel.Request look = sftp.send(Packet.LSTAT, path);
		var opening = new Opening(storage, sftp, path, path, precondition);
		String target = path;
		try {
			Optional<Attributes> old = storage.there(sftp.await(look), path);
			if (old.isPresent() && old.get().type() == FileInfo.Type.SYMLINK) {
				opening.giveUp();
				target = storage.resolve(path);
				look = sftp.send(Packet.LSTAT, target);
				opening = new Opening(storage, sftp, path, target, precondition);
				old = storage.there(sftp.await(look), path);
			}
			if (old.isPresent() && old.get().type() == FileInfo.Type.DIRECTORY)
				throw new FileSystemException(path, null, "there is a folder of that name");
			return new SftpUpload(storage, sftp, path, target, precondition, old, opening.take(old.isPresent()));
		} catch (IOException | RuntimeException e) {
			opening.undo();
			throw e;
		}
	}

	/**
	 * Temporary files being made before it is known what they are to replace. Nobody who may not read the old content may read the new one while it is being written,
	 * not even by having opened the file while it was still empty; a file that replaces none gets the permissions that the server gives to new ones. Where either may be
	 * the case, both are made.
	 */
	private static final class Opening {
		private final SftpStorage storage;
		private final SftpChannel sftp;
		private final String subject;
		private final Map<String, SftpChannel.Request> opens = new HashMap<>();
		private final String hidden;
		private final String plain;
		private SftpChannel.Request look;

		Opening(SftpStorage storage, SftpChannel sftp, String subject, String target, Precondition precondition) throws IOException {
			this.storage = storage;
			this.sftp = sftp;
			this.subject = subject;
			hidden = precondition instanceof Precondition.Absent ? null : SftpStorage.temporaryName(target, ".part");
			plain = precondition instanceof Precondition.Unchanged ? null : SftpStorage.temporaryName(target, ".part");
			if (hidden != null) {
				open(hidden, true);
				look = sftp.send(Packet.LSTAT, hidden);
			}
			if (plain != null)
				open(plain, false);
		}

		private void open(String temporary, boolean hide) throws IOException {
			var request = new Wire.Writer().string(temporary).u32(Packet.READ_FLAG | Packet.WRITE_FLAG | Packet.CREATE_FLAG | Packet.EXCLUSIVE_FLAG);
			storage.leftovers().temporary(temporary);
			opens.put(temporary, sftp.send(Packet.OPEN, hide ? Attributes.permissions(request, 0600) : Attributes.none(request)));
		}

		/** The one that fits. */
		Temporary take(boolean replacing) throws IOException {
			String wanted = hidden == null || plain != null && !replacing ? plain : hidden;
			byte[] handle = SftpStorage.handle(sftp.await(opens.get(wanted)), subject);
			Attributes made = wanted.equals(hidden) && replacing ? storage.there(sftp.await(look), subject)
					.orElseThrow(() -> new ServerFaultException(subject, "the server lost the new file as soon as it was made; the file there is as it was")) : null;
			opens.remove(wanted);
			giveUp();
			return new Temporary(wanted, handle, made);
		}

		/** Takes away those not taken; nobody waits for that. */
		void giveUp() {
			sftp.abandon(opens.values());
			opens.forEach((temporary, open) -> sftp.then(open, answer -> {
				if (isMade(temporary, answer))
					storage.discard(temporary);
			}));
			opens.clear();
		}

		/** Takes all away before it returns, as far as that is possible. */
		void undo() {
			for (var entry : opens.entrySet()) {
				try {
					Packet answer = sftp.await(entry.getValue());
					sftp.abandon(List.of(entry.getValue()));
					if (isMade(entry.getKey(), answer))
						storage.remove(entry.getKey());
				} catch (IOException e) {
					// What ended the upload counts. If the connection is gone, the next one tidies up.
				}
			}
		}

		/** Whether it was made; if not, there is nothing to take away. */
		private boolean isMade(String temporary, Packet answer) {
			boolean made = answer.type() != Packet.STATUS;
			if (!made)
				storage.leftovers().gone(temporary);
			return made;
		}
	}

	@Override
	public void write(long position, ByteBuffer source) throws IOException {
		if (position < 0)
			throw new IllegalArgumentException("position " + position);
		lock.lock();
		try {
			check();
			for (long at = position; source.hasRemaining();) {
				int length = Math.min(storage.writeLength(), source.remaining());
				send(room(length), at, source.slice(source.position(), length));
				source.position(source.position() + length);
				at += length;
				end = Math.max(end, at);
			}
		} finally {
			lock.unlock();
		}
	}

	private void send(Lane lane, long at, ByteBuffer piece) throws IOException {
		int length = piece.remaining();
		byte[] bytes = lane.sftp.request(HEADER + 4 + lane.handle.length + 8 + 4 + length);
		ByteBuffer.wrap(bytes).position(HEADER).putInt(lane.handle.length).put(lane.handle).putLong(at).putInt(length).put(piece);
		passed(lane, at, length);
		if (begun == 0)
			start = System.nanoTime();
		try {
			lane.underWay.add(new Write(lane.sftp.send(Packet.WRITE, bytes), at, length, length, System.nanoTime()));
		} catch (IOException e) {
			throw fail(e);
		}
		lane.held += length;
		begun += length;
		storage.lanes().underWay(length);
	}

	/** Waits for what is on its way to the same place on other channels, so that it cannot come later than what is sent next. */
	private void passed(Lane next, long at, long length) throws IOException {
		if (at >= end)
			return; // as it is with every piece of a file that is written from its beginning to its end
		for (Lane lane : lanes)
			while (lane != next && lane.underWay.stream().anyMatch(w -> w.overlaps(at, length)))
				confirm(lane);
	}

	private void check() throws IOException {
		if (failed != null)
			throw failed;
		if (ended)
			throw new ClosedChannelException();
	}

	private IOException fail(IOException e) {
		failed = e; // even after an interrupt: nobody knows any more whether this one arrived
		return e;
	}

	/** The lane with the least under way, once there is room for more. */
	private Lane room(int length) throws IOException {
		for (;;) {
			for (Lane lane : lanes)
				while (!lane.underWay.isEmpty() && lane.underWay.peek().request().isAnswered())
					confirm(lane);
			if (begun >= LONG && isSlow())
				widen();
			Lane lane = lanes.stream().min(Comparator.comparingLong(l -> l.held)).orElseThrow();
			long mine = lanes.stream().mapToLong(l -> l.held).sum();
			boolean room = mine + length <= LONG ? storage.lanes().underWay() + length <= MOST_UNDER_WAY || mine == 0
					: storage.lanes().underWay() + length <= MOST_UNDER_WAY && lane.held + length <= Math.min(MOST_IN_LANE, MOST_UNDER_WAY / lanes.size()) && isSoon(lane);
			if (room)
				return lane;
			confirm(lane.underWay.isEmpty() ? lanes.stream().max(Comparator.comparingLong(l -> l.held)).orElseThrow() : lane);
		}
	}

	private boolean isSlow() {
		return begun / (double) FAST < (System.nanoTime() - start) / 1e9;
	}

	private static boolean isSoon(Lane lane) {
		return lane.underWay.isEmpty() || System.nanoTime() - lane.underWay.peek().sent() < SOON.toNanos();
	}

	/** Takes more channels in, when they are ready. */
	private void widen() throws IOException {
		if (lanes.size() > Lanes.MOST)
			return;
		storage.lanes().want(Lanes.MOST);
		for (SftpChannel channel : storage.lanes().open()) {
			SftpChannel.Request request = joining.get(channel);
			if (request == null) {
				joining.put(channel, join(channel));
			} else if (request.isAnswered() && lanes.stream().noneMatch(l -> l.sftp == channel)) {
				Packet answer = channel.await(request);
				if (answer.type() == Packet.HANDLE)
					lanes.add(new Lane(channel, SftpStorage.handle(answer, path)));
			}
		}
	}

	private SftpChannel.Request join(SftpChannel channel) throws IOException {
		return channel.send(Packet.OPEN, Attributes.none(new Wire.Writer().string(temporary.path()).u32(Packet.WRITE_FLAG)));
	}

	/** Waits for the oldest write of a lane. */
	private void confirm(Lane lane) throws IOException {
		Write write = lane.underWay.poll();
		lane.held -= write.held();
		storage.lanes().underWay(-write.held());
		try {
			Status status = Status.of(lane.sftp.await(write.request()), path);
			if (!status.isOk())
				throw notStored(status);
		} catch (IOException e) {
			throw fail(e);
		}
	}

	private void confirmAll() throws IOException {
		for (Lane lane : lanes)
			while (!lane.underWay.isEmpty())
				confirm(lane);
	}

	private IOException notStored(Status status) {
		return status.code() == Status.FAILURE ? new FileSystemException(path, null, "the server could not store it (disk full or quota?); the file there is as it was") : status.error(path);
	}

	@Override
	public boolean isReadable() {
		return true;
	}

	@Override
	public int read(long position, ByteBuffer into) throws IOException {
		lock.lock();
		try {
			check();
			if (lanes.size() > 1)
				confirmAll(); // on one channel a server keeps the order
			FileInfo sent = FileInfo.of(FileInfo.Type.FILE, end, Instant.EPOCH, null);
			return new SftpReader(sftp, path, sent, temporary.handle(), storage.readLength()).read(position, into);
		} catch (IOException e) {
			throw fail(e);
		} finally {
			lock.unlock();
		}
	}

	@Override
	public boolean setAttributes(Instant time, Integer bits) {
		lock.lock();
		try {
			modified = time == null ? modified : time;
			permissions = bits == null ? permissions : bits;
			return true;
		} finally {
			lock.unlock();
		}
	}

	@Override
	public boolean copy(Reader source, long from, long position, long length) throws IOException {
		if (!(source instanceof SftpReader reader) || !reader.isOn(sftp) || !storage.copies())
			return false;
		lock.lock();
		try {
			check();
			Lane lane = copying(reader, length);
			byte[] handle = lane.source == null ? reader.handle() : lane.source.handle();
			passed(lane, position, length);
			for (long done = 0; done < length;) {
				long piece = Math.min(COPY, length - done);
				while (lane.underWay.size() >= MOST_COPIES || lane.underWay.stream().mapToLong(Write::length).sum() + piece > MOST_COPIED)
					confirm(lane);
				var body = u64(u64(u64(new Wire.Writer().string("copy-data").string(handle), from + done), piece).string(lane.handle), position + done);
				lane.underWay.add(new Write(lane.sftp.send(Packet.EXTENDED, body), position + done, piece, 0, System.nanoTime()));
				done += piece;
			}
			end = Math.max(end, position + length);
			return true;
		} catch (IOException e) {
			throw fail(e);
		} finally {
			lock.unlock();
		}
	}

	/** Where to copy: what takes long, on another than the first channel, so that nobody else is kept waiting. */
	private Lane copying(SftpReader source, long length) throws IOException {
		for (Lane lane : lanes)
			if (lane.source != null)
				return lane;
		SftpChannel channel = length > COPY ? storage.lanes().one() : null;
		if (channel == null)
			return lanes.getFirst();
		Lane lane = lanes.stream().filter(l -> l.sftp == channel).findFirst().orElse(null);
		SftpChannel.Request open = lane == null ? joining.get(channel) : null;
		if (lane == null && open == null) {
			open = join(channel);
			joining.put(channel, open);
		}
		SftpReader again = storage.open(channel, source.path());
		if (lane == null) {
			lane = new Lane(channel, SftpStorage.handle(channel.await(open), path));
			lanes.add(lane);
		}
		lane.source = again;
		if (!again.info().version().equals(source.info().version()))
			throw new ConflictException(source.path(), "it was changed while it was being copied");
		return lane;
	}

	private static Wire.Writer u64(Wire.Writer out, long value) {
		return out.u32(value >>> 32).u32(value);
	}

	@Override
	public FileInfo commit(long size) throws IOException {
		lock.lock();
		try {
			check();
			return replace(size);
		} catch (IOException | RuntimeException e) {
			turn.end();
			try {
				close();
			} catch (IOException x) {
				e.addSuppressed(x);
			}
			throw e;
		} finally {
			turn.end();
			turn.awaitEnd();
			lock.unlock();
		}
	}

	private FileInfo replace(long size) throws IOException {
		leaveOtherLanes();
		keepOwner();
		var handle = temporary.handle();
		if (end > size)
			confirm(sftp.send(Packet.FSETSTAT, Attributes.size(new Wire.Writer().string(handle), size)));
		Integer mode = permissions != null ? permissions : old.map(Attributes::mode).filter(m -> m != -1).map(m -> m & 0777).orElse(null);
		// What a server without permissions or times says to these is of no interest.
		if (mode != null)
			sftp.post(Packet.FSETSTAT, Attributes.permissions(new Wire.Writer().string(handle), mode));
		if (modified != null)
			sftp.post(Packet.FSETSTAT, Attributes.times(new Wire.Writer().string(handle), SftpStorage.seconds(Instant.now()), SftpStorage.seconds(modified)));
		SftpChannel.Request sync = storage.syncs() ? sftp.send(Packet.EXTENDED, new Wire.Writer().string("fsync@openssh.com").string(handle)) : null;
		SftpChannel.Request stat = sftp.send(Packet.FSTAT, new Wire.Writer().string(handle));
		handleOpen = false;
		SftpChannel.Request closing = sftp.send(Packet.CLOSE, new Wire.Writer().string(handle));
		if (precondition instanceof Precondition.Unchanged)
			turn.ask();
		SftpChannel.Request look = sftp.send(Packet.LSTAT, target);
		confirmAll();
		Attributes written = storage.attributes(sftp.await(stat), path);
		if (written.size() != size)
			throw new ServerFaultException(path, "the server lost a part of it (%,d of %,d bytes arrived); the file there is as it was".formatted(Math.max(written.size(), 0), size));
		if (sync != null) {
			Status status = Status.of(sftp.await(sync), path);
			if (!status.isOk() && status.code() != Status.UNSUPPORTED)
				throw notStored(status);
		}
		confirm(closing); // some file servers notice a full disk only now
		if (precondition instanceof Precondition.Unchanged)
			look = inTurn(look);
		Optional<Attributes> now = storage.there(sftp.await(look), path);
		checkPrecondition(now);
		keepPermissions(now);
		if (now.isPresent() && modified == null)
			leaveAnotherTime(now.get(), written);
		return put(now.isPresent(), written);
	}

	/** @return the look at the target that was done in our turn */
	private SftpChannel.Request inTurn(SftpChannel.Request first) throws IOException {
		SftpChannel.Request look = first;
		while (!turn.isGiven(path)) {
			turn.pause(path);
			turn.ask();
			look = sftp.send(Packet.LSTAT, target);
		}
		return look;
	}

	/** Two states of the same length within one second would have the same version: the later one gets a time that the earlier one had not. */
	private void leaveAnotherTime(Attributes now, Attributes written) {
		if (now.modified() >= written.modified() && now.modified() < written.modified() + MOST_AHEAD)
			sftp.post(Packet.SETSTAT, Attributes.times(new Wire.Writer().string(temporary.path()), written.accessed(), now.modified() + 1));
	}

	private void confirm(SftpChannel.Request request) throws IOException {
		Status status = Status.of(sftp.await(request), path);
		if (!status.isOk())
			throw notStored(status);
	}

	/** The rest is asked on the first channel alone: what the others do has to be done before. */
	private void leaveOtherLanes() throws IOException {
		forgetJoining();
		List<Lane> others = lanes.subList(1, lanes.size());
		if (others.isEmpty())
			return;
		var closing = new HashMap<Lane, SftpChannel.Request>();
		for (Lane lane : others) {
			closing.put(lane, lane.sftp.send(Packet.CLOSE, new Wire.Writer().string(lane.handle)));
			if (lane.source != null)
				lane.source.close();
		}
		confirmAll();
		for (var entry : closing.entrySet()) {
			Status status = Status.of(entry.getKey().sftp.await(entry.getValue()), path);
			if (!status.isOk())
				throw notStored(status);
		}
		others.clear();
	}

	private void forgetJoining() {
		joining.forEach((channel, request) -> {
			if (lanes.stream().noneMatch(l -> l.sftp == channel))
				channel.abandon(List.of(request));
		});
		joining.clear();
	}

	private void checkPrecondition(Optional<Attributes> now) throws IOException {
		switch (precondition) {
		case Precondition.Any _ -> {
			// Whatever is there is replaced.
		}
		case Precondition.Absent _ -> {
			if (now.isPresent())
				throw new ConflictException(path, "there is a file of that name now");
		}
		case Precondition.Unchanged(var version) -> {
			if (now.isEmpty())
				throw new ConflictException(path, "the file is gone");
			if (!now.get().version().filter(version::equals).isPresent())
				throw new ConflictException(path, "somebody saved it meanwhile");
		}
		}
		if (now.isPresent() && now.get().type() == FileInfo.Type.DIRECTORY)
			throw new FileSystemException(path, null, "there is a folder of that name");
		if (now.isPresent() && now.get().type() == FileInfo.Type.SYMLINK)
			throw new ConflictException(path, "somebody put a link in its place meanwhile");
	}

	/** Gives the new file the owner and group of the old one, where that is possible and they are not the same anyway. */
	private void keepOwner() throws IOException {
		Attributes made = temporary.made();
		if (old.isEmpty() || made == null || old.get().gid() < 0 || old.get().gid() == made.gid() && old.get().uid() == made.uid())
			return;
		var handle = temporary.handle();
		Status owner = Status.of(sftp.ask(Packet.FSETSTAT, Attributes.owner(new Wire.Writer().string(handle), old.get().uid(), old.get().gid())), path);
		if (!owner.isOk() && old.get().gid() != made.gid() && made.uid() >= 0) // only an administrator may give files away
			Status.of(sftp.ask(Packet.FSETSTAT, Attributes.owner(new Wire.Writer().string(handle), made.uid(), old.get().gid())), path);
	}

	/** For a file whose permissions were changed while the new content was on its way. */
	private void keepPermissions(Optional<Attributes> now) throws IOException {
		int mode = now.map(Attributes::mode).orElse(-1);
		if (permissions == null && mode != -1 && mode != old.map(Attributes::mode).orElse(-1))
			Status.of(sftp.ask(Packet.SETSTAT, Attributes.permissions(new Wire.Writer().string(temporary.path()), mode & 0777)), path);
	}

	private FileInfo put(boolean replacing, Attributes written) throws IOException {
		if (replacing && !storage.replaces()) {
			Status status = storage.replace(temporary.path(), target, path);
			if (!status.isOk())
				throw status.error(path);
			storage.leftovers().leaving(temporary.path());
			return verify(sftp.send(Packet.LSTAT, temporary.path()), sftp.send(Packet.LSTAT, target), written);
		}
		SftpChannel.Request rename = replacing ? storage.sendPosixRename(temporary.path(), target) : storage.sendRename(temporary.path(), target);
		storage.leftovers().leaving(temporary.path());
		SftpChannel.Request gone = sftp.send(Packet.LSTAT, temporary.path());
		SftpChannel.Request now = sftp.send(Packet.LSTAT, target);
		turn.end();
		Status status = Status.of(sftp.await(rename), path);
		if (status.isOk())
			return verify(gone, now, written);
		if (replacing || storage.there(sftp.await(now), path).isEmpty())
			throw status.error(path);
		// The plain rename never replaces anything: whoever was faster wins.
		if (!(precondition instanceof Precondition.Any))
			throw new ConflictException(path, "there is a file of that name now");
		return put(true, written);
	}

	/** Makes sure that the server did what it said. @return the file as it was saved, even if somebody else has replaced or removed it since */
	private FileInfo verify(SftpChannel.Request gone, SftpChannel.Request look, Attributes written) throws IOException {
		boolean there = sftp.await(gone).type() == Packet.ATTRS;
		Optional<Attributes> now = storage.there(sftp.await(look), path);
		if (there)
			throw new ServerFaultException(path, "the server says that it was saved, but it was not: save it again under another name");
		storage.leftovers().gone(temporary.path());
		ended = true;
		return now.filter(n -> n.size() == written.size()).orElse(written).info();
	}

	@Override
	public void close() throws IOException {
		lock.lock();
		try {
			if (ended)
				return;
			ended = true;
			forgetJoining();
			for (Lane lane : lanes) {
				if (lane.source != null)
					lane.source.close();
				lane.sftp.abandon(lane.underWay.stream().map(Write::request).toList());
				storage.lanes().underWay(-lane.held);
				if (handleOpen || lane.sftp != sftp)
					lane.sftp.post(Packet.CLOSE, new Wire.Writer().string(lane.handle));
			}
			remove();
		} finally {
			lock.unlock();
		}
	}

	/** Removes the temporary file, even for a thread that is interrupted. */
	private void remove() throws IOException {
		boolean interrupted = Thread.interrupted();
		try {
			if (!storage.remove(temporary.path()))
				throw new FileSystemException(path, null, "the temporary file " + temporary.path() + " could not be removed from the server");
		} catch (NoSuchFileException | ConnectionException e) {
			// Out of reach: the next connection of this process removes it, or the server's administrator, who finds it by its name.
		} finally {
			if (interrupted)
				Thread.currentThread().interrupt();
		}
	}
}
