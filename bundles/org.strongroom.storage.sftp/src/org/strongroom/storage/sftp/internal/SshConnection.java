package org.strongroom.storage.sftp.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.client.session.ClientConnectionServiceFactory;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.forward.ExplicitPortForwardingTracker;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelListener;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactoryFactory;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.random.JceRandomFactory;
import org.apache.sshd.common.random.SingletonRandomFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;
import org.strongroom.auth.ssh.KnownHosts;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.HostKeyException;
import org.strongroom.core.auth.SignIn;
import org.strongroom.core.residency.ForbiddenException;
import org.strongroom.core.residency.Requirements;
import org.strongroom.core.residency.Requirements.Kind;
import org.strongroom.core.storage.ConnectionException;
import org.strongroom.core.storage.SignInCost;

/**
 * A signed-in SSH connection, through other servers where the configuration says so. It has an {@link SshClient} of its own, so that closing it ends all its threads; they are
 * daemons.
 */
final class SshConnection implements AutoCloseable {
	/**
	 * How much may be under way to us on one channel. MINA renews it when half is used up, so that 16 MiB are sure: 320 MiB/s at 50 ms. It takes no memory: what was not asked
	 * for ends the connection.
	 */
	private static final long WINDOW = 32 << 20;
	private static final long PACKET = 128 << 10;
	private static final Duration HEARTBEAT = Duration.ofSeconds(20);
	private static final int MOST_MISSED_HEARTBEATS = 3;
	private static final Duration TO_CLOSE = Duration.ofSeconds(2);

	private static final List<BuiltinCiphers> CIPHERS = List.of(BuiltinCiphers.aes256gcm, BuiltinCiphers.aes128gcm, BuiltinCiphers.cc20p1305_openssh, BuiltinCiphers.aes256ctr,
			BuiltinCiphers.aes192ctr, BuiltinCiphers.aes128ctr);
	private static final List<BuiltinMacs> MACS = List.of(BuiltinMacs.hmacsha256etm, BuiltinMacs.hmacsha512etm, BuiltinMacs.hmacsha256, BuiltinMacs.hmacsha512);
	/**
	 * In the order they are preferred. The last three are not broken by quantum computers either, and are for servers that take nothing else: in a JVM that has just started they take about a second more.
	 * They need Bouncy Castle, and are left out where it is not installed.
	 */
	private static final List<BuiltinDHFactories> KEY_EXCHANGES = List.of(BuiltinDHFactories.curve25519, BuiltinDHFactories.curve25519_libssh, BuiltinDHFactories.ecdhp256,
			BuiltinDHFactories.ecdhp384, BuiltinDHFactories.ecdhp521, BuiltinDHFactories.dhgex256, BuiltinDHFactories.dhg16_512, BuiltinDHFactories.dhg18_512, BuiltinDHFactories.dhg14_256,
			BuiltinDHFactories.mlkem768x25519, BuiltinDHFactories.sntrup761x25519, BuiltinDHFactories.sntrup761x25519_openssh);
	/** What host keys may sign with; never SHA-1. */
	private static final List<BuiltinSignatures> SIGNATURES = List.of(BuiltinSignatures.ed25519, BuiltinSignatures.nistp256, BuiltinSignatures.nistp384, BuiltinSignatures.nistp521,
			BuiltinSignatures.rsaSHA512, BuiltinSignatures.rsaSHA256);

	private static final AttributeRepository.AttributeKey<Set<String>> KNOWN_TYPES = new AttributeRepository.AttributeKey<>();

	private final SshClient client;
	private final Requirements requirements;
	private final Duration limit;
	private final SignInMeter signInMeter = new SignInMeter();
	private final long begun = System.nanoTime();
	/** Of the servers that were signed in to. */
	private final List<SshFacts> facts = new ArrayList<>();
	private ClientSession session;

	private SshConnection(Requirements requirements, Duration limit) throws ForbiddenException {
		this.requirements = requirements;
		client = client(requirements, limit);
		this.limit = limit;
	}

	/**
	 * Connects and signs in.
	 *
	 * @param hops the servers to pass, the last one is the one wanted
	 * @param limit how long a server may be silent
	 * @throws ForbiddenException if a server has not what the policies demand
	 */
	static SshConnection open(List<Hop> hops, SignIn signIn, Duration limit) throws IOException {
		JdkEdDsa.register();
		var connection = new SshConnection(signIn.requirements(), limit);
		try {
			connection.client.setSessionFactory(new SignInMeter.Factory(connection.client, connection.signInMeter));
			connection.client.start();
			for (Hop hop : hops)
				connection.pass(hop, signIn, hop == hops.getLast() ? signIn.requirements() : signIn.requirements(hop.address()));
			return connection;
		} catch (IOException | RuntimeException e) {
			connection.close();
			throw e;
		}
	}

