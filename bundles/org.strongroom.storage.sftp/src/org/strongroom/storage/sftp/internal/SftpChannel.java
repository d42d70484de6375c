package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.apache.sshd.client.channel.ChannelSubsystem;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelAsyncOutputStream;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.strongroom.auth.ssh.Wire;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.Meter;

/**
 * An SFTP channel of a connection (version 3, draft-ietf-secsh-filexfer-02): sends requests of any number of threads and hands each answer to the one who asked. Any number of
 * requests may be under way; answers may come in any order. Memory is taken for an answer only after a request, and never more than {@value #LONGEST_PACKET} bytes for one;
 * an answer that nobody asked for, or one that is malformed, ends the connection.
 * <p>
 * A connection may have several. When one that is in use fails, the whole connection is given up.
 * <p>
 * An answer is waited for as long as the server sends anything that was asked for, but not longer than the limit in silence, nor than {@value #PATIENCE} times the
 * limit at all.
 */
final class SftpChannel implements AutoCloseable {
	/** Longer packets are sent by no server we know: OpenSSH's limit is 256 KiB (SFTP_MAX_MSG_LENGTH). */
	private static final int LONGEST_PACKET = (256 << 10) + 1024;
	/** Bytes in one packet of data, whatever the server says it takes; OpenSSH takes 32 KiB. */
	private static final int LONGEST_DATA = 64 << 10;
	private static final int DATA_HEADER = 12;
	/** Packets handed to the system that it has not taken yet. */
	private static final int MOST_UNWRITTEN = 16;
	/** Requests of this many bytes or more are worth being kept for others of the same length: what is new is filled with zeros first, and then moved about by the collector. */
	private static final int LONG_REQUEST = 32 << 10;
	private static final int MOST_SPARE = 16;
	private static final int PATIENCE = 20;
	private static final int SFTP_VERSION = 3;
	private static final int MOST_EXTENSIONS = 256;

	private final String server;
	private final Duration limit;
	private final Meter meter;
	private final boolean main;
	private volatile boolean counting;
	private final Subsystem channel = new Subsystem();
	private final Map<Integer, Request> pending = new ConcurrentHashMap<>();
	private final AtomicInteger ids = new AtomicInteger();
	private final LinkedBlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>();
	private final ArrayBlockingQueue<byte[]> spare = new ArrayBlockingQueue<>(MOST_SPARE);
	private final CompletableFuture<Packet> version = new CompletableFuture<>();
	private final CompletableFuture<ConnectionException> lost = new CompletableFuture<>();
	private final Map<String, String> extensions = new HashMap<>();
	private volatile long lastAnswer = System.nanoTime();
	private volatile Thread writer;

	// Only touched by the one thread that MINA receives on.
	private final byte[] header = new byte[4];
	private byte[] packet;
	private int filled;

	/** A request under way. */
	final class Request {
		private final int id = ids.incrementAndGet();
		private final CompletableFuture<Packet> answer = new CompletableFuture<>();
		private volatile boolean abandoned;
		private final AtomicBoolean closed = new AtomicBoolean();
		private final boolean counted = counting;
		private long depth;

		/** Whether {@link SftpChannel#await} would not have to wait. */
		boolean isAnswered() {
			return answer.isDone();
		}

		/** Nobody waits any more: a handle that the server opens for it is closed again. */
		private void abandon() {
			abandoned = true;
			if (answer.isDone() && !answer.isCompletedExceptionally())
				closeUnwanted();
		}

		/** Once only: a server soon gives the same handle to somebody else. */
		private void closeUnwanted() {
			if (closed.compareAndSet(false, true))
				SftpChannel.this.closeUnwanted(answer.join());
		}
	}

	private SftpChannel(String server, Duration limit, Meter meter, boolean main) {
		this.server = server;
		this.limit = limit;
		this.meter = meter;
		this.main = main;
	}

