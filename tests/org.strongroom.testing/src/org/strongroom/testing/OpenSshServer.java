package org.strongroom.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.strongroom.demo.Totp;

/**
 * A <em>real</em> OpenSSH server with a private configuration on a free port of 127.0.0.1, for one test class or one test. Unless told otherwise it asks
 * for a public key and then, through PAM and {@code libpam-google-authenticator}, for a six-digit code: {@code AuthenticationMethods
 * publickey,keyboard-interactive:pam}.
 *
 * <pre>{@code
 * assumeTrue(OpenSshServer.unavailable().isEmpty(), () -> OpenSshServer.unavailable().orElseThrow());
 * try (OpenSshServer server = OpenSshServer.builder().start()) {
 *     Files.writeString(server.root().resolve("notes.txt"), "hello");
 *     connect(server.host(), server.port(), server.user(), server.keyFile(), server.keyPassphrase(), server.currentCode());
 * }
 * }</pre>
 *
 * Needs root, {@code openssh-server} and, where a code is asked, {@code libpam-google-authenticator} (Debian package names). OpenSSH before 9.8 takes the base name
 * of its program as the name of the PAM service, so each instance is started through a symbolic link of its own and has a file of its own in
 * {@code /etc/pam.d}: any number of instances can run side by side. Both, and all else an instance makes, are gone after {@link #close()}, or when the Java
 * process ends; the Unix account {@value #TEST_USER} stays, without a password.
 * <p>
 * Safe for use by many threads, except {@link #start()}, {@link #stop()} and {@link #rotateHostKey()}, which exclude each other.
 */
public final class OpenSshServer implements AutoCloseable {

	/** The Unix account that {@link Builder#testUser()} signs in as; made when absent. */
	public static final String TEST_USER = "strongroom-test";

	/** What PAM asks for the code, word for word. */
	public static final String CODE_PROMPT = "Verification code: ";

	/** What PAM asks for the password, word for word. */
	public static final String PASSWORD_PROMPT = "Password: ";

	/** Kinds of key files {@link #newKey} makes with {@code ssh-keygen}. */
	public enum KeyKind {
		/** Ed25519, OpenSSH's own format. */
		ED25519("ed25519", null, null),
		/** ECDSA on P-256, OpenSSH's own format. */
		ECDSA("ecdsa", "256", null),
		/** ECDSA on P-521, OpenSSH's own format. */
		ECDSA_521("ecdsa", "521", null),
		/** RSA with 3072 bits, OpenSSH's own format. */
		RSA("rsa", "3072", null),
		/** RSA with 3072 bits, {@code -----BEGIN RSA PRIVATE KEY-----}, the traditional PEM. */
		RSA_PEM("rsa", "3072", "PEM"),
		/** ECDSA on P-256 as traditional PEM. */
		ECDSA_PEM("ecdsa", "256", "PEM"),
		/** RSA with 3072 bits as PKCS #8. */
		RSA_PKCS8("rsa", "3072", "PKCS8"),
		/** ECDSA on P-256 as PKCS #8. */
		ECDSA_PKCS8("ecdsa", "256", "PKCS8");

		private final String type;
		private final String bits;
		private final String format;

		KeyKind(String type, String bits, String format) {
			this.type = type;
			this.bits = bits;
			this.format = format;
		}
	}

	/** One step of signing in, in the order they were added to the {@link Builder}. */
	private enum Step {
		KEY, PASSWORD, CODE, INTERACTIVE_PASSWORD
	}

	private static final Duration PATIENCE = Duration.ofSeconds(20);
	private static final AtomicInteger NUMBER = new AtomicInteger();
	private static final Path PAM = Path.of("/etc/pam.d");

	private final Builder settings;
	private final String service;
	private final Path state;
	private final Path root;
	private final boolean ownRoot;
	private final Path jail;
	private final Path binary;
	private final Totp totp = Totp.generate();
	private final String password;
	private final String keyPassphrase;
	private final Path keyFile;
	private final Thread cleaner;

	private int port;
	private volatile Process process;
	private int keys;

