package org.strongroom.auth.keyring.internal;

import java.io.IOException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import org.eclipse.equinox.security.storage.ISecurePreferences;
import org.eclipse.equinox.security.storage.SecurePreferencesFactory;
import org.eclipse.equinox.security.storage.StorageException;
import org.eclipse.equinox.security.storage.provider.IProviderHints;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.service.log.LoggerFactory;
import org.strongroom.core.Home;
import org.strongroom.core.auth.Authenticator;
import org.strongroom.core.auth.Challenge;
import org.strongroom.core.auth.Secret;
import org.strongroom.core.auth.SignIn;

/**
 * Passphrases and passwords that a person ticked to be remembered, in Eclipse's Secure Storage: encrypted under a master password that the desktop's keyring keeps, or that is
 * asked. There is no master password of ours: where nobody can give one, nothing is remembered. One-time codes never get here.
 * <p>
 * Secure Storage keeps the names of its nodes in clear, so ours are SHA-256 hashes with a random salt. To find all that belongs to one bookmark without opening anything, a node also
 * has the hashes of the beginnings of its key up to each colon.
 */
public final class Keyring implements Authenticator {
	private static final String ROOT = "org.strongroom";
	private static final String SALT = "salt";
	private static final String SECRET = "secret";
	private static final String BEGINNINGS = "beginnings";

	/** Asks for a master password in the window; in the terminal there is none such. */
	private static final String ASKING_MODULE = "org.eclipse.equinox.security.ui.defaultpasswordprovider";

	private final Path file;
	private final Store store;

	/** Opens the store. */
	@FunctionalInterface
	private interface Store {
		/**
		 * @param asking whether the person may be asked for a master password, instead of the desktop's keyring
		 * @return null if there is no such store
		 */
		ISecurePreferences open(boolean asking);
	}

	/** The store in Strongroom's home, not the one all Eclipse programs share. */
	public Keyring() {
		file = Home.folder().resolve("secure_storage");
		store = asking -> {
			// without being asked for one, a person is neither asked for hints to recover a master password that the keyring keeps for them
			Map<Object, Object> how = asking ? Map.of(IProviderHints.REQUIRED_MODULE_ID, ASKING_MODULE) : Map.of(IProviderHints.PROMPT_USER, false);
			try {
				return SecurePreferencesFactory.open(unescaped(file), new HashMap<>(how));
			} catch (IOException e) {
				report("The secure storage cannot be opened", e);
				return null;
			}
		};
	}

	/**
	 * @param file where the store is kept; without it nothing is remembered, and the store is not even touched
	 * @param store opens it; may give null
	 */
	public Keyring(Path file, Supplier<ISecurePreferences> store) {
		this.file = file;
		this.store = _ -> store.get();
	}

	/** The platform takes the path out of the URL as it stands there, so nothing may be escaped in it. */
	@SuppressWarnings("deprecation")
	private static URL unescaped(Path file) throws IOException {
		return file.toFile().toURL();
	}

	@Override
	public synchronized Optional<Secret> secret(Challenge.ForSecret challenge, SignIn signIn) {
		try {
			try {
				return remembered(challenge, false);
			} catch (StorageException e) {
				return remembered(challenge, true);
			}
		} catch (StorageException | RuntimeException e) {
			report("Remembered passphrases cannot be read; they are asked for", e);
			return Optional.empty();
		}
	}

	private Optional<Secret> remembered(Challenge.ForSecret challenge, boolean asking) throws StorageException {
		Optional<ISecurePreferences> root = existing(asking);
		if (root.isEmpty())
			return Optional.empty();
		String node = hash(salt(root.get()), challenge.key());
		if (!root.get().nodeExists(node))
			return Optional.empty();
		byte[] bytes = root.get().node(node).getByteArray(SECRET, null);
		if (bytes == null)
			return Optional.empty();
		try {
			return Optional.of(new Secret(chars(bytes), false));
		} finally {
			Arrays.fill(bytes, (byte) 0);
		}
	}

	@Override
	public synchronized void accepted(Challenge.ForSecret challenge, Secret secret) {
		if (!secret.remember())
			return;
		byte[] bytes = utf8(secret.chars());
		try {
			try {
				remember(challenge, bytes, false);
			} catch (StorageException e) {
				// no keyring here that could keep the master password
				remember(challenge, bytes, true);
			}
		} catch (StorageException | IOException | RuntimeException e) {
			report("The passphrase is not remembered: the secure storage cannot be opened", e);
		} finally {
			Arrays.fill(bytes, (byte) 0);
		}
	}

	private void remember(Challenge.ForSecret challenge, byte[] secret, boolean asking) throws StorageException, IOException {
		ISecurePreferences preferences = store.open(asking);
		if (preferences == null) {
			report("The passphrase is not remembered: there is no secure storage", null);
			return;
		}
		ISecurePreferences root = preferences.node(ROOT);
		byte[] salt = salt(root);
		ISecurePreferences node = root.node(hash(salt, challenge.key()));
		node.putByteArray(SECRET, secret, true);
		node.put(BEGINNINGS, String.join(" ", beginnings(challenge.key()).stream().map(b -> hash(salt, b)).toList()), false);
		write(preferences);
	}