	/**
	 * Opens a channel in a connection that is signed in to.
	 *
	 * @param meter counts what passes after {@link #count}
	 * @param main whether the connection is of no use without this channel
	 * @throws ConnectionException if the server gives none; the connection stays up
	 */
	static SftpChannel open(ClientSession session, String server, Duration limit, Meter meter, boolean main) throws IOException {
		var sftp = new SftpChannel(server, limit, meter, main);
		try {
			session.getService(ConnectionService.class).registerChannel(sftp.channel);
			sftp.channel.open().verify(limit);
			sftp.channel.addCloseFutureListener(_ -> sftp.fail("The connection to %s was lost.".formatted(server), null));
			sftp.writer = Thread.ofVirtual().name("SFTP to " + server).start(sftp::write);
			try (var init = new Wire.Writer()) {
				byte[] bytes = init.u32(5).u8(Packet.INIT).u32(SFTP_VERSION).toByteArray();
				sftp.outgoing.add(bytes);
				sftp.greet(sftp.version.get(limit.toMillis(), TimeUnit.MILLISECONDS));
			}
			return sftp;
		} catch (InterruptedException e) {
			sftp.close();
			throw new InterruptedIOException("Connecting was interrupted.");
		} catch (InterruptedIOException e) {
			sftp.close();
			throw e;
		} catch (TimeoutException e) {
			sftp.close();
			throw new ConnectionException("%s let you in, but no files: its SFTP server did not answer for %d s.".formatted(server, limit.toSeconds()));
		} catch (ExecutionException | IOException e) {
			sftp.close();
			throw new ConnectionException("%s let you in, but offers no files: it has no SFTP server for this account.".formatted(server), e);
		}
	}

	private void greet(Packet answer) throws IOException {
		try {
			var in = new Wire.Reader(answer.content());
			in.u8();
			if (in.u32() < SFTP_VERSION)
				throw new ConnectionException("The SFTP server of %s is too old.".formatted(server));
			while (in.remaining() > 0 && extensions.size() < MOST_EXTENSIONS)
				extensions.put(in.string(), in.string());
		} catch (IllegalArgumentException e) {
			throw new ConnectionException("The SFTP server of %s greets with what makes no sense.".formatted(server));
		}
	}

	/** From now on requests are counted, and their answers. */
	void count() {
		counting = true;
	}

	/** Whether the server offers an extension with this version. */
	boolean offers(String extension, String versionText) {
		return versionText.equals(extensions.get(extension));
	}

	/** How long a request is waited for in silence. */
	Duration limit() {
		return limit;
	}

	/**
	 * Sends a request; its answer must be taken with {@link #await}.
	 *
	 * @param body writes what follows the request's number
	 */
	Request send(int type, Wire.Writer body) throws IOException {
		var request = new Request();
		send(request, type, body);
		return request;
	}

	private void send(Request request, int type, Wire.Writer body) throws IOException {
		try (body; var out = new Wire.Writer()) {
			byte[] content = body.toByteArray();
			enqueue(request, out.u32(5L + content.length).u8(type).u32(request.id).raw(content).toByteArray());
		}
	}

	/** Sends a request made of a string alone, as most are. */
	Request send(int type, String path) throws IOException {
		return send(type, new Wire.Writer().string(path));
	}

	/** Room for a long request, whatever is in it. It is taken back when it is sent. */
	byte[] request(int length) {
		byte[] bytes = length < LONG_REQUEST ? null : spare.poll();
		return bytes != null && bytes.length == length ? bytes : new byte[length];
	}

	/** Sends a request whose bytes are made already, with room for length, type and number (9 bytes) before them. */
	Request send(int type, byte[] bytes) throws IOException {
		var request = new Request();
		int length = bytes.length - 4;
		bytes[0] = (byte) (length >> 24);
		bytes[1] = (byte) (length >> 16);
		bytes[2] = (byte) (length >> 8);
		bytes[3] = (byte) length;
		bytes[4] = (byte) type;
		bytes[5] = (byte) (request.id >> 24);
		bytes[6] = (byte) (request.id >> 16);
		bytes[7] = (byte) (request.id >> 8);
		bytes[8] = (byte) request.id;
		enqueue(request, bytes);
		return request;
	}

	private void enqueue(Request request, byte[] bytes) throws IOException {
		check();
		if (pending.isEmpty())
			lastAnswer = System.nanoTime(); // silence begins with the first question
		if (request.counted)
			request.depth = meter.sent(bytes.length);
		pending.put(request.id, request);
		outgoing.add(bytes);
		if (lost.isDone()) {
			pending.remove(request.id);
			throw why();
		}
	}

	/** Sends a request and waits for its answer. */
	Packet ask(int type, Wire.Writer body) throws IOException {
		return await(send(type, body));
	}

	/** Sends a request whose answer nobody waits for. */
	void post(int type, Wire.Writer body) {
		post(type, body, _ -> {
			// Whatever it is.
		});
	}

	/**
	 * Sends a request that nobody waits for.
	 *
	 * @param then is given the answer, if one comes, on a thread that must not be held up
	 * @return done after that; fails if the connection is lost before
	 */
	CompletableFuture<Void> post(int type, Wire.Writer body, Consumer<Packet> then) {
		var request = new Request();
		request.abandoned = true;
		CompletableFuture<Void> done = request.answer.thenAccept(then);
		try {
			send(request, type, body);
		} catch (IOException e) {
			done.completeExceptionally(e); // the connection is gone, and with it what was to be tidied up
		}
		return done;
	}

