package org.strongroom.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyEncryptionContext;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.UserAuthFactory;
import org.apache.sshd.server.auth.keyboard.InteractiveChallenge;
import org.apache.sshd.server.auth.keyboard.KeyboardInteractiveAuthenticator;
import org.apache.sshd.server.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.server.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/**
 * A small SFTP server inside this process, so that Strongroom can be tried and tested with nothing installed. It is as strict as the
 * servers Strongroom is made for: a public key <em>and then</em> a six-digit code (RFC 6238) are asked, unless another
 * {@link SignIn} is chosen.
 * <p>
 * It listens on 127.0.0.1 alone, on a port the system picks; clients see the served folder as their {@code /} and nothing above it, and can make no
 * link that leads out of it (one that is there already is followed, as by any server); there is no shell, no command, no forwarding. Host key, code secret and password live in memory only and are made afresh by each {@link Builder#start()}. The
 * only file written is the user's key, encrypted under a passphrase, when a {@link Builder#keyFolder folder for it} is given.
 * <p>
 * Safe for use by many threads. The threads of the server are daemons.
 */
public final class EmbeddedServer implements AutoCloseable {

	/** What the server asks for, word for word as OpenSSH with a one-time code asks it. */
	public static final String CODE_PROMPT = "Verification code: ";

	/** What the server asks for when a password is asked interactively. */
	public static final String PASSWORD_PROMPT = "Password: ";

	/** Name of the user's private key in {@link Builder#keyFolder}; the public one has {@code .pub} added. */
	public static final String KEY_NAME = "id_ed25519";

	/** How somebody signs in. */
	public enum SignIn {
		/** A public key, then a code. */
		KEY_AND_CODE("publickey,keyboard-interactive"),
		/** A public key alone. */
		KEY("publickey"),
		/** The method {@code password} (RFC 4252, section 8). */
		PASSWORD("password"),
		/** The method {@code password}, then a code. */
		PASSWORD_AND_CODE("password,keyboard-interactive"),
		/** One interactive round with two prompts, password and code (RFC 4256). */
		INTERACTIVE_PASSWORD_AND_CODE("keyboard-interactive"),
		/** A public key, then one interactive round with two prompts, password and code. */
		KEY_AND_INTERACTIVE_PASSWORD_AND_CODE("publickey,keyboard-interactive");

		private final String methods;

		SignIn(String methods) {
			this.methods = methods;
		}

		private boolean asksPasswordInteractively() {
			return this == INTERACTIVE_PASSWORD_AND_CODE || this == KEY_AND_INTERACTIVE_PASSWORD_AND_CODE;
		}
	}

	private final Path folder;
	private final String user;
	private final Path keyFile;
	private final char[] keyPassphrase;
	private final KeyPair userKey;
	private final Totp totp;
	private final String password;
	private final SignIn signIn;
	private final boolean singleUse;
	private final Clock clock;
	private final String banner;
	private final int maxAttempts;
	private final AtomicInteger refused = new AtomicInteger();
	private long lastUsedStep = -1;

	private KeyPair hostKey;
	private SshServer server;
	private int port;

	private EmbeddedServer(Builder builder) throws IOException {
		folder = builder.folder.toRealPath();
		user = builder.user;
		totp = builder.totp == null ? Totp.generate() : builder.totp;
		password = builder.password == null ? randomSecret() : builder.password;
		signIn = builder.signIn;
		singleUse = builder.singleUse;
		clock = builder.clock;
		maxAttempts = builder.maxAttempts;
		banner = builder.banner;
		keyPassphrase = (builder.keyPassphrase == null ? randomSecret() : builder.keyPassphrase).toCharArray();
		userKey = newKey();
		keyFile = builder.keyFolder == null ? null : writeKey(builder.keyFolder, userKey, new String(keyPassphrase), user);
		hostKey = newKey();
	}

