package org.strongroom.auth.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.strongroom.core.Home;

/**
 * The host keys a person knows, as {@code sshd(8)} describes the format of {@code ssh_known_hosts}: plain and hashed names, {@code [host]:port}, patterns with {@code *},
 * {@code ?} and {@code !}, several keys for one host, {@code @revoked}. Lines with {@code @cert-authority} are left out: host certificates are not asked for.
 * <p>
 * Read are the files that OpenSSH reads and {@code known_hosts} in Strongroom's home; written is the latter alone. The files are read anew each time.
 */
public final class KnownHosts {
	private static final int SSH_PORT = 22;
	private static final long LONGEST_FILE = 16 << 20;

	private final List<Path> files;
	private final Path own;
	private final boolean hashNames;

	/** What is known about a key. */
	public sealed interface Verdict {
		/** The key is this host's. */
		record Known() implements Verdict {
		}

		/** No key of this host is known. */
		record Unknown() implements Verdict {
		}

		/** Only other keys of this host are known; one of them is at a line of a file. */
		record Changed(Path file, int line, String type) implements Verdict {
		}

		/** The key was revoked at a line of a file. */
		record Revoked(Path file, int line) implements Verdict {
		}
	}

	private record Line(Path file, int number, String marker, String hosts, String type, byte[] key) {
	}

	/**
	 * @param files what to read, in this order; missing ones are left out
	 * @param own where to add keys; read too
	 * @param hashNames whether names are added in hashed form
	 */
	public KnownHosts(List<Path> files, Path own, boolean hashNames) {
		this.files = new ArrayList<>(files);
		this.files.add(own);
		this.own = own;
		this.hashNames = hashNames;
	}

	/** The known hosts for a host as the person named it: {@code UserKnownHostsFile}, {@code GlobalKnownHostsFile} and {@code HashKnownHosts} of its configuration count. */
	public static KnownHosts of(String host) throws IOException {
		SshConfig config = SshConfig.of(host, null);
		var files = new ArrayList<Path>();
		if (config.value("UserKnownHostsFile").isPresent()) {
			files.addAll(config.files("UserKnownHostsFile", System.getProperty("user.name"), SSH_PORT));
		} else {
			files.add(SshConfig.folder().resolve("known_hosts"));
			files.add(SshConfig.folder().resolve("known_hosts2"));
		}
		if (config.value("GlobalKnownHostsFile").isPresent()) {
			files.addAll(config.files("GlobalKnownHostsFile", System.getProperty("user.name"), SSH_PORT));
		} else if (System.getProperty(SshConfig.FOLDER_PROPERTY) == null) {
			files.add(Path.of("/etc/ssh/ssh_known_hosts"));
			files.add(Path.of("/etc/ssh/ssh_known_hosts2"));
		}
		return new KnownHosts(files, Home.folder().resolve("known_hosts"), config.isYes("HashKnownHosts"));
	}

	/**
	 * What is known about a key that a server showed.
	 *
	 * @param name host name or address, or its {@code HostKeyAlias}
	 * @param port TCP port, 22 for an alias
	 * @param key in SSH wire format
	 */
	public Verdict check(String name, int port, byte[] key) throws IOException {
		Verdict verdict = check(lookUp(name(name, port)), key);
		if (verdict instanceof Verdict.Unknown && port != SSH_PORT && check(lookUp(name(name, SSH_PORT)), key) instanceof Verdict.Known known)
			return known; // as OpenSSH does: a key known for the host without a port is good at every port
		return verdict;
	}

	private static Verdict check(List<Line> lines, byte[] key) {
		Verdict verdict = new Verdict.Unknown();
		for (Line line : lines) {
			boolean same = Arrays.equals(line.key(), key);
			if (line.marker().equals("@revoked")) {
				if (same)
					return new Verdict.Revoked(line.file(), line.number());
			} else if (line.marker().isEmpty()) {
				if (same)
					verdict = new Verdict.Known();
				else if (verdict instanceof Verdict.Unknown)
					verdict = new Verdict.Changed(line.file(), line.number(), line.type());
			}
		}
		return verdict;
	}