	private OpenSshServer(Builder settings) throws IOException {
		Optional<String> missing = settings.steps.contains(Step.CODE) ? unavailable() : unavailableWithoutCode();
		if (missing.isPresent()) {
			throw new IOException(missing.get());
		}
		this.settings = settings;
		// PAM folds service names to lower case.
		service = "strongroom-sshd-" + ProcessHandle.current().pid() + '-' + NUMBER.incrementAndGet();
		state = Files.createTempDirectory("strongroom-sshd");
		// sshd reads authorized_keys with the account's own rights; nobody but root can see what else is in here.
		Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx--x--x"));
		password = randomSecret();
		keyPassphrase = settings.keyPassphrase == null ? randomSecret() : settings.keyPassphrase;
		cleaner = new Thread(this::clean, "Clean up " + service);
		Runtime.getRuntime().addShutdownHook(cleaner);
		try {
			if (!settings.user.equals("root")) {
				makeTestUser();
			}
			binary = Files.createSymbolicLink(state.resolve(service), program("sshd").orElseThrow());
			// StrictModes and ChrootDirectory want folders only root may write to, all the way up: not the folder for temporary files.
			jail = settings.chroot ? makeJail() : null;
			ownRoot = settings.root == null;
			root = (ownRoot ? makeRoot() : settings.root).toRealPath();
			writeHostKey();
			keyFile = newKey(KeyKind.ED25519, keyPassphrase);
			writePrivately(state.resolve("totp"), totpFile());
			Files.setPosixFilePermissions(state.resolve("totp"), PosixFilePermissions.fromString("r--------"));
			writePrivately(state.resolve("password"), password);
			Path check = state.resolve("check-password");
			// The typed password arrives on standard input with a NUL at its end (pam_exec, expose_authtok).
			writePrivately(check, "#!/bin/sh\ntr -d '\\000' | cmp -s - '" + state.resolve("password") + "'\n");
			Files.setPosixFilePermissions(check, PosixFilePermissions.fromString("rwx------"));
			Files.writeString(PAM.resolve(service), pamFile());
			start();
		} catch (IOException | RuntimeException e) {
			close();
			throw e;
		}
	}

	/** A server as its builder describes it; {@link Builder#start()} makes and starts it. */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Why no server that asks for a code can be had on this machine, in words for a test report; empty when one can.
	 */
	public static Optional<String> unavailable() {
		return unavailableWithoutCode().or(() -> pamModule().isPresent() ? Optional.empty()
				: Optional.of("the PAM module pam_google_authenticator.so is missing (Debian: libpam-google-authenticator)"));
	}

	/** Like {@link #unavailable()}, for servers that ask for no code. */
	public static Optional<String> unavailableWithoutCode() {
		if (!"root".equals(System.getProperty("user.name"))) {
			return Optional.of("a real OpenSSH server with PAM must be started as root");
		}
		for (String name : List.of("sshd", "ssh-keygen")) {
			if (program(name).isEmpty()) {
				return Optional.of(name + " is missing (Debian: openssh-server)");
			}
		}
		return Files.isDirectory(PAM) ? Optional.empty() : Optional.of("there is no PAM on this machine");
	}

	/** Whether {@link #unavailable()} has nothing to say. */
	public static boolean isAvailable() {
		return unavailable().isEmpty();
	}

	/** What the server is like. Without any setting: root, key and code, a fresh temporary folder. */
	public static final class Builder {
		private Set<Step> steps = EnumSet.of(Step.KEY, Step.CODE);
		private String user = "root";
		private Path root;
		private boolean chroot;
		private boolean forceSftp;
		private boolean readOnly;
		private boolean singleUseCodes;
		private String rateLimit;
		private String pamNotice;
		private String banner;
		private int maxAuthTries = 6;
		private String keyPassphrase;
		private String hostKeyType = "ed25519";
		private final Set<String> denied = new TreeSet<>();
		private final List<String> config = new ArrayList<>();

		private Builder() {
		}

		/** A public key is all that is asked. */
		public Builder keyOnly() {
			steps = EnumSet.of(Step.KEY);
			return this;
		}

		/** The method {@code password} (RFC 4252, section 8) is all that is asked. */
		public Builder passwordOnly() {
			steps = EnumSet.of(Step.PASSWORD);
			return this;
		}

		/** {@code keyboard-interactive} with the password only, as PAM-based servers without a second factor do. */
		public Builder interactivePasswordOnly() {
			steps = EnumSet.of(Step.INTERACTIVE_PASSWORD);
			return this;
		}

		/** {@code keyboard-interactive} with two prompts after each other, password and code; no key. */
		public Builder interactivePasswordAndCode() {
			steps = EnumSet.of(Step.INTERACTIVE_PASSWORD, Step.CODE);
			return this;
		}