	/** A server for the given folder, which must exist; nothing is started yet. */
	public static Builder serving(Path folder) {
		return new Builder(folder);
	}

	/** What to serve and how. Every setting has a sensible value; {@link #start()} ends it. */
	public static final class Builder {
		private final Path folder;
		private Path keyFolder;
		private String keyPassphrase;
		private String user = "demo";
		private Totp totp;
		private String password;
		private SignIn signIn = SignIn.KEY_AND_CODE;
		private boolean singleUse;
		private Clock clock = Clock.systemUTC();
		private String banner;
		private int maxAttempts = 6;

		private Builder(Path folder) {
			this.folder = Objects.requireNonNull(folder);
		}

		/** Where to write the user's key files, readable by this account alone. Without a folder the key exists in memory only. */
		public Builder keyFolder(Path value) {
			keyFolder = value;
			return this;
		}

		/** The passphrase of the key file; random unless given. */
		public Builder keyPassphrase(String value) {
			keyPassphrase = value;
			return this;
		}

		/** The only name that may sign in; {@code demo} unless given. */
		public Builder user(String value) {
			user = Objects.requireNonNull(value);
			return this;
		}

		/** The secret of the codes; random unless given. */
		public Builder totp(Totp value) {
			totp = value;
			return this;
		}

		/** The password; random unless given. Only some ways of {@link #signIn} ask for one. */
		public Builder password(String value) {
			password = value;
			return this;
		}

		/** How to sign in; {@link SignIn#KEY_AND_CODE} unless given. */
		public Builder signIn(SignIn value) {
			signIn = Objects.requireNonNull(value);
			return this;
		}

		/**
		 * Whether a code that let somebody in is refused from then on, as RFC 6238, section 5.2 demands. Off unless asked for, as otherwise signing
		 * in again means waiting for up to 30 seconds.
		 */
		public Builder singleUseCodes(boolean value) {
			singleUse = value;
			return this;
		}

		/** The clock codes are checked against. */
		public Builder clock(Clock value) {
			clock = Objects.requireNonNull(value);
			return this;
		}

		/** A text sent before signing in (RFC 4252, section 5.4). */
		public Builder banner(String value) {
			banner = value;
			return this;
		}

		/** After how many sign-in requests the server hangs up; 6 unless given, as with OpenSSH. */
		public Builder maxAttempts(int value) {
			maxAttempts = value;
			return this;
		}

		/**
		 * Makes keys, and listens when this returns.
		 *
		 * @throws IOException when the folder is missing, the key cannot be written or no port is free
		 */
		public EmbeddedServer start() throws IOException {
			EmbeddedServer server = new EmbeddedServer(this);
			server.start();
			return server;
		}
	}

	/** Always 127.0.0.1. */
	public String host() {
		return "127.0.0.1";
	}

	/** The port listened on; it stays the same over {@link #stop()} and {@link #start()}. */
	public synchronized int port() {
		return port;
	}

	/** The name to sign in with. */
	public String user() {
		return user;
	}

	/** The folder being served, as seen from this machine. Clients see it as {@code /}. */
	public Path folder() {
		return folder;
	}

	/** {@code sftp://user@127.0.0.1:port/}, without any secret. */
	public String uri() {
		return "sftp://" + user + '@' + host() + ':' + port() + '/';
	}

	/**
	 * The user's private key file.
	 *
	 * @throws IllegalStateException when no folder for it was given
	 */
	public Path keyFile() {
		if (keyFile == null) {
			throw new IllegalStateException("the key was not written to a file");
		}
		return keyFile;
	}

	/** The user's key pair itself. */
	public KeyPair userKey() {
		return userKey;
	}

	/** A copy of the key file's passphrase, for the caller to wipe. */
	public char[] keyPassphrase() {
		return keyPassphrase.clone();
	}

	/** The codes the server accepts, one step before and after included. */
	public Totp totp() {
		return totp;
	}

