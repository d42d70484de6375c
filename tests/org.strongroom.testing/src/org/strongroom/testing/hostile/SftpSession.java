package org.strongroom.testing.hostile;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.session.ServerSession;
import org.strongroom.testing.hostile.Behaviour.Reaction;
import org.strongroom.testing.hostile.Tree.Kind;
import org.strongroom.testing.hostile.Tree.Node;
import org.strongroom.testing.hostile.Tree.Refused;

/** One SFTP channel: reads packets, and answers them one after the other in a virtual thread of its own. */
final class SftpSession implements Command {

	private static final int STATUS = 101;
	private static final int HANDLE = 102;
	private static final int DATA = 103;
	private static final int NAME = 104;
	private static final int ATTRS = 105;
	private static final int EXTENDED_REPLY = 201;

	private static final int ATTR_SIZE = 1;
	private static final int ATTR_OWNER = 2;
	private static final int ATTR_RIGHTS = 4;
	private static final int ATTR_TIMES = 8;
	private static final int ATTR_EXTENDED = 1 << 31;

	private static final int OPEN_WRITE = 2;
	private static final int OPEN_APPEND = 4;
	private static final int OPEN_CREATE = 8;
	private static final int OPEN_TRUNCATE = 16;
	private static final int OPEN_EXCLUSIVE = 32;

	/** What OpenSSH answers to limits@openssh.com. */
	private static final int MAX_PACKET = 256 * 1024;
	private static final int MAX_DATA = 255 * 1024;

	private static final List<Request> EXTENSIONS = List.of(Request.POSIX_RENAME, Request.STATVFS, Request.FSTATVFS, Request.HARDLINK, Request.FSYNC,
			Request.LSETSTAT, Request.LIMITS, Request.COPY_DATA);

	private record Answer(int type, byte[] payload) {
	}

	private interface Action {
		Answer run() throws IOException;
	}

	private record Entry(byte[] name, byte[] attributes) {
	}

	private static final class Handle {
		final String path;
		final Node node;
		final boolean append;
		final List<Entry> entries;
		int next;

		Handle(String path, Node node, boolean append, List<Entry> entries) {
			this.path = path;
			this.node = node;
			this.append = append;
			this.entries = entries;
		}
	}

	/** Builds what stands behind the request id. */
	private static final class Payload {
		private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		private final DataOutputStream out = new DataOutputStream(bytes);

		Payload u32(long value) throws IOException {
			out.writeInt((int) value);
			return this;
		}

		Payload u64(long value) throws IOException {
			out.writeLong(value);
			return this;
		}

		Payload string(byte[] value) throws IOException {
			out.writeInt(value.length);
			out.write(value);
			return this;
		}

		Payload string(String value) throws IOException {
			return string(value.getBytes(StandardCharsets.UTF_8));
		}

		Payload raw(byte[] value) throws IOException {
			out.write(value);
			return this;
		}

		byte[] bytes() {
			return bytes.toByteArray();
		}
	}

	private final HostileSftpServer server;
	private final ServerSession session;
	private final Tree tree;
	private final Map<String, Handle> handles = new HashMap<>();
	private InputStream in;
	private OutputStream out;
	private ExitCallback exit;
	private long handleNumber;
	private volatile boolean destroyed;

	SftpSession(HostileSftpServer server, ServerSession session) {
		this.server = server;
		this.session = session;
		tree = server.tree();
	}

	@Override
	public void setInputStream(InputStream stream) {
		in = stream;
	}

	@Override
	public void setOutputStream(OutputStream stream) {
		out = stream;
	}

	@Override
	public void setErrorStream(OutputStream stream) {
		// Nothing to say there.
	}

	@Override
	public void setExitCallback(ExitCallback callback) {
		exit = callback;
	}

	@Override
	public void start(ChannelSession channel, Environment environment) {
		Thread.ofVirtual().name("Hostile SFTP").start(this::serve);
	}

	@Override
	public void destroy(ChannelSession channel) {
		destroyed = true;
	}

	private void serve() {
		int status = 0;
		try {
			DataInputStream packets = new DataInputStream(in);
			while (!destroyed) {
				int length = packets.readInt();
				if (length < 1 || length > 2 * MAX_PACKET) {
					throw new IOException("packet of " + Integer.toUnsignedLong(length) + " bytes");
				}
				byte[] packet = new byte[length];
				packets.readFully(packet);
				handle(ByteBuffer.wrap(packet));
			}
		} catch (EOFException e) {
			// The client has closed the channel.
		} catch (IOException | RuntimeException e) {
			status = 1;
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		} finally {
			exit.onExit(status);
		}
	}

