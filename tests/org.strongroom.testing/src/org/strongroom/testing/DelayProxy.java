package org.strongroom.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * A long or a bad link: a TCP proxy on 127.0.0.1 that delays what passes through it, limits how much is under way, and cuts or stalls connections when told to.
 * <p>
 * Each direction keeps its order and delays every byte by the same time, so that 25 ms each way is a round trip of 50 ms, and as much can be under way as {@link Builder#inFlight}
 * allows. Nothing is changed on the way. Safe for use by many threads.
 *
 * <pre>{@code
 * try (DelayProxy link = DelayProxy.to(server.host(), server.port()).delay(Duration.ofMillis(25)).start()) {
 *     connect(link.host(), link.port());
 *     link.cutAfterBytes(100_000);
 * }
 * }</pre>
 */
public final class DelayProxy implements AutoCloseable {

	private static final int CHUNK = 64 * 1024;

	private final InetSocketAddress target;
	private final Predicate<Socket> interceptor;
	private final int inFlight;
	private final ServerSocket listener;
	private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
	private final AtomicLong up = new AtomicLong();
	private final AtomicLong down = new AtomicLong();
	private final AtomicInteger accepted = new AtomicInteger();
	private final Object gate = new Object();

	private volatile long delayUp;
	private volatile long delayDown;
	private volatile boolean refusing;
	private volatile boolean closed;
	// Guarded by gate:
	private boolean stalled;
	private long upUntilCut = Long.MAX_VALUE;
	private long downUntilCut = Long.MAX_VALUE;

	private DelayProxy(Builder builder) throws IOException {
		target = builder.target;
		interceptor = builder.interceptor;
		inFlight = builder.inFlight;
		delayUp = builder.up.toNanos();
		delayDown = builder.down.toNanos();
		listener = new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
		Thread.ofVirtual().name("DelayProxy").start(this::accept);
	}

	/** A proxy in front of the given server. */
	public static Builder to(String host, int port) {
		return new Builder(new InetSocketAddress(host, port));
	}

	/** How the link is. Without any setting it is as good as none. */
	public static final class Builder {
		private final InetSocketAddress target;
		private Duration up = Duration.ZERO;
		private Duration down = Duration.ZERO;
		private int inFlight = Integer.MAX_VALUE;
		private Predicate<Socket> interceptor = socket -> false;

		private Builder(InetSocketAddress target) {
			this.target = target;
		}

		/** The time a byte takes in either direction: half the round trip. */
		public Builder delay(Duration oneWay) {
			return delay(oneWay, oneWay);
		}

		/** The time a byte takes from client to server and back. */
		public Builder delay(Duration clientToServer, Duration serverToClient) {
			up = Objects.requireNonNull(clientToServer);
			down = Objects.requireNonNull(serverToClient);
			return this;
		}

		/**
		 * At most so many bytes are under way in each direction of each connection, so that throughput is at most {@code bytes / delay}. The buffers of the
		 * operating system come on top.
		 */
		public Builder inFlight(int bytes) {
			if (bytes < 1) {
				throw new IllegalArgumentException("nothing would ever pass");
			}
			inFlight = bytes;
			return this;
		}

		/**
		 * Something that may take over a client's connection before the server is called, and then returns true; it is called in a virtual thread of that connection's own.
		 * What it takes is not counted, cut or closed by this proxy.
		 */
		public Builder interceptor(Predicate<Socket> value) {
			interceptor = value;
			return this;
		}

		/** Listens when this returns. */
		public DelayProxy start() throws IOException {
			return new DelayProxy(this);
		}
	}

	/** Always 127.0.0.1. */
	public String host() {
		return "127.0.0.1";
	}

	/** Where clients connect to. */
	public int port() {
		return listener.getLocalPort();
	}

	/** Changes the delays, for bytes that arrive from now on. */
	public void delay(Duration clientToServer, Duration serverToClient) {
		delayUp = clientToServer.toNanos();
		delayDown = serverToClient.toNanos();
	}

	/** Resets all connections now (TCP RST to both sides); bytes under way are lost. New connections are welcome. */
	public void cut() {
		List.copyOf(connections).forEach(Connection::reset); // not one that somebody makes because of that
	}

	/** Resets the one connection that reaches the server from the given local port, if there is one. */
	public void cutFrom(int port) {
		connections.stream().filter(connection -> connection.server.getLocalPort() == port).forEach(Connection::reset);
	}

	/**
	 * Cuts all connections, once, as soon as so many more bytes have been passed on from clients to the server; exactly that many arrive there. A negative number calls
	 * this off.
	 */
	public void cutAfterBytes(long count) {
		synchronized (gate) {
			upUntilCut = count < 0 ? Long.MAX_VALUE : count;
		}
	}

	/** Like {@link #cutAfterBytes}, in the direction from the server to clients. */
	public void cutAfterBytesFromServer(long count) {
		synchronized (gate) {
			downUntilCut = count < 0 ? Long.MAX_VALUE : count;
		}
	}

	/** Lets nothing pass any more, while all connections stay open: a network that has gone silent. */
	public void stall() {
		synchronized (gate) {
			stalled = true;
		}
	}

	/** Lets everything pass again, held-up bytes first. */
	public void resume() {
		synchronized (gate) {
			stalled = false;
			gate.notifyAll();
		}
	}

	/** Whether new connections are reset at once from now on. */
	public void refuse(boolean value) {
		refusing = value;
	}

	/** Bytes passed on from clients to the server so far. */
	public long bytesToServer() {
		return up.get();
	}

	/** Bytes passed on from the server to clients so far. */
	public long bytesToClient() {
		return down.get();
	}

	/** How many connections are open now. */
	public int openConnections() {
		return connections.size();
	}

	/** How many connections have been accepted so far. */
	public int acceptedConnections() {
		return accepted.get();
	}

	/** Resets all connections and no longer listens. */
	@Override
	public void close() throws IOException {
		closed = true;
		listener.close();
		cut();
		resume();
	}

	private void accept() {
		while (!closed) {
			try {
				Socket client = listener.accept();
				accepted.incrementAndGet();
				if (refusing) {
					reset(client);
				} else {
					Thread.ofVirtual().name("DelayProxy connection").start(() -> serve(client));
				}
			} catch (IOException e) {
				if (!closed && listener.isClosed()) {
					return;
				}
			}
		}
	}

	private void serve(Socket client) {
		if (interceptor.test(client)) {
			return;
		}
		Socket server = new Socket();
		try {
			client.setTcpNoDelay(true);
			server.setTcpNoDelay(true);
			server.connect(target, 10_000);
		} catch (IOException e) {
			reset(client);
			reset(server);
			return;
		}
		Connection connection = new Connection(client, server);
		connections.add(connection);
		if (closed) {
			connection.reset();
		}
		connection.run();
	}

	private static void reset(Socket socket) {
		try {
			socket.setSoLinger(true, 0);
		} catch (IOException e) {
			// Closed already.
		}
		try {
			socket.close();
		} catch (IOException e) {
			// Nothing left to do.
		}
	}

	/** Waits while stalled, and takes from the budget until the cut; returns how many of the bytes may pass. */
	private int admit(boolean toServer, int count, Connection connection) throws InterruptedException {
		synchronized (gate) {
			while (stalled && !connection.gone) {
				gate.wait(1000);
			}
			long left = toServer ? upUntilCut : downUntilCut;
			if (left == Long.MAX_VALUE) {
				return count;
			}
			int admitted = (int) Math.min(count, left);
			if (toServer) {
				upUntilCut -= admitted;
			} else {
				downUntilCut -= admitted;
			}
			return admitted;
		}
	}

	/** Whether the budget is used up; if so, it is called off, and the caller must cut. */
	private boolean mustCut(boolean toServer) {
		synchronized (gate) {
			if ((toServer ? upUntilCut : downUntilCut) > 0) {
				return false;
			}
			if (toServer) {
				upUntilCut = Long.MAX_VALUE;
			} else {
				downUntilCut = Long.MAX_VALUE;
			}
			return true;
		}
	}

	private final class Connection {
		private final Socket client;
		private final Socket server;
		private volatile boolean gone;

		Connection(Socket client, Socket server) {
			this.client = client;
			this.server = server;
		}

		void run() {
			Lane toServer = new Lane(this, client, server, true);
			Lane toClient = new Lane(this, server, client, false);
			List<Thread> threads = new ArrayList<>();
			for (Lane lane : List.of(toServer, toClient)) {
				threads.add(Thread.ofVirtual().name("DelayProxy read").start(lane::read));
				threads.add(Thread.ofVirtual().name("DelayProxy write").start(lane::write));
			}
			try {
				for (Thread thread : threads) {
					thread.join();
				}
			} catch (InterruptedException e) {
				Thread.currentThread().interrupt();
			} finally {
				end();
			}
		}

		/** Both sides have said all: what is still in the system's buffers arrives. */
		private void end() {
			connections.remove(this);
			for (Socket socket : List.of(client, server)) {
				try {
					socket.close();
				} catch (IOException e) {
					// Nothing left to do.
				}
			}
		}

		void reset() {
			gone = true;
			connections.remove(this);
			DelayProxy.reset(client);
			DelayProxy.reset(server);
		}
	}

	/** What is under way in one direction of one connection; a chunk without bytes is the end of the stream. */
	private final class Lane {
		private record Chunk(byte[] bytes, long due) {
		}

		private final Connection connection;
		private final Socket from;
		private final Socket to;
		private final boolean toServer;
		private final ArrayDeque<Chunk> queue = new ArrayDeque<>();
		private long underWay;

		Lane(Connection connection, Socket from, Socket to, boolean toServer) {
			this.connection = connection;
			this.from = from;
			this.to = to;
			this.toServer = toServer;
		}

		void read() {
			// Small enough that the limit is used up well.
			byte[] buffer = new byte[Math.clamp(inFlight / 16, 1, CHUNK)];
			try {
				InputStream in = from.getInputStream();
				while (!connection.gone) {
					int count = in.read(buffer);
					put(new Chunk(count < 0 ? new byte[0] : Arrays.copyOf(buffer, count), System.nanoTime() + (toServer ? delayUp : delayDown)));
					if (count < 0) {
						return;
					}
				}
			} catch (IOException e) {
				// One side has reset the connection: so do we.
				connection.reset();
			} catch (InterruptedException e) {
				Thread.currentThread().interrupt();
			} finally {
				wake();
			}
		}

		void write() {
			try {
				OutputStream out = to.getOutputStream();
				for (Chunk chunk = take(); chunk != null; chunk = take()) {
					for (long left = chunk.due - System.nanoTime(); left > 0 && !connection.gone; left = chunk.due - System.nanoTime()) {
						LockSupport.parkNanos(left);
					}
					int count = admit(toServer, chunk.bytes.length, connection);
					if (chunk.bytes.length == 0) {
						to.shutdownOutput();
						return;
					}
					out.write(chunk.bytes, 0, count);
					(toServer ? up : down).addAndGet(count);
					done(chunk);
					if (mustCut(toServer)) {
						cut();
					}
				}
			} catch (IOException e) {
				connection.reset();
			} catch (InterruptedException e) {
				Thread.currentThread().interrupt();
			}
		}

		private synchronized void put(Chunk chunk) throws InterruptedException {
			while (underWay > 0 && underWay + chunk.bytes.length > inFlight && !connection.gone) {
				wait(1000);
			}
			underWay += chunk.bytes.length;
			queue.add(chunk);
			notifyAll();
		}

		private synchronized Chunk take() throws InterruptedException {
			while (queue.isEmpty() && !connection.gone) {
				wait(1000);
			}
			return connection.gone ? null : queue.poll();
		}

		private synchronized void done(Chunk chunk) {
			underWay -= chunk.bytes.length;
			notifyAll();
		}

		private synchronized void wake() {
			notifyAll();
		}
	}
}
