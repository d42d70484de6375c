package org.strongroom.vault.cryptomator.internal.encrypted;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

import javax.security.auth.DestroyFailedException;
import javax.security.auth.Destroyable;

import org.cryptomator.cryptolib.api.AuthenticationFailedException;
import org.cryptomator.cryptolib.api.Cryptor;
import org.cryptomator.cryptolib.api.CryptorProvider;
import org.cryptomator.cryptolib.api.CryptorProvider.Scheme;
import org.cryptomator.cryptolib.api.FileHeader;
import org.cryptomator.cryptolib.api.Masterkey;

import com.google.common.io.BaseEncoding;

/** The ciphers of an unlocked vault with its keys. Thread-safe. Once closed, every use ends with an {@link IllegalStateException}. */
public final class Ciphers implements AutoCloseable {
	private final Cryptor cryptor;
	private final Layout layout;
	/** The keys are not wiped while they are used: half a key would encrypt names that nobody can read again. */
	private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

	/** @param key is copied */
	public Ciphers(Scheme scheme, Masterkey key) {
		layout = Layout.of(scheme);
		// cryptolib looks for its ciphers through the class loader of the thread, which may be anybody's
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		thread.setContextClassLoader(CryptorProvider.class.getClassLoader());
		try {
			cryptor = CryptorProvider.forScheme(scheme).provide(key.copy(), new SecureRandom());
		} finally {
			thread.setContextClassLoader(before);
		}
	}

	/** How encrypted files are laid out. */
	public Layout layout() {
		return layout;
	}

	@FunctionalInterface
	private interface Use<T, E extends Exception> {
		T of() throws E;
	}

	private <T, E extends Exception> T use(Use<T, E> use) throws E {
		lock.readLock().lock();
		try {
			return use.of();
		} finally {
			lock.readLock().unlock();
		}
	}

	// --- names

	/** Whether a thread will not live much longer than what it is doing. */
	static boolean isBrief(Thread thread) {
		return thread.isVirtual();
	}

	/** What is done with names: cryptolib keeps the keys for them, as they were used last, with the thread that used them, where nobody can wipe them. So that thread has to end. */
	private <T> T apart(Supplier<T> names) {
		if (isBrief(Thread.currentThread()))
			return use(names::get);
		try {
			return CompletableFuture.supplyAsync(() -> use(names::get), Thread::startVirtualThread).join();
		} catch (CompletionException e) {
			throw e.getCause() instanceof RuntimeException r ? r : e;
		}
	}

	/** The 32 characters that the place of a folder's content is named by. */
	String hash(String folderId) {
		return apart(() -> cryptor.fileNameCryptor().hashDirectoryId(folderId));
	}

	/** A name as it is in a folder, in base64url, without ending. */
	String encryptName(String name, String folderId) {
		return apart(() -> cryptor.fileNameCryptor().encryptFilename(BaseEncoding.base64Url(), name, folderId.getBytes(US_ASCII)));
	}

	/** The reverse; empty for what is none of the folder's encrypted names. */
	Optional<String> decryptName(String encrypted, String folderId) {
		return apart(() -> {
			try {
				return Optional.of(cryptor.fileNameCryptor().decryptFilename(BaseEncoding.base64Url(), encrypted, folderId.getBytes(US_ASCII)));
			} catch (AuthenticationFailedException | IllegalArgumentException e) {
				return Optional.empty();
			}
		});
	}

	/** What stands for a name that is too long: the SHA-1 of it, in base64url. Nothing rests on that hash being hard to forge. */
	static String shorten(String longName) {
		try {
			return Base64.getUrlEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(longName.getBytes(UTF_8)));
		} catch (NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}

	// --- contents

	FileHeader newHeader() {
		return cryptor.fileHeaderCryptor().create();
	}

	ByteBuffer encrypt(FileHeader header) {
		return use(() -> cryptor.fileHeaderCryptor().encryptHeader(header));
	}

	FileHeader decryptHeader(ByteBuffer encrypted) throws AuthenticationFailedException {
		return use(() -> cryptor.fileHeaderCryptor().decryptHeader(encrypted));
	}

	/** Wipes the key in a header. @param header may be null */
	static void destroy(FileHeader header) {
		if (header instanceof Destroyable key) {
			try {
				key.destroy();
			} catch (DestroyFailedException e) {
				throw new IllegalStateException(e);
			}
		}
	}

	/** Puts one chunk, encrypted, behind what is in the target, which has room for a full one. */
	void encrypt(ByteBuffer chunk, ByteBuffer target, long number, FileHeader header) {
		ByteBuffer room = target.slice(); // cryptolib takes positions for absolute ones
		cryptor.fileContentCryptor().encryptChunk(chunk.slice(), room, number, header);
		chunk.position(chunk.limit());
		target.position(target.position() + room.position());
	}

	/** Puts one chunk, readable, behind what is in the target, which has room for a full one. */
	void decrypt(ByteBuffer chunk, ByteBuffer target, long number, FileHeader header) throws AuthenticationFailedException {
		ByteBuffer room = target.slice(); // cryptolib takes positions for absolute ones
		cryptor.fileContentCryptor().decryptChunk(chunk.slice(), room, number, header, true);
		chunk.position(chunk.limit());
		target.position(target.position() + room.position());
	}

	/** The content of a small encrypted file. */
	public byte[] encryptWhole(byte[] content) {
		var out = ByteBuffer.allocate((int) layout.encrypted(content.length) + layout.chunk());
		FileHeader header = newHeader();
		out.put(encrypt(header));
		for (int at = 0; at < content.length; at += Layout.CHUNK)
			encrypt(ByteBuffer.wrap(content, at, Math.min(Layout.CHUNK, content.length - at)), out, at / Layout.CHUNK, header);
		destroy(header);
		return java.util.Arrays.copyOf(out.array(), out.position());
	}

	/** The reverse. @throws DamagedContentException if it is not what somebody with the key has encrypted */
	public byte[] decryptWhole(byte[] encrypted) throws DamagedContentException {
		layout.check(encrypted.length);
		try {
			FileHeader header = decryptHeader(ByteBuffer.wrap(encrypted, 0, layout.header()));
			var out = ByteBuffer.allocate((int) layout.readable(encrypted.length) + Layout.CHUNK);
			for (int at = layout.header(), number = 0; at < encrypted.length; at += layout.chunk(), number++)
				decrypt(ByteBuffer.wrap(encrypted, at, Math.min(layout.chunk(), encrypted.length - at)), out, number, header);
			destroy(header);
			return java.util.Arrays.copyOf(out.array(), out.position());
		} catch (AuthenticationFailedException e) {
			throw DamagedContentException.changed(e);
		}
	}

	/** Wipes the keys. */
	@Override
	public void close() {
		lock.writeLock().lock();
		try {
			cryptor.destroy();
		} finally {
			lock.writeLock().unlock();
		}
	}
}