	private void handle(ByteBuffer packet) throws IOException, InterruptedException {
		int type = packet.get() & 0xff;
		int id = packet.getInt();
		if (Request.of(type) == Request.INIT) {
			Payload extensions = new Payload();
			List<Request> offered = server.find(Behaviour.ForgedExtensions.class, null).map(Behaviour.ForgedExtensions::offered).orElse(EXTENSIONS);
			for (Request request : offered) {
				extensions.string(request.extension()).string(request.version());
			}
			int version = server.find(Behaviour.ForgedVersion.class, null).map(Behaviour.ForgedVersion::version).orElse(3);
			Answer answer = new Answer(2, extensions.bytes());
			answer(Request.INIT, List.of(), 0, 0, version, () -> answer);
			return;
		}
		try {
			dispatch(type, id, packet);
		} catch (BufferUnderflowException e) {
			send(id, status(Refused.BAD_MESSAGE, "Bad message"));
		}
	}

	private void dispatch(int type, int id, ByteBuffer p) throws IOException, InterruptedException {
		Request request = type == Request.SSH_FXP_EXTENDED ? Request.ofExtension(string(p)) : Request.of(type);
		switch (request) {
		case OPEN -> {
			String path = path(p);
			int flags = p.getInt();
			int rights = rights(p, 0644);
			answer(request, List.of(path), 0, 0, id, () -> open(path, flags, rights));
		}
		case OPENDIR -> {
			String path = path(p);
			answer(request, List.of(path), 0, 0, id, () -> openFolder(path));
		}
		case CLOSE -> {
			String name = string(p);
			answer(request, pathOf(name), 0, 0, id, () -> {
				handle(name);
				handles.remove(name);
				return ok();
			});
		}
		case READ -> {
			String name = string(p);
			long offset = p.getLong();
			long length = Integer.toUnsignedLong(p.getInt());
			answer(request, pathOf(name), offset, length, id, () -> read(handle(name), offset, length));
		}
		case WRITE -> {
			String name = string(p);
			long offset = p.getLong();
			byte[] data = bytes(p);
			answer(request, pathOf(name), offset, data.length, id, () -> write(handle(name), offset, data));
		}
		case READDIR -> {
			String name = string(p);
			answer(request, pathOf(name), 0, 0, id, () -> readFolder(handle(name)));
		}
		case STAT, LSTAT -> {
			String path = path(p);
			answer(request, List.of(path), 0, 0, id, () -> new Answer(ATTRS, attributes(path, tree.resolve(path, request == Request.STAT))));
		}
		case FSTAT -> {
			String name = string(p);
			answer(request, pathOf(name), 0, 0, id, () -> new Answer(ATTRS, attributes(handle(name).path, handle(name).node)));
		}
		case SETSTAT, LSETSTAT -> {
			String path = path(p);
			answer(request, List.of(path), 0, 0, id, () -> change(tree.resolve(path, request == Request.SETSTAT), p));
		}
		case FSETSTAT -> {
			String name = string(p);
			answer(request, pathOf(name), 0, 0, id, () -> change(handle(name).node, p));
		}
		case REMOVE, RMDIR -> {
			String path = path(p);
			answer(request, List.of(path), 0, 0, id, () -> {
				tree.delete(path, request == Request.RMDIR);
				return ok();
			});
		}
		case MKDIR -> {
			String path = path(p);
			int rights = rights(p, 0755);
			answer(request, List.of(path), 0, 0, id, () -> {
				tree.create(path, Kind.FOLDER, rights);
				return ok();
			});
		}
		case REALPATH -> {
			String path = path(p);
			answer(request, List.of(path), 0, 0, id,
					() -> name(server.find(Behaviour.ForgedRealPath.class, null).map(Behaviour.ForgedRealPath::answer).orElse(path)));
		}
		case READLINK -> {
			String path = path(p);
			answer(request, List.of(path), 0, 0, id, () -> {
				Node node = tree.resolve(path, false);
				if (node.kind != Kind.LINK) {
					throw new Refused(Refused.FAILURE, "Failure");
				}
				return name(node.target);
			});
		}
		case SYMLINK -> {
			// OpenSSH has the two the other way round than the draft, and so has everybody.
			String target = string(p);
			String path = path(p);
			answer(request, List.of(path), 0, 0, id, () -> {
				Node node = tree.create(path, Kind.LINK, 0777);
				node.target = target;
				return ok();
			});
		}
		case RENAME, POSIX_RENAME -> {
			String from = path(p);
			String to = path(p);
			answer(request, List.of(from, to), 0, 0, id, () -> {
				tree.rename(from, to, request == Request.POSIX_RENAME);
				return ok();
			});
		}
		case HARDLINK -> {
			String from = path(p);
			String to = path(p);
			answer(request, List.of(from, to), 0, 0, id, () -> {
				tree.hardlink(from, to);
				return ok();
			});
		}
		case STATVFS -> {
			String path = path(p);
			answer(request, List.of(path), 0, 0, id, this::space);
		}
		case FSTATVFS -> {
			String name = string(p);
			answer(request, pathOf(name), 0, 0, id, this::space);
		}
		case FSYNC -> {
			String name = string(p);
			answer(request, pathOf(name), 0, 0, id, () -> {
				handle(name);
				return ok();
			});
		}
		case LIMITS -> answer(request, List.of(), 0, 0, id, () -> {
			Behaviour.ForgedLimits limits = server.find(Behaviour.ForgedLimits.class, null).orElse(new Behaviour.ForgedLimits(MAX_PACKET, MAX_DATA, MAX_DATA, 1019));
			return new Answer(EXTENDED_REPLY, new Payload().u64(limits.packet()).u64(limits.read()).u64(limits.write()).u64(limits.handles()).bytes());
		});
		case COPY_DATA -> {
			String from = string(p);
			long offset = p.getLong();
			long length = p.getLong();
			String to = string(p);
			long target = p.getLong();
			List<String> paths = new ArrayList<>(pathOf(from));
			paths.addAll(pathOf(to));
			answer(request, List.copyOf(paths), offset, length, id, () -> {
				byte[] data = tree.read(handle(from).node, offset, length == 0 ? Long.MAX_VALUE - offset : length);
				return write(handle(to), target, data);
			});
		}
		default -> answer(request, List.of(), 0, 0, id, () -> {
			throw new Refused(Refused.UNSUPPORTED, "Operation unsupported");
		});
		}
	}