	/**
	 * Waits for an answer.
	 *
	 * @throws ConnectionException if the server is silent for too long: the connection is closed then
	 * @throws InterruptedIOException if the thread is interrupted; the interrupt status is cleared
	 */
	Packet await(Request request) throws IOException {
		long start = System.nanoTime();
		long patience = limit.toNanos();
		try {
			for (;;) {
				long now = System.nanoTime();
				long silent = now - Math.max(start, lastAnswer);
				if (silent >= patience || now - start >= PATIENCE * patience) {
					fail("%s did not answer for %d s; the connection was given up.".formatted(server, TimeUnit.NANOSECONDS.toSeconds(Math.max(silent, patience))), null);
					throw why();
				}
				try {
					Packet answer = request.answer.get(Math.min(patience - silent, PATIENCE * patience - (now - start)), TimeUnit.NANOSECONDS);
					if (request.counted)
						meter.waitedFor(request.depth);
					return answer;
				} catch (TimeoutException e) {
					// Perhaps others were answered meanwhile: look again.
				}
			}
		} catch (InterruptedException e) {
			request.abandon();
			throw new InterruptedIOException("Interrupted while waiting for " + server + ".");
		} catch (ExecutionException e) {
			throw why();
		}
	}

	/** Does something with an answer when it comes, if it does, on a thread that must not be held up. */
	void then(Request request, Consumer<Packet> work) {
		request.answer.thenAccept(work);
	}

	/** Gives requests up whose answers are of no interest any more; handles that the server opens for them are closed. */
	void abandon(Iterable<Request> requests) {
		requests.forEach(Request::abandon);
	}

	private void check() throws ConnectionException {
		if (lost.isDone())
			throw why();
	}

	/** Why there are no more answers. */
	private ConnectionException why() {
		ConnectionException why = lost.join();
		return new ConnectionException(why.getMessage(), why);
	}

	boolean isOpen() {
		return !lost.isDone() && channel.isOpen();
	}

	/** Ends the channel for good and tells everybody who waits. */
	private void fail(String message, Throwable cause) {
		if (!lost.complete(new ConnectionException(message, cause)))
			return;
		boolean used = main || !pending.isEmpty();
		version.completeExceptionally(lost.join());
		for (Request request : new ArrayList<>(pending.values()))
			request.answer.completeExceptionally(lost.join());
		pending.clear();
		outgoing.clear();
		Thread thread = writer;
		if (thread != null)
			thread.interrupt();
		channel.close(true);
		if (used)
			channel.getSession().close(true);
	}