	@Override
	public synchronized void rejected(Challenge.ForSecret challenge) {
		existing(false).ifPresent(root -> {
			String node = hash(salt(root), challenge.key());
			if (root.nodeExists(node))
				remove(List.of(root.node(node)));
		});
	}

	@Override
	public synchronized void forget(String keyPrefix) {
		remove(nodes(existing(false), keyPrefix));
	}

	@Override
	public synchronized boolean remembers(String keyPrefix) throws IOException {
		return !nodes(opened(false), keyPrefix).isEmpty();
	}

	/** Our part of the store if there is one already. @throws IOException if it cannot be opened, whatever is in it */
	private Optional<ISecurePreferences> opened(boolean asking) throws IOException {
		if (!Files.isRegularFile(file))
			return Optional.empty();
		try {
			ISecurePreferences preferences = store.open(asking);
			if (preferences == null)
				throw new IOException("there is no secure storage");
			return Optional.of(preferences).filter(p -> p.nodeExists(ROOT)).map(p -> p.node(ROOT));
		} catch (RuntimeException e) {
			throw new IOException("the secure storage cannot be read", e);
		}
	}

	/** The same; one that cannot be opened counts as none. */
	private Optional<ISecurePreferences> existing(boolean asking) {
		try {
			return opened(asking);
		} catch (IOException e) {
			report("Remembered passphrases cannot be read; they are asked for", e);
			return Optional.empty();
		}
	}

	/** The nodes of keys that begin so. A beginning counts as far as a colon of the key, or as the whole key. */
	private List<ISecurePreferences> nodes(Optional<ISecurePreferences> ours, String keyPrefix) {
		var found = new ArrayList<ISecurePreferences>();
		ours.ifPresent(root -> {
			byte[] salt = salt(root);
			Set<String> wanted = keyPrefix.isEmpty() ? Set.of() : Set.of(hash(salt, keyPrefix), hash(salt, keyPrefix + ":"));
			for (String name : root.childrenNames()) {
				ISecurePreferences node = root.node(name);
				try {
					List<String> beginnings = List.of(node.get(BEGINNINGS, "").split(" "));
					if (keyPrefix.isEmpty() || wanted.contains(name) || beginnings.stream().anyMatch(wanted::contains))
						found.add(node);
				} catch (StorageException e) {
					report("A remembered passphrase cannot be looked at", e);
				}
			}
		});
		return found;
	}

	private void remove(List<ISecurePreferences> nodes) {
		if (nodes.isEmpty())
			return;
		nodes.forEach(ISecurePreferences::removeNode);
		try {
			write(store.open(false));
		} catch (IOException | RuntimeException e) {
			report("A remembered passphrase could not be removed", e);
		}
	}

	private void write(ISecurePreferences preferences) throws IOException {
		Files.createDirectories(file.getParent());
		preferences.flush();
		if (Files.exists(file) && file.getFileSystem().supportedFileAttributeViews().contains("posix"))
			Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
	}

	/** {@code vault:}, {@code vault:HQ:} for {@code vault:HQ:Vault}. */
	private static Set<String> beginnings(String key) {
		var all = new LinkedHashSet<String>();
		for (int colon = key.indexOf(':'); colon >= 0; colon = key.indexOf(':', colon + 1))
			all.add(key.substring(0, colon + 1));
		return all;
	}

	/** The store's salt; made when there is none. */
	private static byte[] salt(ISecurePreferences root) {
		try {
			byte[] salt = root.getByteArray(SALT, null);
			if (salt == null || salt.length == 0) {
				salt = new byte[32];
				new SecureRandom().nextBytes(salt);
				root.putByteArray(SALT, salt, false);
			}
			return salt;
		} catch (StorageException e) {
			throw new IllegalStateException("the secure storage is damaged", e);
		}
	}

	private static String hash(byte[] salt, String text) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			digest.update(salt);
			return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
		} catch (NoSuchAlgorithmException e) {
			throw new IllegalStateException("every Java platform has SHA-256", e);
		}
	}

	private static byte[] utf8(char[] chars) {
		ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(chars));
		byte[] bytes = Arrays.copyOf(encoded.array(), encoded.limit());
		Arrays.fill(encoded.array(), (byte) 0);
		return bytes;
	}

	private static char[] chars(byte[] utf8) {
		CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(utf8));
		char[] chars = Arrays.copyOf(decoded.array(), decoded.limit());
		Arrays.fill(decoded.array(), '\0');
		return chars;
	}

	/** One line, without names and secrets: the messages of exceptions are left out. */
	private static void report(String what, Exception e) {
		Bundle bundle = FrameworkUtil.getBundle(Keyring.class);
		BundleContext context = bundle == null ? null : bundle.getBundleContext();
		ServiceReference<LoggerFactory> reference = context == null ? null : context.getServiceReference(LoggerFactory.class);
		LoggerFactory factory = reference == null ? null : context.getService(reference);
		if (factory != null)
			factory.getLogger(Keyring.class).warn(e == null ? what + "." : what + " (" + e.getClass().getSimpleName() + ").");
	}
}