	// -------------------------------------------------------------------------------------------------------------- answering

	private void answer(Request request, List<String> paths, long offset, long length, int id, Action action) throws IOException, InterruptedException {
		Reaction reaction = server.received(request, paths, offset, length).orElse(null);
		switch (reaction) {
		case null -> send(id, run(action));
		case Behaviour.Stall stall -> {
			// Never answered.
		}
		case Behaviour.Delay delay -> {
			Thread.sleep(delay.time());
			send(id, run(action));
		}
		case Behaviour.Disconnect disconnect -> {
			if (disconnect.afterDoing()) {
				run(action);
			}
			server.reset(session);
		}
		case Behaviour.Pretend pretend -> send(id, ok());
		case Behaviour.Refuse refuse -> {
			if (refuse.afterDoing()) {
				run(action);
			}
			send(id, status(refuse.status(), refuse.message()));
		}
		case Behaviour.UnknownId unknown -> send(id ^ 0x5a5a5a5a, run(action));
		case Behaviour.Duplicate duplicate -> {
			Answer answer = run(action);
			for (int i = 0; i < duplicate.count(); i++) {
				send(id, answer);
			}
		}
		case Behaviour.ForgedLength forged -> {
			out.write(new Payload().u32(forged.length()).raw(new byte[] { (byte) run(action).type() }).u32(id).bytes());
			out.flush();
			byte[] zeros = new byte[32 * 1024];
			for (long sent = 5; forged.flood() && sent < forged.length() && !destroyed; sent += zeros.length) {
				out.write(zeros);
				out.flush();
			}
		}
		case Behaviour.Reply reply -> send(id, new Answer(reply.type(), reply.payload()));
		}
	}

	private Answer run(Action action) throws IOException {
		try {
			return action.run();
		} catch (Refused e) {
			return status(e.status, e.getMessage());
		}
	}

	private void send(int id, Answer answer) throws IOException {
		out.write(new Payload().u32(1L + Integer.BYTES + answer.payload().length).raw(new byte[] { (byte) answer.type() }).u32(id).raw(answer.payload()).bytes());
		out.flush();
	}