	/** The password, for the ways to sign in that ask for one. */
	public String password() {
		return password;
	}

	/** The fingerprint of the host key, as {@code ssh-keygen -l} and {@code ssh} show it: {@code SHA256:...}. */
	public synchronized String hostKeyFingerprint() {
		return KeyUtils.getFingerPrint(hostKey.getPublic());
	}

	/** The host key as a line of a {@code known_hosts} file (sshd(8)). */
	public synchronized String knownHostsLine() {
		return "[" + host() + "]:" + port() + ' ' + PublicKeyEntry.toString(hostKey.getPublic());
	}

	/** How many codes, passwords and keys were refused so far; a key offered and then used counts twice. */
	public int refusals() {
		return refused.get();
	}

	/** How many connections are open now. */
	public synchronized int connections() {
		return server == null ? 0 : server.getActiveSessions().size();
	}

	/** Ends all connections at once without a word, and keeps listening. */
	public void dropConnections() {
		List<AbstractSession> sessions;
		synchronized (this) {
			sessions = server == null ? List.of() : new ArrayList<>(server.getActiveSessions());
		}
		for (AbstractSession session : sessions) {
			session.getIoSession().close(true);
		}
	}

	/** Gives the server a new host key, for connections to come. */
	public synchronized void rotateHostKey() {
		hostKey = newKey();
		if (server != null) {
			server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
		}
	}

	/** Listens (again). Does nothing while listening. */
	public synchronized void start() throws IOException {
		if (server != null) {
			return;
		}
		SshServer ssh = SshServer.setUpDefaultServer();
		ssh.setHost(host());
		ssh.setPort(port);
		ssh.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
		ssh.setFileSystemFactory(new VirtualFileSystemFactory(folder));
		ssh.setSubsystemFactories(List.of(new SftpSubsystemFactory()));
		List<UserAuthFactory> methods = new ArrayList<>();
		for (String method : signIn.methods.split(",")) {
			methods.add(switch (method) {
			case "publickey" -> new UserAuthPublicKeyFactory();
			case "password" -> new UserAuthPasswordFactory();
			default -> new UserAuthKeyboardInteractiveFactory();
			});
		}
		ssh.setUserAuthFactories(methods);
		ssh.setPublickeyAuthenticator((name, key, session) -> user.equals(name) && KeyUtils.compareKeys(key, userKey.getPublic()) || refuse());
		ssh.setPasswordAuthenticator((name, typed, session) -> user.equals(name) && isPassword(typed) || refuse());
		ssh.setKeyboardInteractiveAuthenticator(new Interactive());
		CoreModuleProperties.AUTH_METHODS.set(ssh, signIn.methods);
		CoreModuleProperties.MAX_AUTH_REQUESTS.set(ssh, maxAttempts);
		// People look for their phone: two minutes, as OpenSSH's LoginGraceTime.
		CoreModuleProperties.AUTH_TIMEOUT.set(ssh, Duration.ofMinutes(2));
		CoreModuleProperties.IDLE_TIMEOUT.set(ssh, Duration.ZERO);
		CoreModuleProperties.SOCKET_REUSEADDR.set(ssh, true);
		if (banner != null) {
			CoreModuleProperties.WELCOME_BANNER.set(ssh, banner);
		}
		ssh.start();
		server = ssh;
		port = ssh.getPort();
	}

	/** Ends all connections and no longer listens, as a server that is switched off. {@link #start()} takes the same port again. */
	public synchronized void stop() {
		if (server == null) {
			return;
		}
		try {
			server.stop(true);
		} catch (IOException e) {
			throw new UncheckedIOException(e);
		} finally {
			server = null;
		}
	}

	/** Stops for good and removes the key files it wrote. The served folder is left to its owner. */
	@Override
	public void close() throws IOException {
		stop();
		Arrays.fill(keyPassphrase, '\0');
		if (keyFile != null) {
			Files.deleteIfExists(keyFile);
			Files.deleteIfExists(publicPart(keyFile));
		}
	}

