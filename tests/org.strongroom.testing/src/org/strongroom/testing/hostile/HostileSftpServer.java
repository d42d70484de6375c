package org.strongroom.testing.hostile;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.UserAuthFactory;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.server.subsystem.SubsystemFactory;
import org.strongroom.demo.EmbeddedServer;
import org.strongroom.testing.DelayProxy;

/**
 * An SFTP server that lies. On its own it is an honest server of protocol version 3 with OpenSSH's extensions over a {@link Tree} in memory; each {@link Behaviour} that is set makes it
 * lie, dawdle or break the protocol in one way. It speaks the protocol's packets itself, so nothing is too absurd to be said.
 *
 * <pre>{@code
 * try (HostileSftpServer server = HostileSftpServer.builder().behaviour(Behaviour.hostileNames("/in")).start()) {
 *     server.tree().file("/in/notes.txt", "old");
 *     server.set(Behaviour.on(Request.WRITE).after(2).disconnect());
 *     // ... save notes.txt over (host, port, user, password) ...
 *     assertEquals("old", server.tree().text("/in/notes.txt"));
 *     assertEquals(3, server.count(Request.WRITE));
 * }
 * }</pre>
 *
 * Any public key is good for signing in, or {@link #password()}. It listens on 127.0.0.1 alone. Safe for use by many threads; behaviours can be changed while clients are connected, those that
 * concern signing in take effect for the next connection.
 */
public final class HostileSftpServer implements AutoCloseable {

	/**
	 * One request, as it came in.
	 *
	 * @param number counted from 1 over all sessions
	 * @param request what was asked
	 * @param paths the paths concerned, for handles the one that was opened
	 * @param offset of reads and writes, else 0
	 * @param length of reads and writes, else 0
	 */
	public record Logged(long number, Request request, List<String> paths, long offset, long length) {
	}

	private static final int MAX_LOG = 200_000;

	private final Tree tree = new Tree();
	private final String password;
	private final KeyPair hostKey = EmbeddedServer.newKey();
	private final SshServer ssh;
	private final DelayProxy front;
	private final Set<Socket> held = ConcurrentHashMap.newKeySet();
	// Guarded by this:
	private List<Armed> armed = List.of();
	private final ArrayDeque<Logged> log = new ArrayDeque<>();
	private final Map<Request, Integer> counts = new EnumMap<>(Request.class);
	private long number;
	private long signInRounds;
	private volatile boolean closed;

	/** A behaviour and how many requests it has seen. */
	private static final class Armed {
		final Behaviour behaviour;
		long seen;

		Armed(Behaviour behaviour) {
			this.behaviour = behaviour;
		}
	}

	private HostileSftpServer(Builder builder) throws IOException {
		password = new SecureRandom().ints(16, 'a', 'z' + 1).mapToObj(Character::toString).collect(Collectors.joining());
		set(builder.behaviours.toArray(Behaviour[]::new));
		ssh = SshServer.setUpDefaultServer();
		ssh.setHost("127.0.0.1");
		ssh.setPort(0);
		ssh.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
		ssh.setPublickeyAuthenticator((user, key, session) -> true);
		ssh.setPasswordAuthenticator((user, typed, session) -> password.equals(typed));
		ssh.setSubsystemFactories(List.of(new SubsystemFactory() {
			@Override
			public String getName() {
				return "sftp";
			}

			@Override
			public Command createSubsystem(ChannelSession channel) {
				return new SftpSession(HostileSftpServer.this, channel.getServerSession());
			}
		}));
		CoreModuleProperties.MAX_AUTH_REQUESTS.set(ssh, Integer.MAX_VALUE);
		CoreModuleProperties.AUTH_TIMEOUT.set(ssh, Duration.ofMinutes(10));
		CoreModuleProperties.IDLE_TIMEOUT.set(ssh, Duration.ZERO);
		ssh.addSessionListener(new SessionListener() {
			@Override
			public void sessionCreated(Session session) {
				prepareSignIn((ServerSession) session);
			}
		});
		ssh.start();
		front = DelayProxy.to("127.0.0.1", ssh.getPort()).interceptor(this::intercept).start();
	}

	/** A server as its builder describes it. */
	public static Builder builder() {
		return new Builder();
	}