	/** The connection to the last server. */
	ClientSession session() {
		return session;
	}

	private static SshClient client(Requirements requirements, Duration limit) throws ForbiddenException {
		SshClient client = ClientBuilder.builder()
				.cipherFactories(NamedFactory.setUpBuiltinFactories(true, allowed(requirements, Kind.CIPHER, CIPHERS)).stream().map(f -> (NamedFactory<Cipher>) f).toList())
				.macFactories(NamedFactory.setUpBuiltinFactories(true, allowed(requirements, Kind.MAC, MACS)).stream().map(f -> (NamedFactory<Mac>) f).toList())
				.keyExchangeFactories(NamedFactory.setUpTransformedFactories(true, allowed(requirements, Kind.KEY_EXCHANGE, KEY_EXCHANGES), ClientBuilder.DH2KEX))
				.signatureFactories(List.copyOf(allowed(requirements, Kind.HOST_KEY_ALGORITHM, SIGNATURES)))
				// None: what is compressed before it is encrypted tells its content by its length, and a server could send bombs.
				.compressionFactories(List.of(BuiltinCompressions.none))
				.randomFactory(new SingletonRandomFactory(JceRandomFactory.INSTANCE)) // not Bouncy Castle's, which is slower
				.channelFactories(List.of()) // a server opens nothing here
				.globalRequestHandlers(List.of())
				.hostConfigEntryResolver(HostConfigEntryResolver.EMPTY)
				.serverKeyVerifier((session, _, key) -> Dialogue.of(session).isAccepted(KeyUtils.getKeyType(key), wire(key)))
				.build();
		client.setIoServiceFactoryFactory(new Nio2ServiceFactoryFactory());
		client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
		client.setUserAuthFactories(List.of(UserAuthPasswordFactory.INSTANCE)); // demanded, never used: see AuthService
		client.setServiceFactories(List.of(new AuthService.Factory(), ClientConnectionServiceFactory.INSTANCE));
		client.addSessionListener(new Listener(requirements));
		CoreModuleProperties.WINDOW_SIZE.set(client, WINDOW);
		CoreModuleProperties.MAX_PACKET_SIZE.set(client, PACKET);
		CoreModuleProperties.TCP_NODELAY.set(client, true);
		CoreModuleProperties.SOCKET_KEEPALIVE.set(client, true);
		CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
		CoreModuleProperties.AUTH_TIMEOUT.set(client, Duration.ZERO); // bounded by Authentication, which knows when a person types
		CoreModuleProperties.IO_CONNECT_TIMEOUT.set(client, limit);
		CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, HEARTBEAT);
		CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, MOST_MISSED_HEARTBEATS);
		CoreModuleProperties.STOP_WAIT_TIME.set(client, TO_CLOSE);
		return client;
	}

	/** Those that the policies leave. @throws ForbiddenException if that is none */
	private static <T extends NamedResource> List<T> allowed(Requirements requirements, Kind kind, List<T> all) throws ForbiddenException {
		List<T> allowed = requirements.narrow(kind, all, NamedResource::getName);
		if (allowed.isEmpty())
			throw requirements.refused(kind, "Strongroom", all.stream().map(NamedResource::getName).toList());
		return allowed;
	}

	/** The signatures for host keys, those first whose type of key is known of the host, as OpenSSH does: else another key of the server would look like a new one. */
	private static List<NamedFactory<Signature>> signatures(Requirements requirements, Set<String> knownTypes) {
		var order = new ArrayList<NamedFactory<Signature>>();
		for (boolean known : new boolean[] { true, false })
			for (BuiltinSignatures signature : requirements.narrow(Kind.HOST_KEY_ALGORITHM, SIGNATURES, NamedResource::getName)) {
				String type = signature.getName().startsWith("rsa-") ? "ssh-rsa" : signature.getName();
				if (knownTypes.contains(type) == known)
					order.add(signature);
			}
		return order;
	}

	private static byte[] wire(PublicKey key) {
		var buffer = new ByteArrayBuffer();
		buffer.putRawPublicKey(key);
		return buffer.getCompactData();
	}

	/** Reports to the dialogue what becomes of a connection. */
	private record Listener(Requirements requirements) implements SessionListener {
		@Override
		public void sessionCreated(Session session) {
			Set<String> types = ((ClientSession) session).getConnectionContext().getAttribute(KNOWN_TYPES);
			session.setSignatureFactories(signatures(requirements, types));
		}

		@Override
		public void sessionDisconnect(Session session, int reason, String message, String language, boolean initiator) {
			if (!initiator)
				Dialogue.of(session).end(new SshException(reason, message));
		}

		@Override
		public void sessionException(Session session, Throwable t) {
			Dialogue.of(session).end(t);
		}

		@Override
		public void sessionClosed(Session session) {
			Dialogue.of(session).end(null);
		}
	}

	private void pass(Hop hop, SignIn signIn, Requirements demanded) throws IOException {
		var dialogue = new Dialogue();
		var attributes = AttributeRepository.ofAttributesMap(java.util.Map.of(Dialogue.KEY, dialogue, KNOWN_TYPES, knownTypes(hop, demanded)));
		session = session == null ? connect(hop, attributes) : jump(hop, attributes);
		for (boolean ready = false; !ready;) {
			switch (dialogue.next(limit, hop.server())) {
			case Dialogue.Event.HostKey shown -> confirm(hop, shown, signIn, demanded);
			case Dialogue.Event.Ready _ -> ready = true;
			case Dialogue.Event.Ended end -> throw notReady(hop, end.reason());
			case Dialogue.Event.Message _ -> throw new ConnectionException(hop.server() + " sends what makes no sense; the connection was given up.");
			}
		}
		signIn.agreed(SshFacts.words(session));
		SshFacts.Course course = new Authentication(session, dialogue, hop, signIn, limit).run();
		facts.add(SshFacts.of(hop, session, SignInMeter.isStrict(session), course));
	}

	private static Set<String> knownTypes(Hop hop, Requirements demanded) throws IOException {
		Set<String> named = demanded.hostKeys().stream().flatMap(k -> k.types().stream()).collect(Collectors.toSet());
		if (!named.isEmpty())
			return named;
		return new LinkedHashSet<>(KnownHosts.of(hop.host()).types(hop.keyName(), hop.keyPort()));
	}

	private static void confirm(Hop hop, Dialogue.Event.HostKey shown, SignIn signIn, Requirements demanded) throws IOException {
		boolean yes = false;
		try {
			var challenge = new Challenge.HostKey(hop.asker(), hop.host(), hop.keyName(), hop.keyPort(), shown.algorithm(), shown.key());
			if (RsaSize.isTooSmall(demanded, shown.algorithm(), shown.key()))
				throw RsaSize.refused(demanded, "the key of %s (%s)".formatted(hop.server(), challenge.fingerprint()), shown.key());
			signIn.confirm(challenge, demanded);
			yes = true;
		} finally {
			shown.answer().complete(yes);
		}
	}

	/** Tries the addresses of a host one after the other. */
	private ClientSession connect(Hop hop, AttributeRepository attributes) throws IOException {
		InetAddress[] addresses;
		try {
			addresses = InetAddress.getAllByName(hop.hostName());
		} catch (UnknownHostException e) {
			throw new ConnectionException("The server %s is not known: check its name and the network.".formatted(hop.hostName()), e);
		}
		IOException failed = null;
		for (InetAddress address : addresses) {
			try {
				return connect(hop, new InetSocketAddress(address, hop.port()), attributes);
			} catch (InterruptedIOException e) {
				throw e;
			} catch (IOException e) {
				failed = e;
			}
		}
		throw failed == null ? new ConnectionException("The server " + hop.hostName() + " has no address.") : failed;
	}

	private ClientSession connect(Hop hop, InetSocketAddress address, AttributeRepository attributes) throws IOException {
		ConnectFuture connecting = client.connect(new HostConfigEntry("", address.getAddress().getHostAddress(), address.getPort(), hop.user(), ""), attributes, null);
		try {
			if (!connecting.await(limit)) {
				connecting.cancel();
				throw new ConnectionException("%s did not answer for %d s: check its name, the network and firewalls.".formatted(hop.server(), limit.toSeconds()));
			}
		} catch (InterruptedIOException e) {
			connecting.cancel();
			throw e;
		}
		if (connecting.getException() != null)
			throw unreachable(hop, connecting.getException());
		return connecting.getSession();
	}

	private ClientSession jump(Hop hop, AttributeRepository attributes) throws IOException {
		ClientSession previous = session;
		var through = new Through();
		previous.addChannelListener(through);
		// MINA reaches the next server through a port of this machine. It is closed again as soon as the one connection through it stands.
		try (ExplicitPortForwardingTracker tunnel = previous.createLocalPortForwardingTracker(new SshdSocketAddress("127.0.0.1", 0), new SshdSocketAddress(hop.hostName(), hop.port()))) {
			ClientSession next = connect(hop, tunnel.getBoundAddress().toInetSocketAddress(), attributes);
			previous.addCloseFutureListener(_ -> {
				through.decided.countDown();
				next.close(true);
			});
			through.await(limit);
			return next;
		} finally {
			previous.removeChannelListener(through);
		}
	}

	/**
	 * Tells when a server has said whether it lets a connection through. Before, the system may hold a connection to the port that MINA has not accepted yet, and that would be
	 * cut with the port.
	 */
	private static final class Through implements ChannelListener {
		private final CountDownLatch decided = new CountDownLatch(1);

		@Override
		public void channelOpenSuccess(Channel channel) {
			decided.countDown();
		}

		@Override
		public void channelClosed(Channel channel, Throwable reason) {
			decided.countDown();
		}

		/** What was decided, and what a server does not answer in time, the next sign-in sees for itself. */
		void await(Duration limit) throws InterruptedIOException {
			try {
				decided.await(limit.toNanos(), TimeUnit.NANOSECONDS);
			} catch (InterruptedException e) {
				Thread.currentThread().interrupt();
				throw new InterruptedIOException("Signing in was interrupted.");
			}
		}
	}

	private static ConnectionException unreachable(Hop hop, Throwable reason) {
		for (Throwable t = reason; t != null; t = t.getCause()) {
			if (t instanceof NoRouteToHostException)
				return new ConnectionException("There is no way to %s: check the network.".formatted(hop.server()), reason);
			if (t instanceof ConnectException)
				return new ConnectionException("%s refuses connections at port %d: check name and port, and whether its SSH server runs.".formatted(hop.host(), hop.port()), reason);
		}
		return new ConnectionException("%s cannot be reached: check its name and the network.".formatted(hop.server()), reason);
	}

	private IOException notReady(Hop hop, Throwable reason) {
		if (reason instanceof HostKeyException e)
			return e;
		Optional<ForbiddenException> forbidden = SshFacts.offered(session).entrySet().stream().flatMap(e -> unmet(hop, e.getKey().demanded(), e.getValue()).stream()).findFirst();
		if (forbidden.isPresent())
			return forbidden.get();
		String words = reason == null || reason.getMessage() == null ? "" : " (" + Challenge.printable(reason.getMessage()).replace('\n', ' ') + ")";
		if (words.length() > 300)
			words = words.substring(0, 300) + "…)";
		if (words.contains("Unable to negotiate"))
			return new ConnectionException("%s and Strongroom know no common encryption%s.".formatted(hop.server(), words), reason);
		return new ConnectionException("%s hung up before anybody could sign in%s: is it an SSH server?".formatted(hop.server(), words), reason);
	}

	/** The refusal of a server with which there would be something in common if it were not for the policies. */
	private Optional<ForbiddenException> unmet(Hop hop, Kind kind, List<String> offered) {
		List<String> common = switch (kind) {
		case KEY_EXCHANGE -> common(KEY_EXCHANGES, offered);
		case CIPHER -> common(CIPHERS, offered);
		case MAC -> common(MACS, offered);
		case HOST_KEY_ALGORITHM -> common(SIGNATURES, offered);
		case TLS_VERSION, TLS_CIPHER -> List.of();
		};
		return common.isEmpty() || !requirements.narrow(kind, common, n -> n).isEmpty() ? Optional.empty() : Optional.of(requirements.refused(kind, hop.server(), offered));
	}

	private static List<String> common(List<? extends NamedResource> own, List<String> offered) {
		return own.stream().map(NamedResource::getName).filter(offered::contains).toList();
	}

	/** How the servers are set up, those on the way too. */
	SshPosture posture() {
		return new SshPosture(facts);
	}

	/** What it took to get to this moment. */
	SignInCost cost() {
		return new SignInCost(signInMeter.length(), Duration.ofNanos(System.nanoTime() - begun));
	}

	/** Whether the connection to the last server is up. */
	boolean isOpen() {
		return session != null && session.isOpen();
	}

	@Override
	public void close() {
		try {
			client.close(true).await(TO_CLOSE.toMillis(), TimeUnit.MILLISECONDS);
		} catch (IOException e) {
			// Interrupted: it goes on closing by itself.
		}
	}
}