	/**
	 * Makes a key pair for a user or a host: Ed25519, for which MINA SSHD needs Bouncy Castle; without it, ECDSA on P-256.
	 */
	public static KeyPair newKey() {
		try {
			return SecurityUtils.isEDDSACurveSupported() ? KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256)
					: KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256);
		} catch (GeneralSecurityException e) {
			throw new IllegalStateException("no key can be made", e);
		}
	}

	/**
	 * Writes a key pair in OpenSSH's format ({@code PROTOCOL.key}), encrypted with AES-256-CTR under a passphrase, and its public part beside it. Neither
	 * file exists for a moment with more rights than {@code rw-------}.
	 */
	private static Path writeKey(Path keyFolder, KeyPair pair, String passphrase, String user) throws IOException {
		Files.createDirectories(keyFolder);
		Path file = keyFolder.resolve(KEY_NAME);
		Files.deleteIfExists(file);
		Files.deleteIfExists(publicPart(file));
		OpenSSHKeyEncryptionContext encryption = new OpenSSHKeyEncryptionContext();
		encryption.setCipherType("256");
		encryption.setCipherMode("CTR");
		encryption.setPassword(passphrase);
		try (OutputStream out = privately(file)) {
			OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, user + "@strongroom", encryption, out);
		} catch (GeneralSecurityException e) {
			throw new IOException("The key cannot be written", e);
		}
		try (OutputStream out = privately(publicPart(file))) {
			OpenSSHKeyPairResourceWriter.INSTANCE.writePublicKey(pair, user + "@strongroom", out);
		} catch (GeneralSecurityException e) {
			throw new IOException("The key cannot be written", e);
		}
		return file;
	}

	private static OutputStream privately(Path file) throws IOException {
		boolean posix = Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
		FileAttribute<?>[] rights = posix ? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")) }
				: new FileAttribute<?>[0];
		Files.createFile(file, rights);
		return Files.newOutputStream(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
	}

	private static Path publicPart(Path file) {
		return file.resolveSibling(file.getFileName() + ".pub");
	}

	private static String randomSecret() {
		return new SecureRandom().ints(16, 0, 32).mapToObj(i -> String.valueOf("abcdefghjkmnpqrstuvwxyz23456789_".charAt(i)))
				.collect(Collectors.joining());
	}

	private boolean refuse() {
		refused.incrementAndGet();
		return false;
	}

	private boolean isPassword(String typed) {
		return MessageDigest.isEqual(typed.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8));
	}

	private boolean isCode(String typed) {
		long step = totp.matchingStep(typed, clock.instant(), 1);
		if (step < 0) {
			return false;
		}
		synchronized (refused) {
			if (singleUse && step <= lastUsedStep) {
				return false;
			}
			lastUsedStep = Math.max(lastUsedStep, step);
			return true;
		}
	}

	private final class Interactive implements KeyboardInteractiveAuthenticator {
		@Override
		public InteractiveChallenge generateChallenge(ServerSession session, String name, String language, String subMethods) {
			InteractiveChallenge challenge = new InteractiveChallenge();
			challenge.setInteractionName("");
			challenge.setInteractionInstruction("");
			challenge.setLanguageTag("");
			if (signIn.asksPasswordInteractively()) {
				challenge.addPrompt(PASSWORD_PROMPT, false);
			}
			challenge.addPrompt(CODE_PROMPT, false);
			return challenge;
		}

		@Override
		public boolean authenticate(ServerSession session, String name, List<String> answers) {
			boolean withPassword = signIn.asksPasswordInteractively();
			if (!user.equals(name) || answers.size() != (withPassword ? 2 : 1)) {
				return refuse();
			}
			// The password first: a code is not used up by somebody who does not know it.
			return (!withPassword || isPassword(answers.getFirst())) && isCode(answers.getLast()) || refuse();
		}
	}
}