	/** What the server does from the beginning. */
	public static final class Builder {
		private final List<Behaviour> behaviours = new ArrayList<>();

		private Builder() {
		}

		/** Adds behaviours. */
		public Builder behaviour(Behaviour... some) {
			behaviours.addAll(List.of(some));
			return this;
		}

		/** Listens when this returns. */
		public HostileSftpServer start() throws IOException {
			return new HostileSftpServer(this);
		}
	}

	/** Always 127.0.0.1. */
	public String host() {
		return "127.0.0.1";
	}

	/** The port listened on. */
	public int port() {
		return front.port();
	}

	/** A name to sign in with; any other does too. */
	public String user() {
		return "demo";
	}

	/** The password that lets in. */
	public String password() {
		return password;
	}

	/** The fingerprint of the host key, {@code SHA256:...}. */
	public String hostKeyFingerprint() {
		return KeyUtils.getFingerPrint(hostKey.getPublic());
	}

	/** The files. */
	public Tree tree() {
		return tree;
	}

	/** The link in front of the server, to slow it down or to count bytes. */
	public DelayProxy link() {
		return front;
	}

	/** Replaces all behaviours; none at all makes the server honest. */
	public synchronized void set(Behaviour... behaviours) {
		List<Armed> fresh = new ArrayList<>();
		for (Behaviour behaviour : behaviours) {
			fresh.add(new Armed(behaviour));
		}
		armed = fresh;
	}

	/** Adds behaviours to those that are set. */
	public synchronized void add(Behaviour... behaviours) {
		List<Armed> more = new ArrayList<>(armed);
		for (Behaviour behaviour : behaviours) {
			more.add(new Armed(behaviour));
		}
		armed = more;
	}

	/** How many such requests have come in. */
	public synchronized int count(Request request) {
		return counts.getOrDefault(request, 0);
	}

	/** How many requests have come in, by type. */
	public synchronized Map<Request, Integer> counts() {
		return new EnumMap<>(counts);
	}

	/** How many requests have come in altogether. */
	public synchronized long requests() {
		return counts.values().stream().mapToLong(Integer::longValue).sum();
	}

	/** The requests in their order; of very many, the last ones. */
	public synchronized List<Logged> log() {
		return List.copyOf(log);
	}

	/** How many interactive rounds, banners and password changes have been sent while signing in. */
	public synchronized long signInRounds() {
		return signInRounds;
	}

	/** Forgets all counts and the log. */
	public synchronized void resetCounts() {
		counts.clear();
		log.clear();
		signInRounds = 0;
	}

	/**
	 * Waits until something is so.
	 *
	 * @return whether it was, in time
	 */
	public static boolean await(BooleanSupplier condition, Duration limit) throws InterruptedException {
		Instant deadline = Instant.now().plus(limit);
		while (!condition.getAsBoolean()) {
			if (Instant.now().isAfter(deadline)) {
				return false;
			}
			Thread.sleep(5);
		}
		return true;
	}

	/** Resets all connections now. */
	public void dropConnections() {
		front.cut();
	}

	/** How many connections are open now. */
	public int connections() {
		return front.openConnections() + held.size();
	}

	@Override
	public void close() throws IOException {
		closed = true;
		front.close();
		for (Socket socket : held) {
			socket.close();
		}
		ssh.stop(true);
	}

	boolean isClosed() {
		return closed;
	}

	/** The first behaviour of a type that is set and concerns the path. */
	synchronized <T extends Behaviour> Optional<T> find(Class<T> type, String path) {
		return all(type, path).stream().findFirst();
	}

	synchronized <T extends Behaviour> List<T> all(Class<T> type, String path) {
		List<T> found = new ArrayList<>();
		for (Armed each : armed) {
			String concerned = pathOf(each.behaviour);
			if (type.isInstance(each.behaviour) && (concerned == null || path == null || concerned.equals(path))) {
				found.add(type.cast(each.behaviour));
			}
		}
		return found;
	}