	private Answer ok() throws IOException {
		return new Answer(STATUS, new Payload().u32(0).string("Success").string("").bytes());
	}

	private Answer status(int status, String message) throws IOException {
		String text = server.find(Behaviour.ForgedErrorText.class, null).map(Behaviour.ForgedErrorText::text).orElse(message);
		return new Answer(STATUS, new Payload().u32(status).string(text).string("").bytes());
	}

	private static Answer name(String path) throws IOException {
		return new Answer(NAME, new Payload().u32(1).string(path).string(path).u32(0).bytes());
	}

	private Answer space() throws IOException {
		Behaviour.ForgedSpace space = server.find(Behaviour.ForgedSpace.class, null).orElse(new Behaviour.ForgedSpace(4096, 1 << 20, 1 << 19, 1 << 19));
		return new Answer(EXTENDED_REPLY, new Payload().u64(space.blockSize()).u64(space.blockSize()).u64(space.blocks()).u64(space.free()).u64(space.available()).u64(1 << 20)
				.u64(1 << 19).u64(1 << 19).u64(1).u64(0).u64(255).bytes());
	}

	// -------------------------------------------------------------------------------------------------------------- files

	private Answer open(String path, int flags, int rights) throws IOException {
		Node node;
		try {
			node = tree.resolve(path, true);
			if ((flags & OPEN_CREATE) != 0 && (flags & OPEN_EXCLUSIVE) != 0) {
				throw new Refused(Refused.FAILURE, "File exists");
			}
		} catch (Refused e) {
			if (e.status != Refused.NO_SUCH_FILE || (flags & OPEN_CREATE) == 0) {
				throw e;
			}
			node = tree.create(path, Kind.FILE, rights);
		}
		if (node.kind == Kind.PIPE) {
			throw new Refused(Refused.PERMISSION_DENIED, "Permission denied");
		}
		// As with OpenSSH, a folder can be opened for reading; it is the reading that fails.
		if (node.kind == Kind.FOLDER && (flags & OPEN_WRITE) != 0) {
			throw new Refused(Refused.FAILURE, "Failure");
		}
		if ((flags & OPEN_TRUNCATE) != 0) {
			tree.truncate(node, 0);
		}
		return handle(new Handle(path, node, (flags & OPEN_APPEND) != 0, null));
	}

	private Answer handle(Handle handle) throws IOException {
		String name = "h" + ++handleNumber;
		handles.put(name, handle);
		return new Answer(HANDLE, new Payload().string(name).bytes());
	}

	private Answer read(Handle handle, long offset, long asked) throws IOException {
		if (handle.node.kind == Kind.FOLDER) {
			throw new Refused(Refused.FAILURE, "Failure");
		}
		String path = handle.path;
		if (server.find(Behaviour.EmptyReads.class, path).isPresent()) {
			return new Answer(DATA, new Payload().u32(0).bytes());
		}
		long length = Math.min(asked, MAX_DATA);
		Optional<Behaviour.ShortReads> shorter = server.find(Behaviour.ShortReads.class, path);
		if (shorter.isPresent()) {
			length = Math.min(length, shorter.get().max());
		}
		Optional<Behaviour.EarlyEof> early = server.find(Behaviour.EarlyEof.class, path);
		if (early.isPresent()) {
			length = Math.min(length, early.get().length() - offset);
		}
		byte[] data = length <= 0 ? new byte[0] : tree.read(handle.node, offset, length);
		if (server.find(Behaviour.EndlessFile.class, path).isPresent()) {
			data = Arrays.copyOf(data, (int) Math.max(0, length));
		} else if (data.length == 0) {
			throw new Refused(Refused.EOF, "End of file");
		}
		for (Behaviour.FlippedBit flipped : server.all(Behaviour.FlippedBit.class, path)) {
			if (flipped.offset() >= offset && flipped.offset() < offset + data.length) {
				data[(int) (flipped.offset() - offset)] ^= 1;
			}
		}
		Optional<Behaviour.LongReads> longer = server.find(Behaviour.LongReads.class, path);
		if (longer.isPresent()) {
			data = Arrays.copyOf(data, (int) Math.max(data.length, asked) + longer.get().extra());
		}
		return new Answer(DATA, new Payload().string(data).bytes());
	}