	/** The types of the keys known of a host, such as {@code ssh-ed25519}, so that the server can be asked for one of these. */
	public Set<String> types(String name, int port) throws IOException {
		var types = new LinkedHashSet<String>();
		for (Line line : lookUp(name(name, port)))
			if (line.marker().isEmpty())
				types.add(line.type());
		if (types.isEmpty() && port != SSH_PORT)
			return types(name, SSH_PORT);
		return types;
	}

	/** Adds a key to the own file. */
	public void add(String name, int port, byte[] key) throws IOException {
		String host = name(name, port);
		String line = (hashNames ? hashed(host) : host) + ' ' + Wire.type(key) + ' ' + Base64.getEncoder().encodeToString(key) + '\n';
		Files.createDirectories(own.getParent());
		synchronized (KnownHosts.class) {
			if (!Files.exists(own)) {
				if (own.getFileSystem().supportedFileAttributeViews().contains("posix"))
					Files.createFile(own, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
				else
					Files.createFile(own);
			}
			String before = Files.readString(own, StandardCharsets.ISO_8859_1);
			Files.writeString(own, before.isEmpty() || before.endsWith("\n") ? line : "\n" + line, StandardOpenOption.APPEND);
		}
	}

	private static String name(String host, int port) {
		String name = host.toLowerCase(Locale.ROOT);
		return port == SSH_PORT ? name : "[" + name + "]:" + port;
	}

	private static String hashed(String host) {
		byte[] salt = new byte[20];
		new SecureRandom().nextBytes(salt);
		return "|1|" + Base64.getEncoder().encodeToString(salt) + '|' + Base64.getEncoder().encodeToString(hmac(salt, host));
	}

	private static byte[] hmac(byte[] salt, String host) {
		try {
			Mac mac = Mac.getInstance("HmacSHA1");
			mac.init(new SecretKeySpec(salt, "HmacSHA1"));
			return mac.doFinal(host.getBytes(StandardCharsets.UTF_8));
		} catch (GeneralSecurityException e) {
			throw new IllegalStateException("every Java platform has HmacSHA1", e);
		}
	}

	private List<Line> lookUp(String name) throws IOException {
		var found = new ArrayList<Line>();
		for (Path file : files) {
			if (!Files.isRegularFile(file) || !Files.isReadable(file) || Files.size(file) > LONGEST_FILE)
				continue;
			int number = 0;
			for (String text : Files.readString(file, StandardCharsets.ISO_8859_1).split("\n", -1)) {
				Line line = parse(file, ++number, text.strip());
				if (line != null && isFor(line.hosts(), name))
					found.add(line);
			}
		}
		return found;
	}

	private static Line parse(Path file, int number, String text) {
		if (text.isEmpty() || text.startsWith("#"))
			return null;
		String[] words = text.split("\\s+");
		int first = words[0].startsWith("@") ? 1 : 0;
		if (words.length < first + 3)
			return null;
		try {
			return new Line(file, number, first == 1 ? words[0] : "", words[first], words[first + 1], Base64.getDecoder().decode(words[first + 2]));
		} catch (IllegalArgumentException e) {
			return null; // a damaged line knows no key
		}
	}

	private static boolean isFor(String hosts, String name) {
		if (!hosts.startsWith("|"))
			return SshConfig.matches(name, List.of(hosts.split(",")));
		String[] parts = hosts.split("\\|");
		if (parts.length != 4 || !parts[1].equals("1"))
			return false;
		try {
			return MessageDigest.isEqual(hmac(Base64.getDecoder().decode(parts[2]), name), Base64.getDecoder().decode(parts[3]));
		} catch (IllegalArgumentException e) {
			return false;
		}
	}
}