	/**
	 * Sends what waits to be sent, in packets as full as can be. MINA's own stream for this sends one packet, waits until the system has taken it, and copies the rest;
	 * here the next packets are encrypted meanwhile.
	 */
	private void write() {
		var unwritten = new ArrayDeque<Unwritten>();
		var written = new ArrayDeque<Buffer>();
		byte[] rest = null;
		int at = 0;
		try {
			for (;;) {
				if (rest == null) {
					rest = outgoing.take();
					at = 0;
				}
				int room = (int) Math.min(room(), LONGEST_DATA);
				Buffer data = written.isEmpty() ? channel.getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, LONGEST_DATA + DATA_HEADER)
						: channel.getSession().prepareBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, written.pop());
				data.putUInt(channel.getRecipient());
				int lengthAt = data.wpos();
				data.putUInt(0);
				int length = 0;
				while (rest != null && length < room) {
					int part = Math.min(rest.length - at, room - length);
					data.putRawBytes(rest, at, part);
					at += part;
					length += part;
					if (at == rest.length) {
						if (at >= LONG_REQUEST)
							spare.offer(rest);
						rest = outgoing.poll();
						at = 0;
					}
				}
				int end = data.wpos();
				data.wpos(lengthAt);
				data.putUInt(length);
				data.wpos(end);
				channel.getRemoteWindow().consume(length);
				unwritten.add(new Unwritten(channel.writePacket(data), data));
				while (unwritten.size() > MOST_UNWRITTEN || !unwritten.isEmpty() && unwritten.peek().future().isDone()) {
					awaitWritten(unwritten.peek().future());
					written.push(unwritten.poll().data());
				}
			}
		} catch (InterruptedException | InterruptedIOException e) {
			fail("The connection to %s was closed.".formatted(server), null);
		} catch (IOException | RuntimeException e) {
			fail("The connection to %s was lost.".formatted(server), e);
		}
	}

	/** A packet handed to the system. @param data is encrypted where it is, and can be used again when that is sent */
	private record Unwritten(IoWriteFuture future, Buffer data) {
	}

	/** Waits until the server takes more. @return how many bytes go into one packet */
	private long room() throws IOException, InterruptedException {
		for (;;) {
			try {
				return Math.min(channel.getRemoteWindow().waitForSpace(limit), channel.getRemoteWindow().getPacketSize());
			} catch (SocketTimeoutException e) {
				checkSilence();
			}
		}
	}

	private void awaitWritten(IoWriteFuture packetWritten) throws IOException {
		while (!packetWritten.await(limit))
			checkSilence();
		packetWritten.verify(1);
	}

	private void checkSilence() throws IOException {
		if (System.nanoTime() - lastAnswer > limit.toNanos())
			throw new IOException("nothing was taken for " + limit.toSeconds() + " s");
	}

	/** Takes what arrives, on MINA's thread. */
	private void receive(byte[] bytes, int offset, int length) {
		try {
			int at = offset;
			int end = offset + length;
			while (at < end && !lost.isDone()) {
				if (packet == null) {
					header[filled++] = bytes[at++];
					if (filled < 4)
						continue;
					int size = (header[0] & 0xff) << 24 | (header[1] & 0xff) << 16 | (header[2] & 0xff) << 8 | header[3] & 0xff;
					if (size < 5 || size > LONGEST_PACKET)
						throw new IllegalArgumentException("a packet of " + Integer.toUnsignedString(size) + " bytes");
					packet = new byte[size];
					filled = 0;
				}
				int part = Math.min(end - at, packet.length - filled);
				System.arraycopy(bytes, at, packet, filled, part);
				at += part;
				filled += part;
				if (filled == packet.length) {
					byte[] whole = packet;
					packet = null;
					filled = 0;
					dispatch(whole);
				}
			}
		} catch (RuntimeException e) {
			fail("%s sends what makes no sense (%s); the connection was given up.".formatted(server, e.getMessage()), null);
		}
	}

	private void dispatch(byte[] whole) {
		int type = whole[0] & 0xff;
		if (!version.isDone()) {
			if (type != Packet.VERSION)
				throw new IllegalArgumentException("no greeting");
			version.complete(new Packet(type, whole, 1));
			return;
		}
		int id = (whole[1] & 0xff) << 24 | (whole[2] & 0xff) << 16 | (whole[3] & 0xff) << 8 | whole[4] & 0xff;
		Request request = pending.remove(id);
		if (request == null)
			throw new IllegalArgumentException("an answer nobody asked for");
		lastAnswer = System.nanoTime();
		if (request.counted)
			meter.received(4L + whole.length);
		var answer = new Packet(type, whole, 5);
		request.answer.complete(answer);
		if (request.abandoned)
			request.closeUnwanted();
	}

	private void closeUnwanted(Packet answer) {
		if (answer.type() != Packet.HANDLE)
			return;
		try {
			post(Packet.CLOSE, new Wire.Writer().string(answer.body().bytes()));
		} catch (IllegalArgumentException e) {
			// No handle, nothing to close.
		}
	}

	@Override
	public void close() {
		fail("The connection to %s was closed.".formatted(server), null);
	}

	/** MINA's side of the channel: what arrives goes straight to {@link SftpChannel#receive}. */
	private final class Subsystem extends ChannelSubsystem {
		Subsystem() {
			super("sftp");
		}

		@Override
		protected void doOpen() throws IOException {
			Buffer buffer = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST);
			buffer.putUInt(getRecipient());
			buffer.putString(Channel.CHANNEL_SUBSYSTEM);
			buffer.putBoolean(true);
			buffer.putString(getSubsystem());
			addPendingRequest(Channel.CHANNEL_SUBSYSTEM, true);
			writePacket(buffer);
			setStreaming(Streaming.Async);
			asyncIn = new ChannelAsyncOutputStream(this, SshConstants.SSH_MSG_CHANNEL_DATA);
			setOut(new Sink(true));
			setErr(new Sink(false));
		}
	}

	private final class Sink extends OutputStream {
		private final boolean wanted;

		Sink(boolean wanted) {
			this.wanted = wanted;
		}

		@Override
		public void write(int b) {
			write(new byte[] { (byte) b }, 0, 1);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) {
			if (wanted)
				receive(bytes, offset, length);
		}
	}
}