	private Answer write(Handle handle, long offset, byte[] data) throws IOException {
		long at = handle.append ? handle.node.size : offset;
		int kept = data.length;
		Optional<Behaviour.FullDisk> full = server.find(Behaviour.FullDisk.class, handle.path);
		if (full.isPresent() && at + data.length > full.get().length()) {
			throw new Refused(Refused.FAILURE, "Failure");
		}
		Optional<Behaviour.LostWrites> lost = server.find(Behaviour.LostWrites.class, handle.path);
		if (lost.isPresent()) {
			kept = Math.clamp(lost.get().kept() - at, 0, kept);
		}
		Optional<Behaviour.TruncatedWrites> truncated = server.find(Behaviour.TruncatedWrites.class, handle.path);
		if (truncated.isPresent()) {
			kept = Math.min(kept, truncated.get().kept());
		}
		if (kept > 0) {
			tree.write(handle.node, at, Arrays.copyOf(data, kept));
		}
		return ok();
	}

	private Answer change(Node node, ByteBuffer p) throws IOException {
		int flags = p.getInt();
		synchronized (tree) {
			if ((flags & ATTR_SIZE) != 0) {
				tree.truncate(node, p.getLong());
			}
			if ((flags & ATTR_OWNER) != 0) {
				node.owner = p.getInt();
				node.group = p.getInt();
			}
			if ((flags & ATTR_RIGHTS) != 0) {
				node.rights = p.getInt() & 07777;
			}
			if ((flags & ATTR_TIMES) != 0) {
				node.accessed = Integer.toUnsignedLong(p.getInt());
				node.modified = Integer.toUnsignedLong(p.getInt());
			}
		}
		return ok();
	}

	private byte[] attributes(String path, Node node) throws IOException {
		Kind kind = server.find(Behaviour.ForgedKind.class, path).map(Behaviour.ForgedKind::kind).orElse(node.kind);
		synchronized (tree) {
			long size = switch (node.kind) {
			case FILE -> node.size;
			case LINK -> node.target.length();
			default -> 4096;
			};
			return attributes(path, kind, size, node.owner, node.group, node.rights, node.accessed, node.modified);
		}
	}

	private byte[] attributes(String path, Kind kind, long size, int owner, int group, int rights, long accessed, long modified) throws IOException {
		if (server.find(Behaviour.NoAttributes.class, path).isPresent()) {
			return new Payload().u32(0).bytes();
		}
		Optional<Behaviour.ForgedExtendedCount> extended = server.find(Behaviour.ForgedExtendedCount.class, path);
		Optional<Behaviour.ForgedTimes> times = server.find(Behaviour.ForgedTimes.class, path);
		Payload payload = new Payload().u32(ATTR_SIZE | ATTR_OWNER | ATTR_RIGHTS | ATTR_TIMES | (extended.isPresent() ? ATTR_EXTENDED : 0));
		payload.u64(server.find(Behaviour.ForgedSize.class, path).map(Behaviour.ForgedSize::size).orElse(size));
		payload.u32(owner).u32(group).u32(kind.bits | rights);
		payload.u32(times.map(Behaviour.ForgedTimes::seconds).orElse(accessed)).u32(times.map(Behaviour.ForgedTimes::seconds).orElse(modified));
		if (extended.isPresent()) {
			payload.u32(extended.get().count());
		}
		return payload.bytes();
	}

	// -------------------------------------------------------------------------------------------------------------- folders

	private Answer openFolder(String path) throws IOException {
		Node node = tree.resolve(path, true);
		boolean said = server.find(Behaviour.ForgedKind.class, path).map(forged -> forged.kind() == Kind.FOLDER).orElse(false);
		if (node.kind != Kind.FOLDER && !said) {
			throw new Refused(Refused.NO_SUCH_FILE, "No such file");
		}
		List<Entry> entries = new ArrayList<>();
		entries.add(new Entry(new byte[] { '.' }, attributes(path, node)));
		entries.add(new Entry(new byte[] { '.', '.' }, attributes(Tree.parent(path), node)));
		for (Map.Entry<String, Node> child : tree.children(node).entrySet()) {
			String childPath = Tree.normalize(path + '/' + child.getKey());
			entries.add(new Entry(child.getKey().getBytes(StandardCharsets.UTF_8), attributes(childPath, child.getValue())));
		}
		for (Behaviour.EndlessDepth deep : server.all(Behaviour.EndlessDepth.class, path)) {
			entries.add(new Entry(deep.name().getBytes(StandardCharsets.UTF_8), attributes(path, node)));
		}
		for (Behaviour.ForgedNames forged : server.all(Behaviour.ForgedNames.class, path)) {
			for (byte[] name : forged.names()) {
				entries.add(forged(name));
			}
		}
		return handle(new Handle(path, node, false, entries));
	}