		/** A public key, then {@code keyboard-interactive} with two prompts after each other, password and code. */
		public Builder keyPasswordAndCode() {
			steps = EnumSet.of(Step.KEY, Step.INTERACTIVE_PASSWORD, Step.CODE);
			return this;
		}

		/** Sign in as {@value OpenSshServer#TEST_USER} instead of root, so that file rights matter. */
		public Builder testUser() {
			user = TEST_USER;
			return this;
		}

		/** Serve this folder, which is left alone on close, instead of a fresh temporary one. Not together with {@link #chroot()}. */
		public Builder root(Path folder) {
			root = Objects.requireNonNull(folder);
			return this;
		}

		/**
		 * {@code ChrootDirectory}: the client's {@code /} is a folder it may not write to, and {@link OpenSshServer#root()} is {@code /files} in it.
		 */
		public Builder chroot() {
			chroot = true;
			return this;
		}

		/** {@code ForceCommand internal-sftp}: nothing but SFTP, whatever the client asks for. */
		public Builder forceSftp() {
			forceSftp = true;
			return this;
		}

		/** {@code internal-sftp -R}: every change is refused. */
		public Builder readOnly() {
			readOnly = true;
			return this;
		}

		/**
		 * {@code internal-sftp -P}: the SFTP server denies these requests and does not offer the extensions among them. Names as {@code sftp-server -Q requests} lists
		 * them: {@code posix-rename}, {@code copy-data}, {@code limits}, {@code statvfs}, {@code fsync}, {@code setstat} and so on.
		 */
		public Builder deny(String... requests) {
			denied.addAll(List.of(requests));
			return this;
		}

		/** {@code DISALLOW_REUSE}: a code that let somebody in is refused from then on. */
		public Builder singleUseCodes() {
			singleUseCodes = true;
			return this;
		}

		/** {@code RATE_LIMIT}: at most so many attempts, good ones too, within so many seconds (Google's default is 3 in 30). */
		public Builder rateLimit(int attempts, int seconds) {
			rateLimit = attempts + " " + seconds;
			return this;
		}

		/** A text that PAM shows in the interactive round, without asking anything ({@code pam_echo}). OpenSSH puts it before the prompt that follows, with a line break between: one prompt of two lines. */
		public Builder pamNotice(String text) {
			pamNotice = Objects.requireNonNull(text);
			return this;
		}

		/** A text shown before signing in ({@code Banner}). */
		public Builder banner(String text) {
			banner = Objects.requireNonNull(text);
			return this;
		}

		/** {@code MaxAuthTries}; 6 unless given. */
		public Builder maxAuthTries(int count) {
			maxAuthTries = count;
			return this;
		}

		/** The passphrase of {@link OpenSshServer#keyFile()}; random unless given. An empty one leaves the key unencrypted. */
		public Builder keyPassphrase(String value) {
			keyPassphrase = Objects.requireNonNull(value);
			return this;
		}

		/** Type of the host key as {@code ssh-keygen -t} knows it; {@code ed25519} unless given. */
		public Builder hostKeyType(String type) {
			hostKeyType = Objects.requireNonNull(type);
			return this;
		}

		/** Further lines of {@code sshd_config}, put before all others so that they win ({@code Match} blocks are put last). */
		public Builder config(String... lines) {
			config.addAll(List.of(lines));
			return this;
		}

		/**
		 * Makes the server; it accepts connections when this returns.
		 *
		 * @throws IOException when it cannot be started; the message holds sshd's own words
		 */
		public OpenSshServer start() throws IOException {
			if (chroot && root != null) {
				throw new IllegalStateException("a chroot has a folder of its own");
			}
			return new OpenSshServer(this);
		}
	}

	/** Always 127.0.0.1. */
	public String host() {
		return "127.0.0.1";
	}

	/** The port; the same over {@link #stop()} and {@link #start()}. */
	public int port() {
		return port;
	}

	/** The Unix account to sign in as. */
	public String user() {
		return settings.user;
	}

	/** The folder being served, as this process sees it; the account may write to it. SFTP sessions start in it. */
	public Path root() {
		return root;
	}

	/** {@link #root()} as an SFTP client names it. */
	public String remoteRoot() {
		return jail == null ? root.toString() : "/" + jail.relativize(root);
	}

	/** {@code sftp://user@127.0.0.1:port/remote/root}, without any secret. */
	public String uri() {
		return "sftp://" + user() + '@' + host() + ':' + port + remoteRoot();
	}