	/** Counts and logs a request; returns what to do about it, if anything. */
	synchronized Optional<Behaviour.Reaction> received(Request request, List<String> paths, long offset, long length) {
		counts.merge(request, 1, Integer::sum);
		log.add(new Logged(++number, request, paths, offset, length));
		if (log.size() > MAX_LOG) {
			log.removeFirst();
		}
		Behaviour.Reaction reaction = null;
		for (Armed each : armed) {
			if (each.behaviour instanceof Behaviour.On on && (on.request() == null ? request != Request.INIT : on.request() == request)
					&& (on.path() == null || paths.contains(on.path()))) {
				each.seen++;
				if (reaction == null && each.seen > on.skip() && each.seen - on.skip() <= on.times()) {
					reaction = on.reaction();
				}
			}
		}
		return Optional.ofNullable(reaction);
	}

	synchronized void countSignInRound() {
		signInRounds++;
	}

	/** Resets the TCP connection of a session. */
	void reset(ServerSession session) {
		if (session.getIoSession().getRemoteAddress() instanceof InetSocketAddress address) {
			front.cutFrom(address.getPort());
		}
	}

	private static String pathOf(Behaviour behaviour) {
		return switch (behaviour) {
		case Behaviour.ForgedNames b -> b.folder();
		case Behaviour.EndlessListing b -> b.folder();
		case Behaviour.RepeatingListing b -> b.folder();
		case Behaviour.EmptyListing b -> b.folder();
		case Behaviour.HalfListing b -> b.folder();
		case Behaviour.ForgedEntryCount b -> b.folder();
		case Behaviour.EndlessDepth b -> b.folder();
		case Behaviour.ForgedSize b -> b.path();
		case Behaviour.ForgedKind b -> b.path();
		case Behaviour.ForgedTimes b -> b.path();
		case Behaviour.NoAttributes b -> b.path();
		case Behaviour.ForgedExtendedCount b -> b.path();
		case Behaviour.ShortReads b -> b.path();
		case Behaviour.LongReads b -> b.path();
		case Behaviour.EmptyReads b -> b.path();
		case Behaviour.EarlyEof b -> b.path();
		case Behaviour.EndlessFile b -> b.path();
		case Behaviour.FlippedBit b -> b.path();
		case Behaviour.LostWrites b -> b.path();
		case Behaviour.TruncatedWrites b -> b.path();
		case Behaviour.FullDisk b -> b.path();
		default -> null;
		};
	}

	private void prepareSignIn(ServerSession session) {
		List<UserAuthFactory> ways = new ArrayList<>();
		boolean interactive = find(Behaviour.Interactive.class, null).isPresent() || find(Behaviour.ForgedPromptCount.class, null).isPresent();
		if (interactive) {
			ways.add(HostileSignIn.interactive(this));
		} else {
			ways.add(HostileSignIn.publicKey(this));
			ways.add(HostileSignIn.password(this));
		}
		session.setUserAuthFactories(ways);
		int times = find(Behaviour.NeverSatisfied.class, null).isPresent() ? 100_000 : 1;
		CoreModuleProperties.AUTH_METHODS.set(session,
				ways.stream().map(way -> String.join(",", Collections.nCopies(times, way.getName()))).collect(Collectors.joining(" ")));
	}

	private boolean intercept(Socket client) {
		Optional<Behaviour> way = Optional.<Behaviour>empty().or(() -> find(Behaviour.Silent.class, null)).or(() -> find(Behaviour.Greeting.class, null))
				.or(() -> find(Behaviour.EndlessGreeting.class, null)).or(() -> find(Behaviour.HangUp.class, null));
		if (way.isEmpty()) {
			return false;
		}
		held.add(client);
		try {
			OutputStream out = client.getOutputStream();
			switch (way.get()) {
			case Behaviour.HangUp hangUp -> client.close();
			case Behaviour.Greeting greeting -> {
				out.write(greeting.bytes());
				client.getInputStream().transferTo(OutputStream.nullOutputStream());
			}
			case Behaviour.EndlessGreeting greeting -> {
				byte[] text = ("Welcome to this server, please read on" + (greeting.lineEnds() ? "\r\n" : ", ")).repeat(100).getBytes(StandardCharsets.US_ASCII);
				while (!closed) {
					out.write(text);
				}
			}
			default -> client.getInputStream().transferTo(OutputStream.nullOutputStream());
			}
		} catch (IOException e) {
			// The client has had enough.
		} finally {
			held.remove(client);
			try {
				client.close();
			} catch (IOException e) {
				// Closed already.
			}
		}
		return true;
	}
}