	/** An entry for which there is no node; it looks like a file of 5 bytes. */
	private Entry forged(byte[] name) throws IOException {
		return new Entry(name, attributes("", Kind.FILE, 5, 0, 0, 0644, 1_700_000_000, 1_700_000_000));
	}

	private Answer readFolder(Handle handle) throws IOException {
		if (handle.entries == null) {
			throw new Refused(Refused.FAILURE, "Failure");
		}
		String path = handle.path;
		if (server.find(Behaviour.EmptyListing.class, path).isPresent()) {
			return new Answer(NAME, new Payload().u32(0).bytes());
		}
		List<Entry> some = new ArrayList<>();
		Optional<Behaviour.EndlessListing> endless = server.find(Behaviour.EndlessListing.class, path);
		if (endless.isPresent()) {
			for (int i = 0; i < endless.get().namesPerReply(); i++) {
				some.add(forged(String.format("file%012d", handle.next++).getBytes(StandardCharsets.US_ASCII)));
			}
			return names(path, some);
		}
		int most = server.find(Behaviour.EntriesPerReply.class, null).map(Behaviour.EntriesPerReply::count).orElse(100);
		int end = Math.min(handle.entries.size(), handle.next + most);
		Optional<Behaviour.HalfListing> half = server.find(Behaviour.HalfListing.class, path);
		if (half.isPresent()) {
			end = Math.min(end, half.get().entries());
			if (handle.next >= end) {
				server.reset(session);
				throw new EOFException("reset");
			}
		} else if (server.find(Behaviour.RepeatingListing.class, path).isPresent() && handle.next >= end) {
			handle.next = 0;
			end = Math.min(handle.entries.size(), most);
		}
		if (handle.next >= end) {
			throw new Refused(Refused.EOF, "End of file");
		}
		some.addAll(handle.entries.subList(handle.next, end));
		handle.next = end;
		return names(path, some);
	}

	private Answer names(String path, List<Entry> entries) throws IOException {
		Payload payload = new Payload().u32(server.find(Behaviour.ForgedEntryCount.class, path).map(Behaviour.ForgedEntryCount::count).orElse(entries.size()));
		for (Entry entry : entries) {
			payload.string(entry.name()).string(entry.name()).raw(entry.attributes());
		}
		return new Answer(NAME, payload.bytes());
	}

	// -------------------------------------------------------------------------------------------------------------- reading requests

	private Handle handle(String name) throws Refused {
		Handle handle = handles.get(name);
		if (handle == null) {
			throw new Refused(Refused.FAILURE, "Invalid handle");
		}
		return handle;
	}

	private List<String> pathOf(String name) {
		Handle handle = handles.get(name);
		return handle == null ? List.of() : List.of(handle.path);
	}

	private static byte[] bytes(ByteBuffer p) {
		int length = p.getInt();
		if (length < 0 || length > p.remaining()) {
			throw new BufferUnderflowException();
		}
		byte[] bytes = new byte[length];
		p.get(bytes);
		return bytes;
	}

	private static String string(ByteBuffer p) {
		return new String(bytes(p), StandardCharsets.UTF_8);
	}

	/** A path, absolute, with folders that contain themselves taken only once. */
	private String path(ByteBuffer p) {
		String path = Tree.normalize(string(p));
		for (Behaviour.EndlessDepth deep : server.all(Behaviour.EndlessDepth.class, null)) {
			String folder = deep.folder().equals("/") ? "" : deep.folder();
			String inner = folder + '/' + deep.name();
			while (path.equals(inner) || path.startsWith(inner + '/')) {
				path = Tree.normalize(folder + path.substring(inner.length()));
			}
		}
		return path;
	}

	private static int rights(ByteBuffer p, int normal) {
		int flags = p.remaining() >= Integer.BYTES ? p.getInt() : 0;
		if ((flags & ATTR_SIZE) != 0) {
			p.getLong();
		}
		if ((flags & ATTR_OWNER) != 0) {
			p.getLong();
		}
		return (flags & ATTR_RIGHTS) != 0 ? p.getInt() & 07777 : normal;
	}
}
