package org.cryptomator.cryptofs;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;

import org.cryptomator.cryptolib.api.Cryptor;
import org.cryptomator.cryptolib.api.CryptorProvider;
import org.cryptomator.cryptolib.api.Masterkey;
import org.cryptomator.cryptolib.api.MasterkeyLoadingFailedException;

/**
 * Opens vaults on any path. The way cryptofs itself offers goes through URIs and sees only the
 * file system providers on the system class path, which in OSGi is none of ours.
 */
public final class VaultOpener {
	private final CryptoFileSystemProvider provider = new CryptoFileSystemProvider();

	/** A readable file system of the vault in that folder; the folder's path must differ from those of all that this opener has open. */
	@SuppressWarnings("deprecation") // "only for testing": the one way in that takes a path
	public CryptoFileSystem open(Path vault, CryptoFileSystemProperties properties) throws IOException, MasterkeyLoadingFailedException {
		try (var _ = new Ciphers()) {
			return provider.getCryptoFileSystems().create(provider, vault, properties);
		}
	}

	/** Makes an empty folder a vault; the key that the properties load is already kept somewhere. */
	public static void initialize(Path vault, CryptoFileSystemProperties properties, URI keyId) throws IOException, MasterkeyLoadingFailedException {
		try (var _ = new Ciphers()) {
			CryptoFileSystemProvider.initialize(vault, properties, keyId);
		}
	}

	/** The ciphers of a scheme with a key of their own. */
	public static Cryptor cryptor(CryptorProvider.Scheme scheme, Masterkey key) {
		try (var _ = new Ciphers()) {
			return CryptorProvider.forScheme(scheme).provide(key.copy(), new SecureRandom());
		}
	}

	/** cryptolib looks for its ciphers through the class loader of the thread, which may be anybody's: until closed, it is its own. */
	private static final class Ciphers implements AutoCloseable {
		private final ClassLoader before = Thread.currentThread().getContextClassLoader();

		Ciphers() {
			Thread.currentThread().setContextClassLoader(CryptorProvider.class.getClassLoader());
		}

		@Override
		public void close() {
			Thread.currentThread().setContextClassLoader(before);
		}
	}
}