	/** An Ed25519 key the server accepts, encrypted under {@link #keyPassphrase()}. */
	public Path keyFile() {
		return keyFile;
	}

	/** The passphrase of {@link #keyFile()}. */
	public String keyPassphrase() {
		return keyPassphrase;
	}

	/** The password of {@link #user()}, good for this instance only; the Unix account itself has none. */
	public String password() {
		return password;
	}

	/** The codes. The module accepts the ones of the step before and after too. */
	public Totp totp() {
		return totp;
	}

	/** The code valid now. */
	public String currentCode() {
		return totp.code();
	}

	/** A code that was valid long ago and is wrong for hours. */
	public String wrongCode() {
		Instant now = Instant.now();
		Set<String> good = IntStream.rangeClosed(-10, 240).mapToObj(i -> totp.code(now.plusSeconds(30L * i))).collect(Collectors.toSet());
		return IntStream.range(0, 1_000_000).mapToObj(i -> String.format("%06d", i)).filter(code -> !good.contains(code)).findFirst().orElseThrow();
	}

	/**
	 * Makes one more key and lets the server accept it at once.
	 *
	 * @param passphrase of the key file; empty for none, else at least five characters, as {@code ssh-keygen} wants for PEM
	 * @return the private key's file; the public part has {@code .pub} added
	 */
	public synchronized Path newKey(KeyKind kind, String passphrase) throws IOException {
		Path file = newStrangeKey(kind, passphrase);
		Path authorized = state.resolve("authorized_keys");
		Files.writeString(authorized, Files.readString(file.resolveSibling(file.getFileName() + ".pub")), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
		Files.setPosixFilePermissions(authorized, PosixFilePermissions.fromString("rw-r--r--"));
		return file;
	}

	/** Like {@link #newKey}, but the server does not accept this one. */
	public synchronized Path newStrangeKey(KeyKind kind, String passphrase) throws IOException {
		Path file = state.resolve("id_" + kind.name().toLowerCase() + '_' + ++keys);
		keygen(file, kind.type, kind.bits, kind.format, passphrase);
		return file;
	}

	/** Fingerprint of the host key as {@code ssh-keygen -l} shows it: {@code SHA256:...}. */
	public String hostKeyFingerprint() throws IOException {
		String[] words = hostKeyLine().split(" ");
		try {
			byte[] hash = MessageDigest.getInstance("SHA-256").digest(Base64.getDecoder().decode(words[1]));
			return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
		} catch (NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}

	/** The host's public key, {@code type base64}, as it stands in a {@code known_hosts} line after the host. */
	public String hostKeyLine() throws IOException {
		String[] words = Files.readString(state.resolve("host_key.pub")).trim().split(" ");
		return words[0] + ' ' + words[1];
	}

	/** A line for {@code known_hosts}. */
	public String knownHostsLine() throws IOException {
		return '[' + host() + "]:" + port + ' ' + hostKeyLine();
	}

	/** Ends all connections and comes back on the same port with another host key. */
	public synchronized void rotateHostKey() throws IOException {
		stop();
		writeHostKey();
		start();
	}

	/** All sshd has said so far, for the report of a failing test. */
	public String log() {
		try {
			return Files.readString(state.resolve("log"));
		} catch (IOException e) {
			return "(no log: " + e.getMessage() + ')';
		}
	}

	/**
	 * Listens (again), on the same port as before. Does nothing while listening.
	 *
	 * @throws IOException when the port is taken or sshd refuses its configuration
	 */
	public synchronized void start() throws IOException {
		if (process != null) {
			return;
		}
		// sshd's own folder for privilege separation; distributions make it when the system service starts.
		Files.createDirectories(Path.of("/run/sshd"));
		boolean anyPort = port == 0;
		for (int attempt = 1;; attempt++) {
			if (anyPort) {
				port = freePort();
			}
			try {
				launch();
				return;
			} catch (PortTakenException e) {
				if (!anyPort && attempt >= 20 || attempt >= 50) {
					throw e;
				}
				pause(20);
			}
		}
	}

	/** Ends the server and all its connections, as when the machine is switched off. */
	public synchronized void stop() {
		Process running = process;
		if (running == null) {
			return;
		}
		process = null;
		try {
			// Held still, so that it starts no further process while we look.
			run(List.of("sh", "-c", "kill -STOP \"$0\"", Long.toString(running.pid())), Map.of(), "");
		} catch (IOException e) {
			// It has ended already.
		}
		List<ProcessHandle> family = running.descendants().toList();
		running.destroyForcibly();
		end(family);
		awaitEnd(running.toHandle());
	}

	/**
	 * Ends all connections at once without a word, and keeps listening: the sshd processes this listener has started are killed, and nothing else.
	 */
	public void dropConnections() {
		end(serving());
	}

	/** How many connections are being served or signing in. */
	public int connections() {
		Process running = process;
		return running == null ? 0 : (int) running.children().count();
	}

	/** The processes that serve the connections there are. */
	public List<ProcessHandle> serving() {
		Process running = process;
		return running == null ? List.of() : running.descendants().toList();
	}

	/**
	 * Waits for the end of what has served connections that were cut: it still does what it was sent before, even after another connection was made, which then cannot know of it.
	 *
	 * @param serving from {@link #serving}, while the connections stood
	 */
	public static void awaitEnd(List<ProcessHandle> serving) throws IOException {
		Instant deadline = Instant.now().plus(PATIENCE);
		// ProcessHandle.onExit looks three times a second, and one that has ended counts as alive until the system's first process has asked after it; it runs no command any more
		for (ProcessHandle process : serving)
			while (process.isAlive() && process.info().command().isPresent()) {
				if (Instant.now().isAfter(deadline))
					throw new IOException("process " + process.pid() + " does not end");
				pause(2);
			}
	}

	/** Stops for good and removes all that was made for this instance. */
	@Override
	public void close() {
		clean();
		try {
			Runtime.getRuntime().removeShutdownHook(cleaner);
		} catch (IllegalStateException e) {
			// The process is ending: the hook is running, or has.
		}
	}

	private synchronized void clean() {
		stop();
		try {
			Files.deleteIfExists(PAM.resolve(service));
			if (jail != null) {
				deleteTree(jail);
			}
			if (ownRoot && root != null) {
				deleteTree(root);
			}
			deleteTree(state);
		} catch (IOException e) {
			throw new UncheckedIOException(e);
		}
	}

	private void launch() throws IOException {
		Path config = state.resolve("sshd_config");
		Files.writeString(config, config());
		Path log = state.resolve("log");
		Process started = new ProcessBuilder(binary.toString(), "-D", "-e", "-f", config.toString()).directory(state.toFile())
				.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
				.redirectErrorStream(true).start();
		Instant deadline = Instant.now().plus(PATIENCE);
		while (Instant.now().isBefore(deadline)) {
			if (!started.isAlive()) {
				String said = log();
				throw said.contains("Address already in use") ? new PortTakenException(said) : new IOException("sshd ended at once: " + said);
			}
			if (answers()) {
				process = started;
				return;
			}
			pause(20);
		}
		started.destroyForcibly();
		throw new IOException("sshd did not answer on port " + port + ": " + log());
	}

	private boolean answers() {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(host(), port), 1000);
			socket.setSoTimeout(2000);
			return new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII).equals("SSH-");
		} catch (IOException e) {
			return false;
		}
	}

	private String config() throws IOException {
		List<String> lines = new ArrayList<>();
		List<String> blocks = new ArrayList<>();
		for (String line : settings.config) {
			(blocks.isEmpty() && !line.stripLeading().startsWith("Match ") ? lines : blocks).add(line);
		}
		lines.add("ListenAddress " + host() + ':' + port);
		lines.add("HostKey " + state.resolve("host_key"));
		lines.add("PidFile none");
		lines.add("LogLevel VERBOSE");
		lines.add("UseDNS no");
		lines.add("UsePAM yes");
		if (version() >= 9_08) {
			lines.add("PAMServiceName " + service);
		}
		lines.add("StrictModes no");
		lines.add("AuthorizedKeysFile " + state.resolve("authorized_keys"));
		lines.add("PermitRootLogin yes");
		lines.add("AllowUsers " + settings.user);
		lines.add("MaxAuthTries " + settings.maxAuthTries);
		lines.add("MaxStartups 200");
		lines.add("PrintMotd no");
		lines.add("PrintLastLog no");
		Set<Step> steps = settings.steps;
		boolean interactive = steps.contains(Step.CODE) || steps.contains(Step.INTERACTIVE_PASSWORD);
		lines.add("PubkeyAuthentication " + (steps.contains(Step.KEY) ? "yes" : "no"));
		lines.add("PasswordAuthentication " + (steps.contains(Step.PASSWORD) ? "yes" : "no"));
		lines.add("KbdInteractiveAuthentication " + (interactive ? "yes" : "no"));
		List<String> methods = new ArrayList<>();
		if (steps.contains(Step.KEY)) {
			methods.add("publickey");
		}
		if (steps.contains(Step.PASSWORD)) {
			methods.add("password");
		}
		if (interactive) {
			methods.add("keyboard-interactive:pam");
		}
		lines.add("AuthenticationMethods " + String.join(",", methods));
		if (settings.banner != null) {
			Path banner = state.resolve("banner");
			Files.writeString(banner, settings.banner);
			lines.add("Banner " + banner);
		}
		String sftp = "internal-sftp -d " + remoteRoot() + (settings.readOnly ? " -R" : "")
				+ (settings.denied.isEmpty() ? "" : " -P " + String.join(",", settings.denied));
		lines.add("Subsystem sftp " + sftp);
		if (settings.forceSftp) {
			lines.add("ForceCommand " + sftp);
		}
		if (jail != null) {
			lines.add("ChrootDirectory " + jail);
		}
		lines.addAll(blocks);
		return String.join("\n", lines) + '\n';
	}

	private String pamFile() throws IOException {
		List<String> lines = new ArrayList<>();
		if (settings.pamNotice != null) {
			Path notice = state.resolve("notice");
			Files.writeString(notice, settings.pamNotice);
			lines.add("auth optional pam_echo.so file=" + notice);
		}
		if (settings.steps.contains(Step.PASSWORD) || settings.steps.contains(Step.INTERACTIVE_PASSWORD)) {
			lines.add("auth required pam_exec.so quiet expose_authtok " + state.resolve("check-password"));
		}
		if (settings.steps.contains(Step.CODE)) {
			lines.add("auth required pam_google_authenticator.so secret=" + state.resolve("totp")
					+ " user=root allowed_perm=0400 no_increment_hotp [authtok_prompt=" + CODE_PROMPT + ']');
		}
		// So that pam_setcred has something to succeed with: the modules above have no credentials to give.
		lines.add("auth required pam_permit.so");
		lines.add("account required pam_unix.so");
		lines.add("session required pam_permit.so");
		lines.add("password required pam_deny.so");
		return String.join("\n", lines) + '\n';
	}

	private String totpFile() {
		return totp.base32() + '\n' + (settings.rateLimit == null ? "" : "\" RATE_LIMIT " + settings.rateLimit + '\n')
				+ (settings.singleUseCodes ? "\" DISALLOW_REUSE\n" : "") + "\" TOTP_AUTH\n";
	}

	private void writeHostKey() throws IOException {
		Files.deleteIfExists(state.resolve("host_key"));
		Files.deleteIfExists(state.resolve("host_key.pub"));
		keygen(state.resolve("host_key"), settings.hostKeyType, null, null, "");
	}

	/** Runs ssh-keygen, which is told the passphrase by a helper program of its own so that it stands in no command line. */
	private void keygen(Path file, String type, String bits, String format, String passphrase) throws IOException {
		Path words = state.resolve("passphrase");
		Path asker = state.resolve("ask");
		writePrivately(words, passphrase + '\n');
		writePrivately(asker, "#!/bin/sh\nexec cat '" + words + "'\n");
		Files.setPosixFilePermissions(asker, PosixFilePermissions.fromString("rwx------"));
		List<String> command = new ArrayList<>(List.of(program("ssh-keygen").orElseThrow().toString(), "-q", "-t", type, "-f", file.toString(), "-C", "strongroom test"));
		if (bits != null) {
			command.addAll(List.of("-b", bits));
		}
		if (format != null) {
			command.addAll(List.of("-m", format));
		}
		try {
			run(command, Map.of("SSH_ASKPASS", asker.toString(), "SSH_ASKPASS_REQUIRE", "force"), "");
		} finally {
			Files.delete(words);
			Files.delete(asker);
		}
	}

	private Path makeRoot() throws IOException {
		Path folder = jail == null ? Files.createTempDirectory("strongroom-served") : Files.createDirectory(jail.resolve("files"));
		Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
		Files.setOwner(folder, folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(settings.user));
		return folder;
	}

	private Path makeJail() throws IOException {
		Path folder = Files.createTempDirectory(Path.of("/var/lib"), "strongroom-jail");
		Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
		return folder;
	}

	private static synchronized void makeTestUser() throws IOException {
		if (Files.readAllLines(Path.of("/etc/passwd")).stream().noneMatch(line -> line.startsWith(TEST_USER + ':'))) {
			run(List.of("useradd", "--system", "--no-create-home", "--home-dir", "/", "--shell", "/bin/sh", TEST_USER), Map.of(), "");
		}
		// No password, but not locked either: sshd refuses accounts whose password field begins with an exclamation mark.
		run(List.of("usermod", "--password", "*", TEST_USER), Map.of(), "");
	}

	/** OpenSSH's version as major * 100 + minor. */
	private static int version() throws IOException {
		String said = run(List.of(program("ssh").or(() -> program("sshd")).orElseThrow().toString(), "-V"), Map.of(), "");
		Matcher matcher = Pattern.compile("OpenSSH_(\\d+)\\.(\\d+)").matcher(said);
		return matcher.find() ? Integer.parseInt(matcher.group(1)) * 100 + Integer.parseInt(matcher.group(2)) : 0;
	}

	static Optional<Path> program(String name) {
		List<String> folders = new ArrayList<>(Arrays.asList(Objects.requireNonNullElse(System.getenv("PATH"), "").split(":")));
		folders.addAll(List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"));
		return folders.stream().filter(folder -> folder.startsWith("/")).map(folder -> Path.of(folder, name)).filter(Files::isExecutable).findFirst();
	}

	private static Optional<Path> pamModule() {
		try (Stream<Path> folders = Stream.of("/lib", "/lib64", "/usr/lib", "/usr/lib64").map(Path::of).filter(Files::isDirectory).flatMap(lib -> {
			try (Stream<Path> inside = Files.list(lib)) {
				return Stream.concat(Stream.of(lib), inside.toList().stream());
			} catch (IOException e) {
				return Stream.of(lib);
			}
		})) {
			return folders.map(lib -> lib.resolve("security/pam_google_authenticator.so")).filter(Files::exists).findFirst();
		}
	}

	/** Runs a short program to its end, and returns what it said. */
	static String run(List<String> command, Map<String, String> environment, String input) throws IOException {
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().putAll(new LinkedHashMap<>(environment));
		Process started = builder.start();
		try (var stdin = started.getOutputStream()) {
			stdin.write(input.getBytes(StandardCharsets.UTF_8));
		} catch (IOException e) {
			// It ended without reading; its exit status tells.
		}
		Thread watchdog = Thread.ofVirtual().start(() -> {
			try {
				if (!started.waitFor(PATIENCE.toMillis() * 3, TimeUnit.MILLISECONDS)) {
					started.destroyForcibly();
				}
			} catch (InterruptedException e) {
				Thread.currentThread().interrupt();
			}
		});
		try (InputStream out = started.getInputStream()) {
			String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
			if (started.waitFor() != 0) {
				throw new IOException(command.getFirst() + " failed: " + said);
			}
			return said;
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			started.destroyForcibly();
			throw new InterruptedIOException(command.getFirst());
		} finally {
			watchdog.interrupt();
		}
	}

	static void writePrivately(Path file, String text) throws IOException {
		Files.deleteIfExists(file);
		Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
		Files.writeString(file, text);
	}

	/** Removes a folder and all in it, following no link. */
	static void deleteTree(Path folder) throws IOException {
		if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
			return;
		}
		try (Stream<Path> all = Files.walk(folder)) {
			for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
				Files.deleteIfExists(path);
			}
		}
	}

	static void end(List<ProcessHandle> processes) {
		processes.forEach(ProcessHandle::destroyForcibly);
		processes.forEach(OpenSshServer::awaitEnd);
	}

	static void awaitEnd(ProcessHandle process) {
		try {
			process.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
		} catch (ExecutionException | TimeoutException e) {
			throw new IllegalStateException("process " + process.pid() + " does not end", e);
		}
	}

	static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	static void pause(long milliseconds) throws IOException {
		try {
			Thread.sleep(milliseconds);
		} catch (InterruptedException e) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException();
		}
	}

	static String randomSecret() {
		return new SecureRandom().ints(20, 0, 31).mapToObj(i -> String.valueOf("abcdefghjkmnpqrstuvwxyz23456789".charAt(i))).collect(Collectors.joining());
	}

	private static final class PortTakenException extends IOException {
		private static final long serialVersionUID = 1;

		PortTakenException(String message) {
			super(message);
		}
	}
}
